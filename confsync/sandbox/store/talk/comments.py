"""Comments on pages and blog posts, with replies and versions of their own.

An inline comment has a marker in the page's body. The marker makes no version of the page.
"""

from __future__ import annotations

import uuid
from html import escape
from typing import Any, NamedTuple

from ...errors import Invalid, Missing, Stale
from .. import changes, storage_format
from ..database import Database
from ..queries import number
from ..rows import CommentRow
from ..state import State

FOOTER = "footer"
INLINE = "inline"
OPEN = "open"
RESOLVED = "resolved"
REOPENED = "reopened"
_SELECT = (
    "SELECT k.id, k.content_id, k.parent_id, k.kind, CASE WHEN k.ref IS NOT NULL"
    " AND k.resolution != 'resolved' AND instr(w.body, k.ref) = 0 THEN 'dangling'"
    " ELSE k.resolution END, k.resolver, k.ref,"
    " k.selection, k.version, k.author, k.message, k.creator, k.created_at, k.modified_at,"
    " v.body, c.title, c.type, c.status, c.space_id, s.key"
    " FROM comments k JOIN content c ON c.id = k.content_id JOIN spaces s ON s.id = c.space_id"
    " JOIN versions v ON v.content_id = k.id AND v.number = k.version"
    " JOIN versions w ON w.content_id = c.id AND w.number = c.version"
    " WHERE c.restricted = 0"
)


class Selection(NamedTuple):
    """The text that an inline comment is about, and which of its occurrences (from 0)."""

    text: str
    match: int = 0


def _row(row: tuple[Any, ...]) -> CommentRow:
    above = None if row[2] is None else str(row[2])
    place = {"space_id": str(row[18]), "space_key": row[19]}
    return CommentRow(str(row[0]), str(row[1]), above, *row[3:18], **place)


def comments_of(
    database: Database,
    *,
    ids: tuple[str, ...] | None = None,
    pages: tuple[str, ...] | None = None,
    kind: str | None = None,
    parent: str | None = None,
) -> tuple[CommentRow, ...]:
    """Return the visible comments with these ids, on these pages, of this kind, below this one."""
    sql = _SELECT
    values: list[object] = []
    for column, wanted in (("k.id", ids), ("k.content_id", pages)):
        if wanted is not None:
            sql += f" AND {column} IN ({','.join('?' * len(wanted))})"
            values += [number(one) for one in wanted]
    if kind is not None:
        sql += " AND k.kind = ?"
        values.append(kind)
    if parent is not None:
        sql += " AND k.parent_id = ?"
        values.append(number(parent))
    return tuple(_row(row) for row in database.all(f"{sql} ORDER BY k.id", tuple(values)))


