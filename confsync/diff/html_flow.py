"""The flow of a page's text into blocks: where one ends, what it stands in, what its marks are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from confsync.diff.html_blocks import Block, Cell, Piece, pieces_of

_SPACE = re.compile(r"\s+")

End = Callable[[], None]


@dataclass(slots=True)
class Table:
    """Where in a table we are. `tall` maps columns to how many more rows their cells reach."""

    tall: dict[int, int] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    column: int = 0

    def fill(self, *, to_the_end: bool = False) -> None:
        """Put a filler wherever a cell from above reaches down to."""
        last = max((column for column, rows in self.tall.items() if rows), default=-1)
        while self.tall.get(self.column) or (to_the_end and self.column <= last):
            if self.tall.get(self.column):
                self.tall[self.column] -= 1
                self.cells.append(Cell(filler=True))
            self.column += 1

    def add(self, cell: Cell, rows: int) -> None:
        """A cell that reaches over some rows."""
        self.cells.append(cell)
        for column in range(self.column, self.column + cell.span):
            self.tall[column] = rows - 1
        self.column += cell.span


class Flow:
    """Takes text and what stands between it, and makes blocks of it.

    In the cell of a table a block ends with a break, since the row is the block. What is `caught`
    goes to nobody but whoever asked for it.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[Piece] = []
        self.kind = "p"
        self.mark = ""
        self.inside: tuple[str, ...] = ()
        self.marks: tuple[str, ...] = ()
        self.note = ""
        self.flowing = False  # whether an element is open whose text is one block
        self.in_lines = False  # whether each line of the text is a block
        self.in_cell = False
        self.caught: list[list[str]] = []

    def text(self, text: str) -> None:
        """Text, with white space as in HTML."""
        if self.caught:
            self.caught[-1].append(text)
        elif self.in_lines:
            first, *others = text.split("\n")
            self._put(first)
            for line in others:
                self._end_line()
                self._put(line)
        else:
            plain = _SPACE.sub(" ", text)
            if not self.pieces or self.pieces[-1].blank:
                plain = plain.removeprefix(" ")
            self._put(plain)

    def chip(self, text: str, kind: str = "chip", note: str = "") -> None:
        """Something that stands for a word."""
        if self.caught:
            self.caught[-1].append(text)
        else:
            self.pieces.append(Piece(text, kind, self.marks, note or self.note))

    def line_break(self) -> None:
        """The next line of the same block."""
        self.pieces.append(Piece("", "break"))

    def end_block(self) -> None:
        """End the block, where there is anything in it."""
        if self.in_cell:
            if self.pieces and self.pieces[-1].kind != "break":
                self.line_break()
            return
        if found := self.taken():
            self.add(self.kind, (Cell(found),))
            self.mark = " " if self.mark else ""

    def taken(self) -> tuple[Piece, ...]:
        """The pieces since the last block, which they are no more; none where there is no text."""
        found, self.pieces = self.pieces, []
        while found and found[-1].blank:
            found.pop()
        return tuple(found)

    def add(self, kind: str, cells: tuple[Cell, ...]) -> None:
        """A block as it is."""
        self.blocks.append(Block(kind, self.inside, cells, self.mark))

    def marked(self, mark: str, note: str | None = None) -> End:
        """Text with one mark more, and perhaps with a note."""
        marks, before = self.marks, self.note
        self.marks = tuple(sorted({*marks, mark}))
        self.note = before if note is None else note

        def end() -> None:
            self.marks, self.note = marks, before

        return end

    def paragraph(self, kind: str, mark: str = "") -> End:
        """A block of its own; in an item the first paragraph is the item itself."""
        begun = self.kind in ("li", "task") and kind == "p" and self.mark.strip() != ""
        first = begun and not [t for t in self.pieces if not t.blank and t.kind != "check"]
        if not first:
            self.end_block()
        before = self.kind, self.mark, self.flowing
        if not first:
            self.kind = kind
            self.mark = mark or (" " if self.mark else "")
        self.flowing = True

        def end() -> None:
            self.end_block()
            self.kind, self.mark, self.flowing = before
            if self.mark and kind == "p":
                self.mark = " "

        return end

    def container(self, name: str, kind: str = "p") -> End:
        """What several blocks stand in."""
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
        """The cell of a table."""
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
        """Text that does not go into a block, but to whoever asks for it."""
        self.caught.append([])
        return lambda: told(_SPACE.sub(" ", "".join(self.caught.pop())).strip())

    def _put(self, text: str) -> None:
        self.pieces += pieces_of(text, self.marks, self.note)

    def _end_line(self) -> None:
        if self.in_cell:
            self.line_break()
        else:
            self.add("code", (Cell(tuple(self.pieces)),))
            self.pieces = []
