"""The users of a sandbox besides yourself, and their rights in its spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from confsync.errors import UsageError

if TYPE_CHECKING:
    from confsync.sandbox import Sandbox

LEVELS = ("none", "read", "edit")
EVERY = "*"
_USER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)(?::(\S+))?")
_RIGHT = re.compile(r"([A-Za-z][A-Za-z0-9._-]*):([^:\s]+):([a-z]+)")
_HINT = "'confsync sandbox --user ana --right ana:OPS:read' lets a second user only read"


def add(sandbox: Sandbox, users: Sequence[str], rights: Sequence[str]) -> None:
    """Add users, like NAME or NAME:PASSWORD, and set their rights, like NAME:SPACE:LEVEL.

    Raise UsageError for another form, an unknown user, space or level.
    """
    for given in users:
        found = _USER.fullmatch(given)
        if found is None:
            raise UsageError(f"--user {given}: a user is like ana or ana:secret", hint=_HINT)
        name = found[1].lower()
        if name == _me(sandbox):
            raise UsageError(f"--user {given}: this is you, and there already", hint=_HINT)
        sandbox.add_login(name, found[2] or f"{name}-token")
    for given in rights:
        _set(sandbox, given)


def _me(sandbox: Sandbox) -> str:
    return sandbox.user.partition("@")[0]


def _set(sandbox: Sandbox, given: str) -> None:
    found, store = _RIGHT.fullmatch(given), sandbox.store
    if found is None or found[3] not in LEVELS:
        wrong = f"a right is like ana:OPS:read, with {', '.join(LEVELS)}"
        raise UsageError(f"--right {given}: {wrong}", hint=_HINT)
    names = {user.name.lower(): user.name for user in store.users() if user.token}
    if found[1].lower() not in names:
        raise UsageError(f"--right {given}: no --user has this name", hint=_HINT)
    keys = [space.key for space in store.spaces()]
    if found[2] != EVERY and found[2].upper() not in [key.upper() for key in keys]:
        raise UsageError(f"--right {given}: the spaces are {', '.join(keys)}", hint=_HINT)
    store.set_right(names[found[1].lower()], found[2], found[3])


def lines(sandbox: Sandbox) -> Iterator[str]:
    """Return what a person types to be each of the users, and what each may do."""
    for user in sandbox.store.users():
        if user.name in sandbox.store.rights and user.token:
            spaces = [space.key for space in sandbox.store.spaces()]
            may = ", ".join(f"{key}: {sandbox.store.right(user.name, key)}" for key in spaces)
            yield f"  as {user.name} ({may}):"
            login = sandbox.login_of(user)
            yield f"    export CONFSYNC_USER={login} CONFSYNC_TOKEN={user.token}"
