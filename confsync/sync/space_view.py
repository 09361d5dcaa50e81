"""One space, seen from both sides: what a pull, or a status that asks the server, decides from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from confsync.errors import (
    EVERYBODYS,
    APIAccessError,
    ConfsyncError,
    ServerError,
    SpaceNotFoundError,
)
from confsync.mirror.scan import Entry, SpaceScan
from confsync.mirror.selection import Selection
from confsync.mirror.unreadable import pages_of, whose_place, with_known
from confsync.model.page import (
    AttachmentInfo,
    Folder,
    Page,
    PageInfo,
    ParentKind,
    Space,
    Status,
    Version,
)
from confsync.model.stamp import Local, Stamp
from confsync.remote import Remote, about
from confsync.sync import compare, scope
from confsync.sync import labels as labelling
from confsync.sync.fetch import Case, Found, Newer, Newest, Reader

Attachments = tuple[AttachmentInfo, ...] | APIAccessError


@dataclass(frozen=True, slots=True)
class SpaceView:
    """A space: the listing, the folders, every selected document decided, and the new pages.

    `failed` holds documents that, or whose page, could not be read this time. `waiting` holds
    documents without a stamp whose title a page has that is not here: perhaps theirs, which push
    finds out.
    `flawed` are rows of the listing that cannot be used and belong to no document here, and folders
    that cannot be read.
    `excluded` are the ids of pages that the configuration leaves out, `left` the documents that
    stand here all the same. `attachments` are those of the pages with a document, and of the new
    ones, by page id, where they are wanted. `unreadable` maps documents that cannot be read to
    their pages; those of `guessed` stand where the document of a new page would be written.
    """

    scan: SpaceScan
    space: Space
    home: str | None
    infos: Mapping[str, PageInfo]
    folders: Mapping[str, Folder]
    cases: Mapping[str, Case]
    failed: Mapping[str, ConfsyncError]
    new: Mapping[str, PageInfo]
    waiting: Mapping[str, PageInfo]
    excluded: frozenset[str]
    left: tuple[Entry, ...]
    attachments: Mapping[str, Attachments]
    flawed: tuple[PageInfo, ...]
    unreadable: Mapping[str, PageInfo]
    guessed: frozenset[str]


def reader_of(remote: Remote, scan: SpaceScan, newest: Newest | None = None) -> Reader:
    """What reads the pages, or blog posts, of a mirror's space; `newest` are git's stamps."""
    asked = about(remote, scan.config)
    space = asked.space(scan.config.key)
    return Reader(asked, space, archived=scan.config.archived, newest=newest)


def view(
    reader: Reader,
    scan: SpaceScan,
    selection: Selection,
    *,
    elsewhere: frozenset[str],
    deleted: Mapping[str, str],
    refresh: bool,
    with_new: bool,
    labels: bool = False,
    attachments: bool = False,
    whole: Callable[[Entry], Entry] = lambda entry: entry,
    titles: Callable[[str], Iterable[str]] = lambda _: (),
) -> SpaceView:
    """Ask the server about one space: a listing, and the bodies that the decisions need.

    Bodies are fetched of pages whose version or title changed, of locally modified and of named
    ones; new pages (`with_new`) are known by the listing. `deleted` maps ids that are not to be
    written again, `elsewhere` are those of documents in the directories of other spaces. `whole`
    brings the text of a document where title and stamp alone are known of it, `titles` has those
    that a page had when it was pulled.
    """
    listed, flawed = _usable(scan, _listing(reader, labels=labels))
    folders = folders_of(reader, listed, [folder.id for folder in scan.folders.values()])
    home = None if scan.config.posts else scan.config.root or reader.space.home
    if scan.config.root and scan.config.root not in listed:
        raise SpaceNotFoundError(
            f"there is no page {scan.config.root} in space '{scan.config.key}', or you may not "
            "see it",
            hint="check 'root' in .confsync.yaml",
        )
    infos, excluded = scope.belonging(scan, home, listed, folders)
    folders = scope.with_pages(scan, infos, listed, folders)
    unusable = {info.id: info for info in flawed if info.id}
    infos = {page_id: info for page_id, info in infos.items() if page_id not in unusable}
    excluded -= unusable.keys()
    excluded |= {e.page_id for e in scope.excluded(scan) if e.page_id and e.page_id not in listed}
    meant = [entry for entry in scan.entries if entry.page_id and selection.has(entry.path)]
    stamped = [entry for entry in meant if entry.page_id not in excluded]
    left = tuple(entry for entry in meant if entry.page_id in excluded)
    claimed = {entry.claimed_id for entry in scan.entries} | elsewhere
    untracked = _titles_of_untracked(scan)
    here = {i: info for i, info in infos.items() if _is_here(reader, info)}
    fresh = [i for i in here.values() if i.id not in claimed and i.id not in deleted]
    guessed = whose_place(scan, fresh, home, titles) if scan.lost else {}
    scan = with_known(scan, guessed) if guessed else scan
    fresh = [info for info in fresh if info.id not in guessed.values()]
    unreadable = pages_of(scan, here)
    waiting = {untracked[t]: i for i in fresh if (t := i.title.casefold()) in untracked}
    fresh = [info for info in fresh if info.title.casefold() not in untracked]
    every = refresh or not selection.everything
    least = _to_read(scan, stamped, here, every, reader.newest.likely)
    asked = {entry.path for entry in stamped}
    failed: dict[str, ConfsyncError] = {
        entry.path: ServerError(unusable[entry.page_id].flaw)
        for entry in stamped
        if entry.page_id in unusable
    }
    stamped = [entry for entry in stamped if entry.path not in failed]
    scan = _with_texts(scan, least, whole, failed)
    found = reader.current(least)
    cases: dict[str, Case] = {}
    for entry in scan.entries:
        if entry.path not in asked or entry.path in failed:
            continue
        stamp, local = sides_of(scan, entry)
        # An unmodified document that the listing shows nothing new about has the page's text.
        same = stamp.id not in found
        answer = Page(infos[stamp.id], local.body, local.digest) if same else found[stamp.id]
        answer = _with_labels(answer, infos)
        case = reader.decided(stamp, local, answer)
        if isinstance(case, APIAccessError):
            failed[entry.path] = case
        else:
            cases[stamp.id] = case
    # A page without a document here may be that of a document which is only a pointer.
    with_new = with_new and not scan.has_stand_ins
    new = {info.id: info for info in fresh} if with_new else {}
    files = _attachments(reader, [*cases, *new]) if attachments else {}
    told = tuple(info for info in (*flawed, *reader.flaws) if not info.id or info.id not in claimed)
    return SpaceView(
        scan,
        reader.space,
        home,
        infos,
        folders,
        cases,
        failed,
        new,
        waiting,
        excluded,
        left,
        files,
        told,
        unreadable,
        frozenset(guessed),
    )


def _usable(
    scan: SpaceScan, listing: Iterable[PageInfo]
) -> tuple[dict[str, PageInfo], tuple[PageInfo, ...]]:
    """The pages of a listing by id, and those of them, and others, whose rows cannot be used.

    Of two rows of one page the newer counts. A page that cannot be used stays where its document
    says, so that what stands below it stays in the mirror.
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


