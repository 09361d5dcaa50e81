"""Drafts of pages and blog posts, which are in no listing and no search.

A draft of new content is that content in another status. One of published content stands beside
it, until the next version takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...errors import Missing
from .. import changes, storage_format
from ..changes import Node
from ..permissions import Permissions, check_create
from ..queries import number
from ..rows import PAGE, PageRow, Parent
from ..spaces import Spaces

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of a draft. A title may be empty until the draft is published."""

    title: str
    body: str
    author: str
    parent: Parent = None
    message: str = ""


class Drafts(Permissions, Spaces):
    """The drafts of a store. A draft has one version, and its title is free for others."""

    escape_quotes: bool

    def create_draft(self, kind: str, space_key: str, draft: Draft) -> PageRow:
        """Create a draft of a page, by default under the home page, or of a blog post."""
        space, body = self.space(space_key), self._kept(draft.body)
        with self.batch():
            check_create(space)
            under = None
            if kind == PAGE:
                under = changes.parent_id(self.database, space.id, draft.parent, hidden=False)
            node = Node(kind, space.id, draft.title, under, draft.author, self._at(), draft.message)
            new = changes.insert(self.database, node, body)
            self._set(new, "UPDATE content SET status = ? WHERE id = ?", DRAFT)
            return self.page(new)

    def save_draft(self, page_id: str, draft: Draft) -> PageRow:
        """Change a draft. Its version stays 1."""
        body, at = self._kept(draft.body), self._at()
        with self.batch():
            row = self.editable(page_id)
            if row.type == PAGE and draft.parent not in (None, row.parent_id):
                database, space_id = self.database, row.space_id
                under = changes.parent_id(database, space_id, draft.parent, hidden=False)
                changes.place(database, row.id, under)
            changes.retitle(self.database, row.id, draft.title)
            self._rewrite(row, body)
            for table, key in (("content", "id"), ("versions", "content_id")):
                moment = "modified_at" if table == "content" else "created_at"
                self.database.execute(
                    f"UPDATE {table} SET author = ?, message = ?, {moment} = ? WHERE {key} = ?",  # noqa: S608 - constants
                    (draft.author, draft.message, at, number(row.id)),
                )
            self.database.execute(
                "UPDATE versions SET title = ? WHERE content_id = ?", (draft.title, number(row.id))
            )
            return self.page(row.id)

    def publish(self, page_id: str, draft: Draft) -> PageRow:
        """Make a draft current, with this content. Raise `Invalid` if its title is taken."""
        with self.batch():
            changes.check_row(self.database, self.editable(page_id), draft.title)
            self.save_draft(page_id, draft)
            self._set(page_id, "UPDATE content SET status = ? WHERE id = ?", "current")
            return self.page(page_id)

    def draft_of(self, page_id: str) -> PageRow | None:
        """Return published content as its draft has it, or None without a draft."""
        row = self.database.one(
            "SELECT title, body, author, message, at FROM drafts WHERE content_id = ?",
            (number(page_id),),
        )
        if row is None:
            return None
        title, body, author, message, at = map(str, row)
        made = replace(self.page(page_id), status=DRAFT, version=1, title=title, body=body)
        return replace(made, author=author, message=message, modified_at=at)

    def keep_draft(self, page_id: str, draft: Draft) -> PageRow:
        """Give published content a draft, instead of the one that it has."""
        body = self._kept(draft.body)
        with self.batch():
            row = self.editable(page_id)
            changes.check_row(self.database, row, draft.title)
            changes.add_user(self.database, draft.author)
            new = (number(row.id), draft.title, body, draft.author, draft.message, self._at())
            self.database.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?)", new)
            return self.draft_of(page_id) or row

    def drop_draft(self, page_id: str) -> None:
        """Delete the draft of published content. Raise `Missing` if there is none."""
        with self.batch():
            row = self.editable(page_id)
            if self.draft_of(page_id) is None:
                raise Missing(row.type, page_id)
            self.database.execute("DELETE FROM drafts WHERE content_id = ?", (number(row.id),))

    def discard(self, page_id: str) -> None:
        """Delete a draft for good."""
        with self.batch():
            changes.purge(self.database, self.editable(page_id).id)

    def _kept(self, body: str) -> str:
        storage_format.check(body)
        return storage_format.stored(body, escape_quotes=self.escape_quotes)
