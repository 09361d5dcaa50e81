"""All routes of Cloud, and the answer to every other address."""

from __future__ import annotations

from typing import Any

import flask

from ..errors import NoRoute
from ..v1 import routes as v1_routes
from . import (
    blog,
    comments,
    conversion,
    files,
    included,
    other_content,
    pages,
    restrictions,
    space_parts,
    spaces,
    tree,
    v1,
)
from .about import audit, custom_content, roles, site, states, templates, views
from .jobs import changes, copies

EVERY = ["GET", "POST", "PUT", "DELETE"]
APIS = (pages.api, v1.api)
# each of these adds its routes to an API when it is imported
MODULES = (
    audit,
    blog,
    changes,
    comments,
    conversion,
    copies,
    custom_content,
    files,
    included,
    other_content,
    pages,
    restrictions,
    roles,
    site,
    space_parts,
    spaces,
    states,
    templates,
    tree,
    v1,
    views,
)


v1_routes.register(v1.api)


@pages.api.route("/", defaults={"path": ""}, methods=EVERY)
@pages.api.route("/<path:path>", methods=EVERY)
def missing_v2(path: str) -> dict[str, Any]:
    raise NoRoute(flask.request.method, f"/api/v2/{path}")


@v1.api.route("/<path:path>", methods=EVERY)
def missing_v1(path: str) -> dict[str, Any]:
    raise NoRoute(flask.request.method, f"/wiki/rest/api/{path}")
