"""Cloud v2: folders, whiteboards, databases and embeds, which are only places in the tree."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from .. import parameters
from ..site import base, store
from ..store import queries
from ..store.rows import FolderRow
from . import shapes as v2_shapes
from .pages import api, editable_space, list_children, space_of
from .tree import list_below

KIND = "<any(folders, whiteboards, databases, embeds):kind>"


def find(kind: str, content_id: str) -> FolderRow:
    """Return content of a kind, as routes name it."""
    return queries.folder(store().database, content_id, kind.removesuffix("s"))


def _single(row: FolderRow) -> dict[str, Any]:
    found = v2_shapes.folder(row)
    return {**found, "_links": {**found["_links"], "base": base()}}


@api.post(f"/{KIND}")
def create_other(kind: str) -> dict[str, Any]:
    given = parameters.document()
    space = space_of(parameters.text(given, "spaceId", required=True))
    title = parameters.text(given, "title", required=kind == "folders")
    parent, author = parameters.text(given, "parentId"), flask.g.user.name
    key = editable_space(space).key
    return _single(store().create_other(kind.removesuffix("s"), key, title, parent, author))


@api.get(f"/{KIND}/<content_id>")
def get_other(kind: str, content_id: str) -> dict[str, Any]:
    return _single(find(kind, content_id))


@api.delete(f"/{KIND}/<content_id>")
def delete_other(kind: str, content_id: str) -> tuple[str, int]:
    row = find(kind, content_id)
    editable_space(store().space(row.space_key))
    store().remove_other(row.type, row.id)
    return "", HTTPStatus.NO_CONTENT


@api.get(f"/{KIND}/<content_id>/direct-children")
def get_children_of_other(kind: str, content_id: str) -> flask.Response:
    return list_children(find(kind, content_id).id, any_type=True)


@api.get(f"/{KIND}/<content_id>/operations")
def get_operations_on_other(kind: str, content_id: str) -> dict[str, Any]:
    row = find(kind, content_id)
    written = () if store().space(row.space_key).read_only else ("update", "delete")
    return {
        "operations": [{"operation": one, "targetType": row.type} for one in ("read", *written)]
    }


@api.get(f"/{KIND}/<content_id>/descendants")
def get_descendants_of_other(kind: str, content_id: str) -> flask.Response:
    return list_below(find(kind, content_id).id)


@api.get(f"/{KIND}/<content_id>/ancestors")
def get_ancestors_of_other(kind: str, content_id: str) -> flask.Response:
    found = queries.ancestors(store().database, find(kind, content_id).id)
    return parameters.sliced(found, lambda one: {"id": one[0], "type": one[1]})
