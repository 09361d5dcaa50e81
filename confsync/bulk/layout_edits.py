"""Edits of a document that keep its layout in lines. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from confsync.bulk.edits import Edit, applied
from confsync.document import layout
from confsync.document.document import Document
from confsync.model.stamp import Layout


def fitted(document: Document, edits: Sequence[Edit]) -> str | None:
    """Return the text of a document whose page has exactly the edits.

    The edits stand in order and do not overlap. If one takes a block away or puts one in, a line
    end of the layout goes or comes, too. Return None if no such text is found.
    """
    edits = [_with_line_ends(edit, document.newline) for edit in edits]
    if document.layout is not Layout.LINES:
        return applied(document.text, edits)
    old = _Lines(document)
    wanted = applied(document.body, map(old.in_body, edits))
    laid = [_laid(edit, document.newline) for edit in edits]
    written = applied(document.text, laid)
    found = _body(written, document)
    if found != wanted:
        head, text = written[: document.body_start], written[document.body_start :]
        marks = old.marks_after(edits, laid)
        removed = _marks(_with_line_feeds(text, document), found)
        written = head + applied(text, _amended(text, marks, removed, document.newline))
        found = _body(written, document)
    return written if found == wanted else None


def _with_line_ends(edit: Edit, newline: str) -> Edit:
    return edit._replace(new=_plain(edit.new).replace("\n", newline))


def _laid(edit: Edit, newline: str) -> Edit:
    """Return an edit that inserts elements with their layout, and any other edit as it is."""
    if edit.start < edit.end or not edit.new.startswith("<"):
        return edit
    lines = layout.lay(_plain(edit.new))
    return edit._replace(new=f"\n{lines}".replace("\n", newline))


class _Lines:
    """The line ends of a document's body as it is written, by their offsets in the document."""

    def __init__(self, document: Document) -> None:
        text, self._start = document.text, document.body_start
        marks = _marks(_with_line_feeds(text[self._start :], document), document.body)
        self._marks = marks
        self._ends = [found.start() for found in re.compile("\n").finditer(text, self._start)]
        self._layout = [end for end, mark in zip(self._ends, marks, strict=True) if mark]
        self._has_returns = document.newline == "\r\n"
        self._returns = (
            [end - 1 for end in self._ends if text[end - 1] == "\r"] if self._has_returns else []
        )

    def in_body(self, edit: Edit) -> Edit:
        """Return an edit of the document as an edit of the body."""
        new = _plain(edit.new) if self._has_returns else edit.new
        return Edit(self._at(edit.start), self._at(edit.end), new)

    def _at(self, offset: int) -> int:
        before = bisect_left(self._returns, offset) + bisect_left(self._layout, offset)
        return offset - self._start - before

    def marks_after(self, edits: Iterable[Edit], laid: Iterable[Edit]) -> list[bool]:
        """Return which line ends belong to the layout after edits, given without and with it."""
        found: list[bool] = []
        at = 0
        for plain, edit in zip(edits, laid, strict=True):
            found += self._marks[at : bisect_left(self._ends, edit.start)]
            found += _marks(_plain(edit.new), _plain(plain.new))
            at = bisect_left(self._ends, edit.end)
        return found + self._marks[at:]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _marks(text: str, body: str) -> list[bool]:
    """Return for each line end of a text whether it belongs to the layout, not to the body.

    Of some line ends in a row, these can be others than those that the layout added.
    """
    found = []
    at = 0
    for line in text.split("\n")[:-1]:
        at += len(line)
        is_in_body = body.startswith("\n", at)
        found.append(not is_in_body)
        at += is_in_body
    return found


def _amended(text: str, marks: list[bool], removed: list[bool], newline: str) -> Iterator[Edit]:
    """Yield the edits after which a reader removes as many line ends as the layout has there.

    `marks` tells which line ends belong to the layout, and `removed` which the reader removes.
    """
    for run in _runs(text):
        ours = [(start, end) for number, start, end in run if marks[number]]
        taken = sum(removed[number] for number, _, _ in run)
        for start, end in ours[taken:]:
            yield Edit(start, end, "")
        if taken > len(ours):
            start = run[0][1]
            yield Edit(start, start, newline)


def _runs(text: str) -> Iterator[list[tuple[int, int, int]]]:
    """Yield the line ends in a row, each with its number and its range."""
    run: list[tuple[int, int, int]] = []
    for number, found in enumerate(re.finditer("\r?\n", text)):
        if run and run[-1][2] != found.start():
            yield run
            run = []
        run.append((number, *found.span()))
    if run:
        yield run


def _body(text: str, document: Document) -> str:
    """Return the body of a document's new text."""
    return layout.unlay(_with_line_feeds(text[document.body_start :], document))


def _with_line_feeds(written: str, document: Document) -> str:
    return _plain(written) if document.newline == "\r\n" else written
