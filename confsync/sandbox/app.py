"""The WSGI application: the APIs, the little browser, and what else a site answers."""

from __future__ import annotations

from functools import cache
from typing import Any

import flask

from . import v1, v2_spaces, web
from .site import CLOUD_ID

MAX_FORM = 16 * 1024 * 1024
LOCAL = ("127.0.0.1", "localhost", "[::1]")


@cache
def application() -> flask.Flask:
    """The application of a Cloud site. It takes the site from each request's environment.

    One serves all sandboxes of a process: making one takes 30 ms, which tests would pay each time.
    """
    app = flask.Flask("confsync-sandbox", static_folder=None)
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_FORM
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.register_blueprint(v2_spaces.api)
    app.register_blueprint(v1.api)
    app.register_blueprint(web.pages)
    app.add_url_rule("/_edge/tenant_info", view_func=tenant_info)
    app.before_request(only_local)
    return app


def tenant_info() -> dict[str, Any]:
    return {"cloudId": CLOUD_ID}


def only_local() -> tuple[str, int] | None:
    """Refuse other host names, so that no page on the web can reach the sandbox by its own name."""
    host = flask.request.host.rpartition(":")[0] or flask.request.host
    return None if host in LOCAL else ("Unknown host\n", 421)
