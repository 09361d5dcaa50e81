"""status: what was edited here and, when asked to look, what changed on the server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeGuard, assert_never

from confsync.document.attachments.names import document_of
from confsync.document.paths import folded
from confsync.errors import APIAccessError, ConfsyncError, Exit, FileError
from confsync.mirror import attachment_files as files
from confsync.mirror.committed import newest_stamps
from confsync.mirror.committed.deleted import deleted_entries
from confsync.mirror.committed.newest_stamps import NewestStamps
from confsync.mirror.committed.whereabouts import Whereabouts
from confsync.mirror.index import Index
from confsync.mirror.mirror import Mirror
from confsync.mirror.outside import Strays, strays_of
from confsync.mirror.scan import Entry, SpaceScan, claimed_elsewhere, knowing, paths_of
from confsync.mirror.selection import Selection
from confsync.mirror.snapshot import Glance
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import AttachmentInfo, ParentKind, Status
from confsync.model.result import Problem, Result
from confsync.model.stamp import Attached, Stamp
from confsync.progress import Progress, silent
from confsync.remote import about
from confsync.sync import labels as labelling
from confsync.sync import merge_base as bases
from confsync.sync import scope
from confsync.sync.attachments import beside as attaching
from confsync.sync.attachments.beside import deleted_here
from confsync.sync.attachments.compare import decide
from confsync.sync.compare import Content, Parent
from confsync.sync.fetch import Case, Newer, Reader
from confsync.sync.people import with_names
from confsync.sync.preflight import RESOLVE, conflict_of, flaw_of_marker, gather_bases
from confsync.sync.refusals import (
    deletion_refusal,
    edited_outside,
    failed,
    hint_of,
    read_only,
    reason,
    unreadable_directories,
    unusable_row,
)
from confsync.sync.space_view import Attachments, SpaceView, ViewOptions, put_back, reader_of, view

if TYPE_CHECKING:
    from confsync.remote import Remote

# What the server, and not whoever works here, has changed.
_STALE = (
    Outcome.BEHIND,
    Outcome.COMMENTED,
    Outcome.DIVERGED,
    Outcome.GONE,
    Outcome.NOT_VISIBLE,
)
_ASK = "'confsync status --remote {path}' asks the server, and names the commands to go on with"
# What says less than a change of an attachment does.
_OUTDONE = (Outcome.CLEAN, Outcome.MODIFIED, Outcome.MOVED)


class _Git(NamedTuple):
    """What git knows: attachments' files that were deleted here, and the newest stamps."""

    deleted_files: frozenset[str]
    attachments: Mapping[str, Mapping[str, Attached]]
    newer_than: Newer


