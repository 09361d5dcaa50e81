"""v1: the labels, properties and restrictions of content."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from ..errors import Invalid
from ..parameters import version
from ..site import store
from . import shapes as v1_shapes
from .blueprint import both, classic
from .lists import expand, sliced
from .lookup import visible
from .rights import restrictions
from .shapes import links
from .write import document


@classic.get("/content/<page_id>/label")
def get_labels(page_id: str) -> dict[str, Any]:
    prefix = flask.request.args.get("prefix", "global")
    found = store().labels(visible(page_id).id) if prefix == "global" else ()
    return sliced(found, v1_shapes.label, expand())


@classic.get("/content/<page_id>/property")
def get_properties(page_id: str) -> dict[str, Any]:
    return sliced(store().properties(visible(page_id).id), v1_shapes.prop, expand())


@classic.post("/content/<page_id>/property")
def add_property(page_id: str) -> dict[str, Any]:
    given = document()
    return _add(page_id, str(given.get("key", "")), given)


@classic.route("/content/<page_id>/property/<key>", methods=["GET", "POST", "PUT", "DELETE"])
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


@both.get("/content/<page_id>/restriction/byOperation")
def get_restrictions(page_id: str) -> dict[str, Any]:
    path = f"/rest/api/content/{visible(page_id).id}/restriction/byOperation"
    return {**restrictions.restrictions(page_id), "_links": links(path)}


@both.get("/content/<page_id>/restriction/byOperation/<name>")
def get_restriction(page_id: str, name: str) -> dict[str, Any]:
    return restrictions.operation(visible(page_id).id, name)
