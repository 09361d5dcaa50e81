"""The passages of a body: what a reader sees, its code and its parameters, with their places. Pure.

A passage is text without a break: that of a paragraph, a cell or a heading, across the tags inside
of it. Like a browser, it has one blank for each run of white space, and none at its ends. In code,
parameters and link targets white space stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from confsync.diff.html_elements import MARKS, UNSEEN
from confsync.document.frontmatter import Span
from confsync.document.markup import Kind, Lexeme, decoded, lexemes


class Part(Enum):
    """The part of a body that a passage belongs to.

    `COPY` is the text for programs that do not know a new element. No reader sees it beside the
    text that it copies.
    """

    TEXT = "text"
    CODE = "code"
    PARAMS = "params"
    LINKS = "links"
    COPY = "copy"


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


_COPY = "ac:adf-fallback"
_CODE = frozenset(
    ["pre", "ac:plain-text-body", *(name for name, mark in MARKS.items() if mark == "code")]
)
_PARAMS = frozenset(["ac:parameter", "ac:default-parameter", "ac:adf-attribute"])
# Elements whose content is no text of the page.
_REGIONS: dict[str, Part | None] = {
    **dict.fromkeys((*UNSEEN, "ac:task-status")),
    **dict.fromkeys(_CODE, Part.CODE),
    **dict.fromkeys(_PARAMS, Part.PARAMS),
    _COPY: Part.COPY,
}
# Elements within a line of text, which end no passage.
_INLINE = frozenset(MARKS) | {
    *("span", "ins", "font", "big", "small", "label", "abbr", "q", "a", "wbr"),
    *("ac:link", "ac:link-body", "ac:plain-text-link-body", "ac:inline-comment-marker"),
    "ac:adf-mark",
}
# An element that is shown by its target if it has no text.
_LINK = "ac:link"
_SPECIAL = {_LINK, *_REGIONS}
TARGETS = {
    "a": ("href",),
    "ac:link": ("ac:anchor",),
    "ri:page": ("ri:content-title",),
    "ri:blog-post": ("ri:content-title",),
    "ri:url": ("ri:value",),
}
_CDATA = "<![CDATA["
_CDATA_END = "]]>"
_EVERYTHING = frozenset(Part)
_BLANK = re.compile(r"[ \t\r\n]+")
_UNIT = re.compile(r"&[#A-Za-z0-9]+;|\r\n|.", re.DOTALL)


class Passage:
    """A passage of a source: its part, its pieces, and its text as a reader sees it."""

    __slots__ = ("part", "pieces", "source", "text")

    def __init__(self, source: str, part: Part, pieces: tuple[Piece, ...]) -> None:
        self.source = source
        self.part = part
        self.pieces = pieces
        self.text = _text(source, part, pieces)

    def characters(self) -> list[Character]:
        """Return the characters of the text, each with its place."""
        found: list[Character] = []
        for number, piece in enumerate(self.pieces):
            for text, start, end in _units(self.source, piece):
                if not _is_flowing(self.part) or not _BLANK.fullmatch(text):
                    found.append(Character(text, number, start, end))
                elif found and found[-1].text == " ":
                    if found[-1].piece == number:
                        found[-1] = found[-1]._replace(end=end)
                else:
                    found.append(Character(" ", number, start, end))
        if _is_flowing(self.part):
            while found and found[-1].text == " ":
                found.pop()
            while found and found[0].text == " ":
                found.pop(0)
        return found

    def places(self, pattern: re.Pattern[str]) -> Iterator[Span]:
        """Yield where the source has what a pattern finds in the text. Empty finds are left out."""
        written = self.characters()
        for found in pattern.finditer(self.text):
            if found[0]:
                yield Span(written[found.start()].start, written[found.end() - 1].end)


def passages(
    source: str, start: int = 0, parts: frozenset[Part] = _EVERYTHING
) -> Iterator[Passage]:
    """Yield the passages of a body that belong to `parts` and are not empty, as they end.

    `source` is a body, or a document whose body starts at `start`.
    """
    state = _State(parts)
    pieces: list[Piece] = []
    for lexeme in lexemes(source, start):
        kind, begins, ends, name, _ = lexeme
        if kind is Kind.TEXT:
            if state.is_wanted and (pieces or state.is_exact or not source[begins:ends].isspace()):
                pieces.append(Piece(Notation.TEXT, begins, ends))
        elif name:
            part, is_end = state.part, name not in _INLINE
            if state.region or name in _SPECIAL:
                is_end = state.ends_at(lexeme, len(pieces))
            if is_end and pieces:
                yield Passage(source, part, tuple(pieces))
                pieces = []
            if name in state.targets and kind is not Kind.CLOSE:
                yield from _targets(source, lexeme)
        elif kind is Kind.CDATA and state.is_wanted:
            pieces.append(_cdata(source, lexeme))
    if pieces:
        yield Passage(source, state.part, tuple(pieces))


class _State:
    """The place of the reader in a body: the part, and the element that makes it one."""

    def __init__(self, parts: frozenset[Part]) -> None:
        self.targets = TARGETS if Part.LINKS in parts else {}
        self.region = ""
        self.part = Part.TEXT
        self.is_wanted = Part.TEXT in parts
        self.is_exact = False
        self._parts = parts
        self._depth = 0
        self._link = -1

    def ends_at(self, tag: Lexeme, count: int) -> bool:
        """Return whether a passage of so many pieces ends at a tag."""
        name, kind = tag.name, tag.kind
        if self.region:
            if name != self.region:
                return name not in _INLINE
            self._depth += {Kind.OPEN: 1, Kind.CLOSE: -1}.get(kind, 0)
            if self._depth == 0:
                self._enter("", Part.TEXT)
            return self._depth == 0
        if name in _REGIONS:
            if kind is Kind.OPEN:
                self._depth = 1
                self._enter(name, _REGIONS[name])
            return True
        if name == _LINK:
            return self._is_shown_by_target(kind, count)
        return True

    def _enter(self, region: str, part: Part | None) -> None:
        self.region = region
        self.is_wanted = part in self._parts
        self.is_exact = not _is_flowing(part)
        self.part = part or Part.TEXT

    def _is_shown_by_target(self, kind: Kind, count: int) -> bool:
        """Return whether a link without text ends here. Its target stands between the words."""
        if kind is Kind.OPEN:
            self._link = count
        return kind is Kind.EMPTY or (kind is Kind.CLOSE and self._link == count)


def _targets(source: str, tag: Lexeme) -> Iterator[Passage]:
    """Yield the targets of links in a tag's attributes."""
    for found in tag.attributes():
        if found.name in TARGETS[tag.name] and found.value:
            piece = Piece(Notation.ATTRIBUTE, found.start, found.end)
            yield Passage(source, Part.LINKS, (piece,))


