"""The blocks of two bodies of one page, divided into those of both and those that may differ. Pure.

Nearly all of an edited page is as before. confsync reads what is equal at the beginning and at the
end of both bodies once, and divides only the rest into words.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import starmap
from typing import NamedTuple

from confsync.diff.html_blocks import Block, pieces_of, unsplit
from confsync.diff.html_flow import Split
from confsync.diff.html_reader import BodyReader
from confsync.document import storage_format

Blocks = tuple[Block, ...]


class Rest(NamedTuple):
    """A place in a body between two elements, where the reader begins anew.

    `place` counts bytes from the start. `before` is the number of blocks before it.
    """

    place: int
    before: int


class Read(NamedTuple):
    """The blocks of a body, and the places where it can be divided. The first one is the start.

    `ends_at_rest` tells whether another part of a body can follow.
    """

    blocks: tuple[Block, ...]
    rests: tuple[Rest, ...]
    ends_at_rest: bool


def blocks_of(body: str) -> tuple[Block, ...]:
    """Return the blocks of a well-formed body. Raise ValueError for any other body."""
    return read(body).blocks


def read(body: str, split: Split = pieces_of) -> Read:
    """Return what a body holds; `split` divides its texts. Raise ValueError unless well-formed."""
    reader = BodyReader(split)
    storage_format.walk(body, reader)
    flow, at_rest = reader.flow, reader.is_at_rest
    flow.end_block()
    blocks = flow.blocks
    if flow.styles:
        *blocks, last = blocks or [Block("p", (), ())]
        blocks.append(replace(last, style=(*last.style, *flow.styles)))
    return Read(tuple(blocks), (Rest(0, 0), *starmap(Rest, reader.rests)), at_rest)


class Shared(NamedTuple):
    """The blocks at the beginning and at the end of both bodies, and those between on each side."""

    head: Blocks
    old: Blocks
    new: Blocks
    tail: Blocks


def shared(old: str, new: str) -> Shared:
    """Return the blocks of two bodies. Raise ValueError if one of them is not well-formed."""
    one, other = (body.encode("utf-8", "surrogatepass") for body in (old, new))
    known = read(old, unsplit)
    first, last = _limits(one, other, known)
    left = len(one) - last.place
    try:
        before = read(_text(one[first.place : last.place]))
        after = read(_text(other[first.place : len(other) - left]))
    except ValueError:
        # One side is not well-formed, or its comment or CDATA section ends in the equal end.
        return Shared((), blocks_of(old), blocks_of(new), ())
    if not all(_is_whole(part, left) for part in (before, after)):
        return Shared((), blocks_of(old), blocks_of(new), ())
    head, tail = known.blocks[: first.before], known.blocks[last.before :]
    return Shared(head, before.blocks, after.blocks, tail)


def _limits(one: bytes, other: bytes, known: Read) -> tuple[Rest, Rest]:
    """Return where the beginning of both bodies ends, and where the end begins in the first one."""
    same = _same_start(one, other)
    first = max(rest for rest in known.rests if rest.place <= same)
    most = min(len(one), len(other)) - first.place
    same = _same_start(one[::-1], other[::-1], most)
    # Without a block of its own, the end of a body may change the look of the block before it.
    divided = (rest for rest in known.rests if rest.before < len(known.blocks))
    rests = (rest for rest in divided if rest.place >= max(first.place, len(one) - same))
    return first, min(rests, default=Rest(len(one), len(known.blocks)))


def _is_whole(part: Read, left: int) -> bool:
    """Return whether a part shows alone what it shows before `left` more bytes."""
    return part.ends_at_rest or (left == 0 and all(block.cells for block in part.blocks))


def _same_start(one: bytes, other: bytes, most: int | None = None) -> int:
    """Return how many bytes at the start are equal, `most` of them. Halves make it fast."""
    low, high = 0, min(len(one), len(other)) if most is None else most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
