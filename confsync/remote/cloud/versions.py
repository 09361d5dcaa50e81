"""The past of a page on Cloud: its versions with title and body."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from confsync.errors import NotVisibleError, RowError, ServerError
from confsync.model.page import Page, PastVersion, User, Version, is_later
from confsync.remote import rows
from confsync.remote.base import as_past
from confsync.remote.client import ONE_ANSWER, Client
from confsync.remote.cloud import v2_rows
from confsync.remote.cloud.pagination import by_cursor
from confsync.remote.rows import Row

# The sizes of an answer with bodies, tried in this order until an answer is small enough.
SIZES = (50, 5, 1)
# The name of the part of a version's row that has title and body.
_PARTS = ("page", "blogpost")


def history(
    client: Client, path: str, single: Callable[[int], Page], after: Version | None
) -> Iterator[PastVersion]:
    """Yield the versions below the address `path` of a page, newest first, down to `after`.

    `single` reads one version by its number, if an answer lacks its body.
    """
    for number, row in _rows(client, f"{path}/versions"):
        version = v2_rows.version(row)
        if not is_later(version, after):
            return
        found = _past(row, version) if number else None
        try:
            yield found or as_past(single(version.number))
        except NotVisibleError:
            continue  # the server has no body of this version


def _rows(client: Client, path: str) -> Iterator[tuple[int, Row]]:
    """Yield each row with the size of its answer, which is 0 for an answer without bodies.

    A page may have many large versions. If an answer is too large, smaller ones are requested.
    """
    told = 0
    for size in (*SIZES, 0):
        try:
            for row in _listed(client, path, size, told):
                told += 1
                yield size, row
            return
        except ServerError as error:
            if error.status or isinstance(error, RowError) or not size:
                raise


def _listed(client: Client, path: str, size: int, skip: int) -> Iterator[Row]:
    """Yield the rows of a listing behind the first `skip` ones."""
    params: dict[str, Any] = {"sort": "-modified-date", "limit": size or 250}
    if size:
        params["body-format"] = "storage"
    for some in by_cursor(client, path, params, limit=ONE_ANSWER):
        yield from some[skip:]
        skip = max(0, skip - len(some))


def _past(row: Row, version: Version) -> PastVersion | None:
    """Return the version of a row; None if the row has no body."""
    part = next((rows.part_of(row, name) for name in _PARTS if row.get(name)), {})
    body = rows.body_of(part)
    if body is None:
        return None
    return PastVersion(version, User(version.author, ""), rows.title_of(part), body)
