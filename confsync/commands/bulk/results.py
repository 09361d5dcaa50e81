"""The results of the commands that find and replace in many documents. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from confsync.errors import Exit
from confsync.model.result import Result

# Characters of a line, before and after a find, for programs.
_NEAR = 200


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

    def shortened(self) -> Match:
        """Return the match with only the part of a very long line that is near the find.

        A page without layout is one line, which each of its finds would repeat.
        """
        start = self.column - 1
        first, last = max(0, start - _NEAR), start + len(self.found) + _NEAR
        return self._replace(text=self.text[first:last])


@dataclass(frozen=True, slots=True)
class FindResult(Result):
    """The result of `grep`. Finding nothing is told by the exit code, as grep does."""

    matches: tuple[Match, ...] = ()

    @property
    def exit(self) -> Exit:
        """Return the exit code of the most serious part."""
        return _exit(self, self.matches)

    def as_json(self) -> dict[str, object]:
        """Return the JSON envelope, with the matches."""
        matches = [match.shortened()._asdict() for match in self.matches]
        return {**Result.as_json(self), "matches": matches}


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
        return _exit(self, self.replaced)

    def as_json(self) -> dict[str, object]:
        """Return the JSON envelope, with the counts of each document and the diff."""
        replaced = [one._asdict() for one in self.replaced]
        return {**Result.as_json(self), "replaced": replaced}


def _exit(result: Result, found: Collection[object]) -> Exit:
    """Return the exit code of the most serious part. To find nothing is one, as for grep."""
    code = Result.exit.__get__(result)
    return Exit.REFUSED if code is Exit.DONE and not found else code