def _cdata(source: str, lexeme: Lexeme) -> Piece:
    start = lexeme.start + len(_CDATA)
    is_closed = source.endswith(_CDATA_END, start, lexeme.end)
    return Piece(Notation.CDATA, start, lexeme.end - len(_CDATA_END) * is_closed)


def _is_flowing(part: Part | None) -> bool:
    """Return whether runs of white space are one blank for a reader."""
    return part in (Part.TEXT, Part.COPY)


def _text(source: str, part: Part, pieces: tuple[Piece, ...]) -> str:
    """Return the same text as `Passage.characters`, faster."""
    text = "".join([_read(source[start:end], notation) for notation, start, end in pieces])
    return _BLANK.sub(" ", text).strip(" ") if _is_flowing(part) else text


def _read(written: str, notation: Notation) -> str:
    """Return a piece as a parser reads it."""
    if "\r\n" in written:
        written = written.replace("\r\n", "\n")
    if notation is Notation.CDATA:
        return written
    if notation is Notation.ATTRIBUTE:
        written = re.sub(r"[\r\n\t]", " ", written)
    return decoded(written)


def _units(source: str, piece: Piece) -> Iterator[tuple[str, int, int]]:
    """Yield the characters of a piece as a parser reads them, each with its range."""
    for found in _UNIT.finditer(source, piece.start, piece.end):
        text = _read(found[0], piece.notation)
        if len(text) == 1:
            yield text, found.start(), found.end()
        else:  # no reference after all
            for at in range(found.start(), found.end()):
                yield source[at], at, at + 1
