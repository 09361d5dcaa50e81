"""A `Remote` straight over a sandbox's store: Confluence's own rules, without HTTP between.

For tests that run thousands of commands. It raises what the real ones raise, takes each request as
a step, and can be told to lose an answer, to be down, or to race.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import Enum
from typing import BinaryIO, TypeVar

from confsync import failpoints
from confsync.document.attachments.media_types import guessed
from confsync.document.settings import restrictions
from confsync.document.settings.names import RESTRICTIONS, STATE
from confsync.document.settings.of_page import settings_of
from confsync.document.settings.restrictions import Change, Names
from confsync.document.settings.states import as_setting
from confsync.document.settings.values import canonical
from confsync.errors import (
    NetworkError,
    NotVisibleError,
    PermissionDeniedError,
    ServerError,
    SpaceNotFoundError,
    VersionConflictError,
    WriteRefusedError,
)
from confsync.model.page import (
    AttachmentHints,
    AttachmentInfo,
    Beside,
    Comment,
    Folder,
    NewVersion,
    Other,
    Page,
    PageComment,
    PageInfo,
    ParentKind,
    PastVersion,
    PropertyInfo,
    Resolution,
    Restrictions,
    Sibling,
    Space,
    Status,
    Task,
    User,
    Version,
    is_later,
)
from confsync.remote.base import as_past
from confsync.remote.protocol import Sink
from confsync.sandbox import (
    ROOT,
    AttachmentRow,
    Invalid,
    Missing,
    PageRow,
    Refusal,
    Stale,
    Store,
    VersionRow,
)
from confsync.sandbox.store import queries
from confsync.sandbox.store.attachments import Upload
from confsync.sandbox.store.queries import Selection
from confsync.sandbox.store.rows import PAGE, POST, CommentRow, PropertyRow, place_of
from confsync.sandbox.store.talk.comments import FOOTER, INLINE, comments_of
from confsync.workers import Workers, batches

Done = TypeVar("Done")


class Trouble(Enum):
    """A fault of the next write."""

    LOST = "its answer is lost"
    DOWN = "the server fails before it does anything"
    RACE = "the database says that another write was quicker"


class StoreRemote:
    """Implements `Remote`. `trouble` strikes once, at the next write.

    It is of blog posts where it is that of `pages`, with which it shares what goes wrong.
    """

    flavor = "cloud"
    missing_settings: frozenset[str] = frozenset()

    def __init__(self, store: Store, user: str = "Me", *, pages: StoreRemote | None = None) -> None:
        self.store = store
        self.who = user
        self.workers = Workers(1, hands=1)
        self.trouble: Trouble | None = None
        self.writes = 0
        self.shared = pages or self
        self.kind = POST if pages else PAGE
        self.threads = StoreThreads(self)
        self.posts: StoreRemote = self if pages else StoreRemote(store, user, pages=self)

    url = "http://127.0.0.1/wiki"
    tried = "me@example.com, given by the program"

    @property
    def seen(self) -> Mapping[str, str]:
        return {}

    # -- reading -----------------------------------------------------------------------------------

    def whoami(self) -> User:
        return User(self.who, self.who)

    def may_write(self, page_id: str) -> bool:
        return True

    def space(self, key: str) -> Space:
        failpoints.before(f"GET space {key}")
        try:
            row = self.store.space(key)
        except Missing:
            raise SpaceNotFoundError(f"there is no space '{key}'") from None
        return Space(row.id, row.key, row.name, row.homepage_id)

    def listing(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[PageInfo]:
        failpoints.before("GET pages")
        for row in self._listed(space.key):
            if not row.restricted:
                yield _info(row, labels=labels)

    def contents(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[list[tuple[PageInfo, Page | None]]]:
        listed = list(self.listing(space, labels=labels, archived=archived))
        for some in batches(listed, 2):  # so that there are several answers
            found = self.pages(space, [info.id for info in some])
            yield [(info, found.get(info.id)) for info in some]

    def pages(self, space: Space, page_ids: Iterable[str]) -> dict[str, Page]:
        failpoints.before("GET bodies")
        found = {}
        for page_id in page_ids:
            with contextlib.suppress(Missing):
                row = self.store.page(page_id)
                if not row.restricted and row.status != "trashed" and row.type == self.kind:
                    found[page_id] = Page(_info(row), row.body)
        return found

    def bodies(self, space: Space, page_ids: Iterable[str]) -> Iterator[list[Page]]:
        for some in batches(page_ids, 2):  # so that there are several answers
            yield list(self.pages(space, some).values())

    def trash(self, space: Space) -> Iterator[PageInfo]:
        failpoints.before("GET trash")
        selection = queries.Selection(
            space_ids=(space.id,), statuses=("trashed",), types=(self.kind,)
        )
        yield from map(_info, queries.pages(self.store.database, selection))

    def page(self, page_id: str) -> Page:
        failpoints.before(f"GET page {page_id}")
        row = self.row(page_id)
        return Page(_info(row), row.body)

    def old_page(self, page_id: str, version: int) -> Page:
        failpoints.before(f"GET page {page_id} v{version}")
        row = self.row(page_id)
        for old in self.store.versions(page_id):
            if old.number == version:
                info = _info(row)
                return Page(info._replace(title=old.title, version=_version(old)), old.body)
        raise NotVisibleError(f"page {page_id} has no v{version}")

    def versions_after(self, page_id: str, version: int) -> tuple[Version, ...]:
        failpoints.before(f"GET versions of {page_id}")
        self.row(page_id)
        found = (_version(row) for row in self.store.versions(page_id))
        return tuple(v for v in reversed(tuple(found)) if v.number > version)

    def history(self, page_id: str, after: Version | None = None) -> Iterator[PastVersion]:
        failpoints.before(f"GET history of {page_id}")
        self.row(page_id)
        for row in reversed(self.store.versions(page_id)):
            if not is_later(_version(row), after):
                return
            version = _version(row)
            yield PastVersion(version, User(version.author, ""), row.title, row.body)

    def newest(self, space: Space, page_ids: Iterable[str]) -> Iterator[dict[str, PastVersion]]:
        for some in self.bodies(space, page_ids):
            yield {page.info.id: as_past(page) for page in some}

    def folder(self, folder_id: str) -> Folder | None:
        failpoints.before(f"GET folder {folder_id}")
        try:
            row = self.store.folder(folder_id)
        except Missing:
            return None
        return Folder(row.id, row.title, row.parent_id, _kind(row.parent_type))

    def others(self, space: Space) -> tuple[Other, ...]:
        return ()

    def children(self, page_id: str) -> tuple[str, ...]:
        failpoints.before(f"GET children of {page_id}")
        if self.kind == POST:
            return ()
        rows = queries.parents(self.store.database, self.row(page_id).space_id)
        return tuple(one for one, above in rows.items() if above == page_id)

    def titled(self, space: Space, title: str) -> tuple[PageInfo, ...]:
        failpoints.before("GET title")
        rows = self._listed(space.key)
        return tuple(_info(row) for row in rows if row.title.casefold() == title.casefold())

    def _listed(self, key: str) -> tuple[PageRow, ...]:
        return self.store.posts(key) if self.kind == POST else self.store.pages(key)

    def space_key(self, space_id: str) -> str:
        return next(row.key for row in self.store.spaces() if row.id == space_id)

    def labels(self, page_id: str) -> tuple[str, ...]:
        failpoints.before(f"GET labels of {page_id}")
        return tuple(sorted(label.name for label in self.store.labels(page_id)))

    def restrictions(self, page_id: str) -> Restrictions:
        return Restrictions()

    def attachments(self, page_id: str) -> tuple[AttachmentInfo, ...]:
        failpoints.before(f"GET attachments of {page_id}")
        return tuple(map(_attachment, self.store.attachments(self.row(page_id).id)))

    def label_hints(self, space: Space) -> Mapping[str, tuple[str, ...]] | None:
        return None

    def attachment_hints(self, space: Space) -> AttachmentHints | None:
        failpoints.before("GET attachments of a space")
        known = {row.id: self.attachments(row.id) for row in self._listed(space.key)}
        return AttachmentHints(known, is_whole=True)

    def newest_comments(self, keys: Iterable[str]) -> Iterator[Iterator[list[Comment]]]:
        def listed(kind: str) -> Iterator[list[Comment]]:
            failpoints.before(f"GET {kind} comments")
            rows = comments_of(self.store.database, kind=kind)
            yield [_comment(row) for row in sorted(rows, key=lambda row: row.modified_at)[::-1]]

        yield from map(listed, (INLINE, FOOTER))

    def download(self, page_id: str, info: AttachmentInfo, into: Sink) -> None:
        failpoints.before(f"GET attachment {info.id}")
        into.write(self.store.attachment_data(info.id, info.version.number)[into.size :])

    def people(self, account_ids: Iterable[str]) -> Mapping[str, User]:
        return {name: User(name, name) for name in account_ids if name}

    def close(self) -> None:
        pass

    # -- writing -----------------------------------------------------------------------------------

    def put(self, page_id: str, new: NewVersion, *, base: int) -> PageInfo:
        def write() -> PageRow:
            self.row(page_id)
            try:
                return self.store.update(
                    page_id,
                    number=base + 1,
                    title=new.title,
                    body=new.body,
                    parent=new.parent,
                    author=self.who,
                    message=new.message,
                    minor=new.minor,
                    owner=new.owner,
                )
            except Stale as stale:
                raise VersionConflictError(page_id, base, stale.current) from None

        return _info(self.write(f"PUT {page_id}", write))

    def create(
        self, space: Space, *, title: str, body: str, message: str, parent: str | None
    ) -> PageInfo:
        def write() -> PageRow:
            if self.kind == POST:
                return self.store.create_post(
                    space.key, title, body, author=self.who, message=message, hidden=False
                )
            return self.store.create_page(
                space.key,
                title,
                body,
                parent=ROOT if parent is None else parent,
                author=self.who,
                message=message,
                hidden=False,
            )

        return _info(self.write("POST page", write))

    def delete(self, page_id: str) -> None:
        def write() -> None:
            if self.row(page_id).status == "trashed":
                raise Missing("page", page_id)
            self.store.trash(page_id)

        self.write(f"DELETE {page_id}", write)

    @property
    def archives(self) -> bool:
        return self.kind == PAGE

    def archive(self, page_id: str) -> str:
        def write() -> str:
            row = self.row(page_id)
            if row.status != "current":
                raise Invalid(f"The content with id {row.id} is no current page.")
            return self.store.start("archive", lambda: self.store.archive(page_id)).id

        return self.write(f"POST archive {page_id}", write)

    def task(self, task_id: str) -> Task:
        failpoints.before(f"GET task {task_id}")
        job = self.store.job(task_id)
        return Task(job.finished, job.successful)

    @property
    def places(self) -> StorePlaces | None:
        return StorePlaces(self) if self.kind == PAGE else None

    @property
    def states(self) -> StoreStates:
        return StoreStates(self.store)

    def upload(
        self,
        page_id: str,
        name: str,
        file: Callable[[], BinaryIO],
        *,
        comment: str,
        replaces: AttachmentInfo | None = None,
    ) -> AttachmentInfo:
        with contextlib.closing(file()) as opened:
            data = opened.read()

        def write() -> AttachmentRow:
            if replaces:
                kind = replaces.media_type or guessed(name)
                sent = Upload(data, name, kind)
                return self.store.upload(replaces.id, sent, self.who, comment)
            return self.store.attach(
                page_id, name, data, guessed(name), author=self.who, comment=comment
            )

        return _attachment(self.write(f"POST attachment of {page_id}", write))

    def delete_attachment(self, page_id: str, attachment_id: str) -> None:
        what = f"DELETE attachment {attachment_id}"
        self.write(what, lambda: self.store.remove_attachment(attachment_id))

    def add_labels(self, page_id: str, names: Iterable[str]) -> None:
        self.write(f"POST labels of {page_id}", lambda: self.store.add_labels(page_id, names))

    def remove_label(self, page_id: str, name: str) -> None:
        self.write(f"DELETE label of {page_id}", lambda: self.store.remove_label(page_id, name))

    def properties(self, page_id: str, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
        failpoints.before(f"GET properties of {page_id}")
        row = self.row(page_id)
        held = (_property(row) for row in self.store.properties(page_id) if row.key in keys)
        named = restrictions.as_setting(page_id, names_of(self.store, page_id))
        told = (*held, *settings_of(_info(row), keys), *(named if RESTRICTIONS in keys else ()))
        return (*told, *as_setting(page_id, self.states.state(page_id))) if STATE in keys else told

    def my_names(self) -> frozenset[str]:
        groups = (f"group:{name}" for name in self.store.groups_of(self.who))
        return frozenset({f"user:{self.who}", *groups})

    def _restrict(self, page_id: str, before: str | None, after: str | None) -> None:
        """Send each change by itself, as on Cloud."""
        ends = restrictions.named(before), restrictions.named(after)
        for change in restrictions.changes(*ends, self.my_names()):
            kind, _, name = change.name.partition(":")

            def write(change: Change = change, kind: str = kind, name: str = name) -> None:
                if change.adds:
                    self.store.allow_only(page_id, change.operation, **{f"{kind}s": [name]})
                else:
                    self.store.disallow(page_id, change.operation, kind, name)

            self.write(f"PUT restriction of {page_id}", write)

    def property_hints(
        self, space: Space, keys: Collection[str]
    ) -> Mapping[str, tuple[PropertyInfo, ...]] | None:
        return None

    def put_property(
        self, page_id: str, key: str, value: str, *, base: PropertyInfo | None
    ) -> PropertyInfo:
        given = json.loads(value)
        if key == RESTRICTIONS:
            self._restrict(page_id, base.value if base else None, value)
            return PropertyInfo(page_id, key, Version(0), value)

        def write() -> PropertyRow:
            if base is None:
                return self.store.add_property(page_id, key, given, self.who)
            number = base.version.number
            try:
                return self.store.set_property(page_id, key, given, number + 1, self.who)
            except Stale as stale:
                raise VersionConflictError(page_id, number, stale.current) from None

        return _property(self.write(f"PUT property of {page_id}", write))

    def remove_property(self, page_id: str, info: PropertyInfo) -> None:
        if info.key == RESTRICTIONS:
            self._restrict(page_id, info.value, None)
            return
        what = f"DELETE property of {page_id}"
        self.write(what, lambda: self.store.remove_property(page_id, info.key))

    def write(self, what: str, write: Callable[[], Done]) -> Done:
        failpoints.before(what)
        trouble, self.shared.trouble = self.shared.trouble, None
        if trouble is Trouble.DOWN:
            raise ServerError("the server answered 503", status=503)
        if trouble is Trouble.RACE:
            raise ServerError("Attempted to update stale data. Try again.", status=409)
        try:
            done = write()
        except Missing as error:
            raise NotVisibleError(str(error), status=404) from None
        except Invalid as error:
            raise WriteRefusedError(str(error), status=400) from None
        except Refusal as error:
            raise PermissionDeniedError(str(error), status=error.status) from None
        self.shared.writes += 1
        if trouble is Trouble.LOST:
            raise NetworkError("the connection was lost")
        return done

    def row(self, page_id: str) -> PageRow:
        try:
            row = self.store.page(page_id)
        except Missing as error:
            raise NotVisibleError(str(error), status=404) from None
        if row.restricted or row.type != self.kind:
            raise NotVisibleError(f"Cannot find a page with id [{page_id}]", status=404)
        return row


class StoreStates:
    """The content states of a store's pages."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def state(self, page_id: str) -> str:
        failpoints.before(f"GET state of {page_id}")
        found, _ = self._store.content_state(page_id)
        return found.name if found else ""


