"""The texts of a space, laid out as they arrive; those of a new space are written at once.

The place of a document is known when all pages of its space are listed. The texts do not wait for
that: confsync writes them, durably, to files without names, while the next ones arrive.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain, islice
from pathlib import Path

from confsync import helper_process
from confsync.document import document
from confsync.document.document import Laid
from confsync.errors import EVERYBODYS, APIAccessError, ConfsyncError
from confsync.mirror.bulk_write import prepare_all
from confsync.mirror.scan import SpaceScan
from confsync.model.page import Page, PageInfo
from confsync.model.stamp import Stamp
from confsync.pull import new_documents
from confsync.pull.context import PullRun
from confsync.pull.plan import Text
from confsync.sync.fetch import Found, Reader
from confsync.workers import batches

# Pages that become durable together. Their attachments are read before the first is put in place.
TOGETHER = 50
# Batches that are laid out ahead, so that the second process is never idle.
LAID = 3


@contextlib.contextmanager
def texts_ahead(run: PullRun, reader: Reader, scan: SpaceScan) -> Iterator[Mapping[str, Text]]:
    """Read the texts of a space that has no document here yet. The reader then has its listing.

    Yield the texts by page id. They are empty in a dry run, and after a deletion on purpose. They
    are also empty if the space has documents here, or is mirrored in part. Then confsync needs the
    listing first. Files without a name disappear at the end.
    """
    if run.options.dry_run or run.deleted or not _is_whole(run, reader, scan):
        yield {}
        return
    with run.mirror.nameless(scan.config.path) as place:
        yield _all_texts(run, reader, scan, place)


def _all_texts(run: PullRun, reader: Reader, scan: SpaceScan, place: Path) -> dict[str, Text]:
    """Return the texts of a space, or none if the server cannot answer all at once."""
    try:
        return _receive(run, reader, scan, place)
    except EVERYBODYS:
        raise
    except APIAccessError:
        return {}  # one bad page may be the cause; the pull finds it


def _is_whole(run: PullRun, reader: Reader, scan: SpaceScan) -> bool:
    """Return whether a pull brings a whole space that is not listed yet."""
    config = scan.config
    part = config.root or config.include or config.exclude or config.others
    asked = run.mirror.config.attachments or run.mirror.config.settings  # a stamp contains them
    return run.full and not (scan.entries or part or asked or reader.listed is not None)


class _Arrivals:
    """The pages of a space as the server answers, with their rows."""

    def __init__(self, run: PullRun, reader: Reader) -> None:
        labels = run.mirror.config.labels
        lots = run.remote.contents(reader.space, labels=labels, archived=reader.archived)
        coming = chain.from_iterable(lots)
        first = list(islice(coming, helper_process.WORTH))
        self.count = len(first)  # at most `WORTH`
        self.listed: dict[str, PageInfo] = {}
        self._flawed: list[PageInfo] = []
        self._reader = reader
        self._pages = chain(first, coming)

    def lots(self) -> Iterator[dict[str, Found]]:
        """Yield the pages in batches."""
        for some in batches(self._pages, TOGETHER):
            self._flawed += (info for info, _ in some if info.flaw)
            self.listed.update((info.id, info) for info, _ in some if not info.flaw)
            yield {info.id: self._reader.placed(page) for info, page in some if page is not None}

    @property
    def rows(self) -> tuple[PageInfo, ...]:
        """Return the rows so far, including invalid ones."""
        return (*self.listed.values(), *self._flawed)


def _receive(run: PullRun, reader: Reader, scan: SpaceScan, place: Path) -> dict[str, Text]:
    """Write the texts of a space as they arrive. The reader has the listing afterwards."""
    texts: dict[str, Text] = {}
    arrivals = _Arrivals(run, reader)
    with run.remote.workers.locally.aside() as aside:
        try:
            for some, laid in laid_out(run, arrivals.lots(), arrivals.count):
                run.progress(f"reading {scan.config.key}", len(arrivals.listed), None)
                pages = {i: page for i, page in some.items() if isinstance(page, Page)}
                ready = {i: (arrivals.listed[i], page) for i, page in pages.items()}
                texts.update(aside.taken())
                aside.put(partial(_written, run, place, ready, laid))
        finally:
            texts.update(aside.taken())
    reader.listed = arrivals.rows
    return texts


def _written(
    run: PullRun, place: Path, pages: dict[str, tuple[PageInfo, Page]], laid: dict[str, Laid]
) -> list[tuple[str, Text]]:
    """Write the texts of some pages, and store their bases in the cache."""
    made: list[tuple[Stamp, PageInfo, Page]] = []

    def texts() -> Iterator[bytes]:
        for page_id, (listed, page) in pages.items():
            stamp = new_documents.first_stamp(listed, page.info, page.digest, top=False)
            try:
                text = new_documents.text_of(run, page, stamp, laid.get(page_id))
            except ConfsyncError:
                continue  # reported with the step of the page
            made.append((stamp, listed, page))
            yield text

    files = prepare_all(place, texts(), run.remote.workers)
    run.mirror.bases.put_all([(stamp, page.info.title, page.body) for stamp, _, page in made])
    return [
        # Nearly always both are equal; then one object is enough.
        (stamp.id, Text(stamp, listed if page.info == listed else page.info, file))
        for (stamp, listed, page), file in zip(made, files, strict=True)
        if file is not None
    ]


def laid_out(
    run: PullRun, arriving: Iterator[dict[str, Found]], count: int
) -> Iterator[tuple[dict[str, Found], dict[str, Laid]]]:
    """Yield the pages that arrive, with their texts laid out in a second process."""
    workers = run.remote.workers.locally
    with helper_process.started(count if workers.hands > 1 else 0) as second:
        if not second.is_there:
            yield from ((some, {}) for some in arriving)
            return

        def lay(some: dict[str, Found]) -> tuple[dict[str, Found], dict[str, Laid]]:
            pages = {i: page for i, page in some.items() if isinstance(page, Page)}
            bodies = [(page.digest, page.body, run.mirror.config.layout) for page in pages.values()]
            return some, dict(zip(pages, second.call(document.lay_all, bodies), strict=True))

        # While one batch is laid out, the next is on its way.
        yield from workers.early(workers.ahead(lay, arriving, at_most=2, window=LAID))
