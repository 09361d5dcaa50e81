"""Cloud v2: custom content, which apps keep in spaces, on pages, on posts and below one another."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any

import flask

from ... import parameters
from ...bodies import formats
from ...errors import Forbidden, Invalid, Missing
from ...site import base, store
from ...store import queries
from ...store.actions.custom_content import RAW, STORAGE, TRASHED, CustomRow, CustomText
from ...store.permissions import check_create
from ...store.rows import VersionRow, account_id
from .. import shapes
from ..pages import api, space_of, visible

PLACES = {
    "pageId": "page",
    "blogPostId": "blogpost",
    "customContentId": "custom-content",
    "spaceId": "space",
}
KINDS = {"page": "pages", "blogpost": "blogposts"}
ONE = "/custom-content/<content_id>"


def _bodies() -> bool:
    """Return whether a query asks for bodies, which have the format in which they were sent."""
    if flask.request.args.get("body-format") == RAW:
        return True
    return formats.asked()


def _version(row: VersionRow) -> dict[str, Any]:
    return shapes.stamp(row.number, row.author, row.message, row.created_at)


def _shown(row: CustomRow, *, bodies: bool) -> dict[str, Any]:
    place = next(name for name, kind in PLACES.items() if kind == row.place)
    body = {row.format: {"representation": row.format, "value": row.body}} if bodies else {}
    return {
        "id": row.id,
        "type": row.type,
        "status": row.status,
        "title": row.title,
        "spaceId": row.space_id,
        place: row.place_id,
        "authorId": account_id(row.creator),
        "createdAt": row.created_at,
        "version": shapes.stamp(row.version, row.author, row.message, row.modified_at),
        "body": body,
        "_links": {"webui": f"/custom-content/{row.id}"},
    }


def _single(row: CustomRow, *, bodies: bool = True) -> dict[str, Any]:
    found = _shown(row, bodies=bodies)
    return {**found, "_links": {**found["_links"], "base": base()}}


def found(content_id: str) -> CustomRow:
    """Return custom content whose place the API's user may see."""
    row = store().custom_content(content_id)
    if row.place in KINDS:
        visible(row.place_id, KINDS[row.place])
    elif row.place == "custom-content":
        found(row.place_id)
    else:
        space_of(row.space_id)
    return row


def _may_see(row: CustomRow) -> bool:
    try:
        return found(row.id).id == row.id
    except Missing:
        return False


def changed(content_id: str) -> CustomRow:
    """Return custom content that the API's user may change."""
    row = found(content_id)
    if row.place in KINDS:
        store().editable(row.place_id)
    check_create(space_of(row.space_id))
    return row


def _listed(**where: str | None) -> flask.Response:
    kind = flask.request.args.get("type")
    if not kind:
        raise Invalid("The parameter 'type' is required.")
    rows = [row for row in store().custom_contents(kind, **where) if _may_see(row)]
    bodies, ids = _bodies(), parameters.ids("id", 250)
    spaces = parameters.ids("space-id", 100)
    return parameters.sliced(
        [
            row
            for row in rows
            if (not ids or row.id in ids) and (not spaces or row.space_id in spaces)
        ],
        lambda row: _shown(row, bodies=bodies),
    )


@api.get("/custom-content")
def get_custom_contents() -> flask.Response:
    return _listed()


@api.get("/<any(pages, blogposts):kind>/<page_id>/custom-content")
def get_custom_contents_of_page(kind: str, page_id: str) -> flask.Response:
    return _listed(place_id=visible(page_id, kind).id)


@api.get("/spaces/<space_id>/custom-content")
def get_custom_contents_of_space(space_id: str) -> flask.Response:
    return _listed(space_id=space_of(space_id).id)


def _text(given: dict[str, Any]) -> CustomText:
    body = given.get("body")
    flat = body if isinstance(body, dict) else {}
    if RAW in flat:
        flat = {"representation": RAW, **(flat[RAW] if isinstance(flat[RAW], dict) else {})}
    title, author = parameters.text(given, "title", required=True) or "", flask.g.user.name
    _, message = parameters.version(given)
    if flat.get("representation") == RAW:
        value = parameters.text(flat, "value", required=True) or ""
        return CustomText(title, value, RAW, author, message)
    return CustomText(title, formats.sent(given, required=True), STORAGE, author, message)


