"""Pushing the documents of a space in an order in which the server takes each in one write.

New pages and edited ones alike: a document may be moved below one that is created in the same push.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from confsync.document import paths
from confsync.errors import Exit
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import Entry, SpaceScan, with_made
from confsync.model.outcome import Outcome, PageResult
from confsync.progress import Progress
from confsync.push import order
from confsync.push.create import Creations
from confsync.push.extras import Extras
from confsync.push.order import Intent, Order
from confsync.push.send import Sending, Unfit
from confsync.sync.fetch import Reader
from confsync.sync.refusals import local_result
from confsync.sync.renames import Renamed


class Turns:
    """One push of one space; adds to `pages` what happened."""

    def __init__(
        self,
        mirror: Mirror,
        reader: Reader,
        scan: SpaceScan,
        message: str,
        pages: list[PageResult],
        clock: Callable[[], float],
        extras: Extras,
        unfit: Unfit,
    ) -> None:
        self._mirror = mirror
        self._reader = reader
        self._scan = scan
        self._message = message
        self._pages = pages
        self._clock = clock
        self._extras = extras
        self._unfit = unfit
        self._creations = Creations(mirror, reader, scan, message, pages, extras)
        self.renamed: list[Renamed] = []

    def push(self, waiting: list[Entry], *, dry_run: bool, progress: Progress) -> None:
        """Write what can be written, turn by turn. Raises what ended the run."""
        entries = {entry.path: entry for entry in waiting}
        planned = self._order(waiting)
        try:
            for turn in planned.turns:
                ready = self._ready([entries[path] for path in turn], planned)
                self._write(ready, dry_run=dry_run, progress=progress)
            for path, stuck in planned.stuck.items():
                result = replace(local_result(entries[path]), error=stuck.why, hint=stuck.hint)
                self._pages.append(replace(result, exit=Exit.REFUSED))
        finally:
            told = {page.path for page in self._pages}
            untold = (entry for entry in waiting if entry.path not in told)
            self._pages.extend(
                replace(local_result(entry), outcome=Outcome.SKIPPED, error="not tried")
                for entry in untold
            )

    def _write(self, ready: list[Entry], *, dry_run: bool, progress: Progress) -> None:
        self._creations.create([e for e in ready if e.page_id is None], dry_run=dry_run)
        scan = with_made(self._scan, self._creations.made)
        args = (self._mirror, self._reader, scan, self._message, self._pages, self._clock)
        sending = Sending(*args, self._extras, self._unfit)
        edited = [entry for entry in ready if entry.page_id is not None]
        try:
            sending.push(edited, dry_run=dry_run, progress=progress)
        finally:
            self.renamed += sending.renamed

    def _ready(self, turn: list[Entry], planned: Order) -> list[Entry]:
        """The documents whose needs were written; tells of those whose were not."""
        written = {page.path for page in self._pages if _is_written(page)}
        ready = []
        for entry in turn:
            missing = sorted(planned.needs.get(entry.path, frozenset()) - written)
            if not missing:
                ready.append(entry)
                continue
            why = f"waits for {', '.join(missing)}, which was not pushed"
            skipped = replace(local_result(entry), outcome=Outcome.SKIPPED, error=why)
            self._pages.append(replace(skipped, exit=Exit.REFUSED))
        return ready

    # -- the order ---------------------------------------------------------------------------------

    def _order(self, waiting: list[Entry]) -> Order:
        meant = {entry.path for entry in waiting}
        titles = self._old_titles(waiting)
        scan = self._scan
        parents: dict[str, str | None] = {
            folder.id: scan.tree.owners.get(directory.rpartition("/")[0])
            for directory, folder in scan.folders.items()
        }
        intents = []
        for entry in scan.entries:
            stamp = entry.document.stamp if entry.document else None
            if stamp:
                parents[stamp.id] = stamp.parent
            intent = self._intent(entry, titles.get(entry.path), meant=entry.path in meant)
            if intent is not None:
                intents.append(intent)
        return order.arrange(intents, parents)

    def _intent(self, entry: Entry, old_title: str | None, *, meant: bool) -> Intent | None:
        """What a document wants; None for one that wants nothing or cannot be read."""
        found, scan = entry.document, self._scan
        if found is None:
            return None
        if found.stamp is None:
            wanted = scan.tree.owners.get(scan.inner(entry.path).rpartition("/")[0])
            key = paths.unborn(entry.path)
            room = "new posts" if scan.config.posts else ""
            return Intent(entry.path, key, found.title, wanted, new=True, meant=meant, room=room)
        if not meant and not found.modified and not scan.moves(entry):
            return None
        stamp, wanted = found.stamp, scan.wanted(entry)
        return Intent(
            entry.path,
            stamp.id,
            found.title,
            wanted,
            old_title,
            stamp.parent,
            meant=meant,
            room=stamp.posted or "",
        )

    def _old_titles(self, waiting: list[Entry]) -> dict[str, str]:
        """The titles that the pages have on the server, by path, as far as that can matter.

        The server is asked only for those that are to be pushed and that the cache does not know.
        """
        titles: dict[str, str] = {}
        for entry in self._scan.entries:
            found = entry.document
            if found and found.stamp:
                title = self._mirror.bases.title(found.stamp) if found.modified else found.title
                if title is not None:
                    titles[entry.path] = title
        unknown = [e for e in waiting if e.page_id and e.path not in titles]
        if len(waiting) > 1 and unknown:
            titles |= self._titles_now(unknown)
        return titles

    def _titles_now(self, entries: Iterable[Entry]) -> dict[str, str]:
        by_id = {entry.page_id: entry.path for entry in entries if entry.page_id}
        pages = self._reader.remote.pages(self._reader.space, by_id)
        return {by_id[page_id]: page.info.title for page_id, page in pages.items()}


def _is_written(page: PageResult) -> bool:
    restamped = page.outcome is Outcome.RESTAMPED and page.exit is Exit.DONE
    return restamped or page.outcome in (Outcome.CREATED, Outcome.UPDATED)
