"""The blocks of a page as a reader sees them: a paragraph, a heading, a row of a table, a line of
code, the label of a macro.

A block holds pieces, words mostly, each with the marks that its text carries, so that whoever shows
a block has nothing to nest and nothing to close: no tag of a body's ever gets through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a space, or something that stands for one.

    `kind` is text, break, check, image, chip (a small label) or parameter (a part of a label).
    `note` is what does not stand in the text: where a link leads, how an image is described.
    """

    text: str
    kind: str = "text"
    marks: tuple[str, ...] = ()
    note: str = ""

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see."""
        return self.kind in ("text", "break") and not self.text.strip()


@dataclass(frozen=True, slots=True)
class Cell:
    """What a block holds; only a row of a table has several. A `filler` stands below a tall one."""

    pieces: tuple[Piece, ...] = ()
    head: bool = False
    span: int = 1
    filler: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `inside` are the boxes, lists and quotes that it stands in, outermost first.

    `mark` is a list's bullet or number, which is no difference by itself.
    """

    kind: str
    inside: tuple[str, ...]
    cells: tuple[Cell, ...]
    mark: str = field(default="", compare=False)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces of all cells."""
        return tuple(piece for cell in self.cells for piece in cell.pieces)


def pieces_of(text: str, marks: tuple[str, ...] = (), note: str = "") -> list[Piece]:
    """The words of a text, the spaces between them, and everything else one by one."""
    return [Piece(word, "text", marks, note) for word in _WORD.findall(text)]