class Comments(State):
    """The comments of a store."""

    def comments(self, page_id: str, kind: str | None = None) -> tuple[CommentRow, ...]:
        """Return the comments on a page with their replies, oldest first."""
        return comments_of(self.database, pages=(page_id,), kind=kind)

    def commentary(self, comment_id: str) -> CommentRow:
        """Return a comment. Raise `Missing` without one."""
        found = comments_of(self.database, ids=(comment_id,))
        if not found:
            raise Missing("comment", comment_id)
        return found[0]

    def comment(self, page_id: str, text: str, author: str = "Ana") -> str:
        """Add an inline comment on the first occurrence of `text`: a marker, but no new version.

        Return the marker's reference. Raise `Invalid` if the text is not in the body.
        """
        made = self.add_inline(page_id, "<p>Is this right?</p>", Selection(text), author)
        return made.ref or ""

    def add_inline(
        self, page_id: str, body: str, selection: Selection, author: str = "Ana"
    ) -> CommentRow:
        """Add an inline comment on a text. Raise `Invalid` if the page does not contain it."""
        ref = str(uuid.uuid4())
        with self.batch():
            page = self.page(page_id)
            marked = None
            for text in dict.fromkeys((selection.text, escape(selection.text, quote=False))):
                marked = marked or storage_format.with_marker(page.body, text, ref, selection.match)
            if not selection.text or marked is None:
                raise Invalid(f"The page's text does not contain '{selection.text}'")
            self._rewrite(page, marked)
            return self._added(page.id, None, body, author, (INLINE, ref, selection.text))

    def add_comment(self, page_id: str, body: str, author: str = "Ana") -> CommentRow:
        """Add a comment at the end of a page."""
        with self.batch():
            page = self.page(page_id)
            return self._added(page.id, None, body, author, (FOOTER, None, None))

    def reply(self, comment_id: str, body: str, author: str = "Ana") -> CommentRow:
        with self.batch():
            above = self.commentary(comment_id)
            if above.resolution == RESOLVED:
                raise Invalid("A resolved comment takes no replies.")
            kind = (above.kind, None, None)
            return self._added(above.page_id, above.id, body, author, kind)

    def _added(
        self,
        page_id: str,
        above: str | None,
        body: str,
        author: str,
        kind: tuple[str, str | None, str | None],
    ) -> CommentRow:
        changes.add_user(self.database, author)
        new, at = self.database.new_id(), self._at()
        parent = None if above is None else number(above)
        self.database.execute(
            "INSERT INTO comments (id, content_id, parent_id, kind, ref, selection, resolution,"
            " version, author, message, creator, created_at, modified_at)"
            " VALUES (?,?,?,?,?,?, 'open', 0, ?, '', ?, ?, ?)",
            (new, number(page_id), parent, *kind, author, author, at, at),
        )
        self._save(str(new), body, author, "")
        return self.commentary(str(new))

    def _save(self, comment_id: str, body: str, author: str, message: str) -> None:
        storage_format.check(body)
        content = storage_format.stored(body)
        version, at = self._version_of(comment_id) + 1, self._at()
        self.database.execute(
            "UPDATE comments SET version = ?, author = ?, message = ?, modified_at = ?"
            " WHERE id = ?",
            (version, author, message, at, number(comment_id)),
        )
        edit = changes.Edit("", content, author, message, at)
        changes.insert_version(self.database, comment_id, version, edit)

    def _version_of(self, comment_id: str) -> int:
        """Return the number of a comment's current version, 0 for a new one."""
        row = self.database.one("SELECT version FROM comments WHERE id = ?", (number(comment_id),))
        return int(str(row[0])) if row else 0

    def edit_comment(
        self,
        comment_id: str,
        body: str,
        version: int,
        author: str = "Ana",
        message: str = "",
    ) -> CommentRow:
        """Add a version. Raise `Stale` unless `version` is the current one plus one."""
        with self.batch():
            row = self.commentary(comment_id)
            if version != row.version + 1:
                raise Stale(row.version, version)
            self._save(comment_id, body, author, message)
            return self.commentary(comment_id)

    def resolve(self, comment_id: str, resolved: bool = True, author: str = "Ana") -> CommentRow:
        """Resolve or reopen an inline comment, without a new version."""
        with self.batch():
            row = self.commentary(comment_id)
            if row.resolution == "dangling":
                raise Invalid("A dangling comment cannot be updated.")
            if row.ref is None:
                raise Invalid("Only an inline comment that is no reply can be resolved.")
            if resolved != (row.resolution == RESOLVED):
                self.database.execute(
                    "UPDATE comments SET resolution = ?, resolver = ?, modified_at = ?"
                    " WHERE id = ?",
                    (RESOLVED if resolved else REOPENED, author, self._at(), number(comment_id)),
                )
            return self.commentary(comment_id)

    def remove_comment(self, comment_id: str) -> None:
        """Delete a comment for good, with its replies and its marker."""
        with self.batch():
            row = self.commentary(comment_id)
            if row.ref is not None:
                page = self.page(row.page_id)
                body = storage_format.without_marker(page.body, row.ref)
                self._rewrite(page, body)
            for below in comments_of(self.database, parent=comment_id):
                self.remove_comment(below.id)
            for sql in (
                "DELETE FROM versions WHERE content_id = ?",
                "DELETE FROM likes WHERE content_id = ?",
                "DELETE FROM properties WHERE content_id = ?",
                "DELETE FROM comments WHERE id = ?",
            ):
                self.database.execute(sql, (number(comment_id),))
