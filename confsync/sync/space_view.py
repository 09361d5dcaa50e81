"""One space from both sides, for the decisions of a pull or of a status with the server."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from confsync.errors import APIAccessError, ConfsyncError, ServerError
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.mirror.unreadable import pages_of, whose_place, with_known
from confsync.model.page import AttachmentInfo, Folder, Page, PageInfo, Space
from confsync.model.stamp import Local, Stamp
from confsync.remote import Remote, about
from confsync.sync import compare, labels
from confsync.sync.attachments.hints import WORTH, Hinting
from confsync.sync.fetch import Case, Found, Newer, Newest, Reader
from confsync.sync.report import or_own_error
from confsync.sync.settings import beside as settings
from confsync.sync.settings.hints import Asking, Properties, properties_of
from confsync.sync.space_pages import Listing, listing_of

Attachments = tuple[AttachmentInfo, ...] | APIAccessError


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """The options of a space's view.

    `elsewhere` returns the ids of documents in the directories of other spaces. `deleted` maps ids
    of pages that must not be written again to paths. With `refresh` the body of each selected page
    is fetched. With `with_new` the view has pages without a document here.

    `whole` loads the text of a document whose title and stamp alone are known. `titles` returns the
    titles of a page at the time of its pull. `former` maps documents without a stamp to the pages
    that they belonged to. `doubtful` returns titles, in case-folded form, by path: an earlier push
    may have created these pages of new documents. With `hinting`, attachments are not requested for
    a page whose hint equals its stamp. `noticed` says whether a page must be read for a comment.
    With `light`, a page is its digest only, if it is exactly the base of an unmodified document.
    `settings` are the names of managed settings; the same hinting holds for them.
    """

    selection: Selection
    elsewhere: Callable[[], Collection[str]] = frozenset
    deleted: Mapping[str, str] = field(default_factory=dict)
    refresh: bool = False
    with_new: bool = False
    labels: bool = False
    attachments: bool = False
    whole: Callable[[Entry], Entry] = lambda entry: entry
    titles: Callable[[str], Iterable[str]] = lambda page_id: ()
    former: Mapping[str, frozenset[str]] = field(default_factory=dict)
    doubtful: Callable[[SpaceScan], Mapping[str, str]] = lambda scan: {}
    hinting: Hinting | None = None
    noticed: Callable[[Stamp], bool] = lambda stamp: False
    light: bool = False
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpaceView:
    """A space with its listing, its folders, the decided documents, and the new pages.

    `failed` are documents that could not be read, or whose page could not. `waiting` are documents
    without a stamp whose title a page has that is not here; a push finds out whether the page is
    theirs. `former` are the waiting documents that belonged to the page according to git.

    `flawed` are invalid rows without a document here, and folders that cannot be read. `excluded`
    are ids of pages that the configuration leaves out; `left` are their documents that still exist.
    `attachments` are those of known and new pages by page id, if managed. `unreadable` maps
    documents that cannot be read to their pages. `guessed` are unreadable documents at the place of
    a new page. `properties` are the managed ones, by page id, of the pages that were asked.
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
    properties: Mapping[str, Properties] = field(default_factory=dict)


def reader_of(remote: Remote, scan: SpaceScan, newest: Newest | None = None) -> Reader:
    """Return a reader of the pages, or blog posts, of a space; `newest` are git's stamps."""
    asked = about(remote, scan.config)
    space = asked.space(scan.config.key)
    return Reader(asked, space, archived=scan.config.archived, newest=newest)


def view(reader: Reader, scan: SpaceScan, options: ViewOptions) -> SpaceView:
    """Return a space from both sides: a listing, and the bodies that the decisions need.

    These are the bodies of pages with a new version or title, and of modified or named documents.
    """
    listing = _listed(reader, scan, options)
    claimed, new = _claimed_and_new(scan, listing, options)
    guessed = whose_place(scan, new, listing.home, options.titles) if scan.lost else {}
    scan = with_known(scan, guessed) if guessed else scan
    new = [info for info in new if info.id not in guessed.values()]
    untracked = {**options.doubtful(scan), **_titles_of_untracked(scan)}
    waiting = {untracked[title]: i for i in new if (title := i.title.casefold()) in untracked}
    former = _former(scan, new, options.former)
    selected = [e for e in scan.entries if e.page_id and options.selection.has(e.path)]
    decided = _decide(reader, scan, listing, selected, options)
    held = {info.id for info in former.values()}
    # A page without a document here may belong to a document that is only a pointer.
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
        attachments=_attachments(reader, decided, fresh, options),
        flawed=tuple(row for row in listing.flawed if not row.id or row.id not in claimed),
        unreadable=pages_of(scan, listing.current),
        guessed=frozenset(guessed),
        properties=_properties(reader, decided, fresh, options),
    )


def _claimed_and_new(
    scan: SpaceScan, listing: Listing, options: ViewOptions
) -> tuple[set[str | None], list[PageInfo]]:
    """Return the ids of pages with documents, and the listed pages that need new documents."""
    claimed = {entry.claimed_id for entry in scan.entries}
    known = claimed | options.deleted.keys()
    new = [info for info in listing.current.values() if info.id not in known]
    if new or listing.flawed:  # nearly never; in a mirror of many spaces the answer takes long
        claimed |= {*options.elsewhere()}
    return claimed, [info for info in new if info.id not in claimed]


