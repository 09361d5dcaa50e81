"""v1: users, and groups with their members."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import flask

from ..errors import Invalid, Missing
from ..site import CLOUD, base, site, store
from ..store.rows import UserRow, user_key, username
from .blueprint import both
from .lists import expand, sliced
from .shapes import person

_GROUPS = uuid.UUID("0a9a6c1e-5f04-4d0e-9a5b-3a1c0f7f2b11")


def group_id(name: str) -> str:
    return str(uuid.uuid5(_GROUPS, name))


def group(name: str) -> dict[str, Any]:
    """Return a group. On Cloud it has an id."""
    found: dict[str, Any] = {"type": "group", "name": name}
    if site().flavor == CLOUD:
        found["id"] = group_id(name)
    return {**found, "_links": {"self": f"{base()}/rest/api/group/{name}"}}


def group_of(key: str) -> str:
    """Return the name of the group with this name or id."""
    for name in store().groups():
        if key in (name, group_id(name)):
            return name
    raise Missing("group", key)


@both.get("/group")
def get_groups() -> dict[str, Any]:
    return sliced(store().groups(), group, expand())


@both.get("/group/by-id")
def get_group_by_id() -> dict[str, Any]:
    return group(group_of(flask.request.args.get("id", "")))


@both.get("/group/picker")
def find_groups() -> dict[str, Any]:
    """List the groups whose name contains the query."""
    wanted = flask.request.args.get("query", "").lower()
    found = [name for name in store().groups() if wanted in name]
    return {**sliced(found, group, expand()), "totalSize": len(found)}


@both.get("/group/<name>")
def getgroup(name: str) -> dict[str, Any]:
    return group(group_of(name))


@both.get("/group/<name>/member")
@both.get("/group/<name>/membersByGroupId")
def get_members(name: str) -> dict[str, Any]:
    return sliced(store().members(group_of(name)), lambda row: person(row.name), expand())


@both.get("/user/memberof")
def get_groups_of() -> dict[str, Any]:
    return sliced(store().groups_of(_user().name), group, expand())


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
    return named(flask.request.args)


def named(given: Mapping[str, Any]) -> UserRow:
    """Return the user that a query or an object names by account id, key or username."""
    names = ("accountId", "key", "userKey", "username")
    wanted = [str(given[one]) for one in names if given.get(one) is not None]
    if not wanted:
        raise Invalid("accountId, key or username must be given")
    for user in store().users():
        if wanted[0] in (user.account_id, user_key(user.name), username(user.name)):
            return user
    raise Missing("user", wanted[0])
