"""The alignment of blocks, and the inserted and deleted words of two blocks.

The standard library's matcher finds equal parts. It takes quadratic time for repetitive sequences.
Therefore very long sequences with no common beginning or end are shown as replaced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from confsync.diff.html_blocks import Block, Cell, Piece

Item = TypeVar("Item", bound=Hashable)
Pair = tuple[Item | None, Item | None]
# Pieces, each with whether the other side has the same piece.
Marked = tuple[tuple[Piece, bool], ...]

# Blocks with less in common than this are not versions of one another.
ALIKE = 0.35
_MAX_ITEMS = 20_000
_MAX_PAIRS = 40_000


def aligned(
    old: Sequence[Item], new: Sequence[Item], likeness: Callable[[Item, Item], float]
) -> Iterator[Pair[Item]]:
    """Yield the items of both sequences in pairs: equal, similar, or alone."""
    for same, before, after in _parts(old, new):
        if same:
            yield from zip(before, after, strict=True)
        else:
            yield from _matched(before, after, likeness)


def _parts(
    old: Sequence[Item], new: Sequence[Item]
) -> Iterator[tuple[bool, Sequence[Item], Sequence[Item]]]:
    """Yield the equal and the different parts of two sequences.

    The ends are compared first, because that is cheap.
    """
    least = min(len(old), len(new))
    head = next((n for n in range(least) if old[n] != new[n]), least)
    tail = next((n for n in range(least - head) if old[-1 - n] != new[-1 - n]), least - head)
    yield True, old[:head], new[:head]
    inner = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(inner[0]) + len(inner[1]) > _MAX_ITEMS:
        yield False, *inner
    else:
        for kind, a, b, c, d in SequenceMatcher(None, *inner).get_opcodes():
            yield kind == "equal", inner[0][a:b], inner[1][c:d]
    yield True, old[len(old) - tail :], new[len(new) - tail :]


def _matched(
    old: Sequence[Item], new: Sequence[Item], likeness: Callable[[Item, Item], float]
) -> Iterator[Pair[Item]]:
    """Yield the best pairing of two sequences that keeps their order."""
    if len(old) * len(new) > _MAX_PAIRS or not old or not new:
        yield from ((item, None) for item in old)
        yield from ((None, item) for item in new)
        return
    alike = [[likeness(a, b) for b in new] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(old) or j < len(new):
        both = i < len(old) and j < len(new)
        if both and alike[i][j] >= ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif i < len(old) and best[i][j] == best[i + 1][j]:
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1


def blocks_alike(old: Block, new: Block) -> float:
    """Return how likely one block is a version of the other, from 0 to 1."""
    if (old.kind == "tr") != (new.kind == "tr"):
        return 0.0
    if (
        len(old.pieces) == len(new.pieces) == 1
        and old.pieces[0].kind == new.pieces[0].kind != "text"
    ):
        return 0.5  # for example, an image replaces another image
    near = 1.0 if old.kind == new.kind and old.inside == new.inside else 0.8
    if old.kind == new.kind == "macro":
        return near if old.pieces[:1] == new.pieces[:1] else 0.0
    return near * _alike(old.pieces, new.pieces)


def cells_alike(old: Cell, new: Cell) -> float:
    """Return how likely one cell is a version of the other, from 0 to 1."""
    return 1.0 if old.filler and new.filler else max(0.4, _alike(old.pieces, new.pieces))


def _alike(old: tuple[Piece, ...], new: tuple[Piece, ...]) -> float:
    """Return the share of words that two lists have in common, from 0 to 1."""
    one, other = (Counter(t.text.casefold() for t in all_ if not t.blank) for all_ in (old, new))
    count = one.total() + other.total()
    return 2 * (one & other).total() / count if count else 1.0


def compared(old: tuple[Piece, ...], new: tuple[Piece, ...]) -> tuple[Marked, Marked]:
    """Return the pieces of both sides, each with whether the other side has it too.

    A space between two changed words counts as changed. If less than a fifth of the words is the
    same, all pieces count as changed.
    """
    parts = list(_parts(old, new))
    seen = [
        same and not (0 < n < len(parts) - 1 and all(piece.blank for piece in before))
        for n, (same, before, _) in enumerate(parts)
    ]
    kept = sum(not t.blank for s, (_, b, _) in zip(seen, parts, strict=True) if s for t in b)
    words = max(sum(not piece.blank for piece in side) for side in (old, new))
    if words and kept < words / 5:
        seen = [False] * len(parts)
    left = ((t, s) for s, (_, before, _) in zip(seen, parts, strict=True) for t in before)
    right = ((t, s) for s, (_, _, after) in zip(seen, parts, strict=True) for t in after)
    return tuple(left), tuple(right)
