"""The flow of a page's text into blocks, with their containers and marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from confsync.diff.html_blocks import Block, Cell, Piece, pieces_of
from confsync.diff.html_styles import Style

_SPACE = re.compile(r"\s+")

End = Callable[[], None]
Split = Callable[[str, tuple[str, ...], str], tuple[Piece, ...]]


@dataclass(slots=True)
class Table:
    """The position in a table. `tall` maps a column to the rows that its cell still covers."""

    tall: dict[int, int] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    column: int = 0

    def fill(self, *, to_the_end: bool = False) -> None:
        """Add a filler in each column that a cell of a row above covers."""
        last = max((column for column, rows in self.tall.items() if rows), default=-1)
        while self.tall.get(self.column) or (to_the_end and self.column <= last):
            if self.tall.get(self.column):
                self.tall[self.column] -= 1
                self.cells.append(Cell(filler=True))
            self.column += 1

    def add(self, cell: Cell, rows: int) -> None:
        """Add a cell that covers `rows` rows."""
        self.cells.append(cell)
        for column in range(self.column, self.column + cell.span):
            self.tall[column] = rows - 1
        self.column += cell.span


class Flow:
    """A builder that makes blocks of text and the elements between it.

    In a table cell, a block ends with a break, because the row is the block. Text that is `caught`
    goes only to the function that asked for it. `styles` are those since the last block.
    `split` divides a text into pieces.
    """

    def __init__(self, split: Split = pieces_of) -> None:
        self._split = split
        self.blocks: list[Block] = []
        self.pieces: list[Piece] = []
        self.kind = "p"
        self.mark = ""
        self.inside: tuple[str, ...] = ()
        self.marks: tuple[str, ...] = ()
        self.note = ""
        self.flowing = False  # inside an element whose text is one block
        self.in_lines = False  # each line of the text is a block
        self.in_cell = False
        self.caught: list[list[str]] = []
        self.styles: list[Style] = []

    @property
    def is_at_rest(self) -> bool:
        """Return whether what follows depends on nothing that was read before."""
        pending = self.pieces or self.caught or self.styles or self.inside or self.marks
        within = self.flowing or self.in_lines or self.in_cell or self.mark or self.note
        return not (pending or within) and self.kind == "p"

    def text(self, text: str) -> None:
        """Add text, with white space as in HTML."""
        if self.caught:
            self.caught[-1].append(text)
        elif self.in_lines:
            first, *others = text.split("\n")
            self._put(first)
            for line in others:
                self._end_line()
                self._put(line)
        else:
            # Of white space, only the blank is printable.
            has_other = "  " in text or not text.isprintable()
            plain = _SPACE.sub(" ", text) if has_other else text
            if not self.pieces or self.pieces[-1].blank:
                plain = plain.removeprefix(" ")
            self._put(plain)

    def chip(self, text: str, kind: str = "chip", note: str = "") -> None:
        """Add an object in place of a word."""
        if self.caught:
            self.caught[-1].append(text)
        else:
            self.pieces.append(Piece(text, kind, self.marks, note or self.note))

    def line_break(self) -> None:
        """Start the next line of the same block."""
        self.pieces.append(Piece("", "break"))

    def end_block(self) -> None:
        """End the block if it has any content."""
        if self.in_cell:
            if self.pieces and self.pieces[-1].kind != "break":
                self.line_break()
            return
        if found := self.taken():
            self.add(self.kind, (Cell(found),))
            self.mark = " " if self.mark else ""

    def taken(self) -> tuple[Piece, ...]:
        """Remove and return the pieces since the last block; empty if they show nothing."""
        found, self.pieces = self.pieces, []
        while found and found[-1].blank:
            found.pop()
        return tuple(found)

    def add(self, kind: str, cells: tuple[Cell, ...]) -> None:
        """Add a complete block."""
        self.blocks.append(Block(kind, self.inside, cells, self.mark, tuple(self.styles)))
        self.styles = []

    def marked(self, mark: str, note: str | None = None) -> End:
        """Begin text with one more mark and, if given, a note. Return the function that ends it."""
        marks, before = self.marks, self.note
        self.marks = tuple(sorted({*marks, mark}))
        self.note = before if note is None else note

        def end() -> None:
            self.marks, self.note = marks, before

        return end

    def paragraph(self, kind: str, mark: str = "") -> End:
        """Begin a block of its own. Return the function that ends it.

        The first paragraph of a list item is the item itself.
        """
        begun = self.kind in ("li", "task") and kind == "p" and self.mark.strip() != ""
        first = begun and not [t for t in self.pieces if not t.blank and t.kind != "check"]
        if not first:
            self.end_block()
        before = self.kind, self.mark, self.flowing
        if not first:
            self.kind = kind
            self.mark = mark or (" " if self.mark else "")
        self.flowing = True
        count = len(self.blocks)

        def end() -> None:
            self.end_block()
            if len(self.blocks) == count and not self.in_cell:
                self.styles.append(("empty paragraph", ""))
            self.kind, self.mark, self.flowing = before
            if self.mark and kind == "p":
                self.mark = " "

        return end

    def container(self, name: str, kind: str = "p") -> End:
        """Begin a container of several blocks. Return the function that ends it."""
        self.end_block()
        before = self.inside, self.kind, self.mark, self.flowing, self.in_lines
        self.inside, self.kind = (*self.inside, name), kind
        self.mark, self.flowing, self.in_lines = "", False, kind == "code"

        def end() -> None:
            self.end_block()
            self.inside, self.kind, self.mark, self.flowing, self.in_lines = before
            self.mark = " " if self.mark else ""

        return end

    def cell(self, ended: Callable[[tuple[Piece, ...]], None]) -> End:
        """Begin a table cell. Return the function that ends it and gives the pieces to `ended`."""
        before = self.pieces, self.kind, self.mark, self.flowing, self.inside
        self.pieces, self.kind, self.mark, self.flowing = [], "p", "", True
        self.in_cell = True

        def end() -> None:
            self.in_cell = False
            found = self.taken()
            self.pieces, self.kind, self.mark, self.flowing, self.inside = before
            ended(found)

        return end

    def catch(self, told: Callable[[str], None]) -> End:
        """Begin text that goes to `told` instead of a block. Return the function that ends it."""
        self.caught.append([])
        return lambda: told(_SPACE.sub(" ", "".join(self.caught.pop())).strip())

    def _put(self, text: str) -> None:
        self.pieces += self._split(text, self.marks, self.note)

    def _end_line(self) -> None:
        if self.in_cell:
            self.line_break()
        else:
            self.add("code", (Cell(tuple(self.pieces)),))
            self.pieces = []
