"""The reversal of the moves of a run: each document goes back below its former parent."""

from __future__ import annotations

from collections.abc import Iterable

from confsync.bulk.runs import WrittenPage
from confsync.commands.bulk.reversal import Refusal
from confsync.document.paths import SUFFIX
from confsync.mirror import moves
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan

_BROWSER = "'confsync open {path}' opens the page; move it in the browser, then 'confsync pull'"


class Places:
    """The places of a mirror's documents while they are moved. Paths are those of the scans."""

    def __init__(self, mirror: Mirror, scans: Iterable[SpaceScan]) -> None:
        self._mirror = mirror
        self._now = {entry.path: entry.path for scan in scans for entry in scan.entries}

    def refusal(self, scan: SpaceScan, entry: Entry, page: WrittenPage) -> Refusal | None:
        """Return why a document cannot go back to its former parent, or None."""
        if page.place is None or self._is_back(scan, entry, page):
            return None
        stamp = entry.document.stamp if entry.document else None
        if stamp is None or entry.waits or scan.moves(entry):
            why = "it is on its way to another place"
            return Refusal(why, "'confsync status' says where it goes")
        if (stamp.parent or "") != page.place.after:
            return Refusal("it was moved again since the run", _BROWSER)
        if self._target(scan, entry, page) is None:
            return Refusal("the document of its former parent is not here", _BROWSER)
        return None

    def move(self, scan: SpaceScan, entry: Entry, page: WrittenPage) -> str:
        """Move a document back, with everything below it. Return its path. Raise FileError."""
        old = self._now[entry.path]
        new = self._target(scan, entry, page)
        if new is None or self._is_back(scan, entry, page):
            return old
        moves.move_subtree(self._mirror, old, new)
        stem, other = old.removesuffix(SUFFIX), new.removesuffix(SUFFIX)
        for path, now in self._now.items():
            if now == old or now.startswith(f"{stem}/"):
                self._now[path] = other + now.removeprefix(stem)
        return new

    def _is_back(self, scan: SpaceScan, entry: Entry, page: WrittenPage) -> bool:
        return page.place is not None and (scan.wanted(entry) or "") == page.place.before

    def _target(self, scan: SpaceScan, entry: Entry, page: WrittenPage) -> str | None:
        """Return the path below the former parent, or None if no directory here means it."""
        parent = page.place.before if page.place else ""
        name = self._now[entry.path].rpartition("/")[2]
        if not parent:
            return None
        if parent == scan.tree.home:
            return scan.outer(name)
        for other in scan.entries:
            if other.page_id == parent:
                return f"{self._now[other.path].removesuffix(SUFFIX)}/{name}"
        folders = (place for place, owner in scan.tree.owners.items() if owner == parent)
        directory = next(folders, None)
        return scan.outer(f"{directory}/{name}") if directory else None
