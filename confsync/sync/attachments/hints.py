"""Which pages must be asked for their attachments, by a hint about the whole space.

A page is not asked if the hint, its stamp and its files here are all equal. Nothing is recorded
from that. In any other case, the page's own listing decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from confsync.document.attachments.names import managed
from confsync.errors import ConfsyncError
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.model.moment import moment
from confsync.model.page import AttachmentHints, PageInfo, Status
from confsync.sync.attachments.beside import Beside

# A hint costs at least one request. To ask so few pages costs little more.
WORTH = 10
# A search lags behind a write of this mirror by a minute at most.
LAG = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Hinting:
    """The comparison of a document's files with a hint.

    `beside` returns the attachments of a document. Raise ConfsyncError.
    """

    mirror: Mirror
    beside: Callable[[Entry], Beside]

    @classmethod
    def of(
        cls, mirror: Mirror, scans: Iterable[SpaceScan], beside: Callable[[Entry], Beside]
    ) -> Hinting | None:
        """Return how hints are used, or None if the mirror is too small for them."""
        count = sum(len(scan.entries) for scan in scans)
        return cls(mirror, beside) if count > WORTH else None

    def recent(self) -> frozenset[str]:
        """Return the pages that this mirror wrote a short time ago: the search may lag."""
        since = datetime.now(UTC) - LAG
        times = ((event.page, moment(event.time)) for event in self.mirror.audit.read())
        return frozenset(page for page, time in times if time is None or time > since)

    def to_ask(
        self, hints: AttachmentHints, entries: Iterable[Entry], infos: Mapping[str, PageInfo]
    ) -> Set[str]:
        """Return the ids of the documents' pages that must be asked by themselves."""
        recent = self.recent()
        return {
            page_id
            for entry in entries
            if (page_id := entry.page_id)
            and (page_id in recent or not self._agrees(hints, entry, infos.get(page_id)))
        }

    def _agrees(self, hints: AttachmentHints, entry: Entry, info: PageInfo | None) -> bool:
        """Return whether the hint about a page equals the document's stamp and files."""
        found = entry.document
        if info is None or info.status is not Status.CURRENT or not found or not found.stamp:
            return False  # a search finds no archived page
        hinted = hints.of(info.id)
        if hinted is None:
            return False
        attached = found.stamp.attachments
        patterns = self.mirror.config.attachments
        theirs = {i.name: i for i in hinted if managed(i.name, patterns)}
        if theirs.keys() != {one.name for one in attached}:
            return False
        try:
            sizes = self.beside(entry).stamped_sizes
        except ConfsyncError:
            return False
        if sizes is None:
            return False
        return all(
            theirs[one.name].version.number == one.version
            and theirs[one.name].size == sizes[one.name]
            and one.id in ("", theirs[one.name].id)
            for one in attached
        )