def status(
    mirror: Mirror,
    remote: Remote | None,
    selection: Selection,
    *,
    exit_code: bool = False,
    fresh: bool = False,
    progress: Progress = silent,
) -> Result:
    """The state of every document; with `remote`, of every page. Writes nothing but the index.

    `exit_code` makes anything that is not clean an error, `fresh` only what the server changed.
    """
    offline = remote is None and not mirror.config.attachments
    known = Index(mirror.root) if offline else None
    scans = mirror.scan(known.read if known else None)
    gone_files = deleted_here(mirror)
    selection.check(
        (entry.path for scan in scans for entry in scan.entries), mirror.config.directories
    )
    gone = deleted_entries(mirror.root, mirror.config.spaces, here=paths_of(scans))
    scans = knowing(scans, gone)
    git = newest_stamps.read(mirror.root, mirror.config.directories)
    newest = bases.newest_of(mirror, git)
    deleted = {i: entry.path for i, entry in scope.not_excluded(scans, gone).items()}
    left: list[Entry] = []
    notes: list[str] = []
    present = {entry.claimed_id for scan in scans for entry in scan.entries}
    pages: list[PageResult] = []
    errors = unreadable_directories(mirror.root, scans, selection)
    gather_bases(
        mirror, (e.document for scan in scans for e in scan.entries if selection.has(e.path))
    )
    for scan in scans:
        seen = None
        if remote is not None:
            progress(f"asking about {scan.config.key}", 0, None)
            try:
                elsewhere = claimed_elsewhere(scans, scan)
                seen = _look(
                    mirror, reader_of(remote, scan, newest), scan, selection, elsewhere, deleted
                )
            except ConfsyncError as error:
                errors.append(Problem.of(error))
        word = _Git(gone_files, git.attachments, newest.likely)
        pages += _pages(mirror, scan, selection, seen, word)
        if selection.everything and not scan.config.posts:
            notes += _orphans(mirror, scan, scans)
        if seen and remote:
            notes += _notes(about(remote, scan.config), seen, ask=selection.everything)
        errors += [Problem.of(error) for error in scan.broken if selection.has(error.path)]
        outside = seen.left if seen else scope.excluded(scan)
        left += [entry for entry in outside if entry.page_id and selection.has(entry.path)]
    absent = {i: p for i, p in deleted.items() if i not in present and selection.has(p)}
    pages += _absent(mirror, scans, {i: gone[i] for i in absent})
    strays = strays_of(mirror, scans, absent) if selection.everything else Strays()
    pages += map(edited_outside, strays.edited)
    notes += strays.notes
    listed = tuple(page for page in pages if page.outcome is not Outcome.CLEAN)
    listed = with_names(mirror, remote, listed) if remote else listed
    if exit_code and listed:
        errors.append(Problem("not-clean", "", exit=Exit.REFUSED))
    told = (*notes, *scope.note(left))
    stale = [page for page in listed if _is_stale(page, git)]
    if fresh and stale:
        said = f"the server has changed {len(stale)} of these pages"
        hint = "'confsync pull' brings its changes; 'confsync diff --remote' shows them"
        errors.append(Problem("stale", said, hint, Exit.REFUSED))
    result = Result("status", listed, tuple(errors), told, clean=len(pages) - len(listed))
    if known:
        known.save()
        if selection.everything and not (listed or errors or told or gone):
            Glance(mirror.root).note(mirror.config, known.keys, known.moment())
    return result


def _absent(
    mirror: Mirror, scans: tuple[SpaceScan, ...], gone: Mapping[str, Entry]
) -> Iterator[PageResult]:
    """The pages whose documents git has and the work tree lacks, or has in another place."""
    entries = [entry for scan in scans for entry in scan.entries]
    sight = Whereabouts(mirror.root, mirror.config.spaces, entries, gone)
    traces = sight.look()
    for page_id, entry in gone.items():
        trace = traces.get(page_id)
        if trace is None:
            yield PageResult(entry.path, Outcome.DELETED, page_id)
            continue
        why, _ = deletion_refusal(trace, entry, outside=sight.is_outside(trace.path))
        outcome = Outcome.MOVED if trace.certain else Outcome.DELETED
        yield PageResult(entry.path, outcome, page_id, error=why)


def _is_stale(page: PageResult, git: NewestStamps) -> bool:
    """Return whether the server changed a page; a restored one after the version that git knows."""
    known = git.stamps.get(page.id or "")
    later = known is not None and page.remote is not None and page.remote > known.version
    return page.outcome in _STALE or (page.outcome is Outcome.RESTORED and later)


def _look(
    mirror: Mirror,
    reader: Reader,
    scan: SpaceScan,
    selection: Selection,
    elsewhere: frozenset[str],
    deleted: dict[str, str],
) -> SpaceView:
    wanted = ViewOptions(
        selection,
        elsewhere=elsewhere,
        deleted=deleted,
        with_new=selection.everything,
        labels=mirror.config.labels,
        attachments=bool(mirror.config.attachments),
    )
    return view(reader, scan, wanted)


def _orphans(mirror: Mirror, scan: SpaceScan, scans: tuple[SpaceScan, ...]) -> Iterator[str]:
    """A note of attachments whose document is not there, a blog's that is below included."""
    if mirror.config.attachments:
        documents = frozenset(entry.path for one in scans for entry in one.entries)
        named = frozenset(map(folded, documents))  # 'confsync pull' corrects the case of a name
        found = [
            directory
            for directory in files.orphans(mirror.root, scan.config.path, documents)
            if folded(document_of(directory) or "") not in named
        ]
        if found:
            yield f"attachments without a document: {scope.few(found)}"


