"""The people who alone may read or change a page, as both servers' v1 shows and takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import flask

from ...errors import Invalid
from ...site import base, store
from .. import people
from ..shapes import Expand, person

OPERATIONS = ("read", "update")
KINDS = ("user", "group")
LOCKED_OUT = "You cannot revoke your own access to the content."


def restrictions(page_id: str) -> dict[str, Any]:
    """Return the named users and groups by operation. No names mean that everyone may."""
    return {name: operation(page_id, name) for name in OPERATIONS}


def part(page_id: str, expand: Expand) -> dict[str, Any]:
    """Return the restrictions as a part of their page, if `expand` asks for them."""
    return {"restrictions": restrictions(page_id)} if "restrictions" in expand else {}


def operation(page_id: str, name: str) -> dict[str, Any]:
    """Return the users and groups that alone have a permission."""
    path = f"/rest/api/content/{page_id}/restriction/byOperation/{check(name)}"
    users = [person(user) for user in store().allowed(page_id, name, "user")]
    groups = [people.group(one) for one in store().allowed(page_id, name, "group")]
    return {
        "operation": name,
        "restrictions": {"user": _listed(users), "group": _listed(groups)},
        "_links": {"self": f"{base()}{path}"},
        "_expandable": {"content": f"/rest/api/content/{page_id}"},
    }


def _listed(results: list[dict[str, Any]]) -> dict[str, Any]:
    return {"results": results, "start": 0, "limit": 200, "size": len(results)}


def check(name: str) -> str:
    """Return the name of an operation that can be restricted. Raise `Invalid` for another one."""
    if name not in OPERATIONS:
        raise Invalid(f"The operation must be one of {', '.join(OPERATIONS)}, not {name!r}.")
    return name


@dataclass(frozen=True, slots=True)
class Change:
    """The new names of one kind, user or group, for one operation."""

    operation: str
    kind: str
    names: tuple[str, ...]


def changes_in(given: object) -> tuple[Change, ...]:
    """Return the changes of a request: a list, or an object with `results`."""
    rows = given.get("results") if isinstance(given, dict) else given
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise Invalid("The restrictions must be a list of objects.")
    return tuple(change for row in rows for change in _changes(row))


def _changes(row: Mapping[str, Any]) -> Iterable[Change]:
    inner = row.get("restrictions")
    if not isinstance(inner, dict):
        raise Invalid("Required field 'restrictions' is missing or is not an object.")
    for kind in KINDS:
        named = inner.get(kind)
        named = named.get("results") if isinstance(named, dict) else named
        if named is not None:
            if not isinstance(named, list) or not all(isinstance(one, dict) for one in named):
                raise Invalid(f"Field '{kind}' must be a list of objects.")
            find = _user if kind == "user" else _group
            yield Change(check(str(row.get("operation"))), kind, tuple(map(find, named)))


def _user(given: Mapping[str, Any]) -> str:
    return people.named(given).name


def _group(given: Mapping[str, Any]) -> str:
    return people.group_of(str(given.get("id") or given.get("name")))


def apply(page_id: str, changes: Iterable[Change], *, add: bool = False) -> None:
    """Set what the changes name, or `add` to it. Raise `Invalid` if that locks the user out."""
    with store().batch():
        page = store().editable(page_id)
        for one in changes:
            old = store().allowed(page.id, one.operation, one.kind) if add else ()
            store().restrict_to(page.id, one.operation, one.kind, {*old, *one.names})
        for name in OPERATIONS:
            if not permits(page.id, name, flask.g.user.name):
                raise Invalid(LOCKED_OUT)


def clear(page_id: str) -> None:
    """Take all restrictions from a page."""
    for name in OPERATIONS:
        for kind in KINDS:
            store().restrict_to(page_id, name, kind, ())


def permits(page_id: str, name: str, user: str) -> bool:
    """Return whether the restrictions of a page leave a user one permission."""
    users, groups = (store().allowed(page_id, name, kind) for kind in KINDS)
    return not (users or groups) or user in users or bool({*groups} & {*store().groups_of(user)})


def permits_group(page_id: str, name: str, group: str) -> bool:
    """Return whether the restrictions of a page leave a group one permission."""
    users, groups = (store().allowed(page_id, name, kind) for kind in KINDS)
    return not (users or groups) or group in groups
