"""The JSON objects of v1. Cloud and Data Center differ in how they name people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, quote_plus

from ..renderer import to_html
from ..short_link import code_of
from ..site import CLOUD, base, site, store
from ..store import bulk, queries
from ..store.permissions import operations
from ..store.rows import (
    PAGE,
    POST,
    AncestorRow,
    AttachmentRow,
    LabelRow,
    PageRow,
    PropertyRow,
    SpaceRow,
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
    """Return a page's address: by a plain title, for a blog post also by date, else by id."""
    if isinstance(page, PageRow) and page.type == POST:
        day = page.created_at[:10].replace("-", "/")
        return f"/display/{page.space_key}/{day}/{quote_plus(page.title)}"
    if page.status == "current" and _PLAIN.fullmatch(page.title):
        return f"/display/{page.space_key}/{quote_plus(page.title)}"
    return f"/pages/viewpage.action?pageId={page.id}"


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


def space(row: SpaceRow, expand: Expand, prefix: str = "") -> dict[str, Any]:
    """Return a space. `prefix` is its place in `expand`."""
    home = f"/rest/api/content/{row.homepage_id}"
    found: dict[str, Any] = {
        "id": int(row.id),
        "key": row.key,
        "name": row.name,
        "status": "current",
        "type": "global",
        "_links": {"webui": f"/display/{row.key}", "self": f"{base()}/rest/api/space/{row.key}"},
    }
    if f"{prefix}homepage" in expand:
        (page,) = contents([store().page(row.homepage_id)], Expand.of())
        found["homepage"] = page
    if f"{prefix}description" in expand:
        found["description"] = {"plain": {"value": "", "representation": "plain"}}
    unseen = {"homepage": home, "description": "", "metadata": "", "icon": ""}
    return {**found, "_expandable": {k: v for k, v in unseen.items() if k not in found}}


def label(row: LabelRow) -> dict[str, Any]:
    return {"prefix": "global", "name": row.name, "id": row.id, "label": row.name}


def labels(rows: Sequence[LabelRow], page_id: str) -> dict[str, Any]:
    return {
        "results": [label(row) for row in rows],
        "start": 0,
        "limit": LABEL_LIMIT,
        "size": len(rows),
        "_links": {"self": f"{base()}/rest/api/content/{page_id}/label"},
    }


def _body(page: PageRow, expand: Expand) -> dict[str, Any]:
    kinds = ("storage", "view", "export_view", "styled_view", "editor")
    found: dict[str, Any] = {}
    for kind in kinds:
        if f"body.{kind}" in expand:
            value = page.body if kind in ("storage", "editor") else to_html(page.body)
            place = {"content": f"/rest/api/content/{page.id}"}
            found[kind] = {"value": value, "representation": kind, "_expandable": place}
    return {**found, "_expandable": {kind: "" for kind in kinds if kind not in found}}


def _ancestor(row: AncestorRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "type": row.type,
        "status": row.status,
        "title": row.title,
        "extensions": {"position": "none"},
        "_links": {"webui": webui(row), "self": f"{base()}/rest/api/content/{row.id}"},
        "_expandable": {"container": f"/rest/api/space/{row.space_key}"},
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


def contents(rows: Sequence[PageRow], expand: Expand) -> list[dict[str, Any]]:
    """Return pages with the parts of `expand`. Each kind of part takes one query for all pages."""
    ids = tuple(row.id for row in rows)
    database = store().database
    parts: dict[str, Mapping[str, Any]] = {}
    if "ancestors" in expand:
        shown: dict[AncestorRow, dict[str, Any]] = {}  # most pages of a listing share ancestors
        parts["ancestors"] = {
            one: [shown.get(above) or shown.setdefault(above, _ancestor(above)) for above in line]
            for one, line in bulk.lineages(database, ids).items()
        }
    if "metadata.labels" in expand:
        parts["labels"] = bulk.labels_of(database, ids)
    if expand.properties:
        parts["properties"] = bulk.properties_of(database, ids)
    if "space" in expand or "container" in expand:
        parts["spaces"] = {row.id: row for row in store().spaces()}
    return [_content(row, expand, parts) for row in rows]


def _metadata(
    row: PageRow, expand: Expand, parts: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "labels" in parts:
        found["labels"] = labels(parts["labels"][row.id], row.id)
    if "properties" in parts:
        held = {one.key.replace("-", "_"): one for one in parts["properties"][row.id]}
        found["properties"] = {
            held[name].key: prop(held[name])
            for name in sorted(held)
            if f"metadata.properties.{name}" in expand
        }
    return found


def _unseen(path: str, space_path: str) -> dict[str, str]:
    """Return the addresses of the parts that are not expanded."""
    return {
        "container": space_path,
        "metadata": "",
        "operations": "",
        "children": f"{path}/child",
        "restrictions": f"{path}/restriction/byOperation",
        "history": f"{path}/history",
        "ancestors": "",
        "body": "",
        "version": "",
        "descendants": f"{path}/descendant",
        "space": space_path,
    }


def _content(
    row: PageRow, expand: Expand, parts: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    path = f"/rest/api/content/{row.id}"
    space_path = f"/rest/api/space/{row.space_key}"
    kind = {"id": row.id, "type": row.type}
    found: dict[str, Any] = {**kind, "status": row.status, "title": row.title}
    for name in ("space", "container"):
        if name in expand:
            found[name] = space(parts["spaces"][row.space_id], expand, f"{name}.")
    if "history" in expand:
        found["history"] = history(row, expand)
    if "version" in expand:
        found["version"] = version(row.id, current(row), latest=row.status != "historical")
    if "ancestors" in expand:
        above = parts["ancestors"][row.id]
        found["ancestors"] = [one for one in above if one["type"] == PAGE]
    if expand.bodies:
        found["body"] = _body(row, expand)
    if "metadata" in expand:
        found["metadata"] = _metadata(row, expand, parts)
    if "operations" in expand:
        found["operations"] = operations(store(), row.id)
    found["extensions"] = {"position": row.position if row.type == PAGE else "none"}
    found["_links"] = {
        "webui": webui(row),
        "edit": f"/pages/resumedraft.action?draftId={row.id}",
        "tinyui": f"/x/{code_of(row.id)}",
        "self": base() + path,
    }
    unseen = _unseen(path, space_path)
    return {**found, "_expandable": {k: v for k, v in unseen.items() if k not in found}}


def attachment(row: AttachmentRow, expand: Expand) -> dict[str, Any]:
    path = f"/rest/api/content/{row.id}"
    file = {"mediaType": row.media_type, "comment": row.comment}
    where = f"/download/attachments/{row.page_id}/{quote(row.title, safe='')}"
    found: dict[str, Any] = {
        "id": row.id,
        "type": "attachment",
        "status": "current",
        "title": row.title,
        "metadata": dict(file),
        "extensions": {**file, "fileSize": row.size},
        "_links": {
            "webui": f"/pages/viewpageattachments.action?pageId={row.page_id}",
            "download": f"{where}?version={row.version}&api=v2",
            "self": base() + path,
        },
    }
    if "version" in expand:
        at = VersionRow(row.version, row.title, "", row.author, row.comment, row.created_at)
        found["version"] = version(row.id, at)
    if "container" in expand:
        (found["container"],) = contents([store().page(row.page_id)], Expand.of())
    return {**found, "_expandable": {k: "" for k in ("version", "container") if k not in found}}
