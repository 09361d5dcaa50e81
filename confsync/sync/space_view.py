"""One space, seen from both sides: what a pull, or a status that asks the server, decides from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from confsync.errors import EVERYBODYS, APIAccessError, ConfsyncError, ServerError
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.mirror.unreadable import pages_of, whose_place, with_known
from confsync.model.page import AttachmentInfo, Folder, Page, PageInfo, Space
from confsync.model.stamp import Local, Stamp
from confsync.remote import Remote, about
from confsync.sync import compare, labels
from confsync.sync.fetch import Case, Found, Newer, Newest, Reader
from confsync.sync.space_pages import Listing, listing_of

Attachments = tuple[AttachmentInfo, ...] | APIAccessError


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """What a view of a space is to show.

    `elsewhere` are the ids of documents in the directories of other spaces. `deleted` maps ids of
    pages that are not to be written again to their paths. With `refresh` the body of each selected
    page is fetched. `with_new` shows pages without a document here. `whole` brings the text of a
    document of which title and stamp alone are known; `titles` returns the titles that a page had
    when it was pulled. `former` maps documents without a stamp to the pages that they belonged to.
    `doubtful` returns the titles, without case, under which an earlier push may
    have created the pages of new documents: title to path.
    """

    selection: Selection
    elsewhere: frozenset[str] = frozenset()
    deleted: Mapping[str, str] = field(default_factory=dict)
    refresh: bool = False
    with_new: bool = False
    labels: bool = False
    attachments: bool = False
    whole: Callable[[Entry], Entry] = lambda entry: entry
    titles: Callable[[str], Iterable[str]] = lambda page_id: ()
    former: Mapping[str, frozenset[str]] = field(default_factory=dict)
    doubtful: Callable[[SpaceScan], Mapping[str, str]] = lambda scan: {}


@dataclass(frozen=True, slots=True)
class SpaceView:
    """A space: the listing, the folders, every selected document decided, and the new pages.

    `failed` holds documents that, or whose page, could not be read this time. `waiting` holds
    documents without a stamp whose title a page has that is not here: perhaps theirs, which push
    finds out. `former` are those of them that belonged to the page by the word of git.
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
    former: frozenset[str]
    excluded: frozenset[str]
    left: tuple[Entry, ...]
    attachments: Mapping[str, Attachments]
    flawed: tuple[PageInfo, ...]
    unreadable: Mapping[str, PageInfo]
    guessed: frozenset[str]


def reader_of(remote: Remote, scan: SpaceScan, newest: Newest | None = None) -> Reader:
    """Return a reader of the pages, or blog posts, of a space; `newest` are git's stamps."""
    asked = about(remote, scan.config)
    space = asked.space(scan.config.key)
    return Reader(asked, space, archived=scan.config.archived, newest=newest)


def view(reader: Reader, scan: SpaceScan, options: ViewOptions) -> SpaceView:
    """Ask the server about one space: a listing, and the bodies that the decisions need.

    Bodies are fetched of pages whose version or title changed, of locally modified and of named
    ones; new pages are known by the listing.
    """
    listing = listing_of(reader, scan, labels=options.labels)
    claimed = {entry.claimed_id for entry in scan.entries} | options.elsewhere
    known = claimed | options.deleted.keys()
    new = [i for i in listing.current.values() if i.id not in known]
    guessed = whose_place(scan, new, listing.home, options.titles) if scan.lost else {}
    scan = with_known(scan, guessed) if guessed else scan
    new = [info for info in new if info.id not in guessed.values()]
    untracked = {**options.doubtful(scan), **_titles_of_untracked(scan)}
    waiting = {untracked[title]: i for i in new if (title := i.title.casefold()) in untracked}
    former = _former(scan, new, options.former)
    selected = [e for e in scan.entries if e.page_id and options.selection.has(e.path)]
    decided = _decide(reader, scan, listing, selected, options)
    held = {info.id for info in former.values()}
    # A page without a document here may be that of a document which is only a pointer.
    shown = new if options.with_new and not scan.has_stand_ins else []
    fresh = {i.id: i for i in shown if i.title.casefold() not in untracked and i.id not in held}
    return SpaceView(
        scan=decided.scan,
        space=reader.space,
        home=listing.home,
        infos=listing.pages,
        folders=listing.folders,
        cases=decided.cases,
        failed=decided.failed,
        new=fresh,
        waiting=waiting | former,
        former=frozenset(former),
        excluded=listing.excluded,
        left=tuple(entry for entry in selected if entry.page_id in listing.excluded),
        attachments=_attachments(reader, [*decided.cases, *fresh] if options.attachments else []),
        flawed=tuple(row for row in listing.flawed if not row.id or row.id not in claimed),
        unreadable=pages_of(scan, listing.current),
        guessed=frozenset(guessed),
    )


