"""Two people change a text: an independent oracle of line sets judges what the merge makes of it.

The oracle knows what each person did, line by line. It shares no code with the merge.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from confsync.diff import line_merge
from confsync.diff.line_merge import Markers
from confsync.mirror.git import texts

# So many pairs in a night.
PAIRS = 10_000
# So many pairs are the sections of one text, since each text starts git.
SECTIONS = 10
LABELS = ("ours", "theirs")
_night = settings(max_examples=min(PAIRS // SECTIONS, settings.default.max_examples))
Texts = tuple[list[str], list[str], list[str]]


@dataclass(frozen=True)
class Plan:
    """The changes of a text of unique lines.

    `edits` has for each line who changes it and how, `gaps` who inserts how many lines before it,
    or at the end.
    """

    edits: tuple[tuple[str, str], ...]
    gaps: tuple[tuple[str, int], ...]

    @property
    def base(self) -> list[str]:
        return [f"<p>paragraph {number}</p>\n" for number, _ in enumerate(self.edits)]

    def of(self, side: str) -> list[str]:
        """Return the lines of one side."""
        return [*self._lines(side)]

    def _lines(self, side: str) -> Iterator[str]:
        for number, (who, count) in enumerate(self.gaps):
            if who == side:
                yield from (f"<p>{side} added {number}.{more}</p>\n" for more in range(count))
            if number == len(self.edits):
                return
            author, what = self.edits[number]
            line = self.base[number]
            if author != side:
                yield line
            elif what == "edit":
                yield line.replace("</p>", f", as {side} wrote it</p>")

    @property
    def is_plain(self) -> bool:
        """A diff shows what was done, and nothing is inserted into a deletion.

        Lines that a side deletes beside lines of their own look like edits.
        """
        return not any(self._looks_edited(side) for side in LABELS) and not any(
            who and all(edit == (other, "delete") for edit in self.edits[at - 1 : at + 1])
            for at, (who, _) in enumerate(self.gaps)
            if 0 < at < len(self.edits)
            for other in LABELS
            if other != who
        )

    def _looks_edited(self, side: str) -> bool:
        """Return whether a run of a side's changes has deletions and insertions."""
        deletes = inserts = False
        for at, (who, what) in enumerate((*self.edits, ("", ""))):
            inserts |= self.gaps[at][0] == side
            if deletes and inserts:
                return True
            deletes = who == side and (deletes or what == "delete")
            inserts &= who == side
        return False


WHO = st.sampled_from(("", "", "ours", "theirs"))


@st.composite
def apart(draw: st.DrawFn) -> Plan:
    """Plans in which no line and no gap is touched by both sides."""
    size = draw(st.integers(0, 12))
    edit = st.tuples(WHO, st.sampled_from(("edit", "edit", "delete")))
    edits = draw(st.lists(edit, min_size=size, max_size=size))
    gap = st.tuples(WHO, st.integers(1, 3))
    gaps = draw(st.lists(gap, min_size=size + 1, max_size=size + 1))
    return Plan(tuple(edits), tuple(gaps))


def sections_of(pairs: Sequence[Texts]) -> Iterator[tuple[list[str], bool]]:
    """Yield the lines of each merged section, and whether it has conflicts."""

    def text(which: int) -> list[str]:
        """One side of all sections. No section has a line of another."""
        return [
            line.replace("<p>", f"<p>{number}: ")
            for number, pair in enumerate(pairs)
            for line in (f"<h1>Section {number}</h1>\n", *pair[which])
        ]

    base, *sides = map(text, range(3))
    changes = texts.changes("".join(base), ["".join(side) for side in sides])
    assert changes is not None
    merged = line_merge.text_of(line_merge.merge(base, *changes), Markers(*LABELS))
    _, *sections = re.split("<h1>.*</h1>\n", re.sub(r"<p>\d+: ", "<p>", merged))
    assert len(sections) == len(pairs)
    for section in sections:
        yield texts.lines_of(section), "<<<<<<<" in section


def is_within(part: list[str], whole: list[str]) -> bool:
    """All lines of one text stand in another, in the same order."""
    rest = iter(whole)
    return all(line in rest for line in part)


@_night
@given(st.lists(apart(), min_size=SECTIONS, max_size=SECTIONS))
def test_what_two_people_changed_apart_from_each_other_is_all_there(plans: list[Plan]) -> None:
    pairs = [(plan.base, plan.of("ours"), plan.of("theirs")) for plan in plans]
    for plan, pair, (lines, conflicted) in zip(plans, pairs, sections_of(pairs), strict=True):
        check_apart(plan, pair, lines, conflicted=conflicted)


def check_apart(plan: Plan, pair: Texts, lines: list[str], *, conflicted: bool) -> None:
    base, ours, theirs = pair
    added = {*ours, *theirs} - {*base}
    if conflicted:
        assert not plan.is_plain, "no line and no gap was changed on both sides"
        assert added <= {*lines}
        return
    removed = ({*base} - {*ours}) | ({*base} - {*theirs})
    assert Counter(lines) == Counter(({*base} - removed) | added)
    # Each side reads its own text in its own order, without what the other side took away.
    assert is_within([line for line in ours if line not in removed], lines)
    assert is_within([line for line in theirs if line not in removed], lines)


@st.composite
def shuffled(draw: st.DrawFn) -> Texts:
    """Two texts that came from one by any edits, deletions, insertions and moves of lines."""
    base = [f"<p>paragraph {number}</p>\n" for number in range(draw(st.integers(1, 9)))]
    sides: list[list[str]] = []
    for side in ("ours", "theirs"):
        lines = list(base)
        for number in range(draw(st.integers(0, 4))):
            at, to = (draw(st.integers(0, len(lines))) for _ in range(2))
            what = draw(st.sampled_from(("insert", "edit", "delete", "move", "move")))
            if what == "insert":
                # Both may insert the same line.
                lines.insert(at, f"<p>added {draw(st.sampled_from((side, 'both')))} {number}</p>\n")
            elif at < len(lines):
                line = lines.pop(at)
                if what == "edit":
                    lines.insert(at, line.replace("</p>", f" {side} {number}</p>"))
                elif what == "move":
                    lines.insert(to, line)
        sides.append(lines)
    return base, sides[0], sides[1]


@_night
@given(st.lists(shuffled(), min_size=SECTIONS, max_size=SECTIONS))
def test_whatever_two_people_did_a_clean_merge_has_each_sides_changes(pairs: list[Texts]) -> None:
    for (base, ours, theirs), (lines, conflicted) in zip(pairs, sections_of(pairs), strict=True):
        added = {*ours, *theirs} - {*base}
        assert added <= {*lines}
        if conflicted:
            continue
        removed = ({*base} - {*ours}) | ({*base} - {*theirs})
        assert {*lines} == ({*base} - removed) | added
        # A line that stood once on both sides is not doubled by two moves.
        once = {*base} & {line for line in lines if max(ours.count(line), theirs.count(line)) == 1}
        assert all(lines.count(line) == 1 for line in once)
