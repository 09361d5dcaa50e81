"""Edits of exact spans of a document, so that every other byte stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from confsync.bulk.passage import Notation, Piece
from confsync.document.markup import CDATA, CDATA_END, Attribute

_NO_CHARACTER = re.compile("[^\t\n\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Edit(NamedTuple):
    """New text for the range from `start` to `end`, both in characters of the source."""

    start: int
    end: int
    new: str


def forbidden(text: str) -> str:
    """Return the first character that XML cannot have, or an empty text."""
    found = _NO_CHARACTER.search(text)
    return found[0] if found else ""


def escaped(source: str, piece: Piece, edit: Edit) -> Edit:
    """Return an edit within a piece, whose text is written as its place needs it."""
    new = edit.new
    if piece.notation is Notation.CDATA:
        before = source[max(piece.start, edit.start - 2) : edit.start]
        after = source[edit.end : min(piece.end, edit.end + 2)]
        return edit._replace(new=_without_end(before, new, after))
    new = new.replace("\r\n", "\n").replace("&", "&amp;").replace("<", "&lt;")
    new = new.replace(">", "&gt;").replace("\r", "&#13;")
    if piece.notation is Notation.TEXT:
        return edit._replace(new=new)
    quote = source[piece.start - 1]
    new = new.replace(quote, "&quot;" if quote == '"' else "&#39;")
    return edit._replace(new=new.replace("\n", "&#10;").replace("\t", "&#9;"))


def valued(source: str, found: Attribute, new: str) -> Edit:
    """Return the edit that gives an attribute another value."""
    piece = Piece(Notation.ATTRIBUTE, found.start, found.end)
    return escaped(source, piece, Edit(found.start, found.end, new))


def _without_end(before: str, new: str, after: str) -> str:
    """Return new text of a CDATA section that does not end the section between its neighbours."""
    text = f"{before}{new}{after}"
    ends = [found.start() + 2 for found in re.finditer(re.escape(CDATA_END), text)]
    places = [0, *(at - len(before) for at in ends), len(new)]
    pieces = [new[max(0, a) : max(0, b)] for a, b in pairwise(places)]
    return f"{CDATA_END}{CDATA}".join(pieces)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits, which stand in order and do not overlap."""
    found: list[str] = []
    at = 0
    for start, end, new in edits:
        found += (text[at:start], new)
        at = end
    return "".join([*found, text[at:]])
