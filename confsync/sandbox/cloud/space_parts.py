"""Cloud: the properties of spaces in v2, and the labels of spaces in v1 and v2."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from .. import parameters
from ..errors import Invalid
from ..site import store
from ..store.actions.space_labels import GLOBAL, PREFIXES
from ..store.rows import PropertyRow, account_id
from ..v1 import shapes as v1_shapes
from ..v1.lists import expand, sliced
from . import pages, v1
from . import shapes as v2_shapes

ALL = "/spaces/<space_id>/properties"
ONE = f"{ALL}/<property_id>"
LABEL = "/space/<key>/label"


@pages.api.get("/spaces/<space_id>/labels")
def get_space_labels(space_id: str) -> flask.Response:
    prefix = parameters.values("prefix", choices=("my", "team")) or PREFIXES
    key = pages.space_of(space_id).key
    found = [row for one in prefix for row in store().space_labels(key, one)]
    return parameters.sliced(found, v2_shapes.label)


@v1.api.get(LABEL)
def get_space_categories(key: str) -> dict[str, Any]:
    prefix = flask.request.args.get("prefix")
    return sliced(store().space_labels(key, prefix), v1_shapes.label, expand())


@v1.api.post(LABEL)
def add_space_labels(key: str) -> dict[str, Any]:
    given = flask.request.get_json(silent=True)
    labels = given if isinstance(given, list) else [given]
    named = [one for one in labels if isinstance(one, dict) and one.get("name")]
    if len(named) != len(labels):
        raise Invalid("Labels must be given as objects with a prefix and a name.")
    with store().batch():
        space = pages.editable_space(store().space(key))
        for one in named:
            store().label_space(space.key, str(one["name"]), str(one.get("prefix") or GLOBAL))
    return sliced(store().space_labels(space.key), v1_shapes.label, expand())


@v1.api.delete(LABEL)
def remove_space_label(key: str) -> tuple[str, int]:
    name = flask.request.args.get("name")
    if not name:
        raise Invalid("The name of the label is missing.")
    space = pages.editable_space(store().space(key))
    store().unlabel_space(space.key, name, flask.request.args.get("prefix", GLOBAL))
    return "", HTTPStatus.NO_CONTENT


def _property(row: PropertyRow) -> dict[str, Any]:
    at = {"createdAt": row.created_at, "createdBy": account_id(row.author)}
    version = {**at, "message": "", "number": row.version}
    return {"id": row.id, "key": row.key, "value": row.value, **at, "version": version}


@pages.api.get(ALL)
def get_space_properties(space_id: str) -> flask.Response:
    key = flask.request.args.get("key")
    return parameters.sliced(store().properties(pages.space_of(space_id).id, key), _property)


@pages.api.post(ALL)
def add_space_property(space_id: str) -> tuple[dict[str, Any], int]:
    given = parameters.document()
    key = parameters.text(given, "key", required=True) or ""
    space = pages.editable_space(pages.space_of(space_id))
    row = store().add_property(space.id, key, given.get("value"), flask.g.user.name)
    return _property(row), HTTPStatus.CREATED


@pages.api.get(ONE)
def get_space_property(space_id: str, property_id: str) -> dict[str, Any]:
    return _property(store().property(pages.space_of(space_id).id, property_id))


@pages.api.put(ONE)
def set_space_property(space_id: str, property_id: str) -> dict[str, Any]:
    given = parameters.document()
    number, _ = parameters.version(given)
    if number is None:
        raise Invalid("Required field 'version.number' is missing or is not an integer.")
    space, value = pages.editable_space(pages.space_of(space_id)), given.get("value")
    author = flask.g.user.name
    return _property(store().set_property(space.id, property_id, value, number, author))


@pages.api.delete(ONE)
def delete_space_property(space_id: str, property_id: str) -> tuple[str, int]:
    space = pages.editable_space(pages.space_of(space_id))
    store().remove_property(space.id, property_id)
    return "", HTTPStatus.NO_CONTENT
