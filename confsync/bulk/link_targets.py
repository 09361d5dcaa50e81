"""The targets of links: how a person types one, and the edits that repoint a link. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from confsync.bulk.edits import Edit, escaped, valued
from confsync.bulk.passage import Notation, Part, Passage, Piece
from confsync.bulk.replacements import Found
from confsync.document.document import Document
from confsync.document.markup import Attribute, Kind, Lexeme, tags

_SPACE = re.compile(r"(~?[A-Za-z0-9]+):(?=\S)")
_TITLED = frozenset(["ri:page", "ri:blog-post"])
_ADDRESSED = {"a": "href", "ri:url": "ri:value"}
# What may follow the address that a person typed.
_BOUNDARY = re.compile(r"[/?#]|\Z")


class Naming(Enum):
    """The ways to name a target."""

    TITLE = "title"
    ID = "id"
    URL = "url"


class Target(NamedTuple):
    """A target of links. `space` is the key before a title, or empty."""

    kind: Naming
    text: str
    space: str = ""


def target(text: str) -> Target:
    """Return the target that a person typed: a URL, the id of a page, or a title.

    ``KEY:Title`` is a title in another space.
    """
    if "://" in text or text.startswith(("/", "#", "mailto:")):
        return Target(Naming.URL, text)
    if text.isascii() and text.isdigit():
        return Target(Naming.ID, text)
    key = _SPACE.match(text)
    if key:
        return Target(Naming.TITLE, text[key.end() :], key[1])
    return Target(Naming.TITLE, text)


@dataclass(frozen=True, slots=True)
class LinkReplacement:
    """Another target for links. Both targets are of one kind; `site` is the address of the site.

    A title without a space means links that name no space. With a space, links in documents of
    that space need not name it.
    """

    old: Target
    new: Target
    site: str

    def found(self, document: Document, space: str) -> Found:
        """Return the edits of a document in a space."""
        edits: list[Edit] = []
        places = 0
        for tag in tags(document.text, document.body_start):
            if tag.kind is not Kind.CLOSE and (changed := list(self._edits(document, tag, space))):
                edits += changed
                places += 1
        return Found(tuple(sorted(edits)), places)

    def _edits(self, document: Document, tag: Lexeme, space: str) -> Iterator[Edit]:
        given = {found.name: found for found in tag.attributes()}
        source = document.text
        if self.old.kind is Naming.TITLE:
            if tag.name in _TITLED:
                yield from self._titled(source, given, space)
        elif tag.name in _ADDRESSED:
            if address := given.get(_ADDRESSED[tag.name]):
                yield from self._addressed(source, address)
        elif self.old.kind is Naming.ID and tag.name == "ri:content-entity":
            found = given.get("ri:content-id")
            if found and found.value == self.old.text:
                yield valued(source, found, self.new.text)

    def _titled(self, source: str, given: dict[str, Attribute], space: str) -> Iterator[Edit]:
        title, key = given.get("ri:content-title"), given.get("ri:space-key")
        named = key.value if key else ""
        if title is None or title.value != self.old.text:
            return
        if named != self.old.space and (named or space) != self.old.space:
            return
        if self.new.text != title.value:
            yield valued(source, title, self.new.text)
        if self.new.space and self.new.space != (named or space):
            if key:
                yield valued(source, key, self.new.space)
            else:
                end = title.end + 1
                new = valued(source, title, self.new.space).new
                yield Edit(end, end, f" ri:space-key={source[title.end]}{new}{source[title.end]}")

    def _addressed(self, source: str, found: Attribute) -> Iterator[Edit]:
        """Yield the edits of an address. Its other parts stay."""
        piece = Piece(Notation.ATTRIBUTE, found.start, found.end)
        characters = Passage(source, Part.LINKS, found.start, found.end).characters()
        for start, end in self._parts(found.value):
            edit = Edit(characters[start].start, characters[end - 1].end, self.new.text)
            yield escaped(source, piece, edit)

    def _parts(self, address: str) -> Iterator[tuple[int, int]]:
        """Yield the parts of an address that name the target."""
        old = self.old.text
        if self.old.kind is Naming.URL:
            is_whole = old.endswith("/") or _BOUNDARY.match(address, len(old))
            if address.startswith(old) and is_whole:
                yield 0, len(old)
        elif "://" not in address or address.startswith(f"{self.site}/"):
            page = rf"(?<=/pages/){old}(?=[/?#]|\Z)|(?<=[?&]pageId=){old}(?=[&#]|\Z)"
            yield from (part.span() for part in re.finditer(page, address))
