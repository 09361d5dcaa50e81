"""Edits of exact spans of a document, so that every other byte stays. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from confsync.bulk.passages import Notation, Piece
from confsync.document import layout
from confsync.document.document import Document
from confsync.model.stamp import Layout

_CDATA_END = "]]>"
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
    new = new.replace("&", "&amp;").replace("<", "&lt;")
    if piece.notation is Notation.TEXT:
        return edit._replace(new=new.replace(">", "&gt;"))
    quote = source[piece.start - 1]
    new = new.replace(quote, "&quot;" if quote == '"' else "&#39;")
    return edit._replace(new=new.replace("\n", "&#10;").replace("\t", "&#9;"))


def _without_end(before: str, new: str, after: str) -> str:
    """Return new text of a CDATA section that does not end the section between its neighbours."""
    text = f"{before}{new}{after}"
    ends = [found.start() + 2 for found in re.finditer(re.escape(_CDATA_END), text)]
    places = [0, *(at - len(before) for at in ends), len(new)]
    pieces = [new[max(0, a) : max(0, b)] for a, b in pairwise(places)]
    return f"{_CDATA_END}<![CDATA[".join(pieces)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits, which stand in order and do not overlap."""
    found: list[str] = []
    at = 0
    for start, end, new in edits:
        found += (text[at:start], new)
        at = end
    return "".join([*found, text[at:]])


def fitted(document: Document, edits: Sequence[Edit]) -> str | None:
    """Return the text of a document whose page has exactly the edits.

    The edits stand in order and do not overlap. If one takes a block away or puts one in, a line
    end of the layout goes or comes, too. Return None if no such text is found.
    """
    newline = document.newline
    edits = [edit._replace(new=edit.new.replace("\n", newline)) for edit in edits]
    if document.layout is not Layout.LINES:
        return applied(document.text, edits)
    if all(edit.start < edit.end for edit in edits):
        places = _Places(document)
        written = applied(document.text, edits)
        if _body(written, document) == applied(document.body, map(places.in_body, edits)):
            return written
    return _one_by_one(document, edits)


class _Places:
    """The places in a body of what stands in its document.

    The body has neither the layout's line ends nor the CR of other line ends.
    """

    def __init__(self, document: Document) -> None:
        self._start = document.body_start
        written = document.text[document.body_start :]
        self._returns = [at.start() for at in re.finditer("\r(?=\n)", written)]
        if document.newline != "\r\n":
            self._returns = []
        self._line_ends = _layout_line_ends(_with_line_feeds(written, document), document.body)

    def in_body(self, edit: Edit) -> Edit:
        """Return an edit of the document as an edit of the body."""
        new = edit.new.replace("\r\n", "\n") if self._returns else edit.new
        return Edit(self._at(edit.start), self._at(edit.end), new)

    def _at(self, offset: int) -> int:
        at = offset - self._start
        at -= bisect_left(self._returns, at)
        return at - bisect_left(self._line_ends, at)


def _layout_line_ends(text: str, body: str) -> list[int]:
    """Return where a body with its layout has the line ends of the layout."""
    found = []
    at = in_body = 0
    for line in text.split("\n")[:-1]:
        at += len(line)
        in_body += len(line)
        if body.startswith("\n", in_body):
            in_body += 1
        else:
            found.append(at)
        at += 1
    return found


def _with_line_feeds(written: str, document: Document) -> str:
    return written.replace("\r\n", "\n") if document.newline == "\r\n" else written


def _one_by_one(document: Document, edits: Sequence[Edit]) -> str | None:
    """Return what `fitted` returns if a line end of the layout comes or goes with an edit."""
    places = _Places(document)
    text, body = document.text, document.body
    for edit in reversed(edits):
        body = applied(body, [places.in_body(edit)])
        for written in _ways(text, edit, document.newline):
            changed = applied(text, [written])
            if _body(changed, document) == body:
                break
        else:
            return None
        text = changed
    return text


def _ways(text: str, edit: Edit, newline: str) -> Iterator[Edit]:
    """Yield the ways to write an edit, with a line end more or less beside it."""
    start, end, new = edit
    if start == end and new.startswith("<"):
        lines = layout.lay(new).removesuffix("\n").replace("\r\n", "\n").replace("\n", newline)
        yield edit._replace(new=f"{newline}{lines}")
        yield edit._replace(new=lines)
    yield edit
    if text.startswith(newline, end):
        yield edit._replace(end=end + len(newline))
    if text.endswith(newline, 0, start):
        yield edit._replace(start=start - len(newline))
    yield edit._replace(new=f"{new}{newline}")
    yield edit._replace(new=f"{newline}{new}")


def _body(text: str, document: Document) -> str:
    """Return the body of a document's new text."""
    return layout.unlay(_with_line_feeds(text[document.body_start :], document))
