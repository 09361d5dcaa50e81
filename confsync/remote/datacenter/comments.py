"""The comments of v1, inline comments and others together.

The newest comments of some spaces by a search are a hint. Those of one page are a list of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from confsync.errors import RowError, ServerError
from confsync.model.page import Comment, PageComment, Resolution, Version
from confsync.remote import rows, v1_rows
from confsync.remote.client import Client
from confsync.remote.datacenter.pagination import by_offset
from confsync.remote.rows import Row

# The server's upper limit with expansions.
ROWS = 200
_SEARCH = "rest/api/content/search"
_EXPAND = "version,container,extensions.inlineProperties,extensions.resolution"
_CONTENT = "rest/api/content"
_WITH_TEXT = "body.storage,version,ancestors,extensions.inlineProperties,extensions.resolution"
_HOLDERS = ("page", "blogpost")
_SETTLED = ("resolved", "reopened")


def newest(client: Client, keys: Iterable[str]) -> Iterator[list[Comment]]:
    """Yield the comments in spaces, the newest first.

    A comment that is deleted meanwhile moves the later ones. So each answer begins with the last
    row of the answer before. Raise ServerError if it does not contain that row.
    """
    spaces = ", ".join(f'"{key}"' for key in sorted(set(keys)))
    cql = f"space in ({spaces}) and type = comment order by lastmodified desc"
    start, last = 0, None
    while True:
        params = {"cql": cql, "expand": _EXPAND, "limit": ROWS, "start": start}
        answer = client.get(_SEARCH, params)
        found = rows.results_of(answer, _SEARCH)
        ids = [row.get("id") for row in found]
        if last is not None and last not in ids:
            raise ServerError(f"{_SEARCH}: the comments changed while they were listed")
        yield [_comment(row) for row in found[ids.index(last) + 1 if last is not None else 0 :]]
        if not found or not rows.part_of(answer, "_links").get("next"):
            return
        start, last = start + len(found) - 1, ids[-1]


def _comment(row: Row) -> Comment:
    try:
        return _checked(row)
    except RowError as error:
        return Comment("", "", Version(0), flaw=error.message)


def _checked(row: Row) -> Comment:
    holder, extensions = rows.part_of(row, "container"), rows.part_of(row, "extensions")
    state = rows.part_of(extensions, "resolution").get("status")
    marked = extensions.get("location") == "inline" and state in ("open", "reopened")
    properties = rows.part_of(extensions, "inlineProperties") if marked else {}
    return Comment(
        rows.id_of(row),
        rows.id_of(holder) if holder.get("type") in _HOLDERS else "",
        v1_rows.version(rows.part_of(row, "version")),
        inline=extensions.get("location") in ("inline", "resolved"),
        marker=rows.words_of(properties, "markerRef"),
        settled=state in _SETTLED,
    )


class DataCenterThreads:
    """Implements `Threads`. `kind` is the type of the pages: page or blogpost."""

    def __init__(self, client: Client, kind: str) -> None:
        self._client = client
        self._kind = kind

    def of(self, page_id: str) -> tuple[PageComment, ...]:
        params = {"depth": "all", "expand": _WITH_TEXT, "limit": ROWS}
        listed = by_offset(self._client, f"{_CONTENT}/{page_id}/child/comment", params)
        found = {comment.id: comment for comment in map(_with_text, listed)}
        return tuple(sorted(found.values(), key=lambda one: int(one.id)))

    def reply(self, page_id: str, comment: PageComment, body: str) -> str:
        sent = {
            "type": "comment",
            "container": {"id": page_id, "type": self._kind},
            "ancestors": [{"id": comment.id}],
            "body": {"storage": {"value": body, "representation": "storage"}},
        }
        return rows.id_of(self._client.post(_CONTENT, sent))

    def resolve(self, page_id: str, comment: PageComment) -> None:
        sent = {
            "id": comment.id,
            "type": "comment",
            "version": {"number": comment.version.number + 1},
            "body": {"storage": {"value": comment.body, "representation": "storage"}},
            "extensions": {
                "location": "inline",
                "resolution": {"status": Resolution.RESOLVED.value},
            },
        }
        self._client.put(f"{_CONTENT}/{comment.id}", sent)


def _with_text(row: Row) -> PageComment:
    version, extensions = rows.part_of(row, "version"), rows.part_of(row, "extensions")
    by, above = rows.part_of(version, "by"), rows.last_of(row, "ancestors")
    inline = extensions.get("location") in ("inline", "resolved")
    about = rows.part_of(extensions, "inlineProperties") if inline and not above else {}
    return PageComment(
        rows.id_of(row),
        v1_rows.version(version),
        rows.words_of(by, "username", "userKey"),
        rows.body_of(row) or "",
        rows.id_of(above) if above else "",
        inline,
        rows.resolution_of(rows.part_of(extensions, "resolution").get("status")),
        rows.words_of(about, "originalSelection"),
        rows.words_of(about, "markerRef"),
    )
