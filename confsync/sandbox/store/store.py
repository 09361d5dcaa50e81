"""The state of a sandbox and Confluence's own rules, without HTTP.

Tests, the browser pages and the APIs all use a `Store`. Its methods are actions of people in the
browser. Only `update` and the checks of `create_page` belong to the APIs. Ids are decimal strings,
versions integers, times ISO 8601 in UTC. A method that refuses raises a `Refusal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Self, Unpack

from ..errors import Invalid, Stale
from . import changes, queries, storage_format
from .actions.audit import Audit
from .actions.content_states import ContentStates
from .actions.custom_content import CustomContent
from .actions.drafts import Drafts
from .actions.long_tasks import LongTasks
from .actions.other_content import OtherContent
from .actions.owners import Owners
from .actions.places import Places
from .actions.restrictions import Restrictions
from .actions.rights import Rights
from .actions.space_changes import SpaceChanges
from .actions.space_labels import SpaceLabels
from .actions.tasks import Tasks
from .actions.templates import Templates
from .attachments import Attachments
from .changes import Edit, Node
from .labels import Labels
from .options import NewPage, NewSpace, Save, Update
from .permissions import check_create
from .properties import Properties
from .rows import PAGE, POST, FolderRow, PageRow, Parent, SpaceRow, VersionRow
from .state import now
from .talk.comments import Comments
from .talk.likes import Likes
from .talk.watches import Watches

ME = "Me"
ME_EMAIL = "me@example.com"
ME_TOKEN = "sandbox-token-5e0c7b1d93"  # noqa: S105 - meant to be public


class Store(
    SpaceLabels,
    SpaceChanges,
    OtherContent,
    Drafts,
    Labels,
    Rights,
    Restrictions,
    Owners,
    Places,
    Attachments,
    Properties,
    Comments,
    Likes,
    Watches,
    Tasks,
    LongTasks,
    Audit,
    ContentStates,
    CustomContent,
    Templates,
):
    """A Confluence site. `path` None keeps it in memory; `clock` gives the time of each write.

    `conversions` has the results of conversions of bodies by task: format and body.

    With `escape_quotes`, saving writes a `"` in text as `&quot;`, as Data Center does.
    """

    def __init__(self, path: str | Path | None = None, clock: Callable[[], datetime] = now) -> None:
        super().__init__(path, clock)
        self.width_resets = []
        self.jobs = {}
        self.conversions: dict[str, tuple[str, str]] = {}
        self.escape_quotes = False
        self.add_user(ME, ME_EMAIL, ME_TOKEN)
        self.load_rights()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Spaces

    def create_space(
        self,
        key: str,
        name: str | None = None,
        home_title: str | None = None,
        **about: Unpack[NewSpace],
    ) -> SpaceRow:
        """Create a space with its home page. The page's default title is the space's name."""
        given = about.get("home_body", "")
        body = given if about.get("raw") else self._stored(given)
        called, at = name or key, self._at()
        author, message = about.get("author", ME), about.get("message", "")
        with self.batch():
            if any(space.key.lower() == key.lower() for space in self.spaces()):
                raise Invalid(f"A space already exists with key {key}")
            home = Edit(home_title or called, body, author, message, at)
            changes.insert_space(self.database, key, called, home)
            return self.space(key)

    def create_page(
        self,
        space_key: str,
        title: str,
        body: str,
        parent: Parent = None,
        **about: Unpack[NewPage],
    ) -> PageRow:
        """Create a page under `parent`: by default the home page, or the root with ROOT."""
        content, at = body if about.get("raw") else self._stored(body), self._at()
        space, hidden = self.space(space_key), about.get("hidden", True)
        with self.batch():
            if not hidden:
                check_create(space)
            under = changes.parent_id(self.database, space.id, parent, hidden=hidden)
            changes.check_title(self.database, space.id, title)
            author, message = about.get("author", "Ana"), about.get("message", "")
            subtype, page_id = about.get("subtype"), about.get("page_id")
            node = Node("page", space.id, title, under, author, at, message, subtype, page_id)
            return self._inserted(node, content, about.get("labels", ()))

    def create_post(
        self,
        space_key: str,
        title: str,
        body: str,
        **about: Unpack[NewPage],
    ) -> PageRow:
        """Create a blog post of today, or of another day."""
        content = body if about.get("raw") else self._stored(body)
        space, at = self.space(space_key), about.get("at") or self._at()
        with self.batch():
            if not about.get("hidden", True):
                check_create(space)
            changes.check_post(self.database, space.id, title, at)
            author, message = about.get("author", "Ana"), about.get("message", "")
            node = Node(POST, space.id, title, None, author, at, message)
            return self._inserted(node, content, about.get("labels", ()))

    def create_folder(
        self, space_key: str, title: str, parent: Parent = None, author: str = "Ana"
    ) -> FolderRow:
        return self._create_other("folder", space_key, title, parent, author)

    def create_whiteboard(
        self, space_key: str, title: str, parent: Parent = None, author: str = "Ana"
    ) -> FolderRow:
        """Create a parent that has no body and is not a folder."""
        return self._create_other("whiteboard", space_key, title, parent, author)

    def _create_other(
        self, kind: str, space_key: str, title: str, parent: Parent, author: str
    ) -> FolderRow:
        space = self.space(space_key)
        with self.batch():
            under = changes.parent_id(self.database, space.id, parent)
            node = Node(kind, space.id, title, under, author, self._at())
            return self.folder(changes.insert(self.database, node, None))

    # Reading

    def folder(self, folder_id: str) -> FolderRow:
        """Return a folder or whiteboard. Raise `Missing` if there is none."""
        return queries.folder(self.database, folder_id)

    def pages(
        self, space_key: str, statuses: tuple[str, ...] = queries.LIVE
    ) -> tuple[PageRow, ...]:
        """Return the space's pages by id, with bodies, archived and restricted ones included."""
        return self._content(space_key, statuses, PAGE)

    def posts(
        self, space_key: str, statuses: tuple[str, ...] = queries.LIVE
    ) -> tuple[PageRow, ...]:
        """Return the space's blog posts by id, with bodies."""
        return self._content(space_key, statuses, POST)

    def _content(self, space_key: str, statuses: tuple[str, ...], kind: str) -> tuple[PageRow, ...]:
        return queries.pages(
            self.database,
            queries.Selection(
                space_ids=(self.space(space_key).id,),
                statuses=statuses,
                types=(kind,),
                hidden=True,
                bodies=True,
                labels=True,
            ),
        )

    def versions(self, page_id: str) -> tuple[VersionRow, ...]:
        """Return all versions of a page, oldest first."""
        return queries.versions(self.database, self.page(page_id).id)

    # Changes

    def update(
        self,
        page_id: str,
        *,
        number: int,
        title: str,
        body: str,
        **about: Unpack[Update],
    ) -> PageRow:
        """Update a page as the APIs do.

        Raise `Stale` unless `number` is the current version plus one.

        On a trashed page this restores the old content in a new version. With `skip_identical`, an
        update without a change makes no version.
        """
        author, message = about.get("author", ME), about.get("message", "")
        self.editable(page_id)
        content = self._stored(body)
        with self.batch():
            page = self.editable(page_id)
            if number != page.version + 1:
                raise Stale(page.version, number)
            if page.status == "archived":
                raise Invalid("An archived page cannot be updated.")
            if page.status == "trashed":
                return self._restored(page, author, message)
            under = self._parent(page, about.get("parent"), hidden=False)
            owner = about.get("owner") or page.owner
            kept = (page.title, page.parent_id, page.owner)
            same = page.body in (body, content) and (title, under, owner) == kept
            if not (same and about.get("skip_identical")):
                minor = about.get("minor", False)
                edit = Edit(title, content, author, message, self._at(), minor)
                changes.save(self.database, page, edit, under)
                if owner != page.owner:
                    self.set_owner(page_id, owner)
            return self.page(page_id)

    def edit(
        self,
        page_id: str,
        body: str | None = None,
        title: str | None = None,
        parent: Parent = None,
        **about: Unpack[Save],
    ) -> PageRow:
        """Save a page as the browser does: one new version over any current version."""
        content = body if about.get("raw") or body is None else self._stored(body)
        with self.batch():
            page = self.page(page_id)
            edit = Edit(
                page.title if title is None else title,
                page.body if content is None else content,
                about.get("author", "Ana"),
                about.get("message", ""),
                self._at(),
            )
            changes.save(self.database, page, edit, self._parent(page, parent))
            return self.page(page_id)

    def set_state(self, page_id: str, author: str = "Ana") -> PageRow:
        """Set a content state: a new version with the same title and body."""
        return self.edit(page_id, author=author)

    def delete_version(self, page_id: str, number: int) -> None:
        """Remove an old version.

        Later versions, the current one included, get the next lower number.
        """
        with self.batch():
            changes.drop_version(self.database, self.page(page_id), number)

    def trash(self, page_id: str) -> None:
        """Move a page to the trash.

        It loses its parent, its title is free, its children move up.
        """
        with self.batch():
            changes.trash(self.database, self.page(page_id))

    def restore(self, page_id: str) -> None:
        """Restore a page from the trash or the archive, without a new version."""
        with self.batch():
            changes.restore(self.database, self.page(page_id))

    def date_post(self, post_id: str, at: str) -> None:
        """Give a blog post another date (ISO 8601 in UTC), without a new version."""
        self._set(post_id, "UPDATE content SET created_at = ? WHERE id = ?", at)

    def archive(self, page_id: str) -> None:
        """Archive a page. It leaves the tree, but keeps its title, parent and children."""
        self._set(page_id, "UPDATE content SET status = ? WHERE id = ?", "archived")

    def purge(self, page_id: str) -> None:
        """Delete a page for good."""
        with self.batch():
            page = self.page(page_id)
            if page.status != "trashed":
                changes.trash(self.database, page)
            changes.purge(self.database, page_id)

    def move_to_space(self, page_id: str, key: str) -> None:
        """Move a page with everything below it under the home page of another space."""
        with self.batch():
            changes.move_branch(self.database, self.page(page_id), self.space(key).id)

    # Parts

    def _inserted(self, node: Node, content: str, labels: Iterable[str]) -> PageRow:
        new = changes.insert(self.database, node, content)
        for label in labels:
            changes.add_label(self.database, new, label)
        return self.page(new)

    def _stored(self, body: str) -> str:
        storage_format.check(body)
        return storage_format.stored(body, escape_quotes=self.escape_quotes)

    def _parent(self, page: PageRow, parent: Parent, *, hidden: bool = True) -> str | None:
        if parent is None or parent == page.parent_id:
            return page.parent_id
        return changes.parent_id(self.database, page.space_id, parent, hidden=hidden)

    def _restored(self, page: PageRow, author: str, message: str) -> PageRow:
        changes.restore(self.database, page)
        again = self.page(page.id)
        edit = Edit(page.title, page.body, author, message, self._at())
        changes.save(self.database, again, edit, again.parent_id)
        return self.page(page.id)
