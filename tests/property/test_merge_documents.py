"""Two branches with documents of one page are merged: an oracle of line sets judges the result.

The oracle knows which lines each version of the page has, and what each person added or removed. It
shares no code with the merge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import event, example, given
from hypothesis import strategies as st

from confsync.document import document
from confsync.document.document import Document
from confsync.merge.documents import merge
from confsync.merge.stamps import Sides
from tests.unit.merge.pages import PageHistory

VERSIONS = 5
Lines = tuple[str, ...]


@dataclass(frozen=True)
class Branch:
    """A document on a branch: the version it rests on, and its lines."""

    version: int
    lines: Lines

    def document(self, page: PageHistory) -> Document:
        return page.document(self.version, " ".join(self.lines))


@dataclass(frozen=True)
class Fork:
    """A page's versions, and three documents. `had` says that ours had the ancestor's stamp."""

    page: PageHistory
    ancestor: Branch | None
    ours: Branch
    theirs: Branch
    had: bool

    def lines_at(self, version: int) -> frozenset[str]:
        return frozenset(self.page.versions[version - 1].split())

    def added(self, side: Branch) -> frozenset[str]:
        """Return the lines that a side has beyond its page, and beyond what it began with."""
        began = self.ancestor
        known = frozenset(began.lines if began else ())
        if began and began.version < side.version:
            known -= self.lines_at(began.version)  # the page lost them meanwhile
        return frozenset(side.lines) - self.lines_at(side.version) - known

    def removed(self, side: Branch) -> frozenset[str]:
        """Return the lines that a side had at its beginning or in its page, and has no more."""
        seen = self.lines_at(side.version)
        began = self.ancestor
        if began and (self.had or side is self.theirs):
            seen = seen.union(began.lines)
        return seen - frozenset(side.lines)


def edited(draw: st.DrawFn, lines: Lines, who: str) -> Lines:
    """Return some lines with a few edits, deletions and insertions; each new line is unique."""
    found = list(lines)
    for number in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(found)))
        what = draw(st.sampled_from(("insert", "edit", "delete")))
        if what == "insert" or at == len(found):
            found.insert(at, f"{who}-{number}")
        elif what == "edit":
            found[at] = f"{who}-{number}-{found[at]}"
        elif len(found) > 1:
            del found[at]
    return tuple(found)


@st.composite
def forks(draw: st.DrawFn) -> Fork:
    """Any history of a page, and two branches that began with the same document, or with none."""
    versions: list[Lines] = [tuple("abcdefgh")]
    for number in range(2, VERSIONS + 1):
        versions.append(edited(draw, versions[-1], f"v{number}"))

    def branch(who: str, carried: Lines | None) -> Branch:
        """Return a branch that keeps the ancestor's text, or begins at a page."""
        version = draw(st.integers(1, VERSIONS))
        lines = versions[version - 1]
        if carried and carried[0] not in lines and draw(st.booleans()):
            at = draw(st.integers(0, len(lines)))
            lines = (*lines[:at], *carried, *lines[at:])
        return Branch(version, edited(draw, lines, who))

    own = draw(st.sampled_from(((), ("own",))))
    ancestor = branch("was", own) if draw(st.integers(0, 4)) else None
    carried = own if ancestor and "own" in ancestor.lines else None
    if ancestor and carried and draw(st.booleans()):
        # A push of it made the next version.
        versions[ancestor.version :] = [("own", *lines) for lines in versions[ancestor.version :]]
    sides = [branch(who, carried) for who in ("ours", "theirs")]
    page = PageHistory(tuple(" ".join(lines) for lines in versions))
    return Fork(page, ancestor, sides[0], sides[1], draw(st.booleans()))


def lines_of(found: Document) -> set[str]:
    """Return the paragraphs of a document, and its conflict markers."""
    return {line for line in re.split(r"</?p>|\n", found.body) if line}


def fork(ancestor: Branch, ours: Branch, theirs: Branch, *, had: bool = True) -> Fork:
    return Fork(PageHistory(("a b c", "a c", "a c d")), ancestor, ours, theirs, had)


V1, V2, V3 = (Branch(number, tuple(lines)) for number, lines in enumerate(("abc", "ac", "acd"), 1))
# A change is picked onto an older version, and a push without its edit. Both sides have newer
# versions, and ours has a line of the ancestor again. Ours dropped an edit that was never sent.
PICKED = fork(V3, V1, Branch(3, tuple("Acd")), had=False)
SENT = Fork(
    PageHistory(("a b c", "own a b c")),
    Branch(1, ("own", *"abc")),
    Branch(1, tuple("abcd")),
    Branch(2, ("own", *"abc")),
    had=False,
)
KEPT = fork(V1, Branch(2, tuple("abc")), V3)
DROPPED = fork(Branch(1, ("own", *"abc")), V2, Branch(3, ("own", *"acd")))


@given(forks())
@example(PICKED)
@example(SENT)
@example(KEPT)
def test_nothing_is_lost_and_no_stamp_says_more_than_its_text(fork: Fork) -> None:
    page, ours, theirs = fork.page, fork.ours, fork.theirs
    ancestor = fork.ancestor.document(page) if fork.ancestor else None
    sides = Sides(ancestor, ours.document(page), theirs.document(page))
    found = merge(sides, page.witness(had=fork.had))
    event("undecided" if found is None else "conflict" if found.conflicted else "merged")
    if found is None:
        return
    text = document.parse(found.data, "")
    assert text.stamp
    had = lines_of(text)
    # Each line that a person added is there, or at a conflict marker.
    for side in (ours, theirs):
        assert fork.added(side) <= had
    # A line of the stamp's page is there, unless a person who had it took it away.
    removed = fork.removed(ours) | fork.removed(theirs)
    assert fork.lines_at(text.stamp.version) - removed <= had
    # No line comes from anywhere else, and the stamp is that of a side.
    if not found.conflicted:
        assert had <= {*ours.lines, *theirs.lines}
    assert text.stamp in (sides.ours.stamp, sides.theirs.stamp)


@given(forks())
@example(DROPPED)
def test_a_line_that_one_side_removed_and_no_side_added_does_not_come_back(fork: Fork) -> None:
    page = fork.page
    ancestor = fork.ancestor.document(page) if fork.ancestor else None
    sides = Sides(ancestor, fork.ours.document(page), fork.theirs.document(page))
    found = merge(sides, page.witness(had=fork.had))
    if found is None or found.conflicted or fork.ancestor is None:
        return
    # An edit that was never sent, which both branches began with.
    own = frozenset(fork.ancestor.lines) - fork.lines_at(fork.ancestor.version)
    dropped = own - frozenset(fork.theirs.lines)
    if fork.had:
        dropped |= own - frozenset(fork.ours.lines)
    assert dropped.isdisjoint(lines_of(document.parse(found.data, "")))
