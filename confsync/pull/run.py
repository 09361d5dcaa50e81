"""A pull that may have something to do: scan, listing, view, plan, apply, report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from confsync.mirror import moves
from confsync.mirror.committed.deleted import deleted_pages, has_new_lines
from confsync.mirror.committed.former_pages import former_in
from confsync.mirror.entry import Entry
from confsync.mirror.git.trees import is_unknown
from confsync.mirror.left_out.named import check_named
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import (
    SpaceScan,
    ids_in,
    knowing,
    new_in,
    paths_of,
    stamps_in,
)
from confsync.mirror.state import in_doubt
from confsync.mirror.state.base_cache import STATE
from confsync.model.config import Comments, SpaceConfig
from confsync.model.filenames import REMOVED
from confsync.model.hint import marked, mentioned
from confsync.model.result import Problem, Result
from confsync.pull import planner
from confsync.pull.apply import apply_plan, tells
from confsync.pull.context import PullRun
from confsync.pull.guard import harmless_part, mass_change, mass_rollback
from confsync.pull.no_change import Unchanged
from confsync.pull.plan import Plan, Text
from confsync.pull.prefetch import texts_ahead
from confsync.pull.resolve import git_conflicts
from confsync.pull.step_details import foretold
from confsync.pull.subtree_moves import Subtrees, hand_over, left_in_others, rescanned
from confsync.pull.witnesses import Witnesses
from confsync.remote import about
from confsync.sync import comments, renames, scope
from confsync.sync.attachments.beside import Beside, beside, deleted_here
from confsync.sync.attachments.hints import Hinting
from confsync.sync.fetch import Reader
from confsync.sync.people import with_authors, with_names
from confsync.sync.refusals import unreadable_directories
from confsync.sync.renames import Renamed
from confsync.sync.space_view import SpaceView, ViewOptions, reader_of, view

if TYPE_CHECKING:
    from confsync.sync.commit import Commit


def pull_mirror(run: PullRun, known: Unchanged, lock: ExitStack, commit: Commit | None) -> Result:
    """Pull, after `commands.pull` found that there may be something to do.

    `known` is the result of that check. The lock is released when everything is written.
    """
    with lock:
        scans = _scan(run, known)
        with run.report.run():
            _pull_spaces(run, known, scans)
    return _finish(run, commit)


# -- scan ------------------------------------------------------------------------------------------


def _scan(run: PullRun, known: Unchanged) -> tuple[SpaceScan, ...]:
    """Read every document once. Raise UsageError for a name that means no document."""
    mirror, selection = run.mirror, run.options.selection
    if not run.options.dry_run:
        mirror.sweep()
    scans = mirror.scan(known.read)
    entries = [entry for scan in scans for entry in scan.entries]
    if not run.options.dry_run:
        mirror.forget_removals(ids_in(scans))
    check_named(mirror, selection, (entry.path for entry in entries))
    errors = (entry.error for entry in entries if entry.error and selection.has(entry.path))
    run.report.refuse(*map(Problem.of, errors))
    run.report.refuse(*unreadable_directories(mirror.root, scans, selection))
    return scans


def _ask_git(run: PullRun, scans: tuple[SpaceScan, ...]) -> tuple[PullRun, Witnesses]:
    """Return the run with git's knowledge of deleted and newer files, and the witnesses."""
    mirror = run.mirror
    deleted = deleted_pages(mirror.root, mirror.config.spaces, paths_of(scans))
    if not run.options.dry_run:
        in_doubt.tidy(mirror.root / STATE, stamps_in(scans))
    witnesses = Witnesses(mirror, run.options)
    newest = in_doubt.with_files(mirror.root / STATE, witnesses.known.attachments)
    run = replace(run, deleted=deleted, deleted_files=deleted_here(mirror), newest_files=newest)
    former = former_in(mirror.root, mirror.config.all_directories, scans)
    return replace(run, former=former, newest_properties=witnesses.known.properties), witnesses


def _tidy(run: PullRun, scans: tuple[SpaceScan, ...]) -> Subtrees:
    """Bring attachments to their documents, and documents to the subtrees of their pages."""
    if not run.full:
        return Subtrees(scans)
    return hand_over(run, scans if run.options.dry_run else _adopt(run.mirror, scans))


def _adopt(mirror: Mirror, scans: tuple[SpaceScan, ...]) -> tuple[SpaceScan, ...]:
    """Bring attachments to documents that were moved without them. Return the new scans."""
    found = moves.find(mirror, scans)
    for directory, document in found.items():
        moves.adopt(mirror, directory, document)
    return rescanned(mirror) if found else scans


# -- one space after the other ---------------------------------------------------------------------


