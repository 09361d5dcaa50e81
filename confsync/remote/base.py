"""The common part of both servers' implementations of `Remote`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from confsync.document.settings import restrictions
from confsync.document.settings.names import RESTRICTIONS
from confsync.document.settings.restrictions import GROUP, OPERATIONS, USER, Names
from confsync.errors import (
    APIAccessError,
    NotVisibleError,
    ServerError,
    SpaceNotFoundError,
    WriteRefusedError,
)
from confsync.model.page import (
    AttachmentInfo,
    Page,
    PageInfo,
    PastVersion,
    PropertyInfo,
    Restrictions,
    Space,
    Task,
    User,
    Version,
)
from confsync.remote import rows, transfers, v1_rows
from confsync.remote.client import Client
from confsync.remote.refused_credentials import no_credentials
from confsync.remote.rows import Row
from confsync.workers import Workers

if TYPE_CHECKING:
    from confsync.remote.cloud.places import Places
    from confsync.remote.cloud.states import States

ANONYMOUS = "the server treated the request as anonymous"


class Connection:
    """A client, and how many requests it may send at a time."""

    missing_settings: frozenset[str] = frozenset()

    def __init__(self, client: Client, workers: Workers) -> None:
        self._client = client
        self.workers = workers
        self.who = client.who
        # By key without case. Pages and blog posts share it.
        self._spaces: dict[str, Space] = {}

    def _asked(self, key: str, ask: Callable[[str], Space], *, again: bool) -> Space:
        """Return a space. Ask the server only for an unknown one, or `again`."""
        folded = key.casefold()
        if again or folded not in self._spaces:
            self._spaces[folded] = ask(key)
        return self._spaces[folded]

    @property
    def url(self) -> str:
        return self._client.url

    @property
    def tried(self) -> str:
        return self._client.tried

    @property
    def seen(self) -> Mapping[str, str]:
        return self._client.seen

    def _no_space(self, key: str) -> APIAccessError:
        """Return the error for a space that is missing or hidden."""
        if not self.tried:  # the space may be there for people with credentials
            return no_credentials(self.url, 404)
        return SpaceNotFoundError(
            f"there is no space '{key}', or you may not see it",
            hint="copy the key from the space's address in the browser; .confsync.yaml has it, too",
        )

    def whoami(self) -> User:
        raise NotImplementedError

    def properties(self, page_id: str, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
        raise NotImplementedError

    def property_hints(
        self, space: Space, keys: Collection[str]
    ) -> Mapping[str, tuple[PropertyInfo, ...]] | None:
        raise NotImplementedError

    def put_property(
        self, page_id: str, key: str, value: str, *, base: PropertyInfo | None
    ) -> PropertyInfo:
        raise NotImplementedError

    def remove_property(self, page_id: str, info: PropertyInfo) -> None:
        raise NotImplementedError

    def restrictions(self, page_id: str) -> Restrictions:
        answer = restriction_answer(self._client, page_id)
        return Restrictions(*(_named(rows.part_of(answer, one)) for one in OPERATIONS))

    def upload(
        self,
        page_id: str,
        name: str,
        file: Callable[[], BinaryIO],
        *,
        comment: str,
        replaces: AttachmentInfo | None = None,
    ) -> AttachmentInfo:
        # Both servers have it in v1 only.
        sent = transfers.Upload(name, file, comment, replaces)
        return v1_rows.attachment(transfers.upload(self._client, page_id, sent))

    # Only Cloud's interface changes the order of pages.

    @property
    def places(self) -> Places | None:
        return None

    # No document of a Data Center has content states.

    @property
    def states(self) -> States | None:
        return None

    # A Data Center archives whole spaces only, and no server archives blog posts.

    @property
    def archives(self) -> bool:
        return False

    def archive(self, page_id: str) -> str:
        raise WriteRefusedError(f"this server cannot archive page {page_id} alone")

    def task(self, task_id: str) -> Task:
        raise NotVisibleError(f"this server has no task {task_id}")

    # Both servers change labels in v1 only, too.

    def label_hints(self, space: Space) -> Mapping[str, tuple[str, ...]] | None:
        return None

    def add_labels(self, page_id: str, names: Iterable[str]) -> None:
        self._client.post(f"rest/api/content/{page_id}/label", rows.labels_to_add(names))

    def remove_label(self, page_id: str, name: str) -> None:
        with contextlib.suppress(NotVisibleError):
            self._client.delete(f"rest/api/content/{page_id}/label?name={quote(name, safe='')}")

    def close(self) -> None:
        self._client.close()


class WithRestrictions(Connection):
    """The part of `Remote` for restrictions as a setting. The next class knows content properties.

    Both servers answer alike. They name users in their own ways, and change names in their own.
    """

    _mine: frozenset[str] | None = None

    def my_names(self) -> frozenset[str]:
        if self._mine is None:
            me = self.whoami()
            found = {f"{USER}:{me.id}"}
            start, more = 0, True
            while more:
                query = {self._user_key: me.id, "limit": _GROUPS, "start": start}
                answer = self._client.get(_MEMBER_OF, query)
                some = rows.results_of(answer, _MEMBER_OF)
                found |= {f"{GROUP}:{v1_rows.group_name(row)}" for row in some}
                start += len(some)
                more = bool(some and rows.part_of(answer, "_links").get("next"))
            self._mine = frozenset(found)
        return self._mine

    def properties(self, page_id: str, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
        others = frozenset(keys) - {RESTRICTIONS}
        held = super().properties(page_id, others) if others else ()
        if RESTRICTIONS not in keys:
            return held
        found = v1_rows.restrictions_in(restriction_answer(self._client, page_id), self._user_of)
        if found is None:
            raise ServerError(f"page {page_id}: the answer does not name everyone who may read it")
        return (*held, *restrictions.as_setting(page_id, found))

    def property_hints(
        self, space: Space, keys: Collection[str]
    ) -> Mapping[str, tuple[PropertyInfo, ...]] | None:
        if RESTRICTIONS not in keys:
            return super().property_hints(space, keys)
        found = self._listed_restrictions(space)
        others = frozenset(keys) - {RESTRICTIONS}
        bare: Mapping[str, tuple[PropertyInfo, ...]] = dict.fromkeys(found or (), ())
        hints = super().property_hints(space, others) if others else bare
        if hints is None or found is None:
            return None
        return {
            page_id: (*hints[page_id], *restrictions.as_setting(page_id, names))
            for page_id, names in found.items()
            if page_id in hints
        }

    def put_property(
        self, page_id: str, key: str, value: str, *, base: PropertyInfo | None
    ) -> PropertyInfo:
        if key != RESTRICTIONS:
            return super().put_property(page_id, key, value, base=base)
        self._change_all(page_id, base.value if base else None, value)
        return PropertyInfo(page_id, RESTRICTIONS, Version(0), value)

    def remove_property(self, page_id: str, info: PropertyInfo) -> None:
        if info.key != RESTRICTIONS:
            super().remove_property(page_id, info)
        else:
            self._change_all(page_id, info.value, None)

    # What the two servers do in their own ways.

    _user_key: str

    def _user_of(self, row: Row) -> str:
        """Return the name of a user's row."""
        raise NotImplementedError

    def _listed_restrictions(self, space: Space) -> Mapping[str, Names] | None:
        """Return the restrictions of a space's pages as a hint, or None."""
        raise NotImplementedError

    def _change_all(self, page_id: str, before: str | None, after: str | None) -> None:
        """Send the changes of restrictions until one has no good answer."""
        raise NotImplementedError


def restriction_answer(client: Client, page_id: str) -> Row:
    """Return the restrictions of a page, as both servers' v1 answers them."""
    path = f"rest/api/content/{page_id}/restriction/byOperation"
    return client.get(path, {"expand": v1_rows.RESTRICTIONS})


_WHO = (USER, GROUP)
_MEMBER_OF = "rest/api/user/memberof"
_GROUPS = 200


def _named(operation: Row) -> tuple[str, ...]:
    """Return the people and groups of one operation. The v1 rows of both servers are alike."""
    found: list[str] = []
    for kind in _WHO:
        part = rows.part_of(rows.part_of(operation, "restrictions"), kind)
        for row in rows.results_of(part, "restrictions") if part else []:
            name = row.get("displayName") or row.get("publicName") or row.get("name")
            found.append(f"group {name}" if kind == "group" else str(name or "unknown user"))
    return tuple(found)


def as_past(page: Page) -> PastVersion:
    """Return a page as one of its versions, if its author is told by an id."""
    version = page.info.version
    return PastVersion(version, User(version.author, ""), page.info.title, page.body)


def same_title(info: PageInfo, title: str) -> bool:
    """Return whether a page has a title. Servers compare titles without case."""
    return info.title.casefold() == title.casefold()
