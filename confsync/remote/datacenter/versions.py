"""The past of a page on Data Center: its versions, and each one with title and body."""

from __future__ import annotations

from collections.abc import Iterator

from confsync.errors import APIAccessError, NotVisibleError, ServerError
from confsync.model.page import PastVersion, User, Version, is_later
from confsync.remote import rows, v1_rows
from confsync.remote.client import Client
from confsync.remote.datacenter.kinds import Kind
from confsync.remote.datacenter.pagination import by_offset
from confsync.remote.rows import Row


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


class Versions:
    """Reads the versions of pages, or of blog posts. Each body needs a request."""

    def __init__(self, client: Client, kind: Kind) -> None:
        self._client = client
        self._kind = kind

    def newest_by_id(self, page_id: str) -> dict[str, PastVersion]:
        """Return the current version of a page by its id; empty if the page is not visible."""
        try:
            return {page_id: self.newest(page_id)}
        except NotVisibleError:
            return {}

    def newest(self, page_id: str) -> PastVersion:
        """Return the current version of a page. Raise NotVisibleError."""
        try:
            return self._read(page_id, {})
        except NotVisibleError:  # without a status the server answers current pages only
            return self._read(page_id, {"status": "archived"})

    def history(self, page_id: str, after: Version | None) -> Iterator[PastVersion]:
        """Yield a page's versions, newest first, down to `after`.

        No listing is needed: a page's numbers have no gaps.
        """
        found: PastVersion | None = self.newest(page_id)
        number = found.version.number if found else 0
        while number:
            if found is not None:
                if not is_later(found.version, after):
                    return
                yield found
            number -= 1
            found = self._old(page_id, number) if number else None

    def _old(self, page_id: str, number: int) -> PastVersion | None:
        """Return an older version; None if the server does not have its body."""
        try:
            return self._read(page_id, {"status": "historical", "version": number})
        except NotVisibleError:
            return None

    def _read(self, page_id: str, params: dict[str, object]) -> PastVersion:
        path = f"rest/api/content/{page_id}"
        row = self._kind.checked(
            self._client.get(path, {**params, "expand": "body.storage,version"}), page_id
        )
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
