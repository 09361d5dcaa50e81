"""The pages that a push shall delete, each with the basis of its deletion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from confsync.errors import Exit
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.model.page import Page
from confsync.model.result import Problem
from confsync.model.stamp import Stamp
from confsync.push.options import DeleteOptions
from confsync.sync.deletion import Disposal
from confsync.sync.fetch import Reader
from confsync.sync.report import Report


@dataclass(frozen=True, slots=True)
class Doomed:
    """A page to delete, and the basis of its deletion.

    `stamp` is the stamp of the document that was deleted here. It is None if a person named the
    page; then `version` is the version that the person gives up. `entry` is the document if it is
    still here. `known` is the stamp of the document, here or in git. The page goes to the place
    `disposal`.
    """

    page_id: str
    path: str
    stamp: Stamp | None = None
    version: int | None = None
    entry: Entry | None = None
    known: Stamp | None = None
    disposal: Disposal = Disposal.TRASH


def doomed_in(
    scan: SpaceScan, asked: DeleteOptions, deleted: Mapping[str, Entry], selection: Selection
) -> list[Doomed]:
    """Return the pages of a space to delete that have documents; `deleted` are git's."""
    present = {e.page_id: e for e in scan.entries if e.page_id and asked.is_by_id(e.page_id)}
    found = [_doomed(entry, asked, entry) for entry in present.values()]
    for page_id, entry in deleted.items():
        inside = scan.config.holds(entry.path)
        meant = asked.means(page_id, selected=selection.has(entry.path))
        if inside and meant and page_id not in present:
            found.append(_doomed(entry, asked))
    return found


def doomed_elsewhere(reader: Reader, asked: DeleteOptions, known: Iterable[str]) -> list[Doomed]:
    """Return the named pages of a space that have no document here or in git."""
    found = []
    for page_id in asked.named.keys() - set(known):
        page = reader.current({page_id: 1})[page_id]
        if isinstance(page, Page):
            version, disposal = asked.named[page_id], asked.disposal_of(page_id)
            found.append(Doomed(page_id, f"page {page_id}", version=version, disposal=disposal))
    return found


def _doomed(entry: Entry, asked: DeleteOptions, present: Entry | None = None) -> Doomed:
    """Return a page to delete.

    A version that a person named has priority over the document's base. A planned version has not,
    if it is that of a base: then a change without a new version, such as a comment, is refused.
    """
    page_id = entry.page_id or ""
    version = asked.named.get(page_id)
    known = entry.document.stamp if entry.document else None
    is_base = known is not None and known.version == version
    by_document = asked.planned and page_id not in asked.with_documents and is_base
    stamp = known if version is None or by_document else None
    disposal = asked.disposal_of(page_id)
    return Doomed(page_id, entry.path, stamp, version, present, known, disposal)


def not_found(asked: DeleteOptions, report: Report) -> Iterator[Problem]:
    """Yield an error for each named page that is in no space of the mirror."""
    told = {page.id for page in report.pages}
    for page_id in asked.named:
        if page_id not in told:
            why = f"page {page_id} is not in a space of this mirror, or you may not see it"
            hint = "'confsync restore --list' shows the pages in the trash"
            yield Problem("not-visible", why, hint, Exit.REFUSED)
