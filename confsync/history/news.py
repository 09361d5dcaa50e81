"""The news that a branch lacks: the edits of each page, and the changes that no version has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from confsync.errors import ConfsyncError, ServerError
from confsync.history.area import Area, Ask, asked, item_of
from confsync.history.commits import Edit, Fix, edits_of
from confsync.history.options import HistoryRun
from confsync.history.reader import Past, PastReader
from confsync.history.recorded import Recorded
from confsync.mirror.git import blobs
from confsync.mirror.git.branch.fast_import import Importer
from confsync.model.page import PageInfo, is_later
from confsync.model.result import Problem


class News(NamedTuple):
    """The edits and the other changes of one area."""

    edits: list[Edit]
    fixes: list[Fix]


def news_of(run: HistoryRun, number: int, area: Area, known: Recorded, importer: Importer) -> News:
    """Read what a branch lacks of an area; `number` is the area's."""
    pages = area.listing.current
    wanted = {page_id: _ask(run, info, known) for page_id, info in pages.items()}
    reader = PastReader(run, area, known, importer)
    found = reader.read(wanted)
    run.report.refuse(*(_problem(pages[i], error) for i, error in reader.failed.items()))
    run.report.refuse(*(_problem(info, ServerError(info.flaw)) for info in area.listing.flawed))
    edits: list[Edit] = []
    for page_id, past in found.items():
        last = known.last.get(page_id)
        edits += edits_of(number, [one for one in past if is_later(one[0].version, last)], last)
    fixes = [
        *_unversioned(number, known, found),
        *_moved(number, area, known, found, importer),
        *_removed(number, area, known),
    ]
    return News(edits, fixes)


def _ask(run: HistoryRun, info: PageInfo, known: Recorded) -> Ask:
    found = asked(info, known.pages.get(info.id), known.last.get(info.id), run.options.since)
    return Ask.NEWEST if found is Ask.NOTHING and run.options.refresh else found


def _problem(info: PageInfo, error: ConfsyncError) -> Problem:
    title = f" '{info.title}'" if info.title else ""
    page = f"page {info.id}{title}: " if info.id else ""
    return Problem.of(error)._replace(message=f"{page}{error.message}")


def _unversioned(number: int, known: Recorded, found: Mapping[str, Past]) -> Iterator[Fix]:
    """Yield the pages whose text differs from the recorded one without a new version."""
    for page_id, past in found.items():
        last, kept = known.last.get(page_id), known.pages.get(page_id)
        if not past or is_later(past[0][0].version, last):
            continue
        one, item = past[0]
        if kept is None:
            yield Fix(number, page_id, item, f"{one.title}: back in the space", one.version)
        elif kept.content != item.content:
            yield Fix(number, page_id, item, f"{one.title}: changed without a version", one.version)


def _moved(
    number: int, area: Area, known: Recorded, found: Mapping[str, Past], importer: Importer
) -> Iterator[Fix]:
    """Yield the pages that only moved, or whose versions were renumbered."""
    moved = {
        kept.content: (info, kept)
        for page_id, info in area.listing.current.items()
        if (kept := known.pages.get(page_id)) is not None
        and page_id not in found
        and not is_later(info.version, known.last.get(page_id))
        and not area.stands(info, kept)
    }
    for content, raw in blobs.contents(importer.command, moved):
        info, kept = moved[content]
        new = importer.blob(area.restamped(info, kept, raw or b""))
        why = "moved" if kept.stamp.parent != info.parent else "renumbered"
        item = item_of(info, kept.title, new)
        yield Fix(number, info.id, item, f"{kept.title}: {why}", info.version)


def _removed(number: int, area: Area, known: Recorded) -> Iterator[Fix]:
    """Yield the recorded pages that the listing lacks. A page with an invalid row stays."""
    stay = area.listing.current.keys() | area.listing.flaws.keys()
    for page_id, kept in known.pages.items():
        if page_id not in stay and area.config.holds(kept.path):
            yield Fix(number, page_id, None, f"{kept.title}: no longer in the space")