def _pull_spaces(run: PullRun, known: Unchanged, scans: tuple[SpaceScan, ...]) -> None:
    """Pull every selected space. The error of one space does not stop the others."""
    run, witnesses = _ask_git(run, scans)
    subtrees = _tidy(run, scans)
    subtrees = replace(subtrees, scans=knowing(subtrees.scans, run.deleted))
    run = _with_notice(run, known)
    readers: dict[SpaceConfig, Reader] = {}
    for scan in subtrees.scans:
        if not _is_meant(run, scan):
            continue
        with run.report.step():
            run.progress(f"asking about {scan.config.key}", 0, None)
            reader = known.readers.get(scan.config) or reader_of(run.remote, scan)
            reader.newest = witnesses.newest
            readers[scan.config] = reader
            _pull_space(_for_space(run, scan), reader, scan, subtrees, witnesses)
    if run.options.dry_run:
        return
    if run.notice and run.notice.spaces == len(subtrees.scans):
        comments.keep(run.mirror, run.notice.after())
    whole = run.options.selection.everything and not run.mirror.config.every
    if whole and not run.report.errors:
        witnesses.note(readers.values())
    _remember(run, known, subtrees.scans, readers)


def _with_notice(run: PullRun, known: Unchanged) -> PullRun:
    """Return the run with the new comments, if it looks for them. Warn if there may be more."""
    news = known.news if run.options.selection.everything else None
    if news is None:
        return run
    every = run.options.refresh
    if news.flaw and not every:
        run.report.warn(comments.warning(news.flaw))
    files = run.mirror.config.comments is Comments.FILES
    return replace(run, notice=comments.Notice(news, every=every, files=files))


def _is_meant(run: PullRun, scan: SpaceScan) -> bool:
    selection = run.options.selection
    return selection.everything or any(selection.has(entry.path) for entry in scan.entries)


def _for_space(run: PullRun, scan: SpaceScan) -> PullRun:
    """Return the run for one space. If a directory cannot be read, new documents are unknown."""
    remote = about(run.remote, scan.config)
    return replace(run, remote=remote, full=run.full and not scan.unread)


def _pull_space(
    run: PullRun, reader: Reader, scan: SpaceScan, subtrees: Subtrees, witnesses: Witnesses
) -> None:
    """Pull one space: list it, view both sides, plan, apply."""
    with texts_ahead(run, reader, scan) as texts:
        seen = _view(run, reader, scan, subtrees)
        run.report.note(*left_in_others(run, seen))
        if run.notice:
            run.notice.saw(seen)
        whole = _plan(run, seen)
        plan = _permitted(run, whole, subtrees.waiting)
        refused = _refusals(run, whole, witnesses)
        run.report.refuse(*refused)
        _tell(run, plan)
        if run.options.dry_run:
            run.report.add(*(foretold(run, step) for step in plan.steps if tells(step)))
        elif not refused:
            _apply(run, plan, texts)


# -- view and plan ---------------------------------------------------------------------------------


def _view(run: PullRun, reader: Reader, scan: SpaceScan, subtrees: Subtrees) -> SpaceView:
    """Return the space from both sides."""
    mirror = run.mirror

    def titles(page_id: str) -> list[str]:
        return [title for i, title in mirror.bases.titles(page_id, 1) if i == page_id]

    def doubtful(scan: SpaceScan) -> dict[str, str]:
        doubts = in_doubt.creations(mirror.root / STATE, new_in(scan.entries))
        return {doubt.title.casefold(): path for path, doubt in doubts.items()}

    options = ViewOptions(
        run.options.selection,
        elsewhere=lambda: subtrees.claimed_beside(scan) | run.elsewhere().keys(),
        deleted=run.deleted,
        refresh=run.options.refresh,
        with_new=run.full,
        labels=mirror.config.labels,
        attachments=bool(mirror.config.attachments),
        whole=mirror.whole,
        light=run.options.resolution is None,
        titles=titles,
        former=run.former,
        doubtful=doubtful,
        hinting=_hinting(run, subtrees.scans),
        noticed=run.notice.wants if run.notice else lambda stamp: False,
        settings=mirror.config.settings,
    )
    return view(reader, scan, options)


def _hinting(run: PullRun, scans: tuple[SpaceScan, ...]) -> Hinting | None:
    """Return how hints about attachments are used; None if each selected page is asked."""
    if not run.options.selection.everything:
        return None

    def found(entry: Entry) -> Beside:
        deleted, newest = run.deleted_files, run.newest_files
        return beside(run.mirror, entry.path, entry.document, deleted, newest)

    return Hinting.of(run.mirror, scans, found)