def _notes(remote: Remote, seen: SpaceView, *, ask: bool) -> Iterator[str]:
    """What a person should know of pages that are only pulled, and of what is not mirrored."""
    paths: dict[str, list[str]] = {}
    for entry in seen.scan.entries:
        case = seen.cases.get(entry.page_id or "")
        if case and case.page and read_only(case.page):
            archived = case.page.info.status is Status.ARCHIVED
            paths.setdefault("archived pages" if archived else "live docs", []).append(entry.path)
    for kind, named in sorted(paths.items()):
        yield f"{kind}, pulled and never pushed: {scope.few(named)}"
    try:
        others = remote.others(seen.space) if ask else ()
    except APIAccessError:
        return  # a note is no reason to fail
    if others:
        named = [f"{other.kind} '{other.title}'" for other in others]
        yield f"not mirrored: {len(named)} below the home page: {scope.few(named)}"
    above = {i.parent for i in seen.infos.values() if i.parent_kind is ParentKind.OTHER}
    if ask and (more := above - {other.id for other in others}):
        yield f"not mirrored: {len(more)} whiteboards or databases that pages stand below"


def _pages(
    mirror: Mirror,
    scan: SpaceScan,
    selection: Selection,
    seen: SpaceView | None,
    git: _Git,
) -> Iterator[PageResult]:
    for entry in scan.entries:
        if not selection.has(entry.path):
            continue
        case = seen.cases.get(entry.page_id or "") if seen else None
        page = _local(mirror, scan, entry)
        page = _remote(page, case) if case else _by_git(page, put_back(scan, entry, git.newer_than))
        if seen and entry.path in seen.failed:
            page = failed(page, seen.failed[entry.path])
        infos = seen.attachments.get(entry.page_id or "") if seen else None
        yield _with_files(mirror, entry, page, infos, git)
    if seen:
        yield from (unusable_row(scan.config.path, info) for info in seen.flawed)
        for info in seen.new.values():
            where = f"{scan.config.path}/ (page {info.id})"
            yield PageResult(
                where, Outcome.NEW, info.id, info.title, "new", remote=info.version.number
            )


def _local(mirror: Mirror, scan: SpaceScan, entry: Entry) -> PageResult:
    found = entry.document
    if found is None:
        error = entry.error
        return PageResult(
            entry.path,
            Outcome.INVALID,
            error=f"line {error.line}: {error.problem}" if error else "",
            hint=error.hint if error else "",
            exit=Exit.LOCAL,
        )
    page = PageResult(
        entry.path,
        Outcome.CLEAN,
        entry.page_id,
        found.title,
        base=found.stamp.version if found.stamp else None,
    )
    if found.stamp is None:
        return replace(page, outcome=Outcome.UNTRACKED)
    marker = conflict_of(mirror, found)
    if marker:
        flaw = flaw_of_marker(mirror, marker)
        if not flaw.doubt:
            return replace(page, outcome=Outcome.CONFLICTED, error=str(flaw), hint=RESOLVE)
        return replace(page, outcome=Outcome.MODIFIED, error=str(flaw))
    if found.modified:
        return replace(page, outcome=Outcome.MODIFIED)
    if mirror.config.labels and labelling.changed(found):
        return replace(page, outcome=Outcome.MODIFIED, error="labels")
    if entry.waits:
        why = "a move was interrupted; 'confsync pull' puts the file in its place"
        return replace(page, outcome=Outcome.MOVED, error=why)
    if entry.path in scan.foreign:
        why = f"from {scan.foreign[entry.path]}/; no page is moved between spaces from here"
        return replace(page, outcome=Outcome.MOVED, error=why)
    if scan.misdated(entry):
        why = f"posted on {found.stamp.posted}: 'confsync pull' puts the file back below that day"
        return replace(page, outcome=Outcome.MOVED, error=why)
    return replace(page, outcome=Outcome.MOVED) if scan.moves(entry) else page


