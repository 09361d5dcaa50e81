"""Listings of v1: by cursor if the server can, else by offset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from confsync.errors import APIAccessError, ServerError
from confsync.remote import rows
from confsync.remote.client import MANY_BODIES, Client
from confsync.remote.rows import Row


class NoScanError(Exception):
    """The server is too old to list by cursor."""


def listed(client: Client, path: str, params: Mapping[str, Any]) -> Iterator[Row]:
    """Yield a listing's rows, by cursor if the server can, else by offset."""
    try:
        yield from by_cursor(client, f"{path}/scan", params)
    except NoScanError:
        yield from by_offset(client, path, params)


def by_cursor(client: Client, path: str, params: Mapping[str, Any]) -> Iterator[Row]:
    """Yield a listing's rows. Raise NoScanError before the first one if the server is too old."""
    cursor = ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        try:
            answer = client.get(path, {**params, **more}, limit=MANY_BODIES)
        except APIAccessError as error:
            # A server before 7.18 takes 'scan' for the id of a page.
            if cursor or error.status not in (400, 404, 405, 500, 501):
                raise
            raise NoScanError from None
        found = rows.results_of(answer, path)
        yield from found
        following = rows.part_of(answer, "_links").get("next")
        after = str(answer.get("nextCursor") or rows.query_of(following).get("cursor") or "")
        if not following and not answer.get("nextCursor"):
            return
        if not after or after == cursor:
            raise ServerError(
                f"{path}: the listing cannot be continued: its next link has no new cursor"
            )
        cursor = after


def by_offset(client: Client, path: str, params: Mapping[str, Any]) -> Iterator[Row]:
    """Yield a listing's rows. The listing ends without a next link, never at a short page."""
    start = 0
    while True:
        answer = client.get(path, {**params, "start": start}, limit=MANY_BODIES)
        found = rows.results_of(answer, path)
        yield from found
        if not rows.part_of(answer, "_links").get("next"):
            return
        if not found:
            raise ServerError(
                f"{path}: the listing cannot be continued: this part is empty, but has a next link"
            )
        start += len(found)
