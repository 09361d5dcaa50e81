"""The results of the commands that find and replace in many documents. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from confsync.errors import Exit
from confsync.model.result import Result


class Match(NamedTuple):
    """A find in a document.

    `line` and `column` are those of its beginning, from 1, in characters. `text` is the whole line,
    `found` what was found as it is written, which can go on in the next lines.
    """

    path: str
    line: int
    column: int
    text: str
    found: str


@dataclass(frozen=True, slots=True)
class FindResult(Result):
    """The result of `grep`. Finding nothing is told by the exit code, as grep does."""

    matches: tuple[Match, ...] = ()

    @property
    def exit(self) -> Exit:
        """Return the exit code of the most serious part."""
        code = Result.exit.__get__(self)
        return Exit.REFUSED if code is Exit.DONE and not self.matches else code

    def as_json(self) -> dict[str, object]:
        """Return the JSON envelope, with the matches."""
        return {**Result.as_json(self), "matches": [match._asdict() for match in self.matches]}


class Replaced(NamedTuple):
    """A document with changed places. `left` are places that were found and stay."""

    path: str
    places: int
    left: int


@dataclass(frozen=True, slots=True)
class ReplaceResult(Result):
    """The result of `replace`."""

    replaced: tuple[Replaced, ...] = ()

    @property
    def exit(self) -> Exit:
        """Return the exit code of the most serious part."""
        code = Result.exit.__get__(self)
        return Exit.REFUSED if code is Exit.DONE and not self.replaced else code

    def as_json(self) -> dict[str, object]:
        """Return the JSON envelope, with the counts of each document."""
        return {**Result.as_json(self), "replaced": [one._asdict() for one in self.replaced]}
