"""Texts as the server answers them: laid out beside, and those of a whole space written at once.

A document's place is known when all pages of its space are. The texts need not wait for that: they
are written, durably, to files that have no names yet, while the next ones are on their way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path

from confsync import helper_process as twin
from confsync.document import document
from confsync.document.document import Laid
from confsync.errors import EVERYBODYS, APIAccessError, ConfsyncError
from confsync.mirror.bulk_write import prepare_all
from confsync.mirror.scan import SpaceScan
from confsync.model.page import Page, PageInfo
from confsync.model.stamp import Stamp
from confsync.progress import Progress
from confsync.pull import new_documents
from confsync.pull.plan import How, Text
from confsync.sync.fetch import Found, Reader
from confsync.workers import batches

# Pages that are durable together, and whose attachments are read before those of the first are put
# in place.
TOGETHER = 50
# So many lots of these are laid out before they are needed: a second process is to have no gaps.
LAID = 3


@contextlib.contextmanager
def texts_ahead(
    how: How, reader: Reader, scan: SpaceScan, progress: Progress, *, wanted: bool
) -> Iterator[dict[str, Text]]:
    """The texts of a space of which nothing is here yet, by page id; the reader has its listing.

    None, where there is something, where not all of the space is wanted, or no text at all: then it
    takes the listing to tell what is to be read. What has no name at the end is gone.
    """
    texts: dict[str, Text] = {}
    if not (wanted and _is_whole(how, reader, scan)):
        yield texts
        return
    with how.mirror.nameless(scan.config.path) as place:
        try:
            _receive(how, reader, scan, place, texts, progress)
        except EVERYBODYS:
            raise
        except APIAccessError:
            texts.clear()  # one page by itself may be to blame, which is found out without the rest
        yield texts


def _is_whole(how: How, reader: Reader, scan: SpaceScan) -> bool:
    """Whether a pull brings all of a space, and the listing is yet to be asked for."""
    config = scan.config
    part = config.root or config.include or config.exclude or config.others
    with_files = how.mirror.config.attachments  # which a document's stamp tells of
    return how.full and not (scan.entries or part or with_files or reader.listed is not None)


def _receive(
    how: How,
    reader: Reader,
    scan: SpaceScan,
    place: Path,
    texts: dict[str, Text],
    progress: Progress,
) -> None:
    """Write the texts of a space as they come; the reader has the listing when all are there."""
    labels = how.mirror.config.labels
    answers = how.remote.contents(reader.space, labels=labels, archived=reader.archived)
    coming = chain.from_iterable(answers)
    first = list(islice(coming, twin.WORTH))
    count = len(first)  # so many are many, or all
    pages = chain(first, coming)
    del first  # only as long as they are to come
    listed: dict[str, PageInfo] = {}
    flawed: list[PageInfo] = []

    def arriving() -> Iterator[dict[str, Found]]:
        for some in batches(pages, TOGETHER):
            flawed.extend(info for info, _ in some if info.flaw)
            listed.update((info.id, info) for info, _ in some if not info.flaw)
            yield {info.id: reader.placed(page) for info, page in some if page is not None}

    with how.remote.workers.locally.aside() as aside:
        try:
            for some, laid in laid_out(how, arriving(), count):
                progress(f"reading {scan.config.key}", len(listed), None)
                ready = {i: (listed[i], page) for i, page in some.items() if isinstance(page, Page)}
                texts.update(aside.taken())
                aside.put(partial(_written, how, place, ready, laid))
        finally:
            texts.update(aside.taken())
    reader.listed = (*listed.values(), *flawed)


def _written(
    how: How, place: Path, pages: dict[str, tuple[PageInfo, Page]], laid: dict[str, Laid]
) -> list[tuple[str, Text]]:
    """Write the texts of some pages, and what the cache is to remember of them."""
    made: list[tuple[Stamp, PageInfo, Page]] = []

    def texts() -> Iterator[bytes]:
        for page_id, (listed, page) in pages.items():
            stamp = new_documents.first_stamp(listed, page.info, page.digest, top=False)
            try:
                text = new_documents.text_of(how, page, stamp, laid.get(page_id))
            except ConfsyncError:
                continue  # is told when the page's turn comes
            made.append((stamp, listed, page))
            yield text

    files = prepare_all(place, texts(), how.remote.workers)
    how.mirror.bases.put_all([(stamp, page.info.title, page.body) for stamp, _, page in made])
    return [
        # Nearly always the page is as it was listed, and then one of the two is enough.
        (stamp.id, Text(stamp, listed if page.info == listed else page.info, file))
        for (stamp, listed, page), file in zip(made, files, strict=True)
        if file is not None
    ]


def laid_out(
    how: How, arriving: Iterator[dict[str, Found]], count: int
) -> Iterator[tuple[dict[str, Found], dict[str, Laid]]]:
    """What arrives, and the texts laid out, which is most of the work and may be done beside."""
    workers = how.remote.workers.locally
    with twin.beside(count if workers.hands > 1 else 0) as second:
        if not second.is_there:
            yield from ((some, {}) for some in arriving)
            return

        def lay(some: dict[str, Found]) -> tuple[dict[str, Found], dict[str, Laid]]:
            pages = {i: page for i, page in some.items() if isinstance(page, Page)}
            bodies = [(page.digest, page.body, how.mirror.config.layout) for page in pages.values()]
            return some, dict(zip(pages, second.call(document.lay_all, bodies), strict=True))

        # While one lot is laid out, the next is on its way there.
        yield from workers.early(workers.ahead(lay, arriving, at_most=2, window=LAID))
