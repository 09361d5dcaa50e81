"""Cloud v2: spaces, labels and users."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from .. import parameters
from ..errors import Invalid, Missing
from ..site import base, store
from ..store.labels import all_labels
from ..store.rows import SpaceRow
from ..v1.rights.permissions import permissions
from ..v1.spaces import check_key
from . import shapes as v2_shapes
from .orders import both_ways, list_pages
from .pages import api, statuses

MAX_USERS = 250


def _space(space_id: str) -> SpaceRow:
    for space in store().spaces():
        if space.id == space_id:
            return space
    raise Missing("space", space_id)


def _single(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "_links": {**found["_links"], "base": base()}}


@api.get("/spaces")
def get_spaces() -> flask.Response:
    keys, ids = parameters.values("keys", 250), parameters.ids("ids", 250)
    sort = parameters.choice("sort", both_ways(("id", "key", "name")), "id")
    folded = [key.lower() for key in keys]
    found = [
        space
        for space in store().spaces()
        if (not keys or space.key.lower() in folded) and (not ids or space.id in ids)
    ]
    if parameters.values("status", choices=("current", "archived")) == ("archived",):
        found = []
    field = sort.removeprefix("-")
    found.sort(
        key=lambda row: int(row.id) if field == "id" else getattr(row, field),
        reverse=sort.startswith("-"),
    )
    return parameters.sliced(found, v2_shapes.space)


@api.post("/spaces")
def create_space() -> tuple[dict[str, Any], int]:
    """Create a space with its home page. Without a key, the name makes one."""
    given = parameters.document()
    name = parameters.text(given, "name", required=True) or ""
    made = "".join(c for c in name.upper() if c.isascii() and c.isalnum())
    key = check_key(parameters.text(given, "key") or made)
    row = store().create_space(key, name, author=flask.g.user.name)
    return _single(v2_shapes.space(row)), HTTPStatus.CREATED


@api.get("/spaces/<space_id>")
def get_space(space_id: str) -> dict[str, Any]:
    return _single(v2_shapes.space(_space(space_id)))


@api.get("/spaces/<space_id>/pages")
def get_space_pages(space_id: str) -> flask.Response:
    return list_pages(
        {
            "space_ids": (_space(space_id).id,),
            "statuses": statuses(),
            "title": flask.request.args.get("title"),
            "root_only": parameters.choice("depth", ("all", "root"), "all") == "root",
        }
    )


@api.get("/spaces/<space_id>/content/labels")
def get_space_content_labels(space_id: str) -> flask.Response:
    found = all_labels(store().database, _space(space_id).id)
    return parameters.sliced(found, v2_shapes.label)


@api.get("/labels")
def get_labels() -> flask.Response:
    wanted = parameters.ids("label-id", 250)
    found = [label for label in all_labels(store().database) if not wanted or label.id in wanted]
    return parameters.sliced(found, v2_shapes.label)


@api.get("/labels/<label_id>/pages")
def get_label_pages(label_id: str) -> flask.Response:
    return list_pages({"label_id": label_id, "space_ids": parameters.ids("space-id", 100)})


@api.get("/spaces/<space_id>/operations")
def get_space_operations(space_id: str) -> dict[str, Any]:
    allowed = permissions(_space(space_id), flask.g.user)
    return {"operations": [_operation(key, kind) for key, kind in allowed]}


def _operation(key: str, kind: str) -> dict[str, str]:
    return {"operation": key, "targetType": kind}


@api.get("/spaces/<space_id>/permissions")
def get_permissions(space_id: str) -> flask.Response:
    space = _space(space_id)
    every = [(user, one) for user in store().users() for one in permissions(space, user)]
    rows = [
        {
            "id": str(number),
            "principal": {"type": "user", "id": user.account_id},
            "operation": {"key": key, "targetType": kind},
        }
        for number, (user, (key, kind)) in enumerate(every, 1)
    ]
    return parameters.sliced(rows, dict)


@api.post("/users-bulk")
def get_users() -> dict[str, Any]:
    wanted = parameters.document().get("accountIds")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= MAX_USERS:
        raise Invalid(f"Field 'accountIds' must have 1 to {MAX_USERS} account ids.")
    found = [v2_shapes.user(user) for user in store().users() if user.account_id in wanted]
    return {"results": found, "_links": {"base": base()}}
