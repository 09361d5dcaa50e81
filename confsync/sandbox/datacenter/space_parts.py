"""Data Center's v1: the properties, categories and labels of spaces."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import Any

import flask

from ..errors import Invalid
from ..parameters import version
from ..site import base, store
from ..store.labels import all_labels
from ..store.permissions import check_create
from ..store.rows import LabelRow, PropertyRow, SpaceRow
from ..v1 import shapes as v1_shapes
from ..v1.lists import expand, sliced
from ..v1.write import document
from .api import api

CATEGORY = "team"
ALL = "/space/<key>/property"


def editable(key: str) -> SpaceRow:
    """Return a space in which the API may change something. Raise `Forbidden` for another."""
    space = store().space(key)
    check_create(space)
    return space


def _property(row: PropertyRow, space: SpaceRow) -> dict[str, Any]:
    shown, path = v1_shapes.prop(row), f"/rest/api/space/{space.key}"
    link = {"self": f"{base()}{path}/property/{row.key}"}
    return {**shown, "_links": link, "_expandable": {"space": path}}


@api.get(ALL)
def get_space_properties(key: str) -> dict[str, Any]:
    space = store().space(key)
    return sliced(store().properties(space.id), lambda row: _property(row, space), expand())


@api.post(ALL)
def add_space_property(key: str) -> dict[str, Any]:
    given = document()
    return _add(editable(key), str(given.get("key", "")), given)


@api.route(f"{ALL}/<name>", methods=["GET", "POST", "PUT", "DELETE"])
def one_space_property(key: str, name: str) -> dict[str, Any] | tuple[str, int]:
    """Read, add, change or remove a property. A change of a missing one to version 1 adds it."""
    if flask.request.method == "GET":
        space = store().space(key)
        return _property(store().property(space.id, name), space)
    space = editable(key)
    if flask.request.method == "DELETE":
        store().remove_property(space.id, name)
        return "", HTTPStatus.NO_CONTENT
    given = document()
    number, _ = version(given)
    new = number in (None, 1) and not store().properties(space.id, name)
    if flask.request.method == "POST" or new:
        return _add(space, name, given)
    value, author = given.get("value"), flask.g.user.name
    return _property(store().set_property(space.id, name, value, number or 0, author), space)


def _add(space: SpaceRow, name: str, given: dict[str, Any]) -> dict[str, Any]:
    if not name or "value" not in given:
        raise Invalid("A property must have a key and a value.")
    row = store().add_property(space.id, name, given["value"], flask.g.user.name)
    return _property(row, space)


@api.route("/space/<key>/category/<name>", methods=["POST", "DELETE"])
def change_category(key: str, name: str) -> tuple[str, int]:
    change = store().label_space if flask.request.method == "POST" else store().unlabel_space
    change(editable(key).key, name, CATEGORY)
    return "", HTTPStatus.NO_CONTENT


def _listed(rows: list[LabelRow]) -> dict[str, Any]:
    return sliced(rows, v1_shapes.label, expand())


def _in_use(key: str | None) -> list[LabelRow]:
    """Return the labels of the content of a space, or of all spaces."""
    space_id = None if key is None else store().space(key).id
    return [*all_labels(store().database, space_id)]


@api.get("/space/<key>/labels")
def get_space_labels(key: str) -> dict[str, Any]:
    return _listed(sorted(_in_use(key), key=lambda row: row.name))


@api.get("/label/recent", defaults={"key": None})
@api.get("/space/<key>/labels/recent")
def get_recent_labels(key: str | None) -> dict[str, Any]:
    """List the labels that were used first most recently."""
    return _listed(sorted(_in_use(key), key=lambda row: -int(row.id)))


@api.get("/label/popular", defaults={"key": None})
@api.get("/space/<key>/labels/popular")
def get_popular_labels(key: str | None) -> dict[str, Any]:
    uses = Counter(name for labels in _used(key) for name in labels)
    return _listed(sorted(_in_use(key), key=lambda row: (-uses[row.name], row.name)))


@api.get("/label/<name>/related", defaults={"key": None})
@api.get("/space/<key>/labels/<name>/related")
def get_related_labels(name: str, key: str | None) -> dict[str, Any]:
    """List the labels that stand beside one on the same content, the most frequent first."""
    beside = Counter(
        one for labels in _used(key) if name in labels for one in labels if one != name
    )
    found = [row for row in _in_use(key) if row.name in beside]
    return _listed(sorted(found, key=lambda row: (-beside[row.name], row.name)))


@api.get("/label/labels")
def find_labels() -> dict[str, Any]:
    """List the labels of a space or of all, by a part of their names."""
    part = flask.request.args.get("labelName", "").lower()
    rows = [row for row in _in_use(flask.request.args.get("spaceKey")) if part in row.name]
    return _listed(sorted(rows, key=lambda row: row.name))


def _used(key: str | None) -> list[tuple[str, ...]]:
    """Return the labels of each page and blog post."""
    keys = [space.key for space in store().spaces()] if key is None else [key]
    rows = [row for one in keys for row in (*store().pages(one), *store().posts(one))]
    return [row.labels for row in rows if not row.restricted]