def _listed(reader: Reader, scan: SpaceScan, options: ViewOptions) -> Listing:
    """Return the listing. With `refresh`, no hint tells about labels."""
    hinting = None if options.refresh else options.hinting
    recent = hinting.recent() if hinting else None
    return listing_of(reader, scan, labels=options.labels, recent=recent)


@dataclass(frozen=True, slots=True)
class _Decided:
    """A scan with the texts that were needed, and the decisions about its documents.

    `failed` maps paths to the reason why a document or its page cannot be read.
    """

    scan: SpaceScan
    cases: Mapping[str, Case]
    failed: Mapping[str, ConfsyncError]


def _decide(
    reader: Reader, scan: SpaceScan, listing: Listing, selected: list[Entry], options: ViewOptions
) -> _Decided:
    """Read both sides of the stamped documents and decide about them."""
    stamped = [entry for entry in selected if entry.page_id not in listing.excluded]
    least = _to_read(reader, scan, stamped, listing.current, options)
    flaws = listing.flaws
    failed: dict[str, ConfsyncError] = {
        entry.path: ServerError(flaws[entry.page_id]) for entry in stamped if entry.page_id in flaws
    }
    answers = reader.current(least, _bases(stamped, options) if options.light else {})
    read = {i for i, page in answers.items() if not isinstance(page, Page) or page.known is None}
    scan, unread = _with_texts(scan, read, options.whole)
    failed |= unread
    asked = {entry.path for entry in stamped} - failed.keys()
    cases: dict[str, Case] = {}
    for entry in scan.entries:
        if entry.path not in asked:
            continue
        stamp, local = sides_of(scan, entry)
        # If the listing shows no change, an unmodified document has the page's text.
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


def _bases(stamped: list[Entry], options: ViewOptions) -> dict[str, Stamp]:
    """Return the stamps of the unmodified documents whose pages are not read for a comment."""
    found = (entry.document for entry in stamped)
    stamps = (one.stamp for one in found if one and not one.modified)
    return {stamp.id: stamp for stamp in stamps if stamp and not options.noticed(stamp)}


def _with_texts(
    scan: SpaceScan, page_ids: Collection[str], whole: Callable[[Entry], Entry]
) -> tuple[SpaceScan, dict[str, ConfsyncError]]:
    """Return the scan with the texts of some pages' documents, and the errors by path."""
    entries: list[Entry] = []
    failed: dict[str, ConfsyncError] = {}
    for entry in scan.entries:
        try:
            entries.append(whole(entry) if entry.page_id in page_ids else entry)
        except ConfsyncError as error:
            failed[entry.path] = error
            entries.append(entry)
    return replace(scan, entries=tuple(entries)), failed


def _attachments(
    reader: Reader, decided: _Decided, fresh: Mapping[str, PageInfo], options: ViewOptions
) -> dict[str, Attachments]:
    """Return the attachments of each page whose own listing must be read."""
    if not options.attachments:
        return {}
    page_ids = [*decided.cases, *fresh]
    reader.agreed = not page_ids
    hinted = options.hinting and decided.cases and not options.refresh
    hints = reader.attachment_hints() if hinted else None
    if options.hinting and hints is not None:
        entries = (e for e in decided.scan.entries if e.page_id in decided.cases)
        infos = {i: case.page.info for i, case in decided.cases.items() if case.page}
        asked = options.hinting.to_ask(hints, entries, infos) | fresh.keys()
        reader.agreed = not asked
        page_ids = [page_id for page_id in page_ids if page_id in asked]

    listed = partial(or_own_error, reader.remote.attachments)
    return dict(zip(page_ids, reader.remote.workers.each(listed, page_ids), strict=True))


def _properties(
    reader: Reader, decided: _Decided, fresh: Mapping[str, PageInfo], options: ViewOptions
) -> dict[str, Properties]:
    """Return the settings of each page that must be asked by itself."""
    if not options.settings:
        return {}
    hinting = None if options.refresh else options.hinting
    recent = hinting.recent() if hinting else frozenset() if len(fresh) > WORTH else None
    asking = Asking(options.settings, None if options.refresh else recent)
    return properties_of(reader, decided.scan.entries, decided.cases, fresh, asking)


def _with_labels(answer: Found, infos: Mapping[str, PageInfo]) -> Found:
    """Return a page with the labels of the listing, because an answer with a body has none."""
    if not isinstance(answer, Page) or answer.info.id not in infos:
        return answer
    return replace(answer, info=answer.info._replace(labels=infos[answer.info.id].labels))


def _titles_of_untracked(scan: SpaceScan) -> dict[str, str]:
    """Return the titles, in case-folded form, of documents without a stamp: title to path."""
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

    These include every document that a push would send. If such a page changed without a new
    version, the push is refused and a pull brings the change. If git has a newer stamp, the server
    is asked until it shows that version. A listing may be older than the last push.
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
            or settings.changed(document, options.settings)
            or options.noticed(stamp)
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
    """Return the newer stamp in git of a document that git seems to have put back, or None.

    Only the server can confirm it.
    """
    stamp = entry.document.stamp if entry.document else None
    newer = newer_than(stamp) if stamp else ()
    if stamp is None or not newer:
        return None  # nearly always; then the place need not be computed
    stamp, local = sides_of(scan, entry)
    return next((one for one in newer if compare.seems_restored(stamp, local, one)), None)