def _place(given: dict[str, Any]) -> tuple[str, str, str]:
    """Return the space of new custom content, and the kind and the id of its place."""
    for name, kind in PLACES.items():
        wanted = parameters.text(given, name)
        if wanted is None:
            continue
        if kind in KINDS:
            return store().editable(visible(wanted, KINDS[kind]).id).space_id, kind, wanted
        if kind == "space":
            check_create(space_of(wanted))
            return wanted, kind, wanted
        return changed(wanted).space_id, kind, wanted
    raise Invalid("A spaceId, pageId, blogPostId or customContentId must be given.")


@api.post("/custom-content")
def create_custom_content() -> tuple[dict[str, Any], int]:
    given = parameters.document()
    kind, text = parameters.text(given, "type", required=True) or "", _text(given)
    if given.get("status", "current") != "current":
        raise Invalid("The sandbox has no drafts of custom content.")
    with store().batch():
        space_id, *place = _place(given)
        row = store().add_custom_content(kind, space_id, (place[0], place[1]), text)
    return _single(row), HTTPStatus.CREATED


@api.get(ONE)
def get_custom_content(content_id: str) -> dict[str, Any]:
    row, number = found(content_id), parameters.integer("version")
    if number in (None, row.version):
        return _single(row, bodies=_bodies())
    old = _old(row, number or 0)
    shown = {**_single(row, bodies=False), "title": old.title, "version": _version(old)}
    if _bodies():
        shown["body"] = {row.format: {"representation": row.format, "value": old.body}}
    return shown


@api.put(ONE)
def update_custom_content(content_id: str) -> dict[str, Any]:
    given = parameters.document()
    number, _ = parameters.version(given)
    row, text = changed(content_id), _text(given)
    if number is None or str(given.get("id")) != row.id or given.get("type") != row.type:
        raise Invalid("The id, the type and version.number must be those of the content.")
    if row.status == TRASHED:
        raise Missing("custom content", content_id)
    return _single(store().save_custom_content(row.id, number, text))


@api.delete(ONE)
def delete_custom_content(content_id: str) -> tuple[str, int]:
    """Move custom content to the trash; with `purge`, delete it from there for good."""
    row, purge = changed(content_id), parameters.flag("purge")
    if row.status == TRASHED and not purge:
        raise Missing("custom content", content_id)
    (store().purge_custom_content if purge else store().trash_custom_content)(row.id)
    return "", HTTPStatus.NO_CONTENT


@api.get(f"{ONE}/children")
def get_custom_children(content_id: str) -> flask.Response:
    rows = store().custom_contents(place_id=found(content_id).id)
    return parameters.sliced(rows, _child)


def _child(row: CustomRow) -> dict[str, Any]:
    known = {"id": row.id, "status": row.status, "title": row.title, "type": row.type}
    return {**known, "spaceId": row.space_id}


@api.get(f"{ONE}/<any(attachments, labels):what>")
def get_no_parts(content_id: str, what: str) -> flask.Response:
    """List the files or the labels, of which custom content has none here."""
    found(content_id)
    return parameters.sliced((), dict)


@api.get(f"{ONE}/operations")
def get_custom_operations(content_id: str) -> dict[str, Any]:
    allowed = ["read"]
    with suppress(Forbidden):
        allowed += ["update", "delete"] if changed(content_id) else []
    return {"operations": [{"operation": one, "targetType": "custom"} for one in allowed]}


def _old(row: CustomRow, number: int) -> VersionRow:
    for one in queries.versions(store().database, row.id, only=number):
        return one
    raise Missing("version", str(number))


@api.get(f"{ONE}/versions")
def get_custom_versions(content_id: str) -> flask.Response:
    row, bodies = found(content_id), _bodies()
    rows = queries.versions(store().database, row.id, bodies=bodies)[::-1]

    def show(one: VersionRow) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": row.id, "title": one.title}
        if bodies:
            shown["body"] = {row.format: {"representation": row.format, "value": one.body}}
        return {**_version(one), "custom": shown}

    return parameters.sliced(rows, show)


@api.get(f"{ONE}/versions/<int:number>")
def get_custom_version(content_id: str, number: int) -> dict[str, Any]:
    row = found(content_id)
    return shapes.detailed_version(_old(row, number), row.version)
