"""The places of pages among their siblings. Only Cloud changes them over its interface."""

from __future__ import annotations

from typing import Protocol

from confsync.model.page import Beside, ParentKind, Sibling
from confsync.remote import rows
from confsync.remote.client import Client
from confsync.remote.cloud.pagination import by_cursor

_BULK = 250
_CURRENT = "current"
_KINDS = {ParentKind.PAGE: "pages", ParentKind.FOLDER: "folders"}


class Places(Protocol):
    """The places of pages among their siblings. The methods raise APIAccessError."""

    def siblings(self, parent: str, kind: ParentKind) -> tuple[Sibling, ...]:
        """Return the pages directly below a page or a folder, in the server's order."""

    def move(self, page_id: str, beside: Beside, target: str) -> None:
        """Put a page before or after a page, below the parent of that page. Never try twice.

        The target must not stand at the top of its space. No server compares a version here, and
        the page gets none. So the caller must look first, and afterwards, too. Raise NetworkError
        or ServerError if the page may or may not have been moved.
        """


class CloudPlaces:
    """Implements `Places`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def siblings(self, parent: str, kind: ParentKind) -> tuple[Sibling, ...]:
        path = f"api/v2/{_KINDS[kind]}/{parent}/direct-children"
        return tuple(
            Sibling(rows.id_of(row), rows.position_of(row, "childPosition"))
            for answer in by_cursor(self._client, path, {"limit": _BULK})
            for row in answer
            if row.get("type") == "page" and row.get("status", _CURRENT) == _CURRENT
        )

    def move(self, page_id: str, beside: Beside, target: str) -> None:
        self._client.put(f"rest/api/content/{page_id}/move/{beside}/{target}")
