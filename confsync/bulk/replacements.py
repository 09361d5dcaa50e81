"""The replacements of `replace`: which edits make one, for each kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

from confsync.bulk.edits import Edit, escaped
from confsync.bulk.elements import Element
from confsync.bulk.passages import Character, Notation, Part, Passage, Piece, passages
from confsync.bulk.queries import MACROS, MacroQuery, parameters
from confsync.document.document import Document

if TYPE_CHECKING:
    from confsync.bulk.xpath import XPath

# What can stand between two pieces of text that no tag parts.
_JOINT = re.compile(r"(?:\]\]>)?(?:<!--.*?-->)*(?:<!\[CDATA\[)?", re.DOTALL)
_BODIES = ("ac:rich-text-body", "ac:adf-content")
_EXTENSION = "ac:adf-extension"


class Found(NamedTuple):
    """The edits of a document, the number of places that they change, and the places that stay.

    A place that stays is an offset in the document, and the reason.
    """

    edits: tuple[Edit, ...]
    places: int
    left: tuple[tuple[int, str], ...] = ()


class Replacement(Protocol):
    """A kind of replacement."""

    def found(self, document: Document, space: str) -> Found:
        """Return the edits of a document in a space."""


@dataclass(frozen=True, slots=True)
class TextReplacement:
    """New text for what a pattern finds in some parts of a body.

    `new` returns the new text of a match. A match across tags stays, unless `across` is set: then
    its first piece has the new text, and the tags stay.
    """

    pattern: re.Pattern[str]
    new: Callable[[re.Match[str]], str]
    parts: frozenset[Part]
    across: bool = False

    def found(self, document: Document, space: str) -> Found:
        source = document.text
        edits: list[Edit] = []
        left: list[tuple[int, str]] = []
        count = 0
        for passage in passages(source, document.body_start, self.parts):
            if not self.pattern.search(passage.text):
                continue
            written = passage.characters()
            for match in self.pattern.finditer(passage.text):
                characters = written[match.start() : match.end()]
                if not characters:
                    continue
                if self.across or not _is_across(source, passage, characters):
                    edits += _edits(source, passage, characters, self.new(match))
                    count += 1
                else:
                    left.append((characters[0].start, "stands across tags"))
        return Found(tuple(sorted(edits)), count, tuple(left))


def _is_across(source: str, passage: Passage, characters: list[Character]) -> bool:
    """Return whether tags stand between the first and the last of some characters."""
    pieces = passage.pieces[characters[0].piece : characters[-1].piece + 1]
    return any(
        not _JOINT.fullmatch(source, one.end, other.start) for one, other in pairwise(pieces)
    )


def _edits(source: str, passage: Passage, characters: list[Character], new: str) -> Iterator[Edit]:
    """Yield the edits that put new text in the place of some characters, one for each piece."""
    ranges: dict[int, tuple[int, int]] = {}
    for one in characters:
        start, _ = ranges.get(one.piece, (one.start, one.end))
        ranges[one.piece] = start, one.end
    for number, (start, end) in ranges.items():
        yield escaped(source, passage.pieces[number], Edit(start, end, new))
        new = ""


@dataclass(frozen=True, slots=True)
class MacroRename:
    """Another name for macros, or for one of their parameters if `parameter` is set."""

    query: MacroQuery
    new: str
    parameter: str | None = None

    def found(self, document: Document, space: str) -> Found:
        source = document.text
        edits: list[Edit] = []
        for macro in self.query.macros(source, document.body_start):
            named, _, name = MACROS[macro.name]
            renamed, attribute = [macro], named
            if self.parameter is not None:
                renamed, attribute = list(parameters(macro, self.parameter)), name
            edits += [edit for one in renamed for edit in _valued(source, one, attribute, self.new)]
        return Found(tuple(sorted(edits)), len(edits))


def _valued(source: str, element: Element, attribute: str, new: str) -> Iterator[Edit]:
    """Yield the edit that gives an attribute another value."""
    for found in element.tag.attributes():
        if found.name == attribute:
            piece = Piece(Notation.ATTRIBUTE, found.start, found.end)
            yield escaped(source, piece, Edit(found.start, found.end, new))


@dataclass(frozen=True, slots=True)
class MacroRemoval:
    """The removal of macros with all that is inside, or of all but their bodies if `unwrap`."""

    query: MacroQuery
    unwrap: bool = False

    def found(self, document: Document, space: str) -> Found:
        macros = list(self.query.macros(document.text, document.body_start))
        if not self.unwrap:
            edits = [Edit(one.start, one.end, "") for one in map(_whole, macros)]
            return Found(tuple(_outermost(edits)), len(macros))
        edits = []
        left = []
        for macro in macros:
            body = next((one for name in _BODIES if (one := macro.child(name))), None)
            if body is None:
                left.append((macro.start, "has no body of text to keep"))
                continue
            whole = _whole(macro)
            edits.append(Edit(whole.start, body.inner_start, ""))
            edits.append(Edit(body.inner_end, whole.end, ""))
        return Found(tuple(sorted(edits)), len(macros) - len(left), tuple(left))


def _whole(macro: Element) -> Element:
    """Return the macro with its copy for programs that do not know it."""
    return macro.parent if macro.parent and macro.parent.name == _EXTENSION else macro


def _outermost(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Yield the edits that stand inside no other."""
    end = 0
    for edit in sorted(edits):
        if edit.start >= end:
            yield edit
            end = edit.end


@dataclass(frozen=True, slots=True)
class Insertion:
    """New storage format after each element that an XPath finds, or before it."""

    xpath: XPath
    new: str
    before: bool = False

    def found(self, document: Document, space: str) -> Found:
        found = self.xpath.elements(document.text, document.body_start)
        places = [one.start if self.before else one.end for one in found]
        return Found(tuple(Edit(at, at, self.new) for at in sorted(places)), len(places))
