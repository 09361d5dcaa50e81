"""The remaining part of v1 on Cloud: the current user, labels, attachments. Its pages are gone."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ..bodies.formats import check_characters
from ..errors import Invalid, Missing, Refusal, v1_envelope
from ..site import AuthenticationError, base, current_user, site, store
from ..store import queries
from ..store.rows import PageRow
from ..v1 import files as v1_files

api = flask.Blueprint("v1", __name__, url_prefix="/rest/api")

PREFIX = "com.atlassian.confluence.api.service.exceptions."


@api.before_request
def authenticate() -> None:
    flask.g.user = current_user()
    check_characters()


@api.errorhandler(AuthenticationError)
def forbid(error: AuthenticationError) -> tuple[dict[str, Any], int]:
    return v1_envelope(HTTPStatus.FORBIDDEN, str(error)), HTTPStatus.FORBIDDEN


@api.errorhandler(Refusal)
def refuse(refusal: Refusal) -> tuple[dict[str, Any], int]:
    """Answer a refusal. Cloud's v1 puts the Java class before the message."""
    names = {
        400: "BadRequestException",
        404: "NotFoundException",
        409: "ConflictException",
    }
    name = names.get(refusal.status)
    message = f"{PREFIX}{name}: {refusal}" if name else str(refusal)
    return v1_envelope(refusal.status, message), refusal.status


@api.errorhandler(HTTPException)
def fail(error: HTTPException) -> tuple[dict[str, Any], int]:
    status = error.code or 500
    return v1_envelope(status, error.name), status


@api.get("/user/current")
def get_current_user() -> dict[str, Any]:
    user = flask.g.user
    return {
        "type": "known",
        "accountId": user.account_id,
        "accountType": "atlassian",
        "email": user.email,
        "publicName": user.name,
        "displayName": user.name,
        "isExternalCollaborator": False,
        "_links": {"base": base(), "context": site().context},
    }


def _visible(page_id: str) -> PageRow:
    return queries.page(store().database, page_id, hidden=False)


@api.route("/user/watch/content/<content_id>", methods=["GET", "POST", "DELETE"])
def watch(content_id: str) -> dict[str, Any] | tuple[str, int]:
    """Answer a watch request. The sandbox keeps no watchers, and accepts each change."""
    if flask.request.method == "GET":
        return {"watching": False}
    return "", HTTPStatus.NO_CONTENT


@api.post("/content/<page_id>/label")
def add_labels(page_id: str) -> dict[str, Any]:
    """Add labels, given as one object or a list. Return all labels of the page."""
    page = store().editable(page_id)
    given = flask.request.get_json(silent=True)
    labels = given if isinstance(given, list) else [given]
    names = [str(one["name"]) for one in labels if isinstance(one, dict) and one.get("name")]
    if not names or len(names) != len(labels):
        raise Invalid("Labels must be given as objects with a prefix and a name.")
    store().add_labels(page.id, names)
    results = [
        {"prefix": "global", "name": label.name, "id": label.id, "label": label.name}
        for label in store().labels(page.id)
    ]
    found = {"results": results, "start": 0, "limit": 200, "size": len(results)}
    return {**found, "_links": {"base": base(), "context": site().context}}


@api.delete("/content/<page_id>/label")
def remove_label(page_id: str) -> tuple[str, int]:
    name = flask.request.args.get("name")
    if not name:
        raise Invalid("The name of the label is missing.")
    return _remove(page_id, name)


@api.delete("/content/<page_id>/label/<name>")
def remove_label_by_path(page_id: str, name: str) -> tuple[str, int]:
    return _remove(page_id, name)


def _remove(page_id: str, name: str) -> tuple[str, int]:
    store().remove_label(store().editable(page_id).id, name)
    return "", HTTPStatus.NO_CONTENT


@api.get("/content/<page_id>/child/attachment/<attachment_id>/download")
def download(page_id: str, attachment_id: str) -> Response:
    """Redirect to the bytes on another host, which accepts no credentials."""
    row = store().attachment(attachment_id)
    if row.page_id != _visible(page_id).id:
        raise Missing("attachment", attachment_id)
    return v1_files.elsewhere(row, flask.request.args.get("version", type=int))
