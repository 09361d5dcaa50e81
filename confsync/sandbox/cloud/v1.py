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
from ..v1 import labels
from ..v1 import shapes as v1_shapes
from ..v1.talk import watches

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


api.add_url_rule("/user/watch/label/<name>", view_func=watches.watch_label, methods=watches.METHODS)
for _path, _view in (
    ("/content/<content_id>/notification/child-created", watches.watchers_of_content),
    ("/content/<content_id>/notification/created", watches.watchers_of_spaces_content),
    ("/space/<key>/watch", watches.watchers_of_space),
):
    api.add_url_rule(_path, view_func=_view)


@api.post("/content/<page_id>/label")
def add_labels(page_id: str) -> dict[str, Any]:
    """Add labels, given as one object or a list. Return all labels of the page."""
    rows = labels.change(page_id, labels.given_names(), on=True)
    results = [v1_shapes.label(row) for row in rows]
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
    labels.change(page_id, [name], on=False)
    return "", HTTPStatus.NO_CONTENT


@api.get("/content/<page_id>/child/attachment/<attachment_id>/download")
def download(page_id: str, attachment_id: str) -> Response:
    """Redirect to the bytes on another host, which accepts no credentials."""
    row = store().attachment(attachment_id)
    if row.page_id != _visible(page_id).id:
        raise Missing("attachment", attachment_id)
    return v1_files.elsewhere(row, flask.request.args.get("version", type=int))
