"""Data Center's v1: labels, properties and restrictions of content, and its older versions API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from ..errors import Missing, Refusal
from ..site import AuthenticationError, store
from ..v1 import labels
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
    rows = labels.change(page_id, labels.given_names(), on=True)
    found = v1_shapes.labels(rows, f"/rest/api/content/{page_id}")
    return {**found, "_links": links(f"/rest/api/content/{page_id}/label")}


@api.delete("/content/<page_id>/label")
def remove_label(page_id: str) -> tuple[str, int]:
    return remove_label_by_path(page_id, flask.request.args.get("name", ""))


@api.delete("/content/<page_id>/label/<name>")
def remove_label_by_path(page_id: str, name: str) -> tuple[str, int]:
    found = labels.changed(page_id)
    if name.lower() not in [row.name for row in store().labels(found)]:
        raise Missing("label", name)
    labels.change(found, [name], on=False)
    return "", HTTPStatus.NO_CONTENT
