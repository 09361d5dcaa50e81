"""Cloud v2: the parts that a query about single content or a space includes in the answer."""

from __future__ import annotations

import json
from typing import Any

import flask
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException

from ..parameters import MAX_INCLUDED
from .pages import api

# Each part, and the address below the content that lists it
PARTS = {
    "labels": "labels",
    "properties": "properties",
    "operations": "operations",
    "likes": "likes/users",
    "versions": "versions",
    "permissions": "permissions",
}


@api.after_request
def include(answer: flask.Response) -> flask.Response:
    """Add the parts that `include-…` names, and leave out the version if it is unwanted."""
    given = flask.request.args
    wanted = [name for name in PARTS if given.get(f"include-{name}") == "true"]
    bare = given.get("include-version") == "false"
    if flask.request.method != "GET" or answer.status_code != 200 or not (wanted or bare):
        return answer
    found = answer.get_json(silent=True)
    if not isinstance(found, dict) or "id" not in found:
        return answer
    if bare:
        found.pop("version", None)
    flask.g.included = MAX_INCLUDED
    for name in wanted:
        part = _part(f"{flask.request.path}/{PARTS[name]}")
        if part is not None:
            found[name] = part
    answer.set_data(json.dumps(found, ensure_ascii=False))
    return answer


def _part(path: str) -> dict[str, Any] | None:
    """Return what is listed at an address, or None if there is no such address."""
    adapter = request_ctx.url_adapter
    try:
        endpoint, given = adapter.match(path, method="GET") if adapter else ("", {})
    except HTTPException:
        return None
    if not endpoint or endpoint.rpartition(".")[2].startswith("missing"):
        return None
    said: Any = flask.current_app.ensure_sync(flask.current_app.view_functions[endpoint])(**given)
    listed = said.get_json() if isinstance(said, flask.Response) else said
    results = listed.get("results", listed.get("operations", []))
    more = {"hasMore": "next" in listed.get("_links", {})}
    return {"results": results, "meta": more, "_links": {"self": path}}
