"""pull: bring the server's changes to the files. No file that was edited is overwritten."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from confsync import (
    adopting,
    conflicts,
    fetching,
    files,
    moving,
    paths,
    planning,
    references,
    removals,
    scope,
    strays,
)
from confsync.amending import foretold, with_files
from confsync.attaching import deleted_here
from confsync.basestore import STATE
from confsync.committing import Commit
from confsync.errors import ConfsyncError, Exit, MassChangeError
from confsync.fetching import Read
from confsync.guard import too_many
from confsync.mirror import Mirror
from confsync.placement import Placement
from confsync.plan import How, Plan, Step
from confsync.progress import Progress, silent
from confsync.references import Renamed
from confsync.rejection import blank, failed, with_names
from confsync.remote import Remote
from confsync.resolve import Resolution
from confsync.result import Outcome, PageResult, Problem, Result, each_space
from confsync.scan import Entry, SpaceScan, claimed_elsewhere, deleted_pages, knowing
from confsync.selection import Selection
from confsync.view import about, reader_of, view
from confsync.work import batches

# Pages whose attachments are read before the first of them are put in place.
FILES_AT_ONCE = 50


def pull(
    mirror: Mirror,
    remote: Remote,
    selection: Selection,
    *,
    dry_run: bool = False,
    refresh: bool = False,
    prune: bool = False,
    allow_mass_delete: bool = False,
    resolution: Resolution | None = None,
    commit: bool = False,
    progress: Progress = silent,
) -> Result:
    """Pull every space of the mirror, or the named documents.

    `resolution` says what to do about pages that both sides changed; without it they are refused.
    `commit` commits what was written. Raises UsageError, FileError.
    """
    committing = Commit(mirror, remote, theirs=True) if commit and not dry_run else None
    pages: list[PageResult] = []
    renamed: list[Renamed] = []
    shown: list[str] = []
    left: list[Entry] = []
    conflicted: list[Step] = []
    interrupted = False
    everything = selection.everything
    with contextlib.nullcontext() if dry_run else mirror.lock():
        scans = mirror.scan()
        selection.check(
            (entry.path for scan in scans for entry in scan.entries), mirror.config.directories
        )
        errors = [
            Problem.of(entry.error)
            for scan in scans
            for entry in scan.entries
            if entry.error and selection.has(entry.path)
        ]
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
            deleted = deleted_pages(mirror.root, mirror.config.spaces)
            if not dry_run and how.full:
                scans = _adopt(mirror, scans)
            if how.full:
                scans = _hand_over(how, scans, pages, errors, dry_run, allow_mass_delete)
            away = frozenset(page.id for page in pages if page.id)
            scans = knowing(scans, deleted)
            for scan in scans:
                if not any(selection.has(entry.path) for entry in scan.entries) and not how.full:
                    continue
                with each_space(errors):
                    progress(f"asking about {scan.config.key}", 0, None)
                    how = replace(how, remote=about(remote, scan.config))
                    plan = _plan(how, scans, scan, selection, deleted, away)
                    renamed += _renamed(plan)
                    shown += [step.shown for step in plan.steps]
                    left += () if prune else plan.view.left
                    refused = None if allow_mass_delete else _too_much(plan)
                    if refused:
                        errors.append(refused)
                    if dry_run:
                        pages += [foretold(step) for step in plan.steps if _tells(step)]
                    elif not refused:
                        _act(how, plan, pages, progress)
                        conflicted += [step for step in plan.steps if step.sides]
        except ConfsyncError as error:
            errors.append(Problem.of(error))
        except KeyboardInterrupt:
            interrupted = True
    told = tuple(pages) if interrupted else with_names(mirror, remote, pages)
    notes = (*references.notes(scans, renamed), *scope.note(left))
    result = Result(
        "pull",
        told,
        tuple(errors),
        notes,
        text="".join(shown),
        dry_run=dry_run,
        interrupted=interrupted,
    )
    result = committing.of(result) if committing else result
    return conflicts.tell_git(mirror, result, conflicted)


def _hand_over(
    how: How,
    scans: tuple[SpaceScan, ...],
    pages: list[PageResult],
    errors: list[Problem],
    dry_run: bool,
    allow_mass: bool,
) -> tuple[SpaceScan, ...]:
    """Bring documents to the subtree that their pages belong to now; answers the scans after it.

    In a dry run they are told of and left out.
    """
    found = strays.find(how.remote, scans)
    if not found:
        return scans
    total = sum(1 for scan in scans for entry in scan.entries if entry.page_id)
    if too_many(len(found), total) and not allow_mass:
        what = f"this pull would move {len(found)} of the {total} pages to other subtrees"
        hint = (
            "'confsync pull --dry-run --allow-mass-delete' lists them; "
            "without --dry-run it lets that happen"
        )
        raise MassChangeError(what, hint=hint)
    if not dry_run:
        for stray in found:
            try:
                moving.hand_over(how.mirror, stray.entry.path, stray.space, stray.parent)
            except ConfsyncError as error:
                errors.append(Problem.of(error))
        return how.mirror.scan()
    for stray in found:
        why = f"its page belongs to {stray.space.path}/ now"
        pages.append(replace(blank(stray.entry), outcome=Outcome.MOVED, error=why))
    gone = {stray.entry.path for stray in found}
    return tuple(
        replace(scan, entries=tuple(e for e in scan.entries if e.path not in gone))
        for scan in scans
    )


def _adopt(mirror: Mirror, scans: tuple[SpaceScan, ...]) -> tuple[SpaceScan, ...]:
    """Bring attachments to documents that were moved without them; answers the scans after it."""
    found = adopting.find(mirror, scans)
    for directory, document in found.items():
        moving.adopt(mirror, directory, document)
    return mirror.scan() if found else scans


def _plan(
    how: How,
    scans: tuple[SpaceScan, ...],
    scan: SpaceScan,
    selection: Selection,
    deleted: dict[str, str],
    away: frozenset[str],
) -> Plan:
    seen = view(
        reader_of(how.remote, scan),
        scan,
        selection,
        elsewhere=claimed_elsewhere(scans, scan) | away,
        deleted=deleted,
        refresh=how.refresh,
        with_new=how.full,
        labels=how.mirror.config.labels,
        attachments=bool(how.mirror.config.attachments),
    )
    return planning.plan(how, seen, deleted)


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


def _too_much(plan: Plan) -> Problem | None:
    """Why a plan is not carried out without being asked twice: it empties or turns over a space."""
    stamped = [entry for entry in plan.scan.entries if entry.page_id]
    removed = [step.path for step in plan.steps if step.remove]
    waiting = {entry.path for entry in plan.scan.entries if entry.waits}
    moved = [path for path in plan.moves if path not in waiting]
    files = sum(step.bringing.removals for step in plan.steps if step.bringing)
    count = max(len(removed), len(moved), files)
    # A space has its home page at least; a blog may have come to its end.
    listed = plan.view.infos or plan.view.excluded or plan.scan.config.posts
    empty = bool(stamped) and not listed
    if not empty and not too_many(count, len(stamped)):
        return None
    what = f"remove {len(removed)} and move {len(moved)} of the {len(stamped)} pages"
    what += f" and remove {files} attachments" if files else ""
    message = f"{plan.scan.config.key}: this pull would {what}"
    if empty:
        message = f"{plan.scan.config.key}: the server lists no page at all"
    named = ", ".join((removed or moved)[:3])
    more = f" (such as {named})" if named else ""
    hint = "'confsync pull --dry-run' lists them; --allow-mass-delete lets it happen"
    return Problem("mass-change", f"{message}{more}", hint, Exit.REFUSED)


# -- acting ----------------------------------------------------------------------------------------


def _tells(step: Step) -> bool:
    """Whether there is anything to say about a page."""
    return bool(step.data or step.bringing) or step.result.outcome is not Outcome.CLEAN


def _act(how: How, plan: Plan, done: list[PageResult], progress: Progress) -> None:
    """Do the plan, adding to `done` what happened.

    The order keeps every document, at every moment, below its old parent or its new one: removals,
    then moves, then what is written.
    """
    mirror = how.mirror
    done += [_remove(mirror, step) for step in plan.steps if step.remove]
    stuck = _place(mirror, plan, plan.placement) if plan.placement else {}
    steps = [step for step in plan.steps if not step.remove]
    known = {step.path: step.result for step in steps}
    for path, why in stuck.items():
        result = known.get(path, PageResult(path, Outcome.FAILED))
        done.append(replace(result, outcome=Outcome.FAILED, error=why, exit=Exit.LOCAL))
    steps = [step for step in steps if step.path not in stuck and _tells(step)]
    for number, step in enumerate(_with_files(how, steps)):
        progress(f"writing {plan.scan.config.key}", number, len(steps))
        if step.conflict:
            mirror.audit.add(step.conflict)
        if step.seen:
            stamp, page = step.seen
            mirror.bases.put(stamp, page.info.title, page.body)
        done.append(step.result if step.data is None else _write(mirror, step))


def _with_files(how: How, steps: list[Step]) -> Iterator[Step]:
    """The steps, each with its page's attachments in place, read by several workers at once."""

    def read(step: Step) -> dict[str, Read]:
        return fetching.read(how.mirror, how.remote, step.bringing) if step.bringing else {}

    for some in batches(steps, FILES_AT_ONCE):
        found = how.remote.workers.each(read, some)
        for step, known in zip(some, found, strict=True):
            yield with_files(how.mirror, step, known) if step.bringing else step