def _with_texts(
    scan: SpaceScan,
    page_ids: Collection[str],
    whole: Callable[[Entry], Entry],
    failed: dict[str, ConfsyncError],
) -> SpaceScan:
    """The scan with the texts of some pages' documents; adds to `failed` why not, by path."""

    def read(entry: Entry) -> Entry:
        if entry.page_id not in page_ids:
            return entry
        try:
            return whole(entry)
        except ConfsyncError as error:
            failed[entry.path] = error
            return entry

    return replace(scan, entries=tuple(map(read, scan.entries)))


def _attachments(reader: Reader, page_ids: list[str]) -> dict[str, Attachments]:
    """The attachments of each page; no server lists those of a whole space."""

    def listed(page_id: str) -> Attachments:
        try:
            return reader.remote.attachments(page_id)
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            return error

    return dict(zip(page_ids, reader.remote.workers.each(listed, page_ids), strict=True))


def _listing(reader: Reader, *, labels: bool) -> Iterable[PageInfo]:
    if reader.listed is None:
        listing = reader.remote.listing(reader.space, labels=labels, archived=reader.archived)
        reader.listed = tuple(listing)
    return reader.listed


def _is_here(reader: Reader, info: PageInfo) -> bool:
    """Whether a listed page is one that the mirror has, or shall have."""
    archived = reader.archived and info.status is Status.ARCHIVED
    return archived or info.status is Status.CURRENT


