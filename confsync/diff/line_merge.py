"""The three-way merge of lines: both sides' changes to a base, or conflicts. Pure.

git's merge wants an unchanged line between two changes. Here neighbouring changes merge, because a
line of a document is a whole paragraph, table cell or list item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from confsync.document.document import MARKER_SIZE
from confsync.mirror.git.texts import Hunk

# The lines of a hunk are compared with each other if there are at most so many pairs.
_MOST_PAIRS = 1_000


class Region(NamedTuple):
    """A part of the merged text. If `theirs` is None, `ours` stands for both sides."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...] | None = None


class Markers(NamedTuple):
    """The names of both sides at conflict markers, and the length of the markers."""

    ours: str
    theirs: str
    size: int = MARKER_SIZE


# Returns whether a person must settle two hunks of different sides.
_Collision = Callable[[Hunk, Hunk], bool]


@dataclass(frozen=True, slots=True)
class _Side:
    """The hunks of one side, line by line, and the base lines that it removed or moved."""

    hunks: tuple[Hunk, ...]
    removed: frozenset[str]
    moved: frozenset[str]

    @classmethod
    def of(cls, base: Sequence[str], hunks: Sequence[Hunk]) -> _Side:
        """Return the side. A line is moved if it is unique and both removed and inserted."""
        count = Counter(base)
        removed = {line for hunk in hunks for line in base[hunk.start : hunk.end]}
        inserted = set(chain.from_iterable(hunk.lines for hunk in hunks))
        moved = {line for line in removed & inserted if count[line] == 1}
        lines = chain.from_iterable(_line_by_line(base, hunk) for hunk in hunks)
        return cls(tuple(lines), frozenset(removed), frozenset(moved))


def merge(
    base: Sequence[str], ours: Sequence[Hunk], theirs: Sequence[Hunk], *, neighbours: bool = True
) -> list[Region]:
    """Return the merged text in regions.

    Changes of the same line, and insertions of both sides at one place, are conflicts. So is an
    insertion between lines that the other side removed, and beside lines that it moved. Without
    `neighbours`, all changes that touch each other are conflicts, as in git.
    """
    sides = _Side.of(base, ours), _Side.of(base, theirs)
    collide = _collision(base, sides[0].moved | sides[1].moved) if neighbours else _touch
    regions: list[Region] = []
    at = 0
    for start, end, mine, yours in _groups(sides, collide):
        regions.append(Region(tuple(base[at:start])))
        at = end
        if not yours or not mine:
            regions += _alone(base, sides, mine, yours)
        else:
            both = (_applied(base, start, end, hunks) for hunks in (mine, yours))
            regions += _reduced(*both)
    regions.append(Region(tuple(base[at:])))
    return [region for region in regions if region.ours or region.theirs]


def text_of(regions: Sequence[Region], markers: Markers) -> str:
    """Return the merged text, with conflict markers that name both sides."""
    return "".join(chain.from_iterable(_lines(region, markers) for region in regions))


def theirs_of(regions: Sequence[Region]) -> str:
    """Return the merged text with `theirs` at each conflict."""
    found = (region.ours if region.theirs is None else region.theirs for region in regions)
    return "".join(chain.from_iterable(found))


def is_conflicted(regions: Sequence[Region]) -> bool:
    """Return whether a region needs a person."""
    return any(region.theirs is not None for region in regions)


# -- which hunks belong together -------------------------------------------------------------------


def _groups(
    sides: tuple[_Side, _Side], collide: _Collision
) -> Iterator[tuple[int, int, list[Hunk], list[Hunk]]]:
    """Yield the hunks that collide with each other: base range, our hunks, their hunks."""
    both = ((hunk, number) for number, side in enumerate(sides) for hunk in side.hunks)
    group: tuple[list[Hunk], list[Hunk]] = ([], [])
    for hunk, number in sorted(both, key=lambda one: (*one[0][:2], one[1])):
        others = group[1 - number]
        if any(group) and not any(collide(hunk, other) for other in others):
            yield _range_of(group)
            group = ([], [])
        group[number].append(hunk)
    if any(group):
        yield _range_of(group)


def _range_of(
    group: tuple[list[Hunk], list[Hunk]],
) -> tuple[int, int, list[Hunk], list[Hunk]]:
    mine, yours = group
    starts, ends = zip(*((hunk.start, hunk.end) for hunk in (*mine, *yours)), strict=True)
    return min(starts), max(ends), mine, yours


def _touch(one: Hunk, other: Hunk) -> bool:
    return one.start <= other.end and other.start <= one.end


