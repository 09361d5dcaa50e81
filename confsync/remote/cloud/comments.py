"""The comments of v2: inline comments and comments at the end of pages.

The newest comments of a site are a hint. The comments of one page are a list of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from confsync.errors import RowError
from confsync.model.page import Comment, PageComment, Version
from confsync.remote import rows
from confsync.remote.client import Client
from confsync.remote.cloud import v2_rows
from confsync.remote.cloud.pagination import by_cursor
from confsync.remote.rows import Row

# The server's upper limit.
ROWS = 250
_INLINE, _FOOTER = "inline-comments", "footer-comments"
_PATHS = (f"api/v2/{_INLINE}", f"api/v2/{_FOOTER}")
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


class CloudThreads:
    """Implements `Threads`. `kind` is that of the pages: pages or blogposts."""

    def __init__(self, client: Client, kind: str) -> None:
        self._client = client
        self._kind = kind

    def of(self, page_id: str) -> tuple[PageComment, ...]:
        found: list[PageComment] = []
        for kind in (_INLINE, _FOOTER):
            waiting = self._listed(f"{self._kind}/{page_id}/{kind}", "", inline=kind == _INLINE)
            while waiting:
                comment = waiting.pop()
                found.append(comment)
                replies = f"{kind}/{comment.id}/children"
                waiting += self._listed(replies, comment.id, inline=comment.inline)
        return tuple(sorted(found, key=lambda one: int(one.id)))

    def _listed(self, path: str, below: str, *, inline: bool) -> list[PageComment]:
        params = {"body-format": "storage", "limit": ROWS}
        answers = by_cursor(self._client, f"api/v2/{path}", params)
        return [_with_text(row, below, inline=inline) for some in answers for row in some]

    def reply(self, page_id: str, comment: PageComment, body: str) -> str:
        kind = _INLINE if comment.inline else _FOOTER
        text = {"representation": "storage", "value": body}
        sent = {"parentCommentId": comment.id, "body": text}
        return rows.id_of(self._client.post(f"api/v2/{kind}", sent))

    def resolve(self, page_id: str, comment: PageComment) -> None:
        self._client.put(f"api/v2/{_INLINE}/{comment.id}", {"resolved": True})


def _with_text(row: Row, below: str, *, inline: bool) -> PageComment:
    version = v2_rows.version(rows.part_of(row, "version"))
    about = rows.part_of(row, "properties") if inline and not below else {}
    return PageComment(
        rows.id_of(row),
        version,
        version.author,
        rows.body_of(row) or "",
        below,
        inline,
        rows.resolution_of(row.get("resolutionStatus")),
        rows.words_of(about, "inlineOriginalSelection"),
        rows.words_of(about, "inlineMarkerRef"),
    )
