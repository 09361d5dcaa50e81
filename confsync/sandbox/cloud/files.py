"""Cloud v2: attachments, and the properties of pages and attachments."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import flask

from .. import parameters
from ..errors import Invalid, Missing
from ..site import base, store
from ..store import queries
from ..store.permissions import operations
from ..store.rows import PAGE, AttachmentRow, PropertyRow, file_id
from . import shapes as v2_shapes
from .about import custom_content
from .pages import EITHER, api, editable, editable_space, visible

# Content that has properties, as routes name it
OTHERS = "folders, whiteboards, databases, embeds"
HOLDER = f'<any(pages, blogposts, attachments, comments, "custom-content", {OTHERS}):kind>'


def _shown(row: AttachmentRow, owner: str = PAGE) -> dict[str, Any]:
    where = f"/download/attachments/{row.page_id}/{quote(row.title, safe='')}"
    web = f"/pages/viewpageattachments.action?pageId={row.page_id}"
    link = f"{where}?version={row.version}&api=v2"
    return {
        "id": row.id,
        "status": "current",
        "title": row.title,
        "createdAt": row.created_at,
        "pageId" if owner == PAGE else "blogPostId": row.page_id,
        "mediaType": row.media_type,
        "mediaTypeDescription": row.media_type,
        "comment": row.comment,
        "fileId": file_id(row.id),
        "fileSize": row.size,
        "webuiLink": web,
        "downloadLink": link,
        "version": v2_shapes.stamp(row.version, row.author, row.comment, row.created_at),
        "_links": {"webui": web, "download": link},
    }


@api.get(f"/{EITHER}/<page_id>/attachments")
def get_attachments(kind: str, page_id: str) -> flask.Response:
    page = visible(page_id, kind)
    found = store().attachments(page.id, flask.request.args.get("filename"))
    return parameters.sliced(found, lambda row: _shown(row, page.type))


@api.get("/attachments")
def get_all_attachments() -> flask.Response:
    name, kind = (flask.request.args.get(one) for one in ("filename", "mediaType"))
    rows = [
        row
        for row in store().all_attachments()
        if name in (None, row.title) and kind in (None, row.media_type)
    ]
    return parameters.sliced(rows, lambda row: _shown(row, store().page(row.page_id).type))


@api.get("/attachments/<attachment_id>/labels")
def get_attachment_labels(attachment_id: str) -> flask.Response:
    return parameters.sliced(store().labels(_attachment(attachment_id).id), v2_shapes.label)


@api.get("/labels/<label_id>/attachments")
def get_labelled_attachments(label_id: str) -> flask.Response:
    rows = [store().attachment(one) for one in store().labelled_files(label_id)]
    return parameters.sliced(rows, lambda row: _shown(row, store().page(row.page_id).type))


@api.get("/attachments/<attachment_id>/operations")
def get_attachment_operations(attachment_id: str) -> dict[str, Any]:
    row = _attachment(attachment_id)
    found = operations(store(), row.page_id)
    return {"operations": [{**one, "targetType": "attachment"} for one in found]}


@api.get("/attachments/<attachment_id>/versions")
def get_attachment_versions(attachment_id: str) -> flask.Response:
    row = _attachment(attachment_id)
    rows = store().attachment_versions(row.id)[::-1]
    return parameters.sliced(
        rows, lambda one: v2_shapes.entity_version(one, row.id, "attachment", bodies=False)
    )


@api.get("/attachments/<attachment_id>/versions/<int:number>")
def get_attachment_version(attachment_id: str, number: int) -> dict[str, Any]:
    row = _attachment(attachment_id)
    for one in store().attachment_versions(row.id):
        if one.number == number:
            return v2_shapes.detailed_version(one, row.version)
    raise Missing("version", str(number))


@api.get("/attachments/<attachment_id>")
def get_attachment(attachment_id: str) -> dict[str, Any]:
    row = _attachment(attachment_id)
    found = _shown(row, store().page(row.page_id).type)
    return {**found, "_links": {**found["_links"], "base": base()}}


@api.delete("/attachments/<attachment_id>")
def delete_attachment(attachment_id: str) -> tuple[str, int]:
    row = store().attachment(attachment_id)
    store().editable(row.page_id)
    store().remove_attachment(row.id)
    return "", HTTPStatus.NO_CONTENT


def _attachment(attachment_id: str) -> AttachmentRow:
    row = store().attachment(attachment_id)
    queries.page(store().database, row.page_id, hidden=False)
    return row


def _content(kind: str, content_id: str, *, change: bool = False) -> str:
    """Return the id of content that the user may see, or `change`."""
    if kind in ("pages", "blogposts"):
        return (editable if change else visible)(content_id, kind).id
    if kind == "comments":
        said = store().commentary(content_id)
        return check_editable(said.id, said.space_key, change=change)
    if kind == "custom-content":
        return (custom_content.changed if change else custom_content.found)(content_id).id
    if kind != "attachments":
        place = queries.folder(store().database, content_id, kind.removesuffix("s"))
        return check_editable(place.id, place.space_key, change=change)
    file = _attachment(content_id)
    if change:
        store().editable(file.page_id)
    return file.id


def check_editable(content_id: str, space_key: str, *, change: bool) -> str:
    """Return the id. Raise `Forbidden` for a change in a read-only space."""
    if change:
        editable_space(store().space(space_key))
    return content_id


def _property(row: PropertyRow) -> dict[str, Any]:
    stamp = v2_shapes.stamp(row.version, row.author, "", row.created_at)
    return {"id": row.id, "key": row.key, "value": row.value, "version": stamp}


@api.get(f"/{HOLDER}/<content_id>/properties")
def get_properties(kind: str, content_id: str) -> flask.Response:
    key = flask.request.args.get("key")
    return parameters.sliced(store().properties(_content(kind, content_id), key), _property)


@api.post(f"/{HOLDER}/<content_id>/properties")
def add_property(kind: str, content_id: str) -> dict[str, Any]:
    given = parameters.document()
    key = parameters.text(given, "key", required=True) or ""
    found = _content(kind, content_id, change=True)
    return _property(store().add_property(found, key, given.get("value"), flask.g.user.name))


@api.get(f"/{HOLDER}/<content_id>/properties/<property_id>")
def get_property(kind: str, content_id: str, property_id: str) -> dict[str, Any]:
    return _property(store().property(_content(kind, content_id), property_id))


@api.put(f"/{HOLDER}/<content_id>/properties/<property_id>")
def set_property(kind: str, content_id: str, property_id: str) -> dict[str, Any]:
    given = parameters.document()
    number, _ = parameters.version(given)
    if number is None:
        raise Invalid("Required field 'version.number' is missing or is not an integer.")
    found = _content(kind, content_id, change=True)
    value = given.get("value")
    return _property(store().set_property(found, property_id, value, number, flask.g.user.name))


@api.delete(f"/{HOLDER}/<content_id>/properties/<property_id>")
def delete_property(kind: str, content_id: str, property_id: str) -> tuple[str, int]:
    store().remove_property(_content(kind, content_id, change=True), property_id)
    return "", HTTPStatus.NO_CONTENT