def _collision(base: Sequence[str], moved: frozenset[str]) -> _Collision:
    def moves(hunk: Hunk) -> bool:
        return not moved.isdisjoint(base[hunk.start : hunk.end])

    def collide(one: Hunk, other: Hunk) -> bool:
        first, second = sorted((one, other), key=lambda hunk: hunk[:2])
        if second.start < first.end:
            return True
        if first.end < second.start:
            return False
        if _grows(first):
            return _grows(second) or moves(second)
        return _grows(second) and moves(first)

    return collide


def _grows(hunk: Hunk) -> bool:
    """Return whether a hunk has more lines than it replaces."""
    return len(hunk.lines) > hunk.end - hunk.start


# -- one hunk, line by line ------------------------------------------------------------------------


def _line_by_line(base: Sequence[str], hunk: Hunk) -> Iterator[Hunk]:
    """Yield a hunk as edited lines, removed lines and inserted lines, in their order."""
    old, new = base[hunk.start : hunk.end], hunk.lines
    if not old or not new or len(old) * len(new) > _MOST_PAIRS:
        yield hunk
        return
    if len(old) <= len(new):
        pairs = zip(range(len(old)), _likest(old, new), strict=True)
    else:
        pairs = zip(_likest(new, old), range(len(new)), strict=True)
    done, told = 0, 0
    for at, to in (*pairs, (len(old), len(new))):
        place = hunk.start + at
        if done < at:
            yield Hunk(hunk.start + done, place, ())
        if told < to:
            yield Hunk(place, place, tuple(new[told:to]))
        if at < len(old):
            yield Hunk(place, place + 1, (new[to],))
        done, told = at + 1, to + 1


def _likest(few: Sequence[str], many: Sequence[str]) -> list[int]:
    """Return a place in `many` for each line of `few`, in order: where they are most alike."""
    spare = len(many) - len(few) + 1
    best = [0] * spare
    choices: list[list[int]] = []
    for number in reversed(range(len(few))):
        here = [_alike(few[number], many[number + more]) + best[more] for more in range(spare)]
        choice = [max(range(more, spare), key=here.__getitem__) for more in range(spare)]
        best = [here[more] for more in choice]
        choices.append(choice)
    more, places = 0, []
    for number, choice in enumerate(reversed(choices)):
        more = choice[more]
        places.append(number + more)
    return places


def _alike(one: str, other: str) -> int:
    """Return how many characters two lines share at their beginnings and ends."""
    head = _shared(one, other)
    return head + _shared(one[head:][::-1], other[head:][::-1])


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many items two sequences share at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


# -- what becomes of them --------------------------------------------------------------------------


def _alone(
    base: Sequence[str], sides: tuple[_Side, _Side], mine: list[Hunk], yours: list[Hunk]
) -> Iterator[Region]:
    """Yield the hunks of one side. A line that both sides removed and one moved is a conflict."""
    number = 0 if mine else 1
    side, other = sides[number], sides[1 - number]
    for hunk in mine or yours:
        if other.removed.isdisjoint(side.moved.intersection(hunk.lines)):
            yield Region(hunk.lines)
        else:
            both = hunk.lines, tuple(base[hunk.start : hunk.end])
            yield Region(*(both if mine else both[::-1]))


def _applied(base: Sequence[str], start: int, end: int, hunks: Sequence[Hunk]) -> tuple[str, ...]:
    """Return a range of the base with the hunks of a side."""
    lines: list[str] = []
    for hunk in hunks:
        lines += (*base[start : hunk.start], *hunk.lines)
        start = hunk.end
    return (*lines, *base[start:end])


def _reduced(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Iterator[Region]:
    """Yield a conflict without the lines that both sides have at its beginning and its end."""
    if ours == theirs:
        yield Region(ours)
        return
    head = _shared(ours, theirs)
    tail = _shared(ours[head:][::-1], theirs[head:][::-1])
    yield Region(ours[:head])
    yield Region(ours[head : len(ours) - tail], theirs[head : len(theirs) - tail])
    yield Region(ours[len(ours) - tail :])


def _lines(region: Region, markers: Markers) -> Iterator[str]:
    if region.theirs is None:
        yield from region.ours
        return
    yield f"{'<' * markers.size} {markers.ours}\n"
    yield from map(_ended, region.ours)
    yield f"{'=' * markers.size}\n"
    yield from map(_ended, region.theirs)
    yield f"{'>' * markers.size} {markers.theirs}\n"


def _ended(line: str) -> str:
    """Return a line with its end, which the last line of a text may lack."""
    return line if line.endswith("\n") else f"{line}\n"
