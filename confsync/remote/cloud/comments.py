"""The newest comments of a site by v2: inline comments, and comments at the end of pages."""

from __future__ import annotations

from collections.abc import Iterator

from confsync.errors import RowError
from confsync.model.page import Comment, Version
from confsync.remote import rows
from confsync.remote.client import Client
from confsync.remote.cloud import v2_rows
from confsync.remote.cloud.pagination import by_cursor
from confsync.remote.rows import Row

# The server's upper limit.
ROWS = 250
_PATHS = ("api/v2/inline-comments", "api/v2/footer-comments")
_SETTLED = ("resolved", "reopened")
# A comment with one of these states has a marker in its page's body.
_MARKED = ("open", "reopened")


def newest(client: Client) -> Iterator[Iterator[list[Comment]]]:
    """Yield both listings, the newest comments first."""
    params = {"sort": "-modified-date", "limit": ROWS}
    for path in _PATHS:
        yield ([_comment(row) for row in some] for some in by_cursor(client, path, params))


def _comment(row: Row) -> Comment:
    try:
        return _checked(row)
    except RowError as error:
        return Comment("", "", Version(0), flaw=error.message)


def _checked(row: Row) -> Comment:
    page = rows.parent_of(row, "pageId") or rows.parent_of(row, "blogPostId") or ""
    state, reply = row.get("resolutionStatus"), row.get("parentCommentId")
    marked = state in _MARKED and not reply
    properties = rows.part_of(row, "properties") if marked else {}
    return Comment(
        rows.id_of(row),
        page,
        v2_rows.version(rows.part_of(row, "version")),
        inline=state is not None,
        marker=rows.words_of(properties, "inlineMarkerRef"),
        settled=state in _SETTLED,
    )
