"""Cloud's v1: changes of the people who alone may read or update a page."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import flask

from .. import parameters
from ..errors import Invalid, Missing
from ..site import store
from ..store.permissions import operations
from ..v1 import people
from ..v1.lookup import visible
from ..v1.rights import restrictions
from ..v1.rights.restrictions import Change
from ..v1.shapes import links
from .v1 import api

ALL = "/content/<page_id>/restriction"
ONE = f"{ALL}/byOperation/<name>"


def _listing(page_id: str) -> dict[str, Any]:
    rows = [*restrictions.restrictions(page_id).values()]
    named = [one["restrictions"] for one in rows]
    digest = hashlib.sha256(json.dumps(named).encode()).hexdigest()
    shown = [{**row, "_expandable": {"restrictions": "", **row["_expandable"]}} for row in rows]
    counts = {"start": 0, "limit": 100, "size": len(rows), "restrictionsHash": digest}
    return {
        "results": shown,
        **counts,
        "_links": links(f"/rest/api/content/{page_id}/restriction"),
    }


@api.get(ALL)
def get_all(page_id: str) -> dict[str, Any]:
    return _listing(visible(page_id).id)


@api.route(ALL, methods=["PUT", "POST"])
def change_all(page_id: str) -> dict[str, Any]:
    """Add restrictions (POST), or replace all of them (PUT)."""
    given = restrictions.changes_in(flask.request.get_json(silent=True))
    add = flask.request.method == "POST"
    with store().batch():
        page = store().editable(page_id)
        if not add:
            restrictions.clear(page.id)
        restrictions.apply(page.id, given, add=add)
    return _listing(page.id)


@api.delete(ALL)
def remove_all(page_id: str) -> dict[str, Any]:
    with store().batch():
        page = store().editable(page_id)
        restrictions.clear(page.id)
    return _listing(page.id)


def _one(page_id: str, change: Change) -> tuple[str, int]:
    """Read, add or remove the restriction to one user or group. The answer has no body."""
    method, (name,) = flask.request.method, change.names
    page = visible(page_id) if method == "GET" else store().editable(page_id)
    if method == "PUT":
        restrictions.apply(page.id, [change], add=True)
    elif name not in store().allowed(page.id, change.operation, change.kind):
        raise Missing("restriction", name)
    elif method == "DELETE":
        kept = [
            one for one in store().allowed(page.id, change.operation, change.kind) if one != name
        ]
        restrictions.apply(page.id, [Change(change.operation, change.kind, tuple(kept))])
    return "", 200


@api.route(f"{ONE}/byGroupId/<group_id>", methods=["GET", "PUT", "DELETE"])
def one_group(page_id: str, name: str, group_id: str) -> tuple[str, int]:
    found = people.group_of(group_id)
    return _one(page_id, Change(restrictions.check(name), "group", (found,)))


@api.route(f"{ONE}/user", methods=["GET", "PUT", "DELETE"])
def one_user(page_id: str, name: str) -> tuple[str, int]:
    found = people.named(flask.request.args).name
    return _one(page_id, Change(restrictions.check(name), "user", (found,)))


@api.post("/content/<page_id>/permission/check")
def check_permission(page_id: str) -> dict[str, Any]:
    """Answer whether a user or a group may read, update or delete content."""
    page, given = visible(page_id), parameters.document()
    subject, wanted = given.get("subject"), str(given.get("operation"))
    if not isinstance(subject, dict) or wanted not in ("read", "update", "delete"):
        raise Invalid("A subject must be given, and the operation read, update or delete.")
    identifier = str(subject.get("identifier"))
    if subject.get("type") == "group":
        named = people.group_of(identifier)
        allowed = restrictions.permits_group(page.id, _restricted(wanted), named)
    else:
        user = people.named({"accountId": identifier}).name
        allowed = restrictions.permits(page.id, _restricted(wanted), user)
    known = [one["operation"] for one in operations(store(), page.id)]
    return {"hasPermission": allowed and wanted in known, "errors": []}


def _restricted(wanted: str) -> str:
    return "read" if wanted == "read" else "update"
