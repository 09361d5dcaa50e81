"""Data Center's v1: labels, properties and restrictions of content, and its older versions API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from ..errors import Invalid, Missing, Refusal
from ..site import AuthenticationError, store
from ..v1 import shapes as v1_shapes
from ..v1.pages import list_versions, show_version
from ..v1.shapes import links
from .api import api, authenticate, fail, forbid, refuse

experimental = flask.Blueprint("dc_experimental", __name__, url_prefix="/rest/experimental")
experimental.before_request(authenticate)
experimental.register_error_handler(AuthenticationError, forbid)
experimental.register_error_handler(Refusal, refuse)
experimental.register_error_handler(404, fail)
experimental.add_url_rule("/content/<page_id>/version", view_func=list_versions)
experimental.add_url_rule("/content/<page_id>/version/<int:number>", view_func=show_version)


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
