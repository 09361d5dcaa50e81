"""The replacements of `replace`: which edits make one, for each kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

from confsync.bulk.edits import Edit, escaped, valued
from confsync.bulk.elements import Element
from confsync.bulk.passage import Character, Part, Passage
from confsync.bulk.passages import passages
from confsync.bulk.queries import MACROS, MacroQuery, parameters
from confsync.document.document import Document

if TYPE_CHECKING:
    from confsync.bulk.xpath import XPath

# What can stand between two pieces of text that no tag parts.
_JOINT = re.compile(r"(?:\]\]>)?(?:<!--(?:[^-]++|-(?!->))*+-->)*+(?:<!\[CDATA\[)?")
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
        # A text and its copy for other programs stay the same.
        for passage in passages(source, document.body_start, self.parts, copies=True):
            if not self.pattern.search(passage.text):
                continue
            for match in self.pattern.finditer(passage.text):
                characters = passage.characters(*match.span())
                if not characters:
                    continue
                if self.across or not _is_across(source, passage, characters):
                    edits += _edits(source, passage, characters, self.new(match))
                    count += 1
                else:
                    left.append((characters[0].start, "tags interrupt the text"))
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
            edits += [
                valued(source, found, self.new)
                for one in renamed
                for found in one.tag.attributes()
                if found.name == attribute
            ]
        return Found(tuple(sorted(edits)), len(edits))


@dataclass(frozen=True, slots=True)
class MacroRemoval:
    """The removal of macros with all that is inside, or of all but their bodies if `unwrap`."""

    query: MacroQuery
    unwrap: bool = False

    def found(self, document: Document, space: str) -> Found:
        edits: list[Edit] = []
        left = []
        places = 0
        wholes = _Wholes()
        # The edits that the next macros can stand in, the first one last.
        removed: list[Edit] = []
        for macro in self.query.macros(document.text, document.body_start):
            while removed and removed[-1].end <= macro.start:
                removed.pop()
            if removed and removed[-1].start <= macro.start:
                continue  # goes with the macro that holds it, or is a part of a copy
            if found := self._edits(macro, wholes.of(macro)):
                removed += reversed(found)
                edits += found
                places += 1
            else:
                left.append((macro.start, "the macro has no body to keep"))
        return Found(tuple(sorted(edits)), places, tuple(left))

    def _edits(self, macro: Element, whole: Element) -> list[Edit]:
        """Return the edits that take a macro away; none if it has no body to keep."""
        if not self.unwrap:
            return [Edit(whole.start, whole.end, "")]
        body = next((one for name in _BODIES if (one := macro.child(name))), None)
        if body is None:
            return []
        return [Edit(whole.start, body.inner_start, ""), Edit(body.inner_end, whole.end, "")]


class _Wholes:
    """Macros with their copies for programs that do not know them."""

    def __init__(self) -> None:
        self._is_alone: dict[int, bool] = {}

    def of(self, macro: Element) -> Element:
        """Return the macro, or the extension that has only this macro and its copy."""
        parent = macro.parent
        if parent is None or parent.name != _EXTENSION:
            return macro
        if id(parent) not in self._is_alone:
            alike = sum(one.name == macro.name for one in parent.elements)
            self._is_alone[id(parent)] = alike == 1
        return parent if self._is_alone[id(parent)] else macro


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
