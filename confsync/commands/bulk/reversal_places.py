"""The reversal of the moves of a run: each document goes back below its former parent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from confsync.bulk.runs import WrittenPage
from confsync.commands.bulk.reversal import Refusal
from confsync.document.paths import SUFFIX
from confsync.mirror import moves
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan

_BROWSER = "'confsync open {path}' opens the page; move it in the browser, then 'confsync pull'"


class Moving(NamedTuple):
    """A document of a run in its space, and what the run did to its page."""

    scan: SpaceScan
    entry: Entry
    page: WrittenPage

    @property
    def former(self) -> str:
        """Return the id of the parent before the run; empty at the top."""
        if self.page.place is not None:
            return self.page.place.before or ""
        return self.scan.wanted(self.entry) or ""

    @property
    def is_back(self) -> bool:
        """Return whether the document is where it was before the run."""
        return self.page.place is None or (self.scan.wanted(self.entry) or "") == self.former


def in_order(many: Iterable[Moving]) -> list[Moving]:
    """Return documents in the order of their moves, former parents before former children.

    A document that moves takes all below it along. So the documents above a former place move
    before the document that goes there.
    """
    found = [one for one in many if not one.is_back]
    movers = {one.entry.path.removesuffix(SUFFIX): one for one in found}

    def rank(one: Moving) -> int:
        """Return how many moves come before that of a document."""
        moved: list[str] = []
        directory = one.scan.directory_of(one.former)
        while directory:
            if directory in moved:
                break  # the former parents make a circle
            if directory in movers:
                moved.append(directory)
                above = movers[directory]
                directory = above.scan.directory_of(above.former)
            else:
                directory = directory.rpartition("/")[0]
        return len(moved)

    return sorted(found, key=rank)


class Places:
    """The places of a mirror's documents, while some of them are moved."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        # The places without suffix that were moved, in their order, from and to.
        self._moves: list[tuple[str, str]] = []

    def refusal(self, one: Moving) -> Refusal | None:
        """Return why a document cannot go back to its former parent, or None."""
        scan, entry, place = one.scan, one.entry, one.page.place
        if place is None or one.is_back:
            return None
        stamp = entry.document.stamp if entry.document else None
        if stamp is None or entry.waits or scan.moves(entry):
            why = "its move to another place is not finished"
            return Refusal(why, "'confsync status' says where it goes")
        if (stamp.parent or "") != place.after:
            return Refusal("it was moved again after that push", _BROWSER)
        if not scan.directory_of(one.former):
            return Refusal("the document of its former parent is not here", _BROWSER)
        return None

    def move(self, one: Moving) -> str:
        """Move a document back, with everything below it. Return its path. Raise FileError."""
        old = self.now(one.entry.path)
        if one.is_back:
            return old
        directory = self.now(one.scan.directory_of(one.former))
        new = f"{directory}/{old.rpartition('/')[2]}"
        moves.move_subtree(self._mirror, old, new)
        self._moves.append((old.removesuffix(SUFFIX), new.removesuffix(SUFFIX)))
        return new

    def now(self, path: str) -> str:
        """Return where a document or a directory of the scan is after the moves so far."""
        for old, new in self._moves:
            if path in (old, old + SUFFIX) or path.startswith(f"{old}/"):
                path = new + path.removeprefix(old)
        return path