def _by_git(page: PageResult, newer: Stamp | None) -> PageResult:
    """Return the local state or, if git knows a newer stamp, that the document is restored."""
    if newer is None or page.outcome is Outcome.CONFLICTED:
        return page
    told = f"git has v{newer.version}, the file is based on v{page.base}"
    return replace(page, outcome=Outcome.RESTORED, error=told, hint=_ASK)


def _with_files(
    mirror: Mirror,
    entry: Entry,
    page: PageResult,
    infos: Attachments | None,
    git: _Git,
) -> PageResult:
    """The state of a page whose text alone says less: its attachments changed, here or there."""
    if not mirror.config.attachments or page.outcome not in _OUTDONE or entry.document is None:
        return page
    try:
        found, known = entry.document, git.attachments
        beside = attaching.beside(mirror, entry.path, found, git.deleted_files, known)
    except FileError as error:
        return replace(page, outcome=Outcome.INVALID, error=error.message, exit=Exit.LOCAL)
    why, hint = attaching.told_of_stand_ins(beside)
    if why:
        outcome = Outcome.MODIFIED if page.outcome is Outcome.CLEAN else page.outcome
        return replace(page, outcome=outcome, error=why, hint=hint)
    facing = beside.facing(infos).sides(infos) if _known(infos) else ()
    decisions = [decide(side) for side in facing]
    newer = beside.put_back(infos if _known(infos) else None)
    if newer:
        told = ", ".join(f"git has v{one.version} of {one.name}" for one in newer)
        hint = "'confsync push {path}' names the commands to go on with"
        return replace(page, outcome=Outcome.RESTORED, error=f"attachments: {told}", hint=hint)
    if any(decision in attaching.CONFLICTS for decision in decisions):
        return replace(page, outcome=Outcome.DIVERGED, error="attachments: both sides changed them")
    if any(decision in attaching.HERE for decision in decisions):
        return replace(page, outcome=Outcome.BEHIND, error="attachments")
    changed = beside.changed()
    if page.outcome is Outcome.CLEAN and changed:
        return replace(page, outcome=Outcome.MODIFIED, error=f"attachments: {scope.few(changed)}")
    return page


def _known(infos: Attachments | None) -> TypeGuard[tuple[AttachmentInfo, ...]]:
    return isinstance(infos, tuple)


def _remote(page: PageResult, case: Case) -> PageResult:
    """The local state, outdone by what the server says."""
    page = replace(
        page,
        decision=case.decisions.content.value,
        remote=case.page.info.version.number if case.page else None,
    )
    if page.outcome in (Outcome.MODIFIED, Outcome.MOVED) and read_only(case.page):
        page = replace(page, error=read_only(case.page))
    outcome = _outcome(case)
    if outcome is None or page.outcome is Outcome.CONFLICTED:
        return page
    page = replace(page, outcome=outcome, error=reason(case))
    if outcome in (Outcome.DIVERGED, Outcome.COMMENTED, Outcome.RESTORED) and case.page:
        page = replace(page, version=case.page.info.version, hint=hint_of(case))
    return page


def _outcome(case: Case) -> Outcome | None:
    """What the server's side makes of a page; None where the local state says it all."""
    if case.decisions.parent is Parent.DIVERGED:
        return Outcome.DIVERGED
    match case.decisions.content:
        case Content.UP_TO_DATE | Content.AHEAD:
            theirs = case.page.info.labels if case.page else None
            relabelled = labelling.is_news(case.stamp, case.local, theirs)
            follows = case.decisions.parent is Parent.FOLLOW or relabelled
            return Outcome.BEHIND if follows else None
        case Content.RESTORED:
            return Outcome.RESTORED
        case Content.EQUAL | Content.BEHIND | Content.LANDED | Content.RESTAMPED:
            return Outcome.BEHIND
        case Content.COMMENTED:
            return Outcome.COMMENTED
        case Content.STAMP_AHEAD | Content.STAMP_MISMATCH | Content.DIVERGED:
            return Outcome.DIVERGED
        case Content.GONE:
            return Outcome.GONE
        case Content.NOT_VISIBLE | Content.MOVED_OUT:
            return Outcome.NOT_VISIBLE
        case Content.UNTRACKED:
            return Outcome.UNTRACKED
        case _:
            assert_never(case.decisions.content)
