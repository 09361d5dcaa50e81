"""v1: users, and the two groups that the sandbox has."""

from __future__ import annotations

import uuid
from typing import Any

import flask

from ..errors import Invalid, Missing
from ..site import CLOUD, base, site, store
from ..store.rows import UserRow, user_key, username
from .blueprint import both
from .lists import expand, sliced
from .shapes import person

GROUPS = ("confluence-administrators", "confluence-users")
_GROUPS = uuid.UUID("0a9a6c1e-5f04-4d0e-9a5b-3a1c0f7f2b11")


def group_id(name: str) -> str:
    return str(uuid.uuid5(_GROUPS, name))


def _group(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "group", "name": name}
    if site().flavor == CLOUD:
        found["id"] = group_id(name)
    return {**found, "_links": {"self": f"{base()}/rest/api/group/{name}"}}


def _found(key: str) -> str:
    for name in GROUPS:
        if key in (name, group_id(name)):
            return name
    raise Missing("group", key)


def _members(name: str) -> list[UserRow]:
    """Return the members: all users, and as administrators those of the API."""
    return [row for row in store().users() if row.token or name == "confluence-users"]


@both.get("/group")
def get_groups() -> dict[str, Any]:
    return sliced(GROUPS, _group, expand())


@both.get("/group/by-id")
def get_group_by_id() -> dict[str, Any]:
    return _group(_found(flask.request.args.get("id", "")))


@both.get("/group/picker")
def find_groups() -> dict[str, Any]:
    """List the groups whose name contains the query."""
    wanted = flask.request.args.get("query", "").lower()
    found = [name for name in GROUPS if wanted in name]
    return {**sliced(found, _group, expand()), "totalSize": len(found)}


@both.get("/group/<name>")
def get_group(name: str) -> dict[str, Any]:
    return _group(_found(name))


@both.get("/group/<name>/member")
@both.get("/group/<name>/membersByGroupId")
def get_members(name: str) -> dict[str, Any]:
    return sliced(_members(_found(name)), lambda row: person(row.name), expand())


@both.get("/user/memberof")
def get_groups_of() -> dict[str, Any]:
    user = _user()
    return sliced([name for name in GROUPS if user in _members(name)], _group, expand())


@both.get("/user/anonymous")
def get_anonymous() -> dict[str, Any]:
    return {
        "type": "anonymous",
        "profilePicture": {
            "path": "/images/icons/profilepics/anonymous.svg",
            "width": 48,
            "height": 48,
            "isDefault": True,
        },
        "displayName": "Anonymous",
        "_links": {"base": base(), "context": site().context},
    }


@both.get("/user")
def get_user() -> dict[str, Any]:
    found = person(_user().name)
    more = {"base": base(), "context": site().context}
    return {**found, "_links": {**found.get("_links", {}), **more}}


def _user() -> UserRow:
    """Return the user that the query names by account id, key or username."""
    given = [flask.request.args.get(one) for one in ("accountId", "key", "username")]
    wanted = [one for one in given if one is not None]
    if not wanted:
        raise Invalid("accountId, key or username must be given")
    for user in store().users():
        if wanted[0] in (user.account_id, user_key(user.name), username(user.name)):
            return user
    raise Missing("user", wanted[0])
