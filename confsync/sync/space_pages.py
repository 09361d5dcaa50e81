"""The pages of one space as the server lists them, with their folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from confsync.errors import EVERYBODYS, APIAccessError, SpaceNotFoundError
from confsync.mirror.scan import SpaceScan
from confsync.model.page import Folder, PageInfo, ParentKind, Status, Version
from confsync.model.stamp import folded
from confsync.remote import Remote
from confsync.sync import scope
from confsync.sync.fetch import Reader

# So many pages are asked for their labels by themselves. For more, each label is listed.
MANY = 20


@dataclass(frozen=True, slots=True)
class Listing:
    """The pages of a space in a mirror, and the folders that hold them.

    `home` is the page or folder at the top, None for a blog. `pages` are the mirror's pages by id.
    `current` are those that have a document or get one. `excluded` are the ids that the
    configuration leaves out. `flawed` are invalid rows of pages and folders.
    """

    home: str | None
    pages: Mapping[str, PageInfo]
    current: Mapping[str, PageInfo]
    folders: Mapping[str, Folder]
    excluded: frozenset[str]
    flawed: tuple[PageInfo, ...]

    @property
    def flaws(self) -> dict[str, str]:
        """Return why the row of a page is invalid, by page id."""
        return {info.id: info.flaw for info in self.flawed if info.id}


class Folders(NamedTuple):
    """The folders of a space by id, and a row for each folder that cannot be read."""

    found: dict[str, Folder]
    flawed: tuple[PageInfo, ...]


def listing_of(
    reader: Reader, scan: SpaceScan, *, labels: bool, recent: frozenset[str] | None = None
) -> Listing:
    """List a space with the folders of its pages.

    With `recent`, the pages that this mirror wrote a short time ago, hints decide which other pages
    are asked for their labels. Raise SpaceNotFoundError if its root is missing.
    """
    listed, flawed = _usable(scan, _rows(reader, scan, recent, labels=labels))
    root = scan.config.root
    known = [folder.id for folder in scan.folders.values()]
    every = folders_of(reader, listed, [*known, *([root] if root and root not in listed else [])])
    home = None if scan.config.posts else root or reader.space.home
    if root and root not in listed and root not in every.found:
        raise SpaceNotFoundError(
            f"there is no page or folder {root} in space '{scan.config.key}', or you may not "
            "see it",
            hint="check 'root' in .confsync.yaml",
        )
    wanted, excluded = scope.belonging(scan, home, listed, every.found)
    folders = scope.with_pages(scan, wanted, listed, every.found)
    unusable = {info.id for info in flawed if info.id}
    pages = {page_id: info for page_id, info in wanted.items() if page_id not in unusable}
    excluded -= unusable
    excluded |= {e.page_id for e in scope.excluded(scan) if e.page_id and e.page_id not in listed}
    current = {page_id: info for page_id, info in pages.items() if _is_current(reader, info)}
    return Listing(home, pages, current, folders, excluded, (*flawed, *every.flawed))


def _is_current(reader: Reader, info: PageInfo) -> bool:
    archived = reader.archived and info.status is Status.ARCHIVED
    return archived or info.status is Status.CURRENT


def _rows(
    reader: Reader, scan: SpaceScan, recent: frozenset[str] | None, *, labels: bool
) -> Iterable[PageInfo]:
    """Return the rows of the listing, requested once a run."""
    if reader.listed is None:
        if labels and recent is not None and scan.entries:
            reader.label_hints = reader.remote.label_hints(reader.space)
        told = labels and reader.label_hints is None
        rows = reader.remote.listing(reader.space, labels=told, archived=reader.archived)
        reader.listed = tuple(rows)
    if not labels or reader.label_hints is None:
        reader.agreed_labels = True  # the listing itself has them
        return reader.listed
    return _labelled(reader, scan, reader.label_hints, recent or frozenset())


def _labelled(
    reader: Reader, scan: SpaceScan, hints: Mapping[str, tuple[str, ...]], recent: frozenset[str]
) -> Iterable[PageInfo]:
    """Return the rows with labels: the stamp's if the hint has them too, else the page's own.

    If many pages must be asked, list the labels of the whole space instead.
    """
    stamps = {e.page_id: e.document.stamp for e in scan.entries if e.document}
    asked = []
    labelled: dict[str, tuple[str, ...] | None] = {}
    for info in reader.listed or ():
        if info.flaw:
            continue
        stamp, hint = stamps.get(info.id), hints.get(info.id)
        known = stamp.labels if stamp else None
        if info.id in recent or hint is None or known is None or folded(hint) != folded(known):
            asked.append(info.id)
        else:
            labelled[info.id] = known
    reader.agreed_labels = not asked
    own = _labels_of(reader.remote, asked) if len(asked) <= MANY else None
    if own is None:
        every = reader.remote.listing(reader.space, labels=True, archived=reader.archived)
        reader.label_hints, reader.listed = None, tuple(every)
        return reader.listed
    labelled |= own
    return [
        info if info.flaw else info._replace(labels=labelled[info.id])
        for info in reader.listed or ()
    ]


def _labels_of(remote: Remote, page_ids: list[str]) -> dict[str, tuple[str, ...]] | None:
    """Return the labels of some pages, or None if one of them cannot be asked."""
    try:
        return dict(zip(page_ids, remote.workers.each(remote.labels, page_ids), strict=True))
    except EVERYBODYS:
        raise
    except APIAccessError:
        return None


def _usable(
    scan: SpaceScan, listing: Iterable[PageInfo]
) -> tuple[dict[str, PageInfo], tuple[PageInfo, ...]]:
    """Return the pages of a listing by id, and the invalid rows.

    If a page has two rows, the newer one counts. A page with an invalid row keeps its document's
    place, so that the pages below it stay.
    """
    listed: dict[str, PageInfo] = {}
    flawed: list[PageInfo] = []
    for info in listing:
        known = listed.get(info.id)
        if info.flaw:
            flawed.append(info)
        elif known is None or known.version.number <= info.version.number:
            listed[info.id] = info
    flawed = [info for info in flawed if info.id not in listed]
    if flawed:
        parents = {entry.page_id: scan.wanted(entry) for entry in scan.entries}
        listed |= {i.id: i._replace(parent=parents.get(i.id)) for i in flawed if i.id}
    return listed, tuple(flawed)


def folders_of(
    reader: Reader, listed: Mapping[str, PageInfo], known: Iterable[str] = ()
) -> Folders:
    """Read the folders that hold pages, the `known` folders, and all folders above them.

    A listing has no folder without pages. A folder that cannot be read keeps its directory, as a
    folder that is not visible does.
    """
    folders: dict[str, Folder] = {}
    flawed: list[PageInfo] = []
    waiting: list[str | None] = [*known]
    waiting += [i.parent for i in listed.values() if i.parent_kind is ParentKind.FOLDER]
    seen: set[str] = set()
    while waiting:
        folder_id = waiting.pop()
        if folder_id is None or folder_id in seen:
            continue
        seen.add(folder_id)
        try:
            folder = reader.remote.folder(folder_id)
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            flawed.append(_flaw_of_folder(folder_id, error))
            continue
        if folder is not None:
            folders[folder.id] = folder
            if folder.parent_kind is ParentKind.FOLDER:
                waiting.append(folder.parent)
    return Folders(folders, tuple(flawed))


def _flaw_of_folder(folder_id: str, error: APIAccessError) -> PageInfo:
    """Return the row for a folder that cannot be read."""
    why = f"the folder {folder_id} cannot be read: {error.message}"
    return PageInfo("", "", "", Version(0), None, ParentKind.NONE, Status.OTHER, flaw=why)
