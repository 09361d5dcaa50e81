"""The reader of pages' versions. It sends their documents to git as they come.

Only ids stay in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from confsync.document import document
from confsync.errors import EVERYBODYS, ConfsyncError, NotUnicodeError
from confsync.history.area import Area, Ask, is_before, item_of
from confsync.history.options import HistoryRun
from confsync.history.recorded import Recorded
from confsync.history.space_tree import Item
from confsync.mirror.git.branch.fast_import import Importer
from confsync.model.page import PageInfo, PastVersion, Version
from confsync.workers import batches

# A version without its body, with the page as it was.
Sent = tuple[PastVersion, Item]
# The versions of one page, the newest first.
Past = list[Sent]
# So many bodies of a page are in memory at a time.
AT_ONCE = 25


class PastReader:
    """Reads what a branch lacks of an area. `failed` has the errors of single pages by id."""

    def __init__(self, run: HistoryRun, area: Area, known: Recorded, importer: Importer) -> None:
        self._run, self._area, self._known, self._importer = run, area, known, importer
        self.failed: dict[str, ConfsyncError] = {}

    def read(self, wanted: dict[str, Ask]) -> dict[str, Past]:
        """Return the versions of pages by id. Raise the errors that every page would meet."""
        found = dict(self._newest([i for i, ask in wanted.items() if ask is Ask.NEWEST]))
        again = [i for i, past in found.items() if self._lacks_more(i, past)]
        whole = [*(i for i, ask in wanted.items() if ask is Ask.HISTORY), *again]
        workers = self._run.remote.workers
        answers = workers.ahead(self._whole, whole, at_most=workers.jobs)
        for done, (page_id, answer) in enumerate(zip(whole, answers, strict=True), 1):
            self._run.progress(f"{self._area.config.key}: versions of pages", done, len(whole))
            if isinstance(answer, ConfsyncError):
                self.failed[page_id] = answer
                found.pop(page_id, None)
            else:
                found[page_id] = answer
        return found

    def _lacks_more(self, page_id: str, past: Past) -> bool:
        """Return whether a page was edited again after the listing, so that a version is missing.

        A history that begins at a day has only the newest version of an old page.
        """
        last, version = self._known.last.get(page_id), past[0][0].version
        if last is None and self._run.options.since is not None:
            return not is_before(version, self._run.options.since)
        return version.number > (last.number if last else 0) + 1

    def _newest(self, page_ids: list[str]) -> Iterator[tuple[str, Past]]:
        """Yield the current versions of pages, read in bulk."""
        reader, pages = self._area.reader, self._area.listing.current
        for some in reader.remote.newest(reader.space, page_ids) if page_ids else ():
            asked = ((pages[i], past) for i, past in some.items() if i in pages)
            for batch in batches(asked, AT_ONCE):
                for (info, _), one in zip(batch, self._sent(batch), strict=True):
                    if isinstance(one, ConfsyncError):
                        self.failed[info.id] = one
                    else:
                        yield info.id, [one]

    def _whole(self, page_id: str) -> Past | ConfsyncError:
        """Return what is new of a page's past, or why it cannot be read."""
        info, found = self._area.listing.current[page_id], Past()
        try:
            for some in batches(self._new(info, self._known.last.get(page_id)), AT_ONCE):
                for one in self._sent([(info, past) for past in some]):
                    if isinstance(one, ConfsyncError):
                        return one
                    found.append(one)
        except EVERYBODYS:
            raise
        except ConfsyncError as error:
            return error
        return found

    def _new(self, info: PageInfo, last: Version | None) -> Iterator[PastVersion]:
        """Yield the versions to record, down to the one that stood when the history begins."""
        since = self._run.options.since
        for one in self._area.reader.remote.history(info.id, last):
            yield one
            if last is None and since is not None and is_before(one.version, since):
                return

    def _sent(
        self, pages: Sequence[tuple[PageInfo, PastVersion]]
    ) -> Iterator[Sent | NotUnicodeError]:
        """Send the documents of versions to git. Yield the error of one that no file can hold."""
        texts = list(self._texts(pages))
        ids = iter(self._importer.blobs([text for text in texts if isinstance(text, bytes)]))
        for (info, past), text in zip(pages, texts, strict=True):
            if isinstance(text, NotUnicodeError):
                yield text
            else:
                yield past._replace(body=""), item_of(info, past.title, next(ids))

    def _texts(
        self, pages: Sequence[tuple[PageInfo, PastVersion]]
    ) -> Iterator[bytes | NotUnicodeError]:
        """Yield the documents of versions."""
        laid = document.lay_series(self._area.body(past) for _, past in pages)
        for (info, past), text in zip(pages, laid, strict=True):
            try:
                yield self._area.text(info, past, text)
            except NotUnicodeError as error:
                yield error
