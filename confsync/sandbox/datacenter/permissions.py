"""Data Center's v1: what users may do in a space, and changes of that."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import flask

from ..errors import Invalid
from ..site import store
from ..store.actions.rights import EDIT, NONE, READ
from ..store.permissions import check_create
from ..store.rows import WRITTEN, SpaceRow, UserRow
from ..v1 import people
from ..v1.rights.permissions import SEE, permissions
from .api import api

ALL = "/space/<key>/permissions"


def _space(key: str) -> SpaceRow:
    """Return a space whose permissions the user may see and change."""
    space = store().space(key)
    check_create(space)
    return space


def _rows(space: SpaceRow, users: Iterable[UserRow]) -> flask.Response:
    rows = [
        {
            "operation": {"operationKey": operation, "targetType": target},
            "subject": {"displayName": user.name, "type": "known"},
            "spaceKey": space.key,
        }
        for user in users
        for operation, target in permissions(space, user)
    ]
    return flask.jsonify(rows)


@api.get(ALL)
def get_permissions(key: str) -> flask.Response:
    return _rows(_space(key), store().users())


@api.get(f"{ALL}/user/<user_key>")
def get_user_permissions(key: str, user_key: str) -> flask.Response:
    return _rows(_space(key), [people.named({"key": user_key})])


@api.get(f"{ALL}/anonymous", defaults={"group": None})
@api.get(f"{ALL}/group/<group>")
def get_group_permissions(key: str, group: str | None) -> flask.Response:
    """List nothing. In the sandbox, permissions belong to single users."""
    if group is not None:
        people.group_of(group)
    return _rows(_space(key), ())


@api.put(f"{ALL}/user/<user_key>/<any(grant, revoke):change>")
def change_permissions(key: str, user_key: str, change: str) -> tuple[str, int]:
    """Change what a user may do: nothing, read, or also write."""
    space, user = _space(key), people.named({"key": user_key})
    given = _given(flask.request.get_json(silent=True))
    level = store().right(user.name, space.key)
    if change == "grant":
        level = EDIT if given - {SEE} else READ if level == NONE else level
    else:
        level = NONE if SEE in given else READ if level == EDIT else level
    store().set_right(user.name, space.key, level)
    return "", HTTPStatus.NO_CONTENT


def _given(rows: Any) -> set[tuple[str, str]]:
    """Return the named permissions. Raise `Invalid` for those that the sandbox does not have."""
    known = {SEE, *((key, kind) for kind in WRITTEN for key in ("create", "delete"))}
    if not isinstance(rows, list) or not rows or not all(isinstance(one, dict) for one in rows):
        raise Invalid("Permissions must be a list of objects.")
    found = {(str(one.get("operationKey")), str(one.get("targetType"))) for one in rows}
    if found - known:
        names = ", ".join(f"{target} {operation}" for operation, target in sorted(known))
        raise Invalid(f"The sandbox has the permissions {names} only.")
    return found
