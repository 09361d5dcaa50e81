"""The hints that a test read in outputs, and those that it typed."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

_PROGRAMS = r"confsync|git(?:-\w+)?|cp|diff|export|ls|mkdir|mv|pip|rm"
# A command in quotes, and what the hint says about it.
_COMMAND = rf"(?:{_PROGRAMS}) [^'\n]*|transcrypt|\(cd [^'\n]*\)"
HINT = re.compile(rf"'(?P<command>{_COMMAND})'(?:(?!'(?:{_PROGRAMS}) )[^;\n])*")


def commands_in(text: str) -> list[str]:
    """Return the commands that an output names, in their order."""
    return [hint["command"] for hint in HINT.finditer(text)]


@dataclass
class Journal:
    """The hints that one test read, by command, and the hints that it typed."""

    read: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what an earlier test did."""
        self.read.clear()
        self.typed.clear()

    def print(self, text: str) -> None:
        """Note the hints of an output."""
        for hint in HINT.finditer(text):
            self.read.setdefault(_words(hint["command"]), []).append(hint[0])

    def type(self, command: str | tuple[str, ...]) -> None:
        """Note the hints whose command was typed and worked."""
        self.typed += self.read.get(_words(command) if isinstance(command, str) else command, [])


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError:  # no command, but words in quotes
        return (command,)


JOURNAL = Journal()
