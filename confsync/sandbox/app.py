"""The WSGI applications: the APIs, the browser pages, and the other addresses of a site."""

from __future__ import annotations

from functools import cache
from typing import Any

import flask
from werkzeug.exceptions import HTTPException

from .cloud import routes as cloud
from .datacenter import routes as datacenter
from .errors import servlet_page
from .site import CLOUD, CLOUD_ID, as_proxy
from .v1 import files as v1_files
from .web import actions, browser, edits, move_action, redirects

MAX_FORM = 16 * 1024 * 1024
WEB = tuple(module.pages for module in (browser, edits, actions, move_action, redirects))
LOCAL = ("127.0.0.1", "localhost", "[::1]")


@cache
def application(flavor: str, context: str) -> flask.Flask:
    """Return the application of a kind of site. It takes the site from each request's environment.

    One application serves all sandboxes of a kind, because making one takes 30 ms.
    """
    app = flask.Flask("confsync-sandbox", static_folder=None)
    app.url_map.strict_slashes = False
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_FORM
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    apis: tuple[flask.Blueprint, ...]
    if flavor == CLOUD:
        apis = cloud.APIS
        app.add_url_rule("/_edge/tenant_info", view_func=tenant_info)
        app.add_url_rule("/media/<attachment_id>/<int:number>", view_func=v1_files.media)
    else:
        apis = datacenter.APIS
        app.register_error_handler(HTTPException, servlet_error)
    for blueprint in (*apis, v1_files.files, *WEB):
        app.register_blueprint(blueprint, url_prefix=context + (blueprint.url_prefix or ""))
    if context:
        app.add_url_rule("/", view_func=browser.list_spaces)
    app.before_request(only_local)
    return app


def tenant_info() -> dict[str, Any]:
    return {"cloudId": CLOUD_ID}


def servlet_error(error: HTTPException) -> tuple[str, int]:
    """Answer as the servlet container does if no application has the address."""
    return servlet_page(error.code or 500), error.code or 500


def only_local() -> tuple[str, int] | None:
    """Refuse other host names, so that no web page can reach the sandbox by its own name.

    A client that has the sandbox for its proxy may use any name. No web page can make it do so.
    """
    host = flask.request.host.rpartition(":")[0] or flask.request.host
    known = host in LOCAL or as_proxy()
    return None if known else ("Unknown host\n", 421)
