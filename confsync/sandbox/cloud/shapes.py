"""The JSON objects of Cloud v2."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

from ..short_link import code_of
from ..store.actions.space_labels import name_of, prefix_of
from ..store.rows import (
    POST,
    BelowRow,
    FolderRow,
    LabelRow,
    NodeRow,
    PageRow,
    SpaceRow,
    UserRow,
    VersionRow,
    account_id,
    place_of,
)


def stamp(
    number: int, author: str, message: str, at: str, *, minor: bool = False
) -> dict[str, Any]:
    return {
        "number": number,
        "message": message,
        "minorEdit": minor,
        "authorId": account_id(author),
        "createdAt": at,
    }


def _current(row: PageRow) -> dict[str, Any]:
    return stamp(row.version, row.author, row.message, row.modified_at, minor=row.minor)


def _made(row: VersionRow) -> dict[str, Any]:
    return stamp(row.number, row.author, row.message, row.created_at, minor=row.minor)


def body(value: str) -> dict[str, Any]:
    return {"storage": {"representation": "storage", "value": value}}


def page(row: PageRow, *, bodies: bool) -> dict[str, Any]:
    """Return a page. Without bodies its `body` is an empty object."""
    subtype = {} if row.subtype is None else {"subtype": row.subtype}
    return {
        "id": row.id,
        "status": row.status,
        "title": row.title,
        "spaceId": row.space_id,
        "parentId": row.parent_id,
        "parentType": row.parent_type,
        "position": place_of(row),
        "authorId": account_id(row.creator),
        "ownerId": account_id(row.owner),
        "lastOwnerId": None,
        **subtype,
        "createdAt": row.created_at,
        "version": _current(row),
        "body": body(row.body) if bodies else {},
        "_links": {
            "editui": f"/pages/resumedraft.action?draftId={row.id}",
            "webui": f"/spaces/{row.space_key}/pages/{row.id}/{quote_plus(row.title)}",
            "edituiv2": f"/spaces/{row.space_key}/pages/edit-v2/{row.id}",
            "tinyui": f"/x/{code_of(row.id)}",
        },
    }


def post(row: PageRow, *, bodies: bool) -> dict[str, Any]:
    """Return a blog post, which has no place in a tree and no owner."""
    day = row.created_at[:10].replace("-", "/")
    return {
        "id": row.id,
        "status": row.status,
        "title": row.title,
        "spaceId": row.space_id,
        "authorId": account_id(row.creator),
        "createdAt": row.created_at,
        "version": _current(row),
        "body": body(row.body) if bodies else {},
        "_links": {
            "editui": f"/pages/resumedraft.action?draftId={row.id}",
            "webui": f"/spaces/{row.space_key}/blog/{day}/{row.id}/{quote_plus(row.title)}",
            "edituiv2": f"/spaces/{row.space_key}/blog/edit-v2/{row.id}",
            "tinyui": f"/x/{code_of(row.id)}",
        },
    }


def content(row: PageRow, *, bodies: bool) -> dict[str, Any]:
    """Return a page or a blog post."""
    return post(row, bodies=bodies) if row.type == POST else page(row, bodies=bodies)


def old_page(row: PageRow, version: VersionRow, *, bodies: bool) -> dict[str, Any]:
    """Return a page or blog post as it was at an earlier version."""
    found = content(row, bodies=False)
    found.update(status="historical", title=version.title, version=_made(version))
    found["body"] = body(version.body) if bodies else {}
    return found


def version(row: VersionRow, of: PageRow, *, bodies: bool) -> dict[str, Any]:
    return entity_version(row, of.id, of.type, bodies=bodies)


def entity_version(row: VersionRow, content_id: str, kind: str, *, bodies: bool) -> dict[str, Any]:
    """Return a version of any content. `kind` is the name of the part about the content."""
    entity: dict[str, Any] = {"id": content_id, "title": row.title}
    if bodies:
        entity["body"] = body(row.body)
    return {**_made(row), kind: entity}


def detailed_version(row: VersionRow, last: int) -> dict[str, Any]:
    found = _made(row)
    found.update(contentTypeModified=False, collaborators=[account_id(row.author)])
    if row.number > 1:
        found["prevVersion"] = row.number - 1
    if row.number < last:
        found["nextVersion"] = row.number + 1
    return found


def space(row: SpaceRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "name": row.name,
        "type": "global",
        "status": "current",
        "authorId": account_id(row.creator),
        "currentActiveAlias": row.key,
        "createdAt": row.created_at,
        "homepageId": row.homepage_id,
        "description": {},
        "_links": {"webui": f"/spaces/{row.key}"},
    }


def folder(row: FolderRow) -> dict[str, Any]:
    """Return a folder, or other content without a body."""
    return {
        "id": row.id,
        "type": row.type,
        "status": row.status,
        "title": row.title,
        "parentId": row.parent_id,
        "parentType": row.parent_type,
        "position": place_of(row),
        "authorId": account_id(row.creator),
        "ownerId": account_id(row.creator),
        "createdAt": row.created_at,
        "spaceId": row.space_id,
        "version": stamp(1, row.creator, "", row.created_at),
        "_links": {"webui": f"/spaces/{row.space_key}/{row.type}/{row.id}"},
    }


def label(row: LabelRow) -> dict[str, Any]:
    return {"id": row.id, "name": name_of(row), "prefix": prefix_of(row)}


def child(row: NodeRow, *, kind: bool) -> dict[str, Any]:
    found = {
        "id": row.id,
        "status": row.status,
        "title": row.title,
        "spaceId": row.space_id,
        "childPosition": place_of(row),
    }
    return {**found, "type": row.type} if kind else found


def descendant(row: BelowRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": row.status,
        "title": row.title,
        "type": row.type,
        "parentId": row.parent_id,
        "depth": row.depth,
        "childPosition": place_of(row),
    }


def user(row: UserRow) -> dict[str, Any]:
    return {
        "displayName": row.name,
        "timeZone": None,
        "personalSpaceId": None,
        "isExternalCollaborator": False,
        "accountStatus": "active",
        "accountId": row.account_id,
        "email": row.email if row.token else "",
        "accountType": "atlassian",
        "publicName": row.name,
        "profilePicture": None,
    }
