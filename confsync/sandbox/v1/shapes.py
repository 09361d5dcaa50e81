"""The JSON objects of v1. Cloud and Data Center differ in how they name people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus

from ..site import CLOUD, base, site, store
from ..store import queries
from ..store.actions.space_labels import name_of, prefix_of
from ..store.rows import (
    POST,
    AncestorRow,
    LabelRow,
    PageRow,
    PropertyRow,
    VersionRow,
    account_id,
    user_key,
    username,
)

LABEL_LIMIT = 200
_PLAIN = re.compile(r"[A-Za-z0-9 \-_.,()!]*")
PICTURE = {
    "path": "/images/icons/profilepics/default.svg",
    "width": 48,
    "height": 48,
    "isDefault": True,
}


@dataclass(frozen=True, slots=True)
class Expand:
    """The names of `expand`, each with the names that contain it: `body.storage` adds `body`."""

    names: frozenset[str]

    @staticmethod
    def of(*given: str) -> Expand:
        parts = [name.strip().split(".") for one in given for name in one.split(",")]
        found = {".".join(part[:size]) for part in parts for size in range(1, len(part) + 1)}
        return Expand(frozenset(found - {""}))

    def __contains__(self, name: str) -> bool:
        return name in self.names

    @property
    def bodies(self) -> bool:
        return any(name.startswith("body.") for name in self.names)

    def inside(self, name: str) -> Expand:
        """Return what is to be expanded in the part of this name."""
        if not name:
            return self
        found = (one.removeprefix(f"{name}.") for one in self.names if one.startswith(f"{name}."))
        return Expand(frozenset(found))

    @property
    def properties(self) -> bool:
        return "metadata.properties" in self.names


def links(path: str, **more: str) -> dict[str, str]:
    """Return `_links` with `self` and the parts that only an answer's outermost object has."""
    return {**more, "base": base(), "context": site().context, "self": base() + path}


def person(name: str) -> dict[str, Any]:
    """Return a user as other users see it."""
    if site().flavor == CLOUD:
        return {
            "type": "known",
            "accountId": account_id(name),
            "accountType": "atlassian",
            "publicName": name,
            "displayName": name,
        }
    return {
        "type": "known",
        "username": username(name),
        "userKey": user_key(name),
        "profilePicture": PICTURE,
        "displayName": name,
        "_links": {"self": f"{base()}/rest/api/user?key={user_key(name)}"},
        "_expandable": {"status": ""},
    }


def webui(page: PageRow | AncestorRow) -> str:
    """Return a page's address: by a plain title, for a blog post also by date, else by id.

    Cloud's always has the id and the title.
    """
    post = isinstance(page, PageRow) and page.type == POST
    if site().flavor == CLOUD:
        place = f"blog/{_day(page)}" if post else "pages"
        return f"/spaces/{page.space_key}/{place}/{page.id}/{quote_plus(page.title)}"
    if post:
        return f"/display/{page.space_key}/{_day(page)}/{quote_plus(page.title)}"
    if page.status == "current" and _PLAIN.fullmatch(page.title):
        return f"/display/{page.space_key}/{quote_plus(page.title)}"
    return f"/pages/viewpage.action?pageId={page.id}"


def _day(page: PageRow | AncestorRow) -> str:
    return page.created_at[:10].replace("-", "/") if isinstance(page, PageRow) else ""


def version(content_id: str, row: VersionRow, *, latest: bool = True) -> dict[str, Any]:
    old = "" if latest else f"?status=historical&version={row.number}"
    number = row.number
    return {
        "by": person(row.author),
        "when": row.created_at,
        "message": row.message,
        "number": number,
        "minorEdit": row.minor,
        "hidden": False,
        "_links": {"self": f"{base()}/rest/experimental/content/{content_id}/version/{number}"},
        "_expandable": {"content": f"/rest/api/content/{content_id}{old}"},
    }


def current(page: PageRow) -> VersionRow:
    """Return a page's current version."""
    at = (page.author, page.message, page.modified_at, page.minor)
    return VersionRow(page.version, page.title, page.body, *at)


def as_of(page: PageRow, old: VersionRow) -> PageRow:
    """Return a page as it was at an earlier version."""
    return replace(
        page,
        status="historical",
        title=old.title,
        body=old.body,
        version=old.number,
        author=old.author,
        message=old.message,
        modified_at=old.created_at,
        minor=old.minor,
    )


def history(page: PageRow, expand: Expand, prefix: str = "history.") -> dict[str, Any]:
    path = f"/rest/api/content/{page.id}/history"
    found: dict[str, Any] = {
        "latest": page.status != "historical",
        "createdBy": person(page.creator),
        "createdDate": page.created_at,
        "_links": {"self": base() + path},
    }
    if f"{prefix}lastUpdated" in expand:
        found["lastUpdated"] = version(page.id, current(page))
    if f"{prefix}previousVersion" in expand and page.version > 1:
        (old,) = queries.versions(store().database, page.id, only=page.version - 1, bodies=False)
        found["previousVersion"] = version(page.id, old, latest=False)
    unseen = ("lastUpdated", "previousVersion", "contributors", "nextVersion")
    return {**found, "_expandable": {one: "" for one in unseen if one not in found}}


def label(row: LabelRow) -> dict[str, Any]:
    name = name_of(row)
    return {"prefix": prefix_of(row), "name": name, "id": row.id, "label": name}


def labels(rows: Sequence[LabelRow], path: str) -> dict[str, Any]:
    """Return the labels of the content or space at `path` as a nested list."""
    shown = [label(row) for row in rows[:LABEL_LIMIT]]
    return {
        "results": shown,
        "start": 0,
        "limit": LABEL_LIMIT,
        "size": len(shown),
        "_links": {"self": f"{base()}{path}/label"},
    }


def prop(row: PropertyRow) -> dict[str, Any]:
    path = f"/rest/api/content/{row.page_id}"
    return {
        "id": row.id,
        "key": row.key,
        "value": row.value,
        "version": {
            "by": person(row.author),
            "when": row.created_at,
            "message": "",
            "number": row.version,
            "minorEdit": False,
            "hidden": False,
        },
        "_links": {"self": f"{base()}{path}/property/{row.key}"},
        "_expandable": {"content": path},
    }
