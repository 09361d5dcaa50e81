"""The past of a page on Data Center: its versions, and each one with title and body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from confsync.errors import APIAccessError, NotVisibleError, ServerError
from confsync.model.page import PastVersion, User, Version, is_later
from confsync.remote import rows, v1_rows
from confsync.remote.client import Client
from confsync.remote.datacenter.pagination import by_offset
from confsync.remote.rows import Row
from confsync.workers import Workers

_EXPAND = "body.storage,version"


def versions_after(client: Client, page_id: str, version: int) -> tuple[Version, ...]:
    """Return the versions with a higher number, newest first."""
    path = f"content/{page_id}/version"
    try:
        found = [v1_rows.version(row) for row in by_offset(client, f"rest/api/{path}", {})]
    except APIAccessError as error:
        if error.status not in (404, 405):
            raise
        older = f"rest/experimental/{path}"
        found = [v1_rows.version(row) for row in by_offset(client, older, {})]
    later = [entry for entry in found if entry.number > version]
    return tuple(sorted(later, key=lambda entry: -entry.number))


def newest_of(
    client: Client, workers: Workers, page_ids: Iterable[str]
) -> Iterator[dict[str, PastVersion]]:
    """Yield the current versions of visible pages by id, one request each."""

    def ask(page_id: str) -> dict[str, PastVersion]:
        try:
            return {page_id: newest(client, page_id)}
        except NotVisibleError:
            return {}

    return workers.ahead(ask, page_ids, at_most=workers.jobs)


def newest(client: Client, page_id: str) -> PastVersion:
    """Return the current version of a page. Raise NotVisibleError."""
    try:
        return _read(client, page_id, {})
    except NotVisibleError:  # without a status the server answers current pages only
        return _read(client, page_id, {"status": "archived"})


def history(client: Client, page_id: str, after: Version | None) -> Iterator[PastVersion]:
    """Yield a page's versions, newest first, down to `after`.

    Each body needs a request. No listing is needed: a page's numbers have no gaps.
    """
    last = newest(client, page_id)
    number = last.version.number
    found: PastVersion | None = last
    while True:
        if found is not None:
            if not is_later(found.version, after):
                return
            yield found
        number -= 1
        if number < 1:
            return
        found = _old(client, page_id, number)


def _old(client: Client, page_id: str, number: int) -> PastVersion | None:
    """Return an older version; None if the server does not have its body."""
    try:
        return _read(client, page_id, {"status": "historical", "version": number})
    except NotVisibleError:
        return None


def _read(client: Client, page_id: str, params: dict[str, object]) -> PastVersion:
    row = client.get(f"rest/api/content/{page_id}", {**params, "expand": _EXPAND})
    body = rows.body_of(row)
    if body is None:
        raise ServerError(f"page {page_id}: the answer has no storage body")
    made = rows.part_of(row, "version")
    version = v1_rows.version(made)
    return PastVersion(version, _author(made, version), rows.title_of(row), body)


def _author(made: Row, version: Version) -> User:
    """Return who wrote a version. The key of a user stays when the name changes."""
    by = rows.part_of(made, "by")
    return User(rows.words_of(by, "userKey", "username"), version.author)
