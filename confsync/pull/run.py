"""A pull that has something to do, or may have: it reads, decides, and writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from confsync.errors import ConfsyncError, Exit, MassChangeError
from confsync.mirror import moves as adopting
from confsync.mirror import moves as moving
from confsync.mirror.committed.deleted import deleted_pages
from confsync.mirror.git.trees import is_unknown
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import Entry, SpaceScan, claimed_elsewhere, ids_in, knowing, paths_of
from confsync.mirror.selection import Selection
from confsync.model.config import SpaceConfig
from confsync.model.filenames import REMOVED
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem, Result, each_space
from confsync.progress import Progress
from confsync.pull import planner as planning
from confsync.pull import subtree_moves
from confsync.pull.apply import act, tells
from confsync.pull.guard import moves_apart, unconcerned
from confsync.pull.no_change import Unchanged
from confsync.pull.plan import How, Plan, Step
from confsync.pull.prefetch import texts_ahead
from confsync.pull.resolve import git_conflicts as conflicts
from confsync.pull.resolve.resolution import Resolution
from confsync.pull.rollback import mass_rollback
from confsync.pull.step_details import foretold
from confsync.pull.witnesses import Witnesses
from confsync.remote import Remote, about
from confsync.sync import renames as references
from confsync.sync import scope
from confsync.sync.attachments.beside import deleted_here
from confsync.sync.fetch import Reader
from confsync.sync.people import with_names
from confsync.sync.refusals import local_result, too_many, unreadable_directories
from confsync.sync.renames import Renamed
from confsync.sync.space_view import ViewOptions, reader_of, view

if TYPE_CHECKING:
    from confsync.sync.commit import Commit


def bring(
    mirror: Mirror,
    remote: Remote,
    selection: Selection,
    last: Unchanged,
    held: ExitStack,
    *,
    dry_run: bool,
    refresh: bool,
    prune: bool,
    allow_mass_delete: bool,
    allow_mass_rollback: bool,
    resolution: Resolution | None,
    committing: Commit | None,
    allow_shallow: bool = False,
    progress: Progress,
) -> Result:
    """Do what `commands.pull` says, after it found that there may be something to do.

    `last` is what it knows by now. `held` is the lock, which is let go of when everything is
    written.
    """
    pages: list[PageResult] = []
    renamed: list[Renamed] = []
    readers: dict[SpaceConfig, Reader] = {}
    shown: list[str] = []
    left: list[Entry] = []
    conflicted: list[Step] = []
    warnings: list[str] = []
    interrupted = False
    everything = selection.everything
    with held:
        if not dry_run:
            mirror.sweep()
        scans = mirror.scan(last.read)
        if not dry_run:
            mirror.forget_removals(ids_in(scans))
        selection.check(
            (entry.path for scan in scans for entry in scan.entries), mirror.config.directories
        )
        errors = [
            Problem.of(entry.error)
            for scan in scans
            for entry in scan.entries
            if entry.error and selection.has(entry.path)
        ]
        errors += unreadable_directories(mirror.root, scans, selection)
        try:
            how = How(
                mirror,
                remote,
                everything,
                refresh,
                prune,
                resolution,
                selection,
                deleted_here(mirror),
            )
            deleted = deleted_pages(mirror.root, mirror.config.spaces, paths_of(scans))
            strays = frozenset[str]()
            git = Witnesses(mirror, committing=bool(committing), allow_shallow=allow_shallow)
            warnings = git.warnings
            how = replace(how, newest_files=git.known.attachments)
            if not dry_run and how.full:
                scans = _adopt(mirror, scans)
            if how.full:
                scans, strays = _hand_over(how, scans, pages, errors, dry_run, allow_mass_delete)
            away = frozenset(page.id for page in pages if page.id)
            scans = knowing(scans, deleted)
            for scan in scans:
                if not any(selection.has(entry.path) for entry in scan.entries) and not everything:
                    continue
                with each_space(errors):
                    progress(f"asking about {scan.config.key}", 0, None)
                    # Where a directory cannot be read, what has no document is not known.
                    full = everything and not scan.unread
                    how = replace(how, remote=about(remote, scan.config), full=full)
                    reader = last.readers.get(scan.config) or reader_of(remote, scan)
                    reader.newest = git.newest
                    readers[scan.config] = reader
                    early = not (dry_run or deleted)
                    with texts_ahead(how, reader, scan, progress, wanted=early) as texts:
                        plan = _plan(how, reader, scans, scan, deleted, away)
                        mass = () if allow_mass_delete else tuple(_too_much(plan))
                        unsure = git.refusal(plan.steps)
                        refused = [
                            *([unsure] if unsure else []),
                            *(() if allow_mass_rollback else mass_rollback(plan)),
                        ]
                        errors += [*mass, *refused]
                        if (mass or strays) and not dry_run:
                            plan = unconcerned(how, plan, deleted, strays)
                        renamed += _renamed(plan)
                        shown += [step.shown for step in plan.steps]
                        left += () if prune else plan.view.left
                        if dry_run:
                            pages += [foretold(step) for step in plan.steps if tells(step)]
                        elif not refused:
                            act(how, plan, pages, progress, texts)
                            errors[:] = _without_adopted(errors, plan)
                            conflicted += [step for step in plan.steps if step.sides]
            if everything and not (dry_run or errors):
                git.note(readers.values())
            if last.plain and not (dry_run or pages or errors or left or deleted):
                last.note(scans, readers)
            elif not dry_run:
                last.wrote()
        except ConfsyncError as error:
            errors.append(Problem.of(error))
        except KeyboardInterrupt:
            interrupted = True
    told = tuple(pages) if interrupted else with_names(mirror, remote, pages)
    changed = [page for page in renamed if page.old != page.new and not interrupted]
    links = references.notes(mirror.scan(), changed) if changed else ()
    notes = (*links, *scope.note(left))
    result = Result(
        "pull",
        told,
        tuple(errors),
        notes,
        tuple(warnings),
        text="".join(shown),
        dry_run=dry_run,
        interrupted=interrupted,
    )
    result = committing.of(result) if committing else result
    result = replace(result, notes=(*result.notes, *_to_commit(mirror)))
    return conflicts.tell_git(mirror, result, conflicted)


def _to_commit(mirror: Mirror) -> tuple[str, ...]:
    """Say that no commit has `.confsync.removed` yet, as in older mirrors, or if git ignores it."""
    if REMOVED not in mirror.written or not is_unknown(mirror.root, REMOVED):
        return ()
    return (f"commit {REMOVED} with the removed documents: 'git add -f {REMOVED}' first",)


def _hand_over(
    how: How,
    scans: tuple[SpaceScan, ...],
    pages: list[PageResult],
    errors: list[Problem],
    dry_run: bool,
    allow_mass: bool,
) -> tuple[tuple[SpaceScan, ...], frozenset[str]]:
    """Bring documents to the subtree that their pages belong to now; answers the scans after it.

    In a dry run they are told of and left out. Too many wait for permission: the answer has the
    ids of their pages, too.
    """
    nobody = frozenset[str]()
    found = subtree_moves.find(how.remote, scans)
    if not found:
        return scans, nobody
    total = sum(1 for scan in scans for entry in scan.entries if entry.page_id)
    if too_many(len(found), total) and not allow_mass:
        what = f"this pull would move {len(found)} of the {total} pages to other subtrees"
        hint = (
            "'confsync pull --dry-run --allow-mass-delete' lists them; "
            "without --dry-run it lets that happen"
        )
        errors.append(Problem.of(MassChangeError(f"{what}; these wait", hint=hint)))
        return scans, frozenset(stray.entry.page_id or "" for stray in found)
    if not dry_run:
        for stray in found:
            try:
                moving.hand_over(how.mirror, stray.entry.path, stray.space, stray.parent)
            except ConfsyncError as error:
                errors.append(Problem.of(error))
        return how.mirror.scan(), nobody
    for stray in found:
        why = f"its page belongs to {stray.space.path}/ now"
        pages.append(replace(local_result(stray.entry), outcome=Outcome.MOVED, error=why))
    gone = {stray.entry.path for stray in found}
    rest = (
        replace(scan, entries=tuple(e for e in scan.entries if e.path not in gone))
        for scan in scans
    )
    return tuple(rest), nobody


def _adopt(mirror: Mirror, scans: tuple[SpaceScan, ...]) -> tuple[SpaceScan, ...]:
    """Bring attachments to documents that were moved without them; answers the scans after it."""
    found = adopting.find(mirror, scans)
    for directory, document in found.items():
        moving.adopt(mirror, directory, document)
    return mirror.scan() if found else scans


def _plan(
    how: How,
    reader: Reader,
    scans: tuple[SpaceScan, ...],
    scan: SpaceScan,
    deleted: dict[str, str],
    away: frozenset[str],
) -> Plan:
    options = ViewOptions(
        how.selection,
        elsewhere=claimed_elsewhere(scans, scan) | away,
        deleted=deleted,
        refresh=how.refresh,
        with_new=how.full,
        labels=how.mirror.config.labels,
        attachments=bool(how.mirror.config.attachments),
        whole=how.mirror.whole,
        titles=lambda page_id: [t for i, t in how.mirror.bases.titles(page_id, 1) if i == page_id],
    )
    seen = view(reader, scan, options)
    plan = planning.plan(how, seen, deleted)
    unreadable = {entry.path for entry in seen.scan.entries if entry.is_unreadable}
    if unreadable.intersection(plan.moves):
        # Its path is how its page is known: what it stands below moves once it can be read.
        return planning.plan(replace(how, full=False), seen, deleted)
    return plan


def _without_adopted(errors: list[Problem], plan: Plan) -> list[Problem]:
    """Return the errors but for those of files in whose place the server's text was asked for."""
    adopted = (step.entry for step in plan.steps if step.new is not None)
    solved = [Problem.of(entry.error) for entry in adopted if entry and entry.error]
    return [error for error in errors if error not in solved]