def _with_labels(answer: Found, infos: Mapping[str, PageInfo]) -> Found:
    """A page with the labels of the listing: an answer with a body has none."""
    if not isinstance(answer, Page) or answer.info.id not in infos:
        return answer
    return replace(answer, info=answer.info._replace(labels=infos[answer.info.id].labels))


def _titles_of_untracked(scan: SpaceScan) -> dict[str, str]:
    """Titles, without case, of documents that are not on the server yet: title to path."""
    return {
        entry.document.title.casefold(): entry.path
        for entry in scan.entries
        if entry.document and entry.document.stamp is None
    }


def _to_read(
    scan: SpaceScan,
    stamped: list[Entry],
    infos: Mapping[str, PageInfo],
    every: bool,
    newer_than: Newer,
) -> dict[str, int]:
    """The ids whose current body is needed, with the version that is known to exist.

    Among them everything that a push would send: it is refused where the page was changed without
    a new version, and a pull is to bring that. Of a page with a newer stamp in git the server is
    asked until it shows that version: a listing may be older than what was pushed a moment ago.
    """
    least: dict[str, int] = {}
    for entry in stamped:
        document, info = entry.document, infos.get(entry.page_id or "")
        if document is None or document.stamp is None:
            continue
        stamp = document.stamp
        newer = put_back(scan, entry, newer_than)
        if (
            every
            or newer is not None
            or info is None
            or info.version.number != stamp.version
            or info.title != document.title
            or document.modified
            or scan.moves(entry)
            or labelling.changed(document)
        ):
            known = (info.version.number if info else 0, newer.version if newer else 0)
            least[stamp.id] = max(stamp.version, *known)
    return least


def sides_of(scan: SpaceScan, entry: Entry) -> tuple[Stamp, Local]:
    """The stamp and the local side of a stamped document."""
    if entry.document is None or entry.document.stamp is None:
        raise ValueError(f"{entry.path} has no stamp")
    return entry.document.stamp, entry.document.local(scan.wanted(entry))


def put_back(scan: SpaceScan, entry: Entry, newer_than: Newer) -> Stamp | None:
    """Return the newer stamp that git knows of a document, if git seems to have put that back.

    Only the server can confirm it.
    """
    stamp = entry.document.stamp if entry.document else None
    newer = newer_than(stamp) if stamp else ()
    if stamp is None or not newer:
        return None  # nearly always, and then nothing is to be found out about its place
    stamp, local = sides_of(scan, entry)
    return next((one for one in newer if compare.seems_restored(stamp, local, one)), None)


def flaw_of_folder(folder_id: str, error: APIAccessError) -> PageInfo:
    """What is told of a folder that cannot be read."""
    why = f"the folder {folder_id} cannot be read: {error.message}"
    return PageInfo("", "", "", Version(0), None, ParentKind.NONE, Status.OTHER, flaw=why)


def folders_of(
    reader: Reader, listed: Mapping[str, PageInfo], known: Iterable[str] = ()
) -> dict[str, Folder]:
    """The folders that pages stand in, those that are `known` here, and the folders those stand in.

    No listing has a folder in which no page stands.
    """
    folders: dict[str, Folder] = {}
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
            # It keeps its directory, as one that is not visible does.
            reader.flaws.append(flaw_of_folder(folder_id, error))
            continue
        if folder is not None:
            folders[folder.id] = folder
            if folder.parent_kind is ParentKind.FOLDER:
                waiting.append(folder.parent)
    return folders