class StorePlaces:
    """The places of a store's pages."""

    def __init__(self, remote: StoreRemote) -> None:
        self._remote = remote

    def siblings(self, parent: str, kind: ParentKind) -> tuple[Sibling, ...]:
        failpoints.before(f"GET children of {parent}")
        chosen = Selection(parent_id=parent, statuses=("current",), sort="child-position")
        found = queries.nodes(self._remote.store.database, chosen)
        return tuple(Sibling(row.id, place_of(row)) for row in found)

    def move(self, page_id: str, beside: Beside, target: str) -> None:
        what = f"PUT {page_id} {beside} {target}"
        self._remote.write(what, lambda: self._remote.store.move(page_id, beside, target))


class StoreThreads:
    """Implements `Threads` over a store."""

    def __init__(self, remote: StoreRemote) -> None:
        self._remote = remote
        self._store = remote.store

    def of(self, page_id: str) -> tuple[PageComment, ...]:
        failpoints.before(f"GET comments of {page_id}")
        return tuple(map(_with_text, self._store.comments(self._remote.row(page_id).id)))

    def reply(self, page_id: str, comment: PageComment, body: str) -> str:
        what, who = f"POST reply to {comment.id}", self._remote.who
        return self._remote.write(what, lambda: self._store.reply(comment.id, body, who)).id

    def resolve(self, page_id: str, comment: PageComment) -> None:
        what, who = f"PUT resolved {comment.id}", self._remote.who
        self._remote.write(what, lambda: self._store.resolve(comment.id, author=who))