def _place(mirror: Mirror, plan: Plan, placed: Placement) -> dict[str, str]:
    """Move documents and folders to their places; answers what is stuck, by new path."""
    stuck: dict[str, str] = {}
    if plan.moves:
        wanted = {entry.path: plan.scan.wanted(entry) for entry in plan.scan.entries}
        wanted = {path: key for path, key in wanted.items() if not paths.is_unborn(key)}
        stuck = moving.move(
            mirror,
            plan.scan.config,
            plan.moves,
            wanted,
            lambda: _forget_folders(mirror, plan, placed),
        )
    else:
        _forget_folders(mirror, plan, placed)
    for folder_id, directory in placed.folders.items():
        mirror.write_folder(directory, plan.view.folders[folder_id])
    return stuck


def _forget_folders(mirror: Mirror, plan: Plan, placed: Placement) -> None:
    """While the documents wait: a directory that is to be another folder's belongs to nobody.

    Otherwise a document that arrives there would, until the new folder file is written, want the
    old folder for its parent. One that is gone, and that nothing stands in, is nobody's any more.
    """
    for inner, folder in plan.scan.folders.items():
        directory = plan.scan.outer(inner)
        if folder.id not in placed.hidden and placed.folders.get(folder.id) != directory:
            mirror.drop_folder(directory)


def _write(mirror: Mirror, step: Step) -> PageResult:
    if step.base and step.data is not None:
        stamp, page = step.base
        mirror.bases.put(stamp, page.info.title, page.body)
    try:
        if step.discarded is not None:
            mirror.keep_in_trash(step.path, step.discarded)
        mirror.write(step.path, step.data or b"", expected=step.entry.raw if step.entry else None)
        if step.entry is None and step.result.id:
            removals.forget(mirror.root / STATE, step.result.id)
    except ConfsyncError as error:
        return failed(step.result, error)
    return step.result


def _remove(mirror: Mirror, step: Step) -> PageResult:
    try:
        raw = step.entry.raw if step.entry else b""
        for file in _files_of(mirror, step):
            mirror.discard(file.path, expected=file.digest)
        mirror.remove(step.path, expected=raw, page_id=step.result.id)
    except ConfsyncError as error:
        return failed(step.result, error)
    return step.result


def _files_of(mirror: Mirror, step: Step) -> list[files.Standing]:
    """The files beside a document that goes; the plan has seen that the server had each of them."""
    found = step.entry.document if step.entry else None
    attached = found.stamp.attachments if found and found.stamp else ()
    return list(files.standing(mirror.root, step.path, attached).values())
