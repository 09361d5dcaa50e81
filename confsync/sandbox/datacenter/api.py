"""Data Center's v1: authentication, refusals, spaces, users, and facts about the server."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask
from werkzeug.exceptions import HTTPException

from ..bodies.formats import check_characters
from ..errors import (
    ReadOnlyMode,
    Refusal,
    dc_envelope,
    dc_text,
    servlet_page,
)
from ..site import AuthenticationError, base, current_user, site, store, unauthorized
from ..store.rows import UserRow
from ..v1 import shapes as v1_shapes
from ..v1.lists import expand, sliced
from ..v1.talk import watches

api = flask.Blueprint("dc", __name__, url_prefix="/rest/api")
server = flask.Blueprint("dc_server", __name__)
BUILD = 9107
Answer = tuple[dict[str, Any], int]


@api.before_request
def authenticate() -> None:
    flask.g.user = current_user()
    check_characters()
    if site().faults.read_only and flask.request.method != "GET":
        raise ReadOnlyMode


@api.errorhandler(AuthenticationError)
def forbid(error: AuthenticationError) -> flask.Response | Answer:
    """Answer an anonymous request with JSON, and wrong credentials with a page."""
    if error.anonymous:
        return dc_envelope(HTTPStatus.FORBIDDEN, str(error)), HTTPStatus.FORBIDDEN
    return unauthorized()


@api.errorhandler(Refusal)
def refuse(refusal: Refusal) -> Answer:
    allowed = not isinstance(refusal, ReadOnlyMode)
    return dc_envelope(refusal.status, dc_text(refusal), allowed=allowed), refusal.status


@api.errorhandler(HTTPException)
def fail(error: HTTPException) -> Answer:
    status = error.code or 500
    return dc_envelope(status, error.name), status


@api.get("/user/current")
def get_current_user() -> dict[str, Any]:
    return _person(flask.g.user)


@api.get("/user/list")
def get_users() -> dict[str, Any]:
    return sliced(store().users(), lambda row: v1_shapes.person(row.name), expand())


def _person(user: UserRow) -> dict[str, Any]:
    found = v1_shapes.person(user.name)
    return {**found, "_links": {**found["_links"], "base": base(), "context": site().context}}


for _path, _view in (
    ("/content/<content_id>/watchers", watches.watchers_of_content),
    ("/space/<key>/watchers", watches.watchers_of_space),
):
    api.add_url_rule(_path, view_func=_view)


@api.get("/accessmode")
def get_access_mode() -> flask.Response:
    return flask.jsonify("READ_ONLY" if site().faults.read_only else "READ_WRITE")


@api.get("/server-information")
def get_server() -> dict[str, Any]:
    return {
        "baseUrl": base(),
        "version": site().version,
        "buildNumber": BUILD,
        "marketplaceBuildNumber": BUILD,
        "buildDate": "2025-02-04",
    }


@server.get("/status")
def get_status() -> dict[str, Any]:
    """Return whether the node works, for load balancers. Needs no credentials."""
    return {"state": "RUNNING"}


@server.get("/rest/applinks/1.0/manifest")
def get_manifest() -> flask.Response:
    """Describe the server to other applications. Needs no credentials."""
    known = {"id": "confsync-sandbox", "name": "Confluence", "typeId": "confluence"}
    found = {**known, "version": site().version, "buildNumber": str(BUILD), "url": base()}
    if "json" in flask.request.headers.get("Accept", ""):
        return flask.jsonify(found)
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in found.items())
    return flask.Response(f"<manifest>{inside}</manifest>", mimetype="application/xml")


@server.get("/login.action")
def log_in() -> str:
    return servlet_page(HTTPStatus.OK).replace("HTTP Status 200 \u2013 OK", "Log In - Confluence")
