"""Pages and blog posts: what is asked of their rows, and how the rows are read."""

from __future__ import annotations

from typing import NamedTuple

from confsync.errors import NotVisibleError, RowError
from confsync.model.page import Page, PageInfo, ParentKind
from confsync.remote import rows, v1_rows
from confsync.remote.rows import Row


class Kind(NamedTuple):
    """A kind of content. `more` is what a listing expands, and `body` adds the body."""

    type: str
    more: str

    @property
    def body(self) -> str:
        return f"body.storage,{self.more},space"

    def checked(self, row: Row, page_id: str) -> Row:
        """Return the row that was asked for by its id. Raise NotVisibleError for another kind.

        All kinds of content share one address. Content of another kind counts as missing.
        """
        if (row.get("type") or self.type) != self.type:
            raise NotVisibleError(f"content {page_id} is not a {self.type}")
        return row

    def info(self, row: Row, space: str) -> PageInfo:
        """Return a row without its body. `space` is the key if the row has none."""
        info = v1_rows.content(row, space)
        if self is not POSTS:
            return info
        posted = rows.day_of(rows.part_of(row, "history").get("createdDate"))
        return info._replace(posted=posted, parent=None, parent_kind=ParentKind.NONE)

    def page(self, row: Row, space: str) -> Page | None:
        """Return a row with its body, or None if the body is missing."""
        body = rows.body_of(row)
        return Page(self.info(row, space), body) if body is not None else None

    def page_among(self, row: Row, space: str) -> Page | None:
        """Return the page of a listing, or None if its row is unusable.

        The caller reads it alone.
        """
        try:
            return self.page(row, space)
        except RowError:
            return None

    def written(self, row: Row, space: str) -> PageInfo:
        """Return the answer to a write, which may be short. Only its version must be there."""
        info = v1_rows.content(row, space)
        return info._replace(posted="", parent=None) if self is POSTS else info


# A post's history has its day. Only pages have ancestors.
PAGES = Kind("page", "version,ancestors")
POSTS = Kind("blogpost", "version,history")