def _renamed(plan: Plan) -> list[Renamed]:
    """The pages whose title changes with this pull."""
    return [
        Renamed(
            plan.scan.config.key,
            step.entry.document.title,
            step.result.title,
            plan.scan.config.posts,
        )
        for step in plan.steps
        if step.entry and step.entry.document and step.data and step.result.title
    ]


def _too_much(plan: Plan) -> Iterator[Problem]:
    """Why a plan is not carried out without being asked twice: it empties or turns over a space."""
    stamped = [entry for entry in plan.scan.entries if entry.page_id]
    removed = [step.result.path for step in plan.steps if step.remove]
    waiting = {entry.path for entry in plan.scan.entries if entry.waits}
    moved = [path for path in moves_apart(plan) if path not in waiting]
    files = sum(step.bringing.removals for step in plan.steps if step.bringing)
    count = max(len(removed), len(moved), files)
    # A space has its home page at least; a blog may have come to its end.
    seen = plan.view
    listed = seen.infos or seen.excluded or seen.flawed or seen.failed or plan.scan.config.posts
    empty = bool(stamped) and not listed
    if not empty and not too_many(count, len(stamped)):
        return
    what = f"remove {len(removed)} and move {len(moved)} of the {len(stamped)} pages"
    what += f" and remove {files} attachments" if files else ""
    message = f"{plan.scan.config.key}: this pull would {what}; these wait, the rest is done"
    if empty:
        message = f"{plan.scan.config.key}: the server lists no page at all"
    named = ", ".join((removed or moved)[:3])
    more = f" (such as {named})" if named else ""
    hint = "'confsync pull --dry-run' lists them; --allow-mass-delete lets it happen"
    yield Problem("mass-change", f"{message}{more}", hint, Exit.REFUSED)
