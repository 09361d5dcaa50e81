"""Confluence Cloud over its v2 API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from confsync.errors import (
    NotVisibleError,
    ServerError,
    SpaceNotFoundError,
    VersionConflictError,
)
from confsync.model import Folder, Page, PageInfo, ParentKind, Space, Status, Version
from confsync.remote.client import Client

BULK = 250
_API = "api/v2"
_STALE = re.compile(r"Version must be incremented")
_CURRENT_VERSION = re.compile(r"[Cc]urrent [Vv]ersion(?: is)?: \[?(\d+)\]?")


class Cloud:
    """Implements `Remote`. Follows `_links.next` by its cursor alone, never to another host."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def space(self, key: str) -> Space:
        for row in self._client.get(f"{_API}/spaces", {"keys": key}).get("results", []):
            if str(row.get("key", "")).casefold() == key.casefold():
                home = row.get("homepageId")
                return Space(
                    _text(row, "id"),
                    _text(row, "key"),
                    _text(row, "name"),
                    str(home) if home else None,
                )
        raise SpaceNotFoundError(
            f"there is no space '{key}', or you may not see it",
            hint="check 'spaces' in .confsync.yaml, and open the space in the browser",
        )

    def listing(self, space: Space) -> Iterator[PageInfo]:
        return map(_info, self._all(f"{_API}/spaces/{space.id}/pages", {"limit": BULK}))

    def pages(self, page_ids: Iterable[str]) -> dict[str, Page]:
        waiting = iter(page_ids)
        found: dict[str, Page] = {}
        while batch := list(islice(waiting, BULK)):
            params = {"id": ",".join(batch), "limit": BULK, "body-format": "storage"}
            for row in self._all(f"{_API}/pages", params):
                if page := _page(row):
                    found[page.info.id] = page
        return found

    def page(self, page_id: str) -> Page:
        return self._page(page_id, {"body-format": "storage"})

    def old_page(self, page_id: str, version: int) -> Page:
        return self._page(page_id, {"body-format": "storage", "version": version})

    def versions_after(self, page_id: str, version: int) -> tuple[Version, ...]:
        found: list[Version] = []
        params = {"limit": BULK, "sort": "-modified-date"}
        for row in self._all(f"{_API}/pages/{page_id}/versions", params):
            entry = _version(row)
            if entry.number <= version:
                break
            found.append(entry)
        return tuple(found)

    def folder(self, folder_id: str) -> Folder | None:
        try:
            row = self._client.get(f"{_API}/folders/{folder_id}")
        except NotVisibleError:
            return None
        parent = row.get("parentId")
        return Folder(
            _id(row),
            _text(row, "title"),
            str(parent) if parent else None,
            _parent_kind(row.get("parentType")) if parent else ParentKind.NONE,
        )

    def put(
        self,
        page_id: str,
        *,
        base: int,
        title: str,
        body: str,
        message: str,
        parent: str | None = None,
    ) -> PageInfo:
        content: dict[str, Any] = {
            "id": page_id,
            "status": "current",
            "title": title,
            "body": {"representation": "storage", "value": body},
            "version": {"number": base + 1, "message": message},
        }
        if parent is not None:
            content["parentId"] = parent
        try:
            return _info(self._client.put(f"{_API}/pages/{page_id}", content))
        except ServerError as error:
            if error.status == 409 and _STALE.search(error.message):
                current = _CURRENT_VERSION.search(error.message)
                raise VersionConflictError(
                    page_id, base, int(current[1]) if current else None
                ) from None
            raise

    def names(self, account_ids: Iterable[str]) -> Mapping[str, str]:
        wanted = sorted({account for account in account_ids if account})
        if not wanted:
            return {}
        answer = self._client.ask(f"{_API}/users-bulk", {"accountIds": wanted[:BULK]})
        return {
            str(row.get("accountId")): str(row.get("displayName") or row.get("publicName") or "")
            for row in answer.get("results", [])
        }

    def close(self) -> None:
        self._client.close()

    def _page(self, page_id: str, params: Mapping[str, Any]) -> Page:
        page = _page(self._client.get(f"{_API}/pages/{page_id}", params))
        if page is None:
            raise ServerError(f"page {page_id}: the answer has no storage body")
        return page

    def _all(self, path: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Every row of a listing. The end is where there is no next link, never a short page."""
        seen: set[str] = set()
        while True:
            answer = self._client.get(path, params)
            rows = answer.get("results")
            if not isinstance(rows, list):
                raise ServerError(f"{path}: the answer is not a listing")
            yield from rows
            following = (answer.get("_links") or {}).get("next")
            if not following:
                return
            cursor = dict(parse_qsl(urlsplit(str(following)).query)).get("cursor")
            if not cursor or cursor in seen:
                raise ServerError(f"{path}: the listing does not go on properly")
            seen.add(cursor)
            params = {**params, "cursor": cursor}


def _page(row: Mapping[str, Any]) -> Page | None:
    body = ((row.get("body") or {}).get("storage") or {}).get("value")
    return Page(_info(row), body) if isinstance(body, str) else None


def _info(row: Mapping[str, Any]) -> PageInfo:
    parent = row.get("parentId")
    status = str(row.get("status"))
    return PageInfo(
        id=_id(row),
        space=str(row.get("spaceId", "")),
        title=_text(row, "title"),
        version=_version(row.get("version") or {}),
        parent=str(parent) if parent else None,
        parent_kind=_parent_kind(row.get("parentType")) if parent else ParentKind.NONE,
        status=Status(status) if status in ("current", "archived", "trashed") else Status.OTHER,
        position=row.get("position") or 0,
        live=row.get("subtype") == "live",
    )


def _parent_kind(kind: object) -> ParentKind:
    match kind:
        case "page" | None:
            return ParentKind.PAGE
        case "folder":
            return ParentKind.FOLDER
        case _:
            return ParentKind.OTHER


def _version(row: Mapping[str, Any]) -> Version:
    number = row.get("number")
    if not isinstance(number, int) or number < 1:
        raise ServerError("the answer has no version number")
    return Version(
        number,
        str(row.get("message") or ""),
        str(row.get("authorId") or ""),
        str(row.get("createdAt") or ""),
    )


def _id(row: Mapping[str, Any]) -> str:
    """An id, digits alone: ids become part of file names."""
    value = str(row.get("id", ""))
    if not (value.isascii() and value.isdecimal() and len(value) <= 20):
        raise ServerError("the answer has no page id")
    return value


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise ServerError(f"the answer has no {key}")
    return value
