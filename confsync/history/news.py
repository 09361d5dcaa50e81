"""The news that a branch lacks: the edits of each page, and the changes that no version has.

The texts go to git while they are read; only their ids stay in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from confsync.errors import EVERYBODYS, ConfsyncError, ServerError
from confsync.history.area import Area, Ask, asked, is_before, item_of
from confsync.history.commits import Edit, Fix, edits_of
from confsync.history.options import HistoryRun
from confsync.history.recorded import Recorded
from confsync.history.space_tree import Item
from confsync.mirror.git import blobs
from confsync.mirror.git.fast_import import Importer
from confsync.model.page import PageInfo, PastVersion, Version, is_later
from confsync.model.result import Problem

# Versions of one page with its items, the newest first.
Past = list[tuple[PastVersion, Item]]


class News(NamedTuple):
    """The edits and the other changes of one area. `failed` are pages that could not be read."""

    edits: list[Edit]
    fixes: list[Fix]
    failed: frozenset[str]


class _Sender:
    """Makes the documents of one area, and sends them to git."""

    def __init__(self, run: HistoryRun, area: Area, known: Recorded, importer: Importer) -> None:
        self._run, self._area, self._known, self._importer = run, area, known, importer

    def sent(self, info: PageInfo, past: PastVersion) -> tuple[PastVersion, Item]:
        """Send a version's document. Return the version without its body, and its item."""
        content = self._importer.blob(self._area.text(info, past))
        return past._replace(body=""), item_of(info, past.title, content)

    def past(self, info: PageInfo) -> Past:
        """Read what is new of a page's past, the newest first. Raise ConfsyncError."""
        last, since = self._known.last.get(info.id), self._run.options.since
        found: Past = []
        for one in self._area.reader.remote.history(info.id, last):
            found.append(self.sent(info, one))
            if last is None and since is not None and is_before(one.version, since):
                break  # the text that stood at that moment
        return found


def news_of(run: HistoryRun, number: int, area: Area, known: Recorded, importer: Importer) -> News:
    """Read what a branch lacks of an area; `number` is the area's."""
    sender = _Sender(run, area, known, importer)
    pages = area.listing.current
    wanted = {page_id: _ask(run, info, known) for page_id, info in pages.items()}
    found: dict[str, Past] = {}
    failed: dict[str, ConfsyncError] = {}
    again: list[str] = []
    for page_id, past in _newest(area, sender, _those(wanted, Ask.NEWEST), failed):
        found[page_id] = past
        if _lacks_more(past[0][0].version, known.last.get(page_id)) and not run.options.since:
            again.append(page_id)
    asked_whole = [*_those(wanted, Ask.HISTORY), *again]
    answers = zip(asked_whole, _histories(run, area, sender, asked_whole), strict=True)
    for done, (page_id, answer) in enumerate(answers, 1):
        run.progress(f"{area.config.key}: pages", done, len(asked_whole))
        if isinstance(answer, ConfsyncError):
            failed[page_id] = answer
        else:
            found[page_id] = answer
    run.report.refuse(*(_problem(pages[page_id], error) for page_id, error in failed.items()))
    run.report.refuse(*(_problem(info, ServerError(info.flaw)) for info in area.listing.flawed))
    edits = [
        edit
        for page_id, past in found.items()
        for edit in edits_of(number, _later(past, known.last.get(page_id)), known.last.get(page_id))
    ]
    fixes = [
        *_unversioned(number, area, known, found),
        *_moved(number, area, known, found, importer),
        *_removed(number, area, known),
    ]
    return News(edits, fixes, frozenset(failed))


def _ask(run: HistoryRun, info: PageInfo, known: Recorded) -> Ask:
    found = asked(info, known.pages.get(info.id), known.last.get(info.id), run.options.since)
    return Ask.NEWEST if found is Ask.NOTHING and run.options.refresh else found


def _those(wanted: Mapping[str, Ask], ask: Ask) -> list[str]:
    return [page_id for page_id, one in wanted.items() if one is ask]


def _lacks_more(version: Version, last: Version | None) -> bool:
    """Return whether a page was edited again after the listing, so that a version is missing."""
    return version.number > (last.number if last else 0) + 1


def _newest(
    area: Area, sender: _Sender, page_ids: list[str], failed: dict[str, ConfsyncError]
) -> Iterator[tuple[str, Past]]:
    """Yield the current versions of pages, read in bulk."""
    reader = area.reader
    for some in reader.remote.newest(reader.space, page_ids) if page_ids else ():
        for page_id, one in some.items():
            info = area.listing.current.get(page_id)
            if info is None:
                continue
            try:
                yield page_id, [sender.sent(info, one)]
            except ConfsyncError as error:
                failed[page_id] = error


def _histories(
    run: HistoryRun, area: Area, sender: _Sender, page_ids: list[str]
) -> Iterator[Past | ConfsyncError]:
    """Yield what is new of each page's past, or why it cannot be read."""

    def read(page_id: str) -> Past | ConfsyncError:
        try:
            return sender.past(area.listing.current[page_id])
        except EVERYBODYS:
            raise
        except ConfsyncError as error:
            return error

    return run.remote.workers.ahead(read, page_ids, at_most=run.remote.workers.jobs)


def _problem(info: PageInfo, error: ConfsyncError) -> Problem:
    title = f" '{info.title}'" if info.title else ""
    page = f"page {info.id}{title}: " if info.id else ""
    return Problem.of(error)._replace(message=f"{page}{error.message}")


def _later(past: Past, last: Version | None) -> Past:
    return [(one, item) for one, item in past if is_later(one.version, last)]


def _unversioned(
    number: int, area: Area, known: Recorded, found: Mapping[str, Past]
) -> Iterator[Fix]:
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
