"""The names of modules that a command must not load."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec


def existing(names: Iterable[str]) -> set[str]:
    """Return the names; raise ModuleNotFoundError if one is not the name of a module.

    A test that a module is not loaded always passes for a module that was renamed.
    """
    found = set(names)
    for name in sorted(found):
        if find_spec(name) is None:
            raise ModuleNotFoundError(f"no module is named {name}", name=name)
    return found


def own(names: Iterable[str]) -> set[str]:
    """Return the full names of modules of confsync, like `existing`."""
    return existing(f"confsync.{name}" for name in names)
