"""Cloud v2: the permissions that a space can give. The site has no roles: its mode is PRE_ROLES."""

from __future__ import annotations

from typing import Any

import flask

from ... import parameters
from ..pages import api, space_of

# Those of v1/rights/permissions.py
OPERATIONS = {
    "read/space": "View",
    "create/page": "Add pages",
    "delete/page": "Delete pages",
    "create/blogpost": "Add blog posts",
    "delete/blogpost": "Delete blog posts",
}
READ = "read/space"


def _permission(given: tuple[str, str]) -> dict[str, Any]:
    name, title = given
    needed = [] if name == READ else [READ]
    return {"id": name, "displayName": title, "description": title, "requiredPermissionIds": needed}


@api.get("/space-permissions")
def get_space_permissions() -> flask.Response:
    return parameters.sliced(tuple(OPERATIONS.items()), _permission)


@api.get("/space-role-mode")
def get_role_mode() -> dict[str, str]:
    return {"mode": "PRE_ROLES"}


@api.get("/space-roles")
def get_roles() -> flask.Response:
    return parameters.sliced((), dict)


@api.get("/spaces/<space_id>/role-assignments")
def get_role_assignments(space_id: str) -> flask.Response:
    space_of(space_id)
    return parameters.sliced((), dict)
