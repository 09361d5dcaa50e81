"""Cloud's v1: templates for new pages. The sandbox has no blueprints."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from ... import parameters
from ...bodies import formats
from ...errors import Forbidden, Invalid, Missing
from ...site import store
from ...store.actions.templates import Template
from ...v1 import contents
from ...v1.lists import expand, sliced
from ...v1.shapes import Expand, links
from ..pages import editable_space
from ..v1 import api
from .audit import check_admin

KIND = "page"


def _shown(row: Template, *, body: bool) -> dict[str, Any]:
    path = f"/rest/api/template/{row.id}"
    found: dict[str, Any] = {
        "templateId": row.id,
        "name": row.name,
        "description": row.description,
        "labels": [],
        "templateType": KIND,
        "editorVersion": "v2",
        "_links": links(path),
    }
    for space in store().spaces():
        if space.id == row.space_id:
            found["space"] = contents.space(space, Expand.of())
    if body:
        storage = {"value": row.body, "representation": "storage"}
        return {**found, "body": {"storage": {**storage, "embeddedContent": []}}}
    return {**found, "_expandable": {"body": ""}}


def _space_of(key: str | None) -> str | None:
    return store().space(key).id if key else None


@api.get("/template/page")
def get_templates() -> dict[str, Any]:
    asked = expand()
    found = store().templates(_space_of(flask.request.args.get("spaceKey")))
    return sliced(found, lambda row: _shown(row, body="body" in asked), asked)


@api.get("/template/blueprint")
def get_blueprints() -> dict[str, Any]:
    _space_of(flask.request.args.get("spaceKey"))
    return sliced((), dict, expand())


def _check(space_id: str | None) -> None:
    """Raise `Forbidden` if the user may not change the templates of this space, or the site's."""
    if space_id is None:
        check_admin()
    for space in store().spaces():
        if space.id == space_id:
            editable_space(space)


def _visible(template_id: str) -> Template:
    """Return a template. Raise `Forbidden` for a missing one, as the documents say."""
    try:
        return store().template(template_id)
    except Missing as missing:
        raise Forbidden(str(missing), missing) from None


@api.get("/template/<template_id>")
def get_template(template_id: str) -> dict[str, Any]:
    return _shown(_visible(template_id), body=True)


@api.post("/template")
def create_template() -> dict[str, Any]:
    return _saved(parameters.document(), "")


@api.put("/template")
def update_template() -> dict[str, Any]:
    given = parameters.document()
    old = store().template(parameters.text(given, "templateId", required=True) or "")
    _check(old.space_id)
    return _saved(given, old.id)


def _saved(given: dict[str, Any], template_id: str) -> dict[str, Any]:
    name, kind = (parameters.text(given, one) or "" for one in ("name", "templateType"))
    if kind != KIND:
        raise Invalid(f"The templateType must be '{KIND}'.")
    about = parameters.text(given, "description") or ""
    place = given.get("space")
    key = parameters.text(place, "key") if isinstance(place, dict) else None
    space_id, body = _space_of(key), formats.sent(given, required=True)
    _check(space_id)
    made = store().save_template(Template(template_id, space_id, name, about, body))
    return _shown(made, body=True)


@api.delete("/template/<template_id>")
def delete_template(template_id: str) -> tuple[str, int]:
    found = _visible(template_id)
    _check(found.space_id)
    store().remove_template(found.id)
    return "", HTTPStatus.NO_CONTENT
