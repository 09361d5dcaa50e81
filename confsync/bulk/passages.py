"""The passages of a body: what a reader sees, its code and its parameters, with their places. Pure.

A passage is text without a break: that of a paragraph, a cell or a heading, across the tags inside
of it. Like a browser, it has one blank for each run of white space, and none at its ends. In code,
parameters and link targets white space stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from confsync.diff.html_elements import MARKS, UNSEEN
from confsync.document.frontmatter import Span
from confsync.document.markup import Kind, Lexeme, decoded, lexemes


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


# The copy of a new element for programs that do not know it. No reader sees it beside the original.
_COPY = "ac:adf-fallback"
_CODE = frozenset(
    ["pre", "ac:plain-text-body", *(name for name, mark in MARKS.items() if mark == "code")]
)
_PARAMS = frozenset(["ac:parameter", "ac:default-parameter", "ac:adf-attribute"])
# Elements whose content is no text of the page.
_REGIONS: dict[str, Part | None] = {
    **dict.fromkeys((*UNSEEN, "ac:task-status", "style", "script")),
    _COPY: Part.TEXT,
    **dict.fromkeys(_CODE, Part.CODE),
    **dict.fromkeys(_PARAMS, Part.PARAMS),
}
del _REGIONS["wbr"]  # has no content, and parts no word
# Elements within a line of text, which end no passage.
_INLINE = frozenset(MARKS) | {
    *("span", "ins", "font", "big", "small", "label", "abbr", "q", "a", "wbr"),
    *("ac:link", "ac:link-body", "ac:plain-text-link-body", "ac:inline-comment-marker"),
    *("ri:page", "ri:blog-post", "ri:attachment", "ri:user", "ri:url", "ri:space", "ri:shortcut"),
    *("ri:content-entity", "ac:adf-mark"),
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
CDATA = "<![CDATA["
CDATA_END = "]]>"
_EVERYTHING = frozenset(Part)
_WHITE = " \t\r\n"
_BLANK = re.compile(f"[{_WHITE}]+")
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
    source: str, start: int = 0, parts: frozenset[Part] = _EVERYTHING, *, copies: bool = False
) -> Iterator[Passage]:
    """Yield the passages of a body that belong to `parts` and are not empty, as they end.

    With `copies`, also yield those of the copies that new elements have for older programs.
    `source` is a body, or a document whose body starts at `start`.
    """
    state = _State(parts, copies=copies)
    pieces: list[Piece] = []
    for lexeme in lexemes(source, start):
        kind, begins, ends, name, _ = lexeme
        if kind is Kind.TEXT:
            if state.is_wanted and (pieces or state.is_exact or source[begins:ends].strip(_WHITE)):
                pieces.append(Piece(Notation.TEXT, begins, ends))
        elif name:
            part, is_end = state.part, name not in _INLINE
            if name in _SPECIAL:
                is_end = state.takes(lexeme) or is_end
                if name == _LINK and kind is not Kind.OPEN:
                    is_end = kind is Kind.EMPTY or not _has_text(source, pieces, state.link)
            if is_end and pieces:
                yield Passage(source, part, tuple(pieces))
                pieces = []
            if name == _LINK:
                state.link = lexeme.end
            if name in state.targets and kind is not Kind.CLOSE:
                yield from _targets(source, lexeme)
        elif kind is Kind.CDATA and state.is_wanted:
            pieces.append(_cdata(source, lexeme))
    if pieces:
        yield Passage(source, state.part, tuple(pieces))


class _State:
    """The place of the reader in a body: the part, and the elements that make it one.

    `link` is the end of the last tag of a link.
    """

    def __init__(self, parts: frozenset[Part], *, copies: bool) -> None:
        self.targets = TARGETS if Part.LINKS in parts else {}
        self.link = 0
        self._parts = parts
        self._copies = copies
        # The open elements that begin a part, each with what was outside of it.
        self._outside: list[tuple[str, Part | None, bool]] = []
        self._opened: Counter[str] = Counter()
        self._enter(Part.TEXT, False)

    def takes(self, tag: Lexeme) -> bool:
        """Take a tag that may begin or end a part. Return whether the part changes."""
        before = self._inside, self._is_copy
        name = tag.name
        if tag.kind is Kind.CLOSE:
            if self._opened[name]:
                self._leave(name)
            return (self._inside, self._is_copy) != before
        if name not in _REGIONS:
            return False
        is_kept = name == _COPY or self._inside in (Part.PARAMS, None)
        after = self._inside if is_kept else _REGIONS[name], self._is_copy or name == _COPY
        if tag.kind is Kind.OPEN:
            self._outside.append((name, *before))
            self._opened[name] += 1
            self._enter(*after)
        return after != before

    def _leave(self, name: str) -> None:
        """Go out of the innermost element of a name, and of those inside of it."""
        while True:
            last, part, is_copy = self._outside.pop()
            self._opened[last] -= 1
            if last == name:
                self._enter(part, is_copy)
                return

    def _enter(self, part: Part | None, is_copy: bool) -> None:
        self._inside = part
        self._is_copy = is_copy
        self.is_wanted = part in self._parts and (self._copies or not is_copy)
        self.is_exact = not _is_flowing(part)
        self.part = part or Part.TEXT


def _has_text(source: str, pieces: list[Piece], start: int) -> bool:
    """Return whether some of the last pieces, those from an offset on, have text."""
    for piece in reversed(pieces):
        if piece.start < start:
            return False
        if source[piece.start : piece.end].strip(_WHITE):
            return True
    return False


def _targets(source: str, tag: Lexeme) -> Iterator[Passage]:
    """Yield the targets of links in a tag's attributes."""
    for found in tag.attributes():
        if found.name in TARGETS[tag.name] and found.value:
            piece = Piece(Notation.ATTRIBUTE, found.start, found.end)
            yield Passage(source, Part.LINKS, (piece,))


def _cdata(source: str, lexeme: Lexeme) -> Piece:
    start = lexeme.start + len(CDATA)
    is_closed = source.endswith(CDATA_END, start, lexeme.end)
    return Piece(Notation.CDATA, start, lexeme.end - len(CDATA_END) * is_closed)


def _is_flowing(part: Part | None) -> bool:
    """Return whether runs of white space are one blank for a reader."""
    return part is Part.TEXT


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
