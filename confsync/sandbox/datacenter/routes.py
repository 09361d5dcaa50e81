"""All routes of Data Center, and the answer to every other address."""

from __future__ import annotations

from typing import Any

import flask

from ..errors import NoRoute
from ..v1 import routes as v1_routes
from . import api, conversion, parts, permissions, restrictions, space_parts, trash

EVERY = ["GET", "POST", "PUT", "DELETE"]
APIS = (api.api, api.server, parts.experimental)
# each of these adds its routes to an API when it is imported
MODULES = (api, conversion, parts, permissions, restrictions, space_parts, trash)
v1_routes.register(api.api)


@api.api.route("/<path:path>", methods=EVERY)
def missing(path: str) -> dict[str, Any]:
    raise NoRoute(flask.request.method, f"/rest/api/{path}")
