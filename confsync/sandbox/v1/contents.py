"""v1's content: pages, blog posts, attachments and comments, with the parts of `expand`.

Each kind of part takes one query for all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ..short_link import code_of
from ..site import CLOUD, base, site, store
from ..store import bulk, queries
from ..store.permissions import operations
from ..store.queries import Selection
from ..store.rows import (
    PAGE,
    WRITTEN,
    AncestorRow,
    AttachmentRow,
    CommentRow,
    PageRow,
    SpaceRow,
    VersionRow,
    file_id,
    place_of,
)
from ..store.talk.comments import comments_of
from .rights import restrictions
from .shapes import Expand, current, history, labels, person, prop, version, webui
from .views.addresses import shown

# A nested list holds so many, and says so
NESTED = 25
BODIES = ("storage", "view", "export_view", "styled_view", "editor")
Parts = Mapping[str, Mapping[str, Any]]


def space(row: SpaceRow, expand: Expand, prefix: str = "") -> dict[str, Any]:
    """Return a space. `prefix` is its place in `expand`."""
    asked = expand.inside(prefix)
    path = f"/rest/api/space/{row.key}"
    web = f"/spaces/{row.key}" if site().flavor == CLOUD else f"/display/{row.key}"
    found: dict[str, Any] = {
        "id": int(row.id),
        "key": row.key,
        "name": row.name,
        "status": "current",
        "type": "global",
        "_links": {"webui": web, "self": base() + path},
    }
    if "homepage" in asked:
        (page,) = contents([store().page(row.homepage_id)], asked.inside("homepage"))
        found["homepage"] = page
    if "description" in asked:
        plain = {"value": "", "representation": "plain", "embeddedContent": []}
        found["description"] = {"plain": plain}
    if "metadata" in asked:
        found["metadata"] = {"labels": labels(store().labels(row.id), path)}
    if "history" in asked:
        found["history"] = {"createdBy": person(row.creator), "createdDate": row.created_at}
    if "permissions" in asked and site().flavor == CLOUD:
        found["permissions"] = []
    home = f"/rest/api/content/{row.homepage_id}"
    unseen = {"homepage": home, "description": "", "metadata": "", "icon": ""}
    return {**found, "_expandable": {k: v for k, v in unseen.items() if k not in found}}


def _bodies(row: PageRow | CommentRow, path: str, expand: Expand) -> dict[str, Any]:
    found: dict[str, Any] = {}
    page_id = row.page_id if isinstance(row, CommentRow) else row.id
    for kind in BODIES:
        if f"body.{kind}" in expand:
            raw = kind in ("storage", "editor")
            found[kind] = {
                "value": row.body if raw else shown(row.body, page_id, row.space_key),
                "representation": kind,
                "_expandable": {"content": path},
            }
    return {**found, "_expandable": {kind: "" for kind in BODIES if kind not in found}}


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


def contents(rows: Sequence[PageRow], expand: Expand) -> list[dict[str, Any]]:
    """Return pages and blog posts with the parts of `expand`."""
    ids = tuple(row.id for row in rows)
    database = store().database
    parts: dict[str, Mapping[str, Any]] = {}
    if "ancestors" in expand:
        known: dict[AncestorRow, dict[str, Any]] = {}  # most pages of a listing share ancestors
        parts["ancestors"] = {
            one: [known.get(above) or known.setdefault(above, _ancestor(above)) for above in line]
            for one, line in bulk.lineages(database, ids).items()
        }
    if "metadata.labels" in expand:
        parts["labels"] = bulk.labels_of(database, ids)
    if expand.properties:
        parts["properties"] = bulk.properties_of(database, ids)
    if "space" in expand or "container" in expand:
        parts["spaces"] = {row.id: row for row in store().spaces()}
    for name, fetch in CHILDREN.items():
        if f"children.{name}" in expand:
            parts[name] = fetch(ids, expand.inside(f"children.{name}"))
    return [_content(row, expand, parts) for row in rows]


def _metadata(row: PageRow, expand: Expand, parts: Parts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "labels" in parts:
        found["labels"] = labels(parts["labels"][row.id], f"/rest/api/content/{row.id}")
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


def _content(row: PageRow, expand: Expand, parts: Parts) -> dict[str, Any]:
    path = f"/rest/api/content/{row.id}"
    kind = {"id": row.id, "type": row.type}
    found: dict[str, Any] = {**kind, "status": row.status, "title": row.title}
    for name in ("space", "container"):
        if name in expand:
            found[name] = space(parts["spaces"][row.space_id], expand, name)
    if "history" in expand:
        found["history"] = history(row, expand)
    if "version" in expand:
        found["version"] = version(row.id, current(row), latest=row.status != "historical")
    if "ancestors" in expand:
        above = parts["ancestors"][row.id]
        found["ancestors"] = [one for one in above if one["type"] == PAGE]
    if expand.bodies:
        found["body"] = _bodies(row, path, expand)
    if "metadata" in expand:
        found["metadata"] = _metadata(row, expand, parts)
    if "operations" in expand:
        found["operations"] = operations(store(), row.id)
    found |= restrictions.part(row.id, expand)
    if "children" in expand:
        found["children"] = _children(row.id, parts)
    found["extensions"] = {"position": (row.type == PAGE and place_of(row)) or "none"}
    found["_links"] = {
        "webui": webui(row),
        "edit": f"/pages/resumedraft.action?draftId={row.id}",
        "tinyui": f"/x/{code_of(row.id)}",
        "self": base() + path,
    }
    unseen = _unseen(path, f"/rest/api/space/{row.space_key}")
    return {**found, "_expandable": {k: v for k, v in unseen.items() if k not in found}}


def attachments(rows: Sequence[AttachmentRow], expand: Expand) -> list[dict[str, Any]]:
    """Return files with the parts of `expand`."""
    owners = tuple({row.page_id for row in rows})
    parts: dict[str, Mapping[str, Any]] = {"keys": bulk.space_keys(store().database, owners)}
    if "metadata.labels" in expand:
        ids = tuple(row.id for row in rows)
        parts["labels"] = bulk.labels_of(store().database, ids)
    if "container" in expand:
        parts["containers"] = _pages(set(owners), expand.inside("container"))
    if "space" in expand:
        parts["spaces"] = {row.key: row for row in store().spaces()}
    return [_attachment(row, expand, parts) for row in rows]


def attachment(row: AttachmentRow, expand: Expand) -> dict[str, Any]:
    (found,) = attachments([row], expand)
    return found


def _pages(ids: set[str], expand: Expand) -> dict[str, dict[str, Any]]:
    """Return pages and blog posts by id, in any status."""
    selection = Selection(ids=tuple(ids), statuses=(), types=WRITTEN, bodies=expand.bodies)
    rows = queries.pages(store().database, selection) if ids else ()
    return {row["id"]: row for row in contents(rows, expand)}


def _attachment(row: AttachmentRow, expand: Expand, parts: Parts) -> dict[str, Any]:
    path = f"/rest/api/content/{row.id}"
    file = {"mediaType": row.media_type, "comment": row.comment}
    guid = {"fileId": file_id(row.id), "collectionName": f"contentId-{row.page_id}"}
    where = f"/download/attachments/{row.page_id}/{quote(row.title, safe='')}"
    found: dict[str, Any] = {
        "id": row.id,
        "type": "attachment",
        "status": "current",
        "title": row.title,
        "metadata": dict(file),
        "extensions": {**file, "fileSize": row.size, **(guid if site().flavor == CLOUD else {})},
        "_links": {
            "webui": f"/pages/viewpageattachments.action?pageId={row.page_id}",
            "download": f"{where}?version={row.version}&api=v2",
            "self": base() + path,
        },
    }
    if "labels" in parts:
        found["metadata"]["labels"] = labels(parts["labels"][row.id], path)
    if "version" in expand:
        at = VersionRow(row.version, row.title, "", row.author, row.comment, row.created_at)
        found["version"] = version(row.id, at)
    if "container" in expand:
        found["container"] = parts["containers"].get(row.page_id)
    if "space" in expand:
        found["space"] = space(parts["spaces"][parts["keys"][row.page_id]], expand, "space")
    unseen = {
        "container": f"/rest/api/content/{row.page_id}",
        "space": f"/rest/api/space/{parts['keys'].get(row.page_id, '')}",
        "version": "",
    }
    return {**found, "_expandable": {k: v for k, v in unseen.items() if k not in found}}


def comments(rows: Sequence[CommentRow], expand: Expand) -> list[dict[str, Any]]:
    """Return comments with the parts of `expand`."""
    parts: dict[str, Mapping[str, Any]] = {}
    if "container" in expand:
        parts["containers"] = _pages({row.page_id for row in rows}, expand.inside("container"))
    if "space" in expand:
        parts["spaces"] = {row.key: row for row in store().spaces()}
    return [_comment(row, expand, parts) for row in rows]


def _comment(row: CommentRow, expand: Expand, parts: Parts) -> dict[str, Any]:
    path = f"/rest/api/content/{row.id}"
    found: dict[str, Any] = {
        "id": row.id,
        "type": "comment",
        "status": row.status,
        "title": row.title,
        "extensions": _comment_extensions(row),
        "_links": {
            "webui": f"/pages/viewpage.action?pageId={row.page_id}#comment-{row.id}",
            "self": base() + path,
        },
    }
    at = VersionRow(row.version, row.title, "", row.author, row.message, row.modified_at)
    if "version" in expand:
        found["version"] = version(row.id, at)
    if "history" in expand:
        found["history"] = {
            "latest": True,
            "createdBy": person(row.creator),
            "createdDate": row.created_at,
            "lastUpdated": version(row.id, at),
            "_links": {"self": f"{base()}{path}/history"},
        }
    if expand.bodies:
        found["body"] = _bodies(row, path, expand)
    if "container" in expand:
        found["container"] = parts["containers"].get(row.page_id)
    if "space" in expand:
        found["space"] = space(parts["spaces"][row.space_key], expand, "space")
    if "ancestors" in expand:
        above = comments_of(store().database, ids=(row.parent_id,)) if row.parent_id else ()
        found["ancestors"] = comments(above, expand.inside("ancestors"))
    unseen = ("version", "history", "body", "container", "space", "ancestors")
    return {**found, "_expandable": {k: "" for k in unseen if k not in found}}


def _comment_extensions(row: CommentRow) -> dict[str, Any]:
    found: dict[str, Any] = {"location": row.kind}
    if row.kind == "inline":
        found["inlineProperties"] = {"originalSelection": row.selection, "markerRef": row.ref}
        found["resolution"] = {"status": row.resolution}
    return found


def _child_pages(ids: tuple[str, ...], expand: Expand) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {one: [] for one in ids}
    for one in ids:
        selection = Selection(
            parent_id=one,
            statuses=("current",),
            sort="child-position",
            limit=NESTED + 1,
            bodies=expand.bodies,
        )
        found[one] = contents(queries.pages(store().database, selection), expand)
    return found


def _child_files(ids: tuple[str, ...], expand: Expand) -> dict[str, list[dict[str, Any]]]:
    found = bulk.attachments_of(store().database, ids)
    rows = {one: given[: NESTED + 1] for one, given in found.items()}
    shown = iter(attachments([row for given in rows.values() for row in given], expand))
    return {one: [next(shown) for _ in given] for one, given in rows.items()}


def _child_comments(ids: tuple[str, ...], expand: Expand) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[CommentRow]] = {one: [] for one in ids}
    for row in comments_of(store().database, pages=ids):
        if row.parent_id is None:
            found[row.page_id].append(row)
    return {one: comments(given[: NESTED + 1], expand) for one, given in found.items()}


CHILDREN: dict[str, Callable[[tuple[str, ...], Expand], Mapping[str, Any]]] = {
    "page": _child_pages,
    "attachment": _child_files,
    "comment": _child_comments,
}


def _children(page_id: str, parts: Parts) -> dict[str, Any]:
    """Return the nested lists that `expand` names. Each is cut, and says where its rest is."""
    path = f"/rest/api/content/{page_id}/child"
    found: dict[str, Any] = {}
    for name in CHILDREN:
        if name in parts:
            rows = parts[name][page_id]
            links = {"self": f"{base()}{path}/{name}"}
            if len(rows) > NESTED:
                links["next"] = f"{path}/{name}?limit={NESTED}&start={NESTED}"
            some = rows[:NESTED]
            counts = {"start": 0, "limit": NESTED, "size": len(some)}
            found[name] = {"results": some, **counts, "_links": links}
    unseen = {name: f"{path}/{name}" for name in CHILDREN if name not in found}
    return {**found, "_links": {"self": base() + path}, "_expandable": unseen}
