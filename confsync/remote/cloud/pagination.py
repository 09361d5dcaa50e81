"""Listings of v2, which continue at a cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from confsync.errors import ServerError
from confsync.remote import rows
from confsync.remote.client import ONE_ANSWER, Client
from confsync.remote.rows import Row


class CursorError(ServerError):
    """A listing cannot be continued: its next link has no new cursor."""


def by_cursor(
    client: Client, path: str, params: Mapping[str, Any], *, limit: int = ONE_ANSWER
) -> Iterator[list[Row]]:
    """Yield a listing's rows, as they are answered."""
    for answer in answers_by_cursor(client, path, params, limit=limit):
        yield rows.results_of(answer, path)


def answers_by_cursor(
    client: Client, path: str, params: Mapping[str, Any], *, limit: int = ONE_ANSWER
) -> Iterator[Row]:
    """Yield a listing's answers.

    The listing ends without a next link, never at a short page. Only the cursor of a next link is
    used, so that no link leads to another host.
    """
    seen: set[str] = set()
    while True:
        answer = client.get(path, params, limit=limit)
        yield answer
        following = rows.part_of(answer, "_links").get("next")
        if not following:
            return
        cursor = rows.query_of(following).get("cursor")
        if not cursor or cursor in seen:
            raise CursorError(
                f"{path}: the listing cannot be continued: its next link has no new cursor"
            )
        seen.add(cursor)
        params = {**params, "cursor": cursor}


def has_next(answer: Row) -> bool:
    """Return whether a listing goes on after an answer."""
    return bool(rows.part_of(answer, "_links").get("next"))
