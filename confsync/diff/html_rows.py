"""Two bodies as rows of HTML, with one block on each side and the changed words marked."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter, itemgetter

from confsync.diff.html_alignment import Marked, aligned, blocks_alike, cells_alike, compared
from confsync.diff.html_blocks import Block, Cell, Piece, pieces_of, unsplit
from confsync.diff.html_shared import read, shared
from confsync.diff.html_styles import changed
from confsync.document import layout

# Blocks shown on each side of a change; longer runs without one are folded.
CONTEXT = 3
# Characters that are invisible or change the reading direction. They are shown as escapes.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TAGS = {name: name for name in ("strong", "em", "u", "s", "code", "sub", "sup")}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its kind (same, change, style, gone, fresh), and the HTML of each side.

    `styles` are the names of changed styles. If only they changed, the kind is style. `source` is
    set if the sides show lines of the body's source.
    """

    kind: str
    old: str
    new: str
    styles: tuple[str, ...] = ()
    source: bool = False


def escaped(text: str) -> str:
    """Return a text as HTML, with invisible characters shown as escapes."""
    if not text.isprintable():  # nearly all is
        text = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return html.escape(text, quote=True)


def rows(old: str | None, new: str | None) -> list[Row]:
    """Return the rows of two bodies; None stands for a side without the page.

    If one body is not well-formed, the rows show the source of both.
    """
    bodies = tuple(None if body is None else body.replace("\r\n", "\n") for body in (old, new))
    try:
        found = list(_rows(*bodies))
    except ValueError:
        before, after = (() if body is None else _source(body) for body in bodies)
        found = [_row(a, b) for a, b in aligned(before, after, blocks_alike)]
        found = [replace(row, source=True) for row in found]
    pieces_of.cache_clear()
    return found


def _source(body: str) -> tuple[Block, ...]:
    """Return the lines of a body as in its file."""
    lines = layout.lay(body).removesuffix("\n").split("\n")
    return tuple(Block("source", (), (Cell(tuple(pieces_of(line))),)) for line in lines)


def _rows(old: str | None, new: str | None) -> Iterator[Row]:
    """Yield the rows of two bodies. Raise ValueError if one is not well-formed."""
    if old is None or new is None:
        before, after = (() if body is None else read(body, unsplit).blocks for body in (old, new))
        yield from (_row(block, None) for block in before)
        yield from (_row(None, block) for block in after)
        return
    found = shared(old, new)
    yield from map(_same, found.head)
    yield from (_row(a, b) for a, b in aligned(found.old, found.new, blocks_alike))
    yield from map(_same, found.tail)


def _same(block: Block) -> Row:
    both = _alone(block, "")
    return Row("same", both, both)


def _row(old: Block | None, new: Block | None) -> Row:
    if old is None or new is None:
        kind = "gone" if old else "fresh"
        sides = (_alone(block, "del" if old else "ins") if block else "" for block in (old, new))
        before, after = sides
        return Row(kind, before, after)
    styles = changed(old.style, new.style)
    if old == new:
        left_side = _alone(old, "")
        right_side = left_side if old.mark == new.mark else _alone(new, "")
        return Row("style" if styles else "same", left_side, right_side, styles)
    left: list[str] = []
    right: list[str] = []
    for one, other in aligned(old.cells, new.cells, cells_alike):
        words = compared(one.pieces if one else (), other.pieces if other else ())
        if one:
            left.append(_cell(old, one, _inline(words[0], "del")))
        if other:
            right.append(_cell(new, other, _inline(words[1], "ins")))
    return Row("change", _block(old, left), _block(new, right), styles)


def _alone(block: Block, tag: str) -> str:
    """Return a block that only one side has, or that is equal on both sides (empty `tag`)."""
    return _block(block, (_cell(block, c, _tagged(c.pieces, tag)) for c in block.cells))


def _cell(block: Block, cell: Cell, inline: str) -> str:
    if block.kind != "tr":
        return inline
    tag = "th" if cell.head else "td"
    span = f' colspan="{cell.span}"' if cell.span > 1 else ""
    filler = ' class="filler"' if cell.filler else ""
    return f"<{tag}{span}{filler}>{inline}</{tag}>"


def _block(block: Block, cells: Iterable[str]) -> str:
    inner = "".join(cells)
    if block.kind == "tr":
        inner = f"<table><tr>{inner}</tr></table>"
    if block.mark and block.inside[-1:] == ("list",) and block.kind in ("li", "p"):
        mark = f'<span class="mark">{escaped(block.mark)}</span>'
        inner = f'<div class="item">{mark}<div>{inner}</div></div>'
    text = f'<div class="block {block.kind}">{inner}</div>'
    for name in reversed(block.inside):
        text = f'<div class="in-{name}">{text}</div>'
    return text


def _inline(marked: Marked, tag: str) -> str:
    """Return the pieces as HTML; pieces that the other side lacks stand in `tag`."""
    return "".join(
        _tagged([piece for piece, _ in group], "" if same else tag)
        for same, group in groupby(marked, key=_is_same)
    )


def _tagged(pieces: Iterable[Piece], tag: str) -> str:
    """Return pieces as HTML in a `tag`, or as they are if it is empty."""
    runs = groupby(pieces, key=_look)
    text = "".join([_run(list(run), changed=bool(tag)) for _, run in runs])
    return f"<{tag}>{text}</{tag}>" if tag and text else text


_is_same = itemgetter(1)
# What pieces of one run have in common. As a getter, it takes a tenth of the time of a lambda.
_look = attrgetter("kind", "marks", "note")


def _run(run: list[Piece], *, changed: bool) -> str:
    """Return pieces with equal marks as HTML. A changed link also shows its target."""
    first = run[0]
    if first.kind == "break":
        return "<br>" * len(run)
    if first.kind != "text":
        return " ".join(map(_object, run))
    text = escaped("".join([piece.text for piece in run]))  # a hundred times fewer calls
    for mark in first.marks:
        if mark in _TAGS:
            text = f"<{mark}>{text}</{mark}>"
        elif mark == "link":
            text = f'<span class="link" title="{escaped(first.note)}">{text}</span>'
            if changed and first.note:
                text += f'<span class="target"> → {escaped(first.note)}</span>'
        elif mark == "comment":
            text = f'<span class="comment" title="an inline comment">{text}</span>'
        else:
            text = f'<span class="placeholder">{text}</span>'
    return text


def _object(piece: Piece) -> str:
    note = f' title="{escaped(piece.note)}"' if piece.note else ""
    told = escaped(piece.text)
    if piece.kind == "image":
        told = f"image: {told}"
    if piece.kind in ("emoji", "check"):
        return f"{told} "
    return f'<span class="{piece.kind}"{note}>{told}</span>'