def _plan(run: PullRun, seen: SpaceView) -> Plan:
    """Plan a space. No document moves while a document below it cannot be read."""
    plan = planner.make_plan(run, seen)
    unreadable = {entry.path for entry in seen.scan.entries if entry.is_unreadable}
    if unreadable.intersection(plan.moves):
        # The path of an unreadable document identifies its page, so no page above it moves now.
        return planner.make_plan(replace(run, full=False), seen)
    return plan


def _permitted(run: PullRun, plan: Plan, waiting: frozenset[str]) -> Plan:
    """Return the plan, or its harmless part if the rest needs permission."""
    mass = None if run.options.allow_mass_delete else mass_change(plan)
    if mass:
        run.report.refuse(mass)
    if (mass or waiting) and not run.options.dry_run:
        return harmless_part(run, plan, waiting)
    return plan


def _refusals(run: PullRun, plan: Plan, witnesses: Witnesses) -> list[Problem]:
    """Return why a plan is not carried out at all. Report warnings if git can tell enough."""
    unsure = witnesses.refusal(plan.steps)
    if unsure is None:
        run.report.warn(*witnesses.warnings(plan.steps))
    rollback = None if run.options.allow_mass_rollback else mass_rollback(plan)
    return [problem for problem in (unsure, rollback) if problem]


# -- apply -----------------------------------------------------------------------------------------


def _apply(run: PullRun, plan: Plan, texts: Mapping[str, Text]) -> None:
    """Carry out a plan. Report the errors that it solved and the conflicts that it left."""
    apply_plan(run, plan, texts)
    run.report.withdraw(*_solved(plan))
    run.report.conflict(*(step for step in plan.steps if step.sides))


def _solved(plan: Plan) -> Iterator[Problem]:
    """Yield the errors of files that a person replaced by the server's text."""
    for step in plan.steps:
        if step.new is not None and step.entry is not None and step.entry.error:
            yield Problem.of(step.entry.error)


# -- report ----------------------------------------------------------------------------------------


def _tell(run: PullRun, plan: Plan) -> None:
    """Report title changes, given-up texts, excluded documents and new comments of a plan."""
    run.report.rename(*_renamed(plan))
    run.report.show(*(step.shown for step in plan.steps))
    removed = {step.before for step in plan.steps if step.remove}
    left = (entry for entry in plan.view.left if entry.path not in removed)
    run.report.leave(*(() if run.options.prune else left))
    if run.notice:
        run.report.tell(*run.notice.new_comments(plan.paths))


def _renamed(plan: Plan) -> Iterator[Renamed]:
    """Yield the pages whose title may change with this pull."""
    space = plan.scan.config
    for step in plan.steps:
        if step.entry and step.entry.document and step.data and step.result.title:
            old, new = step.entry.document.title, step.result.title
            yield Renamed(space.key, old, new, space.posts)


def _remember(
    run: PullRun,
    known: Unchanged,
    scans: tuple[SpaceScan, ...],
    readers: Mapping[SpaceConfig, Reader],
) -> None:
    """Note for the next pull that this one had nothing to do, or which documents it wrote."""
    report = run.report
    something = report.pages or report.errors or report.left or run.deleted
    if run.options.is_plain and not something:
        known.note(scans, readers)
    else:
        known.wrote()


def _finish(run: PullRun, commit: Commit | None) -> Result:
    """Return the result, after the commit and after git is told about conflicts."""
    report, mirror = run.report, run.mirror
    if report.renamed and not report.interrupted:
        report.note(*renames.notes(mirror, report.renamed))
    report.note(*scope.note(report.left))
    result = report.result()
    if not report.interrupted:
        pages = with_names(mirror, run.remote, report.pages)
        said = with_authors(mirror, run.remote, result.comments)
        result = replace(result, pages=pages, comments=said)
    result = commit.of(result) if commit else result
    result = replace(result, notes=(*result.notes, *_to_commit(mirror, commit)))
    return git_conflicts.tell_git(mirror, result, report.conflicts)


def _to_commit(mirror: Mirror, commit: Commit | None) -> tuple[str, ...]:
    """Return a note about files that a person must commit with removed or moved documents.

    In older mirrors no commit has `.confsync.removed` yet. git may also ignore it.
    """
    if REMOVED not in mirror.written:
        return ()
    if is_unknown(mirror.root, REMOVED):
        return (
            f"commit {mentioned(REMOVED)} with the removed documents: "
            f"'git add -f {marked(REMOVED)}' first",
        )
    if commit is None and has_new_lines(mirror.root):
        return (
            f"commit {mentioned(REMOVED)} with the documents: "
            "it lists what confsync removed or moved",
        )
    return ()
