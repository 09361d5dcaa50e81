"""A passage: text without a break, as a reader sees it, and where its characters stand. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from confsync.document.frontmatter import Span
from confsync.document.markup import CDATA, CDATA_END, Kind, character_data, decoded, lexemes, value


class Part(Enum):
    """The part of a body that a passage belongs to."""

    TEXT = "text"
    CODE = "code"
    PARAMS = "params"
    LINKS = "links"


class Notation(Enum):
    """The notation of a piece, which decides how new text is escaped there."""

    TEXT = "text"
    CDATA = "cdata"
    ATTRIBUTE = "attribute"


class Piece(NamedTuple):
    """A piece of a passage as it is written, from `start` to `end` in the source."""

    notation: Notation
    start: int
    end: int


class Character(NamedTuple):
    """A character of a passage, the piece that has it, and the range that it is written in."""

    text: str
    piece: int
    start: int
    end: int


class _Run(NamedTuple):
    """Text of a passage from `at` on: characters that stand as they are read, or only one."""

    at: int
    text: str
    piece: int
    start: int
    end: int

    def range(self, at: int) -> tuple[int, int]:
        """Return where a character of the run is written."""
        if len(self.text) == 1:
            return self.start, self.end
        return self.start + at, self.start + at + 1

    def characters(self, first: int, last: int) -> Iterator[Character]:
        """Yield the characters from one to before another."""
        for at in range(first, last):
            yield Character(self.text[at], self.piece, *self.range(at))


WHITE = " \t\r\n"
_BLANK = re.compile(f"[{WHITE}]+")
_REFERENCE = "&[#A-Za-z0-9]+;"
# What can be read in another way than it is written, and the runs between it.
_UNIT = re.compile(rf"\r\n|[\r\n\t]|{_REFERENCE}|&|[^&\r\n\t]+")
_FLOWING_UNIT = re.compile(rf"[{WHITE}]+|{_REFERENCE}|&|[^&{WHITE}]++(?: [^&{WHITE}]++)*+")


class Passage:
    """A passage of a source, from `start` to `end`: its part, and its text as a reader sees it.

    In a link's target, the range is the value of an attribute.
    """

    def __init__(self, source: str, part: Part, start: int, end: int) -> None:
        self.source = source
        self.part = part
        self.start = start
        self.end = end
        self.text = _text(part, source[start:end])

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Return the pieces in which the text is written."""
        if self.part is Part.LINKS:
            return (Piece(Notation.ATTRIBUTE, self.start, self.end),)
        return tuple(pieces(self.source, self.start, self.end))

    def characters(self, start: int = 0, end: int | None = None) -> list[Character]:
        """Return the characters of a part of the text, each with its place."""
        end = len(self.text) if end is None else end
        found: list[Character] = []
        for run in self._runs[self._run_at(start) : self._run_at(end - 1) + 1]:
            found += run.characters(max(0, start - run.at), min(end - run.at, len(run.text)))
        return found

    def places(self, pattern: re.Pattern[str]) -> Iterator[Span]:
        """Yield where the source has what a pattern finds in the text. Empty finds are left out."""
        begin = self._begin
        for found in pattern.finditer(self.text):
            start, end = found.span()
            if start < end and begin is not None:
                yield Span(begin + start, begin + end)
            elif start < end:
                yield Span(self._range(start)[0], self._range(end - 1)[1])

    @property
    def _begin(self) -> int | None:
        """Return where the text begins if it is written as it is read, or None.

        All that is read in another way than it is written is longer, or has other characters.
        """
        written = self.source[self.start : self.end]
        inner = written.strip(WHITE) if self.part is Part.TEXT else written
        return self.start + written.index(inner) if inner == self.text else None

    def _range(self, at: int) -> tuple[int, int]:
        """Return where the character at an offset of the text is written."""
        run = self._runs[self._run_at(at)]
        return run.range(at - run.at)

    def _run_at(self, at: int) -> int:
        """Return the number of the run at an offset of the text."""
        return bisect_right(self._starts, at) - 1

    @cached_property
    def _starts(self) -> list[int]:
        return [run.at for run in self._runs]

    @cached_property
    def _runs(self) -> list[_Run]:
        found: list[_Run] = []
        at = 0
        is_flowing = self.part is Part.TEXT
        for number, piece in enumerate(self.pieces):
            for text, start, end in _units(self.source, piece, self.part):
                if is_flowing and text == " " and (not found or found[-1].text == " "):
                    if found and found[-1].piece == number:
                        found[-1] = found[-1]._replace(end=end)
                    continue
                found.append(_Run(at, text, number, start, end))
                at += len(text)
        if is_flowing and found and found[-1].text == " ":
            found.pop()
        return found


def pieces(source: str, start: int, end: int) -> Iterator[Piece]:
    """Yield the pieces of text from one tag to another."""
    for lexeme in lexemes(source, start, end):
        if lexeme.kind is Kind.TEXT:
            yield Piece(Notation.TEXT, lexeme.start, lexeme.end)
        elif lexeme.kind is Kind.CDATA:
            begin = lexeme.start + len(CDATA)
            is_closed = source.endswith(CDATA_END, begin, lexeme.end)
            yield Piece(Notation.CDATA, begin, lexeme.end - len(CDATA_END) * is_closed)


def _text(part: Part, written: str) -> str:
    """Return the same text as `Passage.characters`, faster."""
    if part is Part.TEXT:
        text = character_data(written)
        if "  " in text or "\n" in text or "\t" in text or "\r" in text:
            text = _BLANK.sub(" ", text)
        return text.strip(" ")
    return value(written) if part is Part.LINKS else character_data(written.replace("\r\n", "\n"))


def _units(source: str, piece: Piece, part: Part) -> Iterator[tuple[str, int, int]]:
    """Yield the text of a piece as runs of characters that stand as they are read, or as one.

    In a text, each run of blanks is one blank.
    """
    is_flowing = part is Part.TEXT
    unit = _FLOWING_UNIT if is_flowing else _UNIT
    for found in unit.finditer(source, piece.start, piece.end):
        text = _read(found[0], piece.notation)
        yield " " if is_flowing and not text.strip(WHITE) else text, *found.span()


def _read(written: str, notation: Notation) -> str:
    """Return a unit of a piece as a parser reads it."""
    if written == "\r\n":
        written = "\n"
    if notation is Notation.CDATA:
        return written
    if notation is Notation.ATTRIBUTE and written in WHITE:
        return " "
    return decoded(written)