def names_of(store: Store, page_id: str) -> Names:
    """Return the users and groups that alone may read or update a page."""
    return {
        one: frozenset(
            f"{kind}:{name}"
            for kind in ("user", "group")
            for name in store.allowed(page_id, one, kind)
        )
        for one in restrictions.OPERATIONS
    }


def _with_text(row: CommentRow) -> PageComment:
    version = Version(row.version, row.message, row.author, row.modified_at)
    inline, state = row.kind == INLINE, Resolution(row.resolution)
    about = row.parent_id or "", inline, state, row.selection or "", row.ref or ""
    return PageComment(row.id, version, row.author, row.body, *about)


def _info(row: PageRow, *, labels: bool = False) -> PageInfo:
    return PageInfo(
        id=row.id,
        space=row.space_id,
        title=row.title,
        version=Version(row.version, row.message, row.author, row.modified_at, row.minor),
        parent=row.parent_id,
        parent_kind=_kind(row.parent_type),
        status=Status(row.status) if row.status in _STATUSES else Status.OTHER,
        position=place_of(row) if row.type == PAGE else None,
        labels=tuple(sorted(row.labels)) if labels else None,
        posted=row.created_at[:10] if row.type == POST else None,
        owner="" if row.type == POST else row.owner,
    )


def _property(row: PropertyRow) -> PropertyInfo:
    version = Version(row.version, "", row.author, row.created_at)
    return PropertyInfo(row.id, row.key, version, canonical(row.value))


def _attachment(row: AttachmentRow) -> AttachmentInfo:
    version = Version(row.version, row.comment, row.author, row.created_at)
    return AttachmentInfo(row.id, row.title, version, row.size, row.media_type)


def _comment(row: CommentRow) -> Comment:
    version = Version(row.version, row.message, row.author, row.modified_at)
    marked = row.resolution in ("open", "reopened")
    settled = row.resolution in ("resolved", "reopened")
    marker = row.ref if marked and row.ref else ""
    return Comment(row.id, row.page_id, version, row.kind == INLINE, marker, settled)


def _kind(parent_type: str | None) -> ParentKind:
    kinds = {"page": ParentKind.PAGE, "folder": ParentKind.FOLDER, None: ParentKind.NONE}
    return kinds.get(parent_type, ParentKind.OTHER)


_STATUSES = {status.value for status in Status}


def _version(row: VersionRow) -> Version:
    return Version(row.number, row.message, row.author, row.created_at, row.minor)
