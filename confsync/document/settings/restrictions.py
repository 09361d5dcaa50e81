"""The restrictions of a page: the users and groups that alone may read or update it. Pure.

A value is `{"read": ["group:staff", "user:ana"], "update": [...]}`. An operation without names is
open to everyone, and stands in no value. The order of names says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from confsync.document.settings.names import RESTRICTIONS
from confsync.model.page import PropertyInfo, Version

OPERATIONS = ("read", "update")
USER, GROUP = "user", "group"
_NAME = re.compile(r"(?:user|group):\S(?:.*\S)?")

Names = Mapping[str, frozenset[str]]
EVERYONE: Names = {}


class Change(NamedTuple):
    """One name, such as `user:ana`, that an operation gets or loses."""

    operation: str
    name: str
    adds: bool


def named(value: str | None) -> Names:
    """Return the names of each restricted operation. Raise ValueError for a malformed value."""
    given = {} if value is None else json.loads(value)
    if given is None:
        return EVERYONE
    if not isinstance(given, dict):
        raise ValueError("it must be like {read: [user:ana, group:staff], update: [user:ana]}")
    for unknown in sorted(given.keys() - set(OPERATIONS)):
        raise ValueError(f"'{unknown}' cannot be restricted, only {' and '.join(OPERATIONS)}")
    found = {operation: _names(operation, names) for operation, names in given.items()}
    return {operation: names for operation, names in found.items() if names}


def flaw_of(value: str | None) -> str:
    """Return why a value is malformed; empty if it is not."""
    try:
        named(value)
    except ValueError as error:
        return str(error)
    return ""


def words_of(value: str) -> str:
    """Return a value in words, such as `read user:ana; update group:staff`."""
    found = named(value)
    return "; ".join(f"{one} {' '.join(sorted(found[one]))}" for one in OPERATIONS if one in found)


def _names(operation: str, given: object) -> frozenset[str]:
    if given is None:
        return frozenset()
    if not isinstance(given, list):
        raise ValueError(f"{operation} must be a list, such as [user:ana, group:staff]")
    for name in given:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            shown = name if isinstance(name, str) else json.dumps(name, ensure_ascii=False)
            raise ValueError(
                f"{operation} has '{shown}', which is not like user:ana or group:staff"
            )
    return frozenset(given)


def value_of(names: Names) -> str | None:
    """Return the canonical value; None if everyone may read and update."""
    found = {one: sorted(names[one]) for one in OPERATIONS if names.get(one)}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else None


def as_setting(page_id: str, names: Names) -> tuple[PropertyInfo, ...]:
    """Return the restrictions of a page as a setting; nothing if everyone may read and update.

    No server counts versions of them.
    """
    value = value_of(names)
    return (PropertyInfo(page_id, RESTRICTIONS, Version(0), value),) if value else ()


def locked(names: Names, mine: Collection[str]) -> tuple[str, ...]:
    """Return the operations that none of `mine` may do: a user, and the user's groups."""
    return tuple(one for one in OPERATIONS if names.get(one) and not names[one] & set(mine))


def changes(before: Names, after: Names, mine: Collection[str]) -> tuple[Change, ...]:
    """Return the changes of one name each, in a safe order.

    `mine` are the user and the user's groups, and may read and update before and after. This stays
    so after each change. No change opens an operation to a name that neither end has.
    """
    return tuple(
        change
        for operation in OPERATIONS
        for change in _of_one(
            operation,
            before.get(operation, frozenset()),
            after.get(operation, frozenset()),
            set(mine),
        )
    )


def _of_one(
    operation: str, before: frozenset[str], after: frozenset[str], mine: Set[str]
) -> Iterator[Change]:
    """Yield the changes of one operation.

    First comes a name of `mine`, unless one stays. Then names go, and then the other names come. If
    everyone may do it afterwards, a name of `mine` goes last.
    """
    new, old = after - before, before - after
    first: list[str] = []
    if after and not before & after & mine:
        first = _own_first(new, mine)[:1]
    last = _own_first(old, mine)
    if after:
        last.sort()
    else:
        last.reverse()
    yield from (Change(operation, name, adds=True) for name in first)
    yield from (Change(operation, name, adds=False) for name in last)
    rest = sorted(new - set(first))
    yield from (Change(operation, name, adds=True) for name in rest)


def _own_first(names: Iterable[str], mine: Set[str]) -> list[str]:
    """Return names, those of `mine` first, and among these the user before groups."""
    return sorted(names, key=lambda one: (one not in mine, not one.startswith(f"{USER}:"), one))


def applied(names: Names, change: Change) -> Names:
    """Return the names after a change."""
    held = names.get(change.operation, frozenset())
    one = frozenset((change.name,))
    now = {**names, change.operation: held | one if change.adds else held - one}
    return {operation: some for operation, some in now.items() if some}


def states(before: Names, every: Iterable[Change]) -> Iterator[Names]:
    """Yield the names after each of some changes."""
    for change in every:
        before = applied(before, change)
        yield before
