"""The reversal of the moves of a run: each document goes back below its former parent."""

from __future__ import annotations

from confsync.bulk.runs import Change, WrittenPage
from confsync.commands.bulk.reversal import Refusal
from confsync.document.paths import SUFFIX
from confsync.mirror import moves
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan

_BROWSER = "'confsync open {path}' opens the page; move it in the browser, then 'confsync pull'"


class Places:
    """The places of a mirror's documents, while some of them are moved."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        # The places without suffix that were moved, in their order, from and to.
        self._moves: list[tuple[str, str]] = []

    def refusal(self, scan: SpaceScan, entry: Entry, page: WrittenPage) -> Refusal | None:
        """Return why a document cannot go back to its former parent, or None."""
        if page.place is None or _is_back(scan, entry, page.place):
            return None
        stamp = entry.document.stamp if entry.document else None
        if stamp is None or entry.waits or scan.moves(entry):
            why = "its move to another place is not finished"
            return Refusal(why, "'confsync status' says where it goes")
        if (stamp.parent or "") != page.place.after:
            return Refusal("it was moved again after that push", _BROWSER)
        if not scan.directory_of(page.place.before or ""):
            return Refusal("the document of its former parent is not here", _BROWSER)
        return None

    def move(self, scan: SpaceScan, entry: Entry, page: WrittenPage) -> str:
        """Move a document back, with everything below it. Return its path. Raise FileError."""
        old = self._now(entry.path)
        if page.place is None or _is_back(scan, entry, page.place):
            return old
        directory = self._now(scan.directory_of(page.place.before or ""))
        new = f"{directory}/{old.rpartition('/')[2]}"
        moves.move_subtree(self._mirror, old, new)
        self._moves.append((old.removesuffix(SUFFIX), new.removesuffix(SUFFIX)))
        return new

    def _now(self, path: str) -> str:
        """Return where a document or a directory of the scan is after the moves so far."""
        for old, new in self._moves:
            if path in (old, old + SUFFIX) or path.startswith(f"{old}/"):
                path = new + path.removeprefix(old)
        return path


def _is_back(scan: SpaceScan, entry: Entry, place: Change) -> bool:
    return (scan.wanted(entry) or "") == place.before
