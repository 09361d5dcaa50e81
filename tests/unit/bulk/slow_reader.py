"""A reader of passages that takes each lexeme and each character by itself.

It is what `passages` does, written for the eye and not for speed. Unlike lxml, it reads every text.
It has the tables of the reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from confsync.document.markup import Kind, Lexeme, decoded, lexemes
from tests.unit.bulk.reference import CODE, HIDDEN, PARAMETER, WITHIN_A_LINE

WHITE = " \t\r\n"
COPY = "ac:adf-fallback"
LINK = "ac:link"
UNIT = re.compile(r"&[#A-Za-z0-9]+;|\r\n|.", re.DOTALL)


class Letter(NamedTuple):
    """A character as it is read, the number of its piece, and where it stands."""

    text: str
    piece: int
    start: int
    end: int


class Slow(NamedTuple):
    """A passage: its kind as in the reference, whether it is in a copy, and its characters."""

    kind: str
    is_copy: bool
    letters: list[Letter]

    @property
    def text(self) -> str:
        return "".join(one.text for one in self.letters)

    def places(self, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        found = [match.span() for match in pattern.finditer(self.text) if match[0]]
        return [(self.letters[a].start, self.letters[b - 1].end) for a, b in found]


def passages(source: str, start: int = 0) -> Iterator[Slow]:
    """Yield the passages of a text that have text, without the targets of links."""
    opened: list[str] = []
    pieces: list[Lexeme] = []
    link = start
    for lexeme in lexemes(source, start):
        if not lexeme.name:
            pieces += [lexeme] if lexeme.kind in (Kind.TEXT, Kind.CDATA) else []
            continue
        before = _place(opened)
        within = _place([*opened, lexeme.name])
        _go(opened, lexeme)
        # An empty element parts a text, too, if a part of its own is in it.
        changes = _place(opened) != before or (lexeme.kind is Kind.EMPTY and within != before)
        is_end = changes or lexeme.name not in WITHIN_A_LINE
        if lexeme.name == LINK:
            inside = [_written(source, one) for one in pieces if one.start >= link]
            is_empty = not "".join(inside).strip(WHITE)
            is_end = lexeme.kind is Kind.EMPTY or (lexeme.kind is Kind.CLOSE and is_empty)
            link = lexeme.end
        if is_end:
            yield from _ended(source, pieces, *before)
            pieces = []
    yield from _ended(source, pieces, *_place(opened))


def _go(opened: list[str], tag: Lexeme) -> None:
    """Go into an element that has a part of its own, or out of it."""
    if tag.kind is Kind.CLOSE and tag.name in opened:
        while opened.pop() != tag.name:
            pass
    elif tag.kind is Kind.OPEN and tag.name in CODE | PARAMETER | HIDDEN:
        opened.append(tag.name)


def _place(opened: list[str]) -> tuple[str, bool]:
    """Return the kind of text in some elements, and whether it is in a copy."""
    kind = "text"
    for name in opened:
        if kind in ("hidden", "params") or name == COPY:
            continue
        kind = (
            "hidden"
            if name in HIDDEN
            else "params"
            if name in PARAMETER
            else "code"
            if name in CODE
            else kind
        )
    return kind, COPY in opened


def _ended(source: str, pieces: list[Lexeme], kind: str, is_copy: bool) -> Iterator[Slow]:
    found = [one for number, piece in enumerate(pieces) for one in _letters(source, number, piece)]
    if kind == "text":
        found = _flowing(found)
    if found and kind != "hidden":
        yield Slow(kind, is_copy, found)


def _letters(source: str, number: int, piece: Lexeme) -> Iterator[Letter]:
    begin = piece.start + (len("<![CDATA[") if piece.kind is Kind.CDATA else 0)
    end = begin + len(_written(source, piece))
    for found in UNIT.finditer(source, begin, end):
        text = found[0].replace("\r\n", "\n")
        text = decoded(text) if piece.kind is Kind.TEXT else text
        if len(text) == 1:
            yield Letter(text, number, *found.span())
        else:
            places = range(found.start(), found.end())
            yield from (Letter(source[at], number, at, at + 1) for at in places)


def _written(source: str, piece: Lexeme) -> str:
    written = source[piece.start : piece.end]
    if piece.kind is Kind.CDATA:
        return written.removeprefix("<![CDATA[").removesuffix("]]>")
    return written


def _flowing(letters: list[Letter]) -> list[Letter]:
    """Return letters with one blank for each run of white space, and none at the ends."""
    found: list[Letter] = []
    for one in letters:
        if one.text not in WHITE:
            found.append(one)
        elif not found or found[-1].text != " ":
            found.append(one._replace(text=" "))
        elif found[-1].piece == one.piece:
            found[-1] = found[-1]._replace(end=one.end)
    first = bool(found) and found[0].text == " "
    last = len(found) > first and found[-1].text == " "
    return found[first : len(found) - last]
