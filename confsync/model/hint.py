"""Paths in messages and hints, as a person types them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from confsync.model.shell import quoted

# No path has this character. It stands once on each side of a path in a command, and twice on each
# side of a path in a sentence.
_MARK = "\0"
_PATH = re.compile(f"{_MARK * 2}([^{_MARK}]*){_MARK * 2}|{_MARK}([^{_MARK}]*){_MARK}")
_ANY = f"{_MARK}[^{_MARK}]*{_MARK}"
# A command that has no option -C, up to its end; and the file to which a shell adds lines.
_OF_SHELL = re.compile(
    rf"((?:(?<=')|(?<=&& ))(?:cp|diff|ls|mkdir|mv|rm) (?:{_ANY}|[^'&{_MARK}])*|>> {_ANY})"
)


class Standpoint(NamedTuple):
    """Where a person types commands: how the mirror's paths are typed there.

    `shown` is for confsync and git, which start in the directory of `-C`. `here` is for commands
    that have no such option.
    """

    shown: Callable[[str], str] = str
    here: Callable[[str], str] = str


# The directory of the mirror itself.
MIRROR = Standpoint()


def marked(path: str) -> str:
    """Return a mark for a path of the mirror in a command. `typed` makes the path of it."""
    return f"{_MARK}{path}{_MARK}"


def mentioned(path: str) -> str:
    """Return a mark for a path of the mirror in a sentence, which no shell reads."""
    return f"{_MARK * 2}{path}{_MARK * 2}"


# The directory for copies of what a command gives up.
TRASH = mentioned(".confsync/trash")


def typed(text: str, standpoint: Standpoint) -> str:
    """Return a text with each marked path as a person types it: quoted in a command."""
    if _MARK not in text:
        return text
    ways = standpoint.shown, standpoint.here
    parts = enumerate(_OF_SHELL.split(text))
    return "".join(_put(part, ways[number % 2]) for number, part in parts)


def fill(hint: str, path: str, standpoint: Standpoint) -> str:
    """Return a hint as a person types it, with the page's path for `{path}`."""
    return typed(hint.replace("{path}", marked(path)), standpoint)


def _put(text: str, shown: Callable[[str], str]) -> str:
    def put(found: re.Match[str]) -> str:
        return shown(found[1]) if found[2] is None else quoted(shown(found[2]))

    return _PATH.sub(put, text)
