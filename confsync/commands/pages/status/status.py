"""The entry point of `status`: edits here and, if the server is asked, changes there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from confsync.commands.pages.status import attachments, documents, server
from confsync.commands.pages.status.hints import PULL, hints
from confsync.commands.pages.status.work_tree import WorkTree, read_work_tree
from confsync.errors import ConfsyncError, Exit
from confsync.mirror.committed.deleted import has_new_lines
from confsync.mirror.committed.former_pages import former_in
from confsync.mirror.entry import Entry
from confsync.mirror.index import Index
from confsync.mirror.left_out.absent import deleted_unknown, missing_documents
from confsync.mirror.left_out.files import deleted_attachments, left_out
from confsync.mirror.mirror import Mirror
from confsync.mirror.outside import documents_outside
from confsync.mirror.scan import SpaceScan, claimed_elsewhere
from confsync.mirror.selection import Selection
from confsync.mirror.snapshot import Snapshot, key_of_removals
from confsync.model.config import Comments
from confsync.model.filenames import REMOVED
from confsync.model.left_out import LeftOut, Reason
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem, Result
from confsync.progress import Progress, silent
from confsync.remote import about
from confsync.sync import comments, scope
from confsync.sync.attachments.beside import Beside, beside
from confsync.sync.attachments.hints import Hinting
from confsync.sync.comments import Notice
from confsync.sync.people import with_authors, with_names
from confsync.sync.preflight.text import gather_bases
from confsync.sync.refusals import edited_outside, failed, unreadable_directories, unusable_row
from confsync.sync.report import Report
from confsync.sync.space_view import SpaceView, ViewOptions, put_back, reader_of, view

if TYPE_CHECKING:
    from confsync.remote import Remote


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """The options of `status`.

    With `exit_code`, any page that is not clean is an error. With `fresh`, only a page that the
    server changed is an error.
    """

    selection: Selection = field(default_factory=Selection)
    exit_code: bool = False
    fresh: bool = False


# A snapshot shows that there are files that are left out for one of these reasons.
_SHOWN = (Reason.NO_DOCUMENT, Reason.SUFFIX, Reason.NOT_MIRRORED, Reason.UNCOMMITTED)


class _Run(NamedTuple):
    """One run of `status`. `remote` is None if the server is not asked."""

    mirror: Mirror
    remote: Remote | None
    selection: Selection
    tree: WorkTree
    report: Report
    progress: Progress
    notice: Notice | None = None


def status(
    mirror: Mirror,
    remote: Remote | None,
    options: StatusOptions = StatusOptions(),
    progress: Progress = silent,
) -> Result:
    """Return the state of every document; with `remote`, of every page. Write only the index."""
    selection = options.selection
    index = None
    if remote is None:
        index = mirror.index = Index(mirror.root, files=bool(mirror.config.attachments))
    tree = read_work_tree(mirror, selection, index)
    run = _with_notice(_Run(mirror, remote, selection, tree, Report("status"), progress))
    run.report.refuse(*unreadable_directories(mirror.root, tree.scans, selection))
    gather_bases(
        mirror, (e.document for scan in tree.scans for e in scan.entries if selection.has(e.path))
    )
    if _has_threads(run):
        _add_threads(run)
    excluded = [entry for scan in tree.scans for entry in _add_space(run, scan)]
    _add_elsewhere(run)
    run.report.note(*scope.note(excluded))
    if index:
        _add_missing(run, index)
    removals = _uncommitted_removals(run)
    result = _result(run, options)
    left_out = (*result.left_out, *removals)
    result = replace(result, left_out=left_out, hints=tuple(hints(result.pages, left_out)))
    if index:
        index.save()
        found = any(one.reason not in _SHOWN for one in left_out)
        told = result.pages or result.errors or result.notes or tree.gone or found
        if selection.everything and not told:
            known = "" if removals else key_of_removals(mirror.root)
            keys, began = index.keys, index.moment()
            Snapshot(mirror.root).note(mirror.config, keys, began, removed=known)
    return result


def _with_notice(run: _Run) -> _Run:
    """Return the run with the new comments, if it looks for them. Say if they are not known."""
    if run.remote is None or not run.selection.everything:
        return run
    news = comments.news_of(run.mirror, run.remote)
    if news and news.flaw:
        run.report.warn(comments.warning(news.flaw))
    elif news and news.before is None:
        run.report.note("new comments are not known yet: 'confsync pull' reads every page once")
        return run
    return run._replace(notice=comments.Notice(news)) if news else run


def _has_threads(run: _Run) -> bool:
    """Return whether the files of comments are all that a run knows of comments."""
    return run.remote is None and run.mirror.config.comments is Comments.FILES


def _add_threads(run: _Run) -> None:
    """Look up what tells which comments edits drop. Name the comments of named documents."""
    from confsync.commands.pages.status import threads

    entries = [e for scan in run.tree.scans for e in scan.entries if run.selection.has(e.path)]
    threads.gather_bases(run.mirror, entries)
    if not run.selection.everything:
        run.report.note(*threads.notes(run.mirror, entries))


def _add_missing(run: _Run, index: Index) -> None:
    """Report documents that were deleted here, and of which git knows nothing."""
    present = {entry.claimed_id for scan in run.tree.scans for entry in scan.entries}
    present |= {page.id for page in run.report.pages} | run.tree.gone.keys()
    ids = frozenset(page_id for page_id in present if page_id)
    found = missing_documents(run.mirror, index, ids)
    index.keep(found)
    some = {path: stamp for path, stamp in found.items() if run.selection.has(path)}
    run.report.leave_out(*map(deleted_unknown, some, some.values()))


def _uncommitted_removals(run: _Run) -> tuple[LeftOut, ...]:
    """Return `.confsync.removed` if git does not have all of its lines."""
    if not (run.selection.everything and has_new_lines(run.mirror.root)):
        return ()
    hint = "'git add {path}' stages it for the next commit"
    return (LeftOut(REMOVED, Reason.UNCOMMITTED, hint),)


def _add_space(run: _Run, scan: SpaceScan) -> list[Entry]:
    """Report on one space. Return its stamped documents that the configuration excludes."""
    mirror, selection, report = run.mirror, run.selection, run.report
    seen = _seen(run, scan)
    report.add(*_pages(run, scan, seen))
    if selection.everything and not scan.config.posts:
        report.note(*attachments.orphans(mirror, scan, run.tree.scans))
    if run.notice:
        paths = {entry.page_id: entry.path for entry in scan.entries if entry.page_id}
        report.tell(*run.notice.new_comments(paths))
    if seen and run.remote:
        asked = about(run.remote, scan.config)
        report.note(*server.notes(asked, seen, ask=selection.everything))
    report.refuse(*(Problem.of(error) for error in scan.broken if selection.has(error.path)))
    excluded = seen.left if seen else scope.excluded(scan)
    return [entry for entry in excluded if entry.page_id and selection.has(entry.path)]


def _seen(run: _Run, scan: SpaceScan) -> SpaceView | None:
    """Ask the server about one space, if there is a remote. Report failures."""
    if run.remote is None:
        return None
    run.progress(f"asking about {scan.config.key}", 0, None)
    try:
        wanted = ViewOptions(
            run.selection,
            elsewhere=lambda: claimed_elsewhere(run.tree.scans, scan),
            deleted=run.tree.deleted,
            with_new=run.selection.everything,
            labels=run.mirror.config.labels,
            attachments=bool(run.mirror.config.attachments),
            former=former_in(run.mirror.root, run.mirror.config.directories, [scan]),
            hinting=_hinting(run),
            noticed=run.notice.wants if run.notice else lambda stamp: False,
            settings=run.mirror.config.settings,
        )
        return view(reader_of(run.remote, scan, run.tree.newest), scan, wanted)
    except ConfsyncError as error:
        run.report.refuse(Problem.of(error))
        return None


def _hinting(run: _Run) -> Hinting | None:
    """Return how hints about attachments are used; None if each selected page is asked."""
    if not run.selection.everything:
        return None

    def found(entry: Entry) -> Beside:
        deleted, newest = run.tree.deleted_files, run.tree.stamps.attachments
        return beside(run.mirror, entry.path, entry.document, deleted, newest)

    return Hinting.of(run.mirror, run.tree.scans, found)


def _pages(run: _Run, scan: SpaceScan, seen: SpaceView | None) -> Iterator[PageResult]:
    """Yield the states of one space's documents, and of pages without a document.

    If the server did not answer, no document is known to be clean.
    """
    unasked = run.remote is not None and seen is None
    for entry in scan.entries:
        if run.selection.has(entry.path):
            page = _page(run, scan, entry, seen)
            if not (unasked and page.outcome is Outcome.CLEAN):
                yield page
    if seen:
        yield from (unusable_row(scan.config.path, info) for info in seen.flawed)
        for info in seen.new.values():
            where = f"{scan.config.path}/ (page {info.id})"
            yield PageResult(
                where, Outcome.NEW, info.id, info.title, "new", remote=info.version.number
            )


def _page(run: _Run, scan: SpaceScan, entry: Entry, seen: SpaceView | None) -> PageResult:
    """Return the state of one document: by itself, git or the server, attachments and settings."""
    case = seen.cases.get(entry.page_id or "") if seen else None
    page = documents.local_state(run.mirror, scan, entry)
    if case:
        page = server.with_page(page, case)
    else:
        page = documents.by_git(page, put_back(scan, entry, run.tree.newest.likely))
    if _has_threads(run):
        from confsync.commands.pages.status import threads  # most mirrors have no files of comments

        page = threads.with_dropped(run.mirror, entry, page)
    if seen and entry.path in seen.failed:
        page = failed(page, seen.failed[entry.path])
    infos = seen.attachments.get(entry.page_id or "") if seen else None
    page = attachments.with_attachments(run.mirror, entry, page, infos, run.tree)
    if not run.mirror.config.settings:
        return page
    from confsync.commands.pages.status import settings  # most mirrors have no settings

    held = seen.properties.get(entry.page_id or "") if seen else None
    return settings.with_settings(run.mirror, entry, page, held, run.tree.stamps)


def _add_elsewhere(run: _Run) -> None:
    """Report documents outside all spaces, and documents that only git has."""
    mirror, tree, selection = run.mirror, run.tree, run.selection
    present = {entry.claimed_id for scan in tree.scans for entry in scan.entries}
    absent = {
        page_id: tree.gone[page_id]
        for page_id, path in tree.deleted.items()
        if page_id not in present and selection.has(path)
    }
    run.report.add(*documents.absent_states(mirror, tree.scans, absent))
    outside = documents_outside(mirror, tree.scans, absent)
    if selection.everything:
        run.report.add(*map(edited_outside, outside.edited))
        run.report.note(*outside.notes)
    run.report.leave_out(*left_out(mirror, tree.scans, outside.new, selection))
    run.report.leave_out(*deleted_attachments(mirror, tree.scans, tree.deleted_files, selection))


def _result(run: _Run, options: StatusOptions) -> Result:
    """Return the result. It lists all documents but the clean ones, which it counts."""
    pages = run.report.pages
    listed = tuple(page for page in pages if page.outcome is not Outcome.CLEAN)
    listed = with_names(run.mirror, run.remote, listed) if run.remote else listed
    if options.exit_code and listed:
        run.report.refuse(Problem("not-clean", "", exit=Exit.REFUSED))
    stale = [page for page in listed if server.is_stale(page, run.tree.stamps)]
    if options.fresh and stale:
        said = f"the server has changed {len(stale)} of these pages"
        hint = PULL if all(page.outcome is Outcome.BEHIND for page in stale) else ""
        run.report.refuse(Problem("stale", said, hint, Exit.REFUSED))
    result = replace(run.report.result(), pages=listed, clean=len(pages) - len(listed))
    if run.remote is None:
        return result
    return replace(result, comments=with_authors(run.mirror, run.remote, result.comments))
