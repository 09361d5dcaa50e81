"""Data Center's v1: labels, properties and restrictions of content, and its older versions API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from ..errors import Invalid, Missing, Refusal
from ..parameters import version
from ..site import AuthenticationError, store
from ..v1 import files as v1_files
from ..v1 import search as v1_search
from ..v1 import shapes as v1_shapes
from ..v1.lists import expand, sliced
from ..v1.restrictions import restrictions
from ..v1.shapes import links
from .api import api, authenticate, fail, forbid, refuse
from .content import list_versions, show_version
from .lookup import visible
from .write import document

experimental = flask.Blueprint("dc_experimental", __name__, url_prefix="/rest/experimental")
experimental.before_request(authenticate)
experimental.register_error_handler(AuthenticationError, forbid)
experimental.register_error_handler(Refusal, refuse)
experimental.register_error_handler(404, fail)
experimental.add_url_rule("/content/<page_id>/version", view_func=list_versions)
experimental.add_url_rule("/content/<page_id>/version/<int:number>", view_func=show_version)
v1_files.routes(api)
v1_search.routes(api)


@api.get("/content/<page_id>/label")
def get_labels(page_id: str) -> dict[str, Any]:
    prefix = flask.request.args.get("prefix", "global")
    found = store().labels(visible(page_id).id) if prefix == "global" else ()
    return sliced(found, v1_shapes.label, expand())


@api.post("/content/<page_id>/label")
def add_labels(page_id: str) -> dict[str, Any]:
    """Add labels, given as one object or a list. Return all labels of the page."""
    given = flask.request.get_json(silent=True)
    labels = given if isinstance(given, list) else [given]
    names = [str(one["name"]) for one in labels if isinstance(one, dict) and one.get("name")]
    if len(names) != len(labels):
        raise Invalid("Labels must be given as objects with a prefix and a name.")
    page = store().editable(page_id)
    store().add_labels(page.id, names)
    found = v1_shapes.labels(store().labels(page.id), f"/rest/api/content/{page.id}")
    return {**found, "_links": links(f"/rest/api/content/{page.id}/label")}


@api.delete("/content/<page_id>/label")
def remove_label(page_id: str) -> tuple[str, int]:
    return remove_label_by_path(page_id, flask.request.args.get("name", ""))


@api.delete("/content/<page_id>/label/<name>")
def remove_label_by_path(page_id: str, name: str) -> tuple[str, int]:
    page = store().editable(page_id)
    if name.lower() not in page.labels:
        raise Missing("label", name)
    store().remove_label(page.id, name)
    return "", HTTPStatus.NO_CONTENT


@api.get("/content/<page_id>/property")
def get_properties(page_id: str) -> dict[str, Any]:
    return sliced(store().properties(visible(page_id).id), v1_shapes.prop, expand())


@api.post("/content/<page_id>/property")
def add_property(page_id: str) -> dict[str, Any]:
    given = document()
    return _add(page_id, str(given.get("key", "")), given)


@api.route("/content/<page_id>/property/<key>", methods=["GET", "POST", "PUT", "DELETE"])
def one_property(page_id: str, key: str) -> dict[str, Any] | tuple[str, int]:
    """Read, add, change or remove a property. A change of a missing one to version 1 adds it."""
    if flask.request.method == "GET":
        return v1_shapes.prop(store().property(visible(page_id).id, key))
    if flask.request.method == "DELETE":
        store().remove_property(store().editable(page_id).id, key)
        return "", HTTPStatus.NO_CONTENT
    given = document()
    number, _ = version(given)
    new = number in (None, 1) and not store().properties(page_id, key)
    if flask.request.method == "POST" or new:
        return _add(page_id, key, given)
    author = flask.g.user.name
    page = store().editable(page_id)
    return v1_shapes.prop(
        store().set_property(page.id, key, given.get("value"), number or 0, author)
    )


def _add(page_id: str, key: str, given: dict[str, Any]) -> dict[str, Any]:
    if not key or "value" not in given:
        raise Invalid("A property must have a key and a value.")
    page = store().editable(page_id)
    return v1_shapes.prop(store().add_property(page.id, key, given["value"], flask.g.user.name))


@api.get("/content/<page_id>/restriction/byOperation")
def get_restrictions(page_id: str) -> dict[str, Any]:
    path = f"/rest/api/content/{visible(page_id).id}/restriction/byOperation"
    return {**restrictions(store(), page_id, v1_shapes.person), "_links": links(path)}