@dataclass(frozen=True, slots=True)
class _Decided:
    """A scan with the texts that were needed, and what is decided about its documents.

    `failed` tells, by path, why a document or its page cannot be read.
    """

    scan: SpaceScan
    cases: Mapping[str, Case]
    failed: Mapping[str, ConfsyncError]


def _decide(
    reader: Reader, scan: SpaceScan, listing: Listing, selected: list[Entry], options: ViewOptions
) -> _Decided:
    """Read what the decisions about stamped documents need, on both sides, and decide."""
    stamped = [entry for entry in selected if entry.page_id not in listing.excluded]
    least = _to_read(reader, scan, stamped, listing.current, options)
    flaws = listing.flaws
    failed: dict[str, ConfsyncError] = {
        entry.path: ServerError(flaws[entry.page_id]) for entry in stamped if entry.page_id in flaws
    }
    scan, unread = _with_texts(scan, least, options.whole)
    failed |= unread
    asked = {entry.path for entry in stamped} - failed.keys()
    answers = reader.current(least)
    cases: dict[str, Case] = {}
    for entry in scan.entries:
        if entry.path not in asked:
            continue
        stamp, local = sides_of(scan, entry)
        # An unmodified document that the listing shows nothing new about has the page's text.
        same = stamp.id not in answers
        page = (
            Page(listing.pages[stamp.id], local.body, local.digest) if same else answers[stamp.id]
        )
        case = reader.decided(stamp, local, _with_labels(page, listing.pages))
        if isinstance(case, APIAccessError):
            failed[entry.path] = case
        else:
            cases[stamp.id] = case
    return _Decided(scan, cases, failed)


def _with_texts(
    scan: SpaceScan, page_ids: Collection[str], whole: Callable[[Entry], Entry]
) -> tuple[SpaceScan, dict[str, ConfsyncError]]:
    """Return the scan with the texts of some pages' documents, and why one has none, by path."""
    entries: list[Entry] = []
    failed: dict[str, ConfsyncError] = {}
    for entry in scan.entries:
        try:
            entries.append(whole(entry) if entry.page_id in page_ids else entry)
        except ConfsyncError as error:
            failed[entry.path] = error
            entries.append(entry)
    return replace(scan, entries=tuple(entries)), failed


def _attachments(reader: Reader, page_ids: list[str]) -> dict[str, Attachments]:
    """Return the attachments of each page; no server lists those of a whole space."""

    def listed(page_id: str) -> Attachments:
        try:
            return reader.remote.attachments(page_id)
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            return error

    return dict(zip(page_ids, reader.remote.workers.each(listed, page_ids), strict=True))


def _with_labels(answer: Found, infos: Mapping[str, PageInfo]) -> Found:
    """Return a page with the labels of the listing: an answer with a body has none."""
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


def _former(
    scan: SpaceScan, new: list[PageInfo], former: Mapping[str, frozenset[str]]
) -> dict[str, PageInfo]:
    """Return the pages without a document here that documents without a stamp belonged to."""
    paths = former.keys() & {entry.path for entry in scan.entries if entry.document}
    return {path: info for path in sorted(paths) for info in new if info.id in former[path]}


def _to_read(
    reader: Reader,
    scan: SpaceScan,
    stamped: list[Entry],
    infos: Mapping[str, PageInfo],
    options: ViewOptions,
) -> dict[str, int]:
    """Return the ids whose current body is needed, with the version that is known to exist.

    Among them is everything that a push would send: the push is refused where the page was changed
    without a new version, and a pull is to bring that. Of a page with a newer stamp in git the
    server is asked until it shows that version: a listing may be older than what was pushed a
    moment ago.
    """
    every = options.refresh or not options.selection.everything
    least: dict[str, int] = {}
    for entry in stamped:
        document, info = entry.document, infos.get(entry.page_id or "")
        if document is None or document.stamp is None:
            continue
        stamp = document.stamp
        newer = put_back(scan, entry, reader.newest.likely)
        if (
            every
            or newer is not None
            or info is None
            or info.version.number != stamp.version
            or info.title != document.title
            or document.modified
            or scan.moves(entry)
            or labels.changed(document)
        ):
            known = (info.version.number if info else 0, newer.version if newer else 0)
            least[stamp.id] = max(stamp.version, *known)
    return least


def sides_of(scan: SpaceScan, entry: Entry) -> tuple[Stamp, Local]:
    """Return the stamp and the local side of a stamped document."""
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
