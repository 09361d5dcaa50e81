"""pull: bring the server's changes to the files. No file that was edited is overwritten."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from confsync import document, placement
from confsync.compare import Absent, Content, Parent
from confsync.errors import ConfsyncError, Exit, FileError
from confsync.mirror import Mirror
from confsync.model import Page, Stamp
from confsync.placement import Placement
from confsync.progress import Progress, silent
from confsync.reading import Case, Reader
from confsync.rejection import names_of, refusal, with_names
from confsync.remote import Remote
from confsync.resolve import REFUSED, Conflict, Resolution, Way, resolve, with_author
from confsync.result import Outcome, PageResult, Problem, Result
from confsync.scan import Entry, SpaceScan, claimed_elsewhere, deleted_pages
from confsync.selection import Selection
from confsync.view import SpaceView, view

_TAKEN = "a page has this title already; 'confsync push' finds out whether it is yours"
# A pull that removes or moves more pages than this, and more than a tenth, is asked about.
MASS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """What to do about one page: the file's new bytes, or its removal, or only to tell.

    `entry` is None for a page that is new here. `base` is what the cache shall remember.
    """

    path: str
    result: PageResult
    entry: Entry | None = None
    data: bytes | None = None
    remove: bool = False
    base: tuple[Stamp, Page] | None = None
    discarded: bytes | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a pull will do to one space; complete before anything is done."""

    scan: SpaceScan
    steps: tuple[Step, ...]
    moves: dict[str, str]
    placement: Placement | None
    view: SpaceView


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
    progress: Progress = silent,
) -> Result:
    """Pull every space of the mirror, or the named documents.

    `resolution` says what to do about pages that both sides changed; without it they are refused.
    """
    how = _How(mirror, remote, selection.everything, refresh, prune, resolution)
    with contextlib.nullcontext() if dry_run else mirror.lock():
        scans = mirror.scan()
        selection.check(entry.path for scan in scans for entry in scan.entries)
        pages: list[PageResult] = []
        errors = [
            Problem.of(entry.error)
            for scan in scans
            for entry in scan.entries
            if entry.error and selection.has(entry.path)
        ]
        try:
            for plan in _plans(how, scans, selection, progress):
                refused = None if allow_mass_delete else _too_much(plan)
                if refused:
                    errors.append(refused)
                if dry_run:
                    pages += [step.result for step in plan.steps if _tells(step)]
                elif not refused:
                    _act(mirror, plan, pages, progress)
        except ConfsyncError as error:
            errors.append(Problem.of(error))
    return Result("pull", with_names(remote, pages), tuple(errors), dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _How:
    """What a pull was asked to do, and with what. `full` pulls also create and move."""

    mirror: Mirror
    remote: Remote
    full: bool
    refresh: bool
    prune: bool
    resolution: Resolution | None


def _plans(
    how: _How, scans: tuple[SpaceScan, ...], selection: Selection, progress: Progress
) -> Iterator[Plan]:
    deleted = deleted_pages(how.mirror.root, how.mirror.config.spaces)
    for scan in scans:
        if not selection.everything and not any(selection.has(e.path) for e in scan.entries):
            continue
        progress(f"asking about {scan.config.key}", 0, None)
        reader = Reader(how.remote, how.remote.space(scan.config.key))
        seen = view(
            reader,
            scan,
            selection,
            elsewhere=claimed_elsewhere(scans, scan),
            deleted=deleted,
            refresh=how.refresh,
            with_new=how.full,
        )
        yield _plan(how, seen, deleted)


# -- planning --------------------------------------------------------------------------------------


def _plan(how: _How, seen: SpaceView, deleted: dict[str, str]) -> Plan:
    steps = [
        _guarded(how, entry, seen.cases[entry.page_id])
        for entry in seen.scan.entries
        if entry.page_id is not None and entry.page_id in seen.cases
    ]
    steps += [
        Step(path, PageResult(path, Outcome.FAILED, error=error.message, exit=error.exit))
        for path, error in seen.failed.items()
    ]
    if not how.full:
        return Plan(seen.scan, tuple(steps), {}, None, seen)
    removed = frozenset(step.path for step in steps if step.remove)
    placed = placement.plan(seen, removed, deleted)
    steps += [
        _new(how, page, placed.new[page.info.id], top=page.info.id in placed.tops)
        for page in seen.new.values()
    ]
    steps += [
        Step(path, PageResult(path, Outcome.SKIPPED, info.id, info.title, error=_TAKEN))
        for path, info in seen.waiting.items()
    ]
    steps += [
        Step(path, PageResult(path, Outcome.SKIPPED, page_id, error="deleted here on purpose"))
        for page_id, path in deleted.items()
        if page_id in seen.infos and page_id not in seen.cases
    ]
    moves = dict(placed.moves)
    placed_steps = tuple(_with_move(_with_place(step, placed), moves) for step in steps)
    return Plan(seen.scan, placed_steps, moves, placed, seen)


def _too_much(plan: Plan) -> Problem | None:
    """Why a plan is not carried out without being asked twice: it empties or turns over a space."""
    stamped = [entry for entry in plan.scan.entries if entry.page_id]
    removed = [step.path for step in plan.steps if step.remove]
    moved = list(plan.moves)
    count = max(len(removed), len(moved))
    empty = bool(stamped) and not plan.view.infos
    if not empty and (count <= MASS or count * 10 <= len(stamped)):
        return None
    what = f"remove {len(removed)} and move {len(moved)} of the {len(stamped)} pages"
    message = f"{plan.scan.config.key}: this pull would {what}"
    if empty:
        message = f"{plan.scan.config.key}: the server lists no page at all"
    named = ", ".join((removed or moved)[:3])
    more = f" (such as {named})" if named else ""
    hint = "'confsync pull --dry-run' lists them; --allow-mass-delete lets it happen"
    return Problem("mass-change", f"{message}{more}", hint, Exit.REFUSED)


def _guarded(how: _How, entry: Entry, case: Case) -> Step:
    """The step, or the tale of why this page, and no other, cannot be pulled."""
    try:
        return _step(how, entry, case)
    except ConfsyncError as error:
        result = PageResult(
            entry.path,
            Outcome.FAILED,
            case.stamp.id,
            case.local.title,
            case.decisions.content.value,
            case.stamp.version,
        )
        return Step(entry.path, replace(result, error=error.message, exit=error.exit), entry)


def _step(how: _How, entry: Entry, case: Case) -> Step:
    version = case.page.info.version if case.page else None
    result = PageResult(
        entry.path,
        Outcome.CLEAN,
        case.stamp.id,
        case.local.title,
        case.decisions.content.value,
        case.stamp.version,
        version.number if version else None,
        version=version,
    )
    step = Step(entry.path, result, entry)
    if case.page is None:
        return _absent(step, case, how.prune)
    diverged = case.decisions.parent is Parent.DIVERGED and case.landed is None
    if diverged and not _gives_up_move(how, case):
        return replace(step, result=refusal(result, case))
    match case.decisions.content:
        case Content.AHEAD if how.resolution and how.resolution.way is Way.THEIRS:
            return _resolved(how, step, case, how.resolution)
        case Content.UP_TO_DATE:
            return _restamp(how, step, case, case.stamp)
        case Content.AHEAD:
            kept = replace(step, result=replace(result, outcome=Outcome.KEPT))
            return _restamp(how, kept, case, case.stamp)
        case Content.BEHIND | Content.LANDED:
            return _replace(how, step, case)
        case Content.EQUAL | Content.RESTAMPED:
            restamped = replace(step, result=replace(result, outcome=Outcome.RESTAMPED))
            return _restamp(how, restamped, case, _stamp_of(case.page, case))
        case content if content in REFUSED and how.resolution:
            return _resolved(how, step, case, how.resolution)
        case _:
            refused = replace(step, result=refusal(result, case))
            return _restamp(how, refused, case, case.stamp)


def _gives_up_move(how: _How, case: Case) -> bool:
    """Whether a person gave up, by name, where the server moved a page that was moved here, too."""
    asked = how.resolution
    return (
        asked is not None
        and asked.way is Way.OURS
        and case.page is not None
        and case.page.info.version.number == asked.at
    )


def _resolved(how: _How, step: Step, case: Case, asked: Resolution) -> Step:
    """A page that both sides changed, resolved the way that was asked for."""
    found = step.entry.document if step.entry else None
    if step.entry is None or found is None or case.page is None:
        raise ValueError(f"{step.path}: there is nothing to resolve")
    account = case.page.info.version.author
    page = with_author(case.page, names_of(how.remote, [account]).get(account, ""))
    stamp = replace(_stamp_of(case.page, case), parent=_stamped_parent(how, case))
    try:
        conflict = Conflict(step.entry, found, case.stamp, page, stamp)
        made = resolve(how.mirror, how.remote, conflict, asked)
    except FileError as error:
        refused = replace(
            step.result,
            outcome=Outcome.REJECTED,
            error=error.message,
            hint=error.hint,
            exit=Exit.REFUSED,
        )
        return replace(step, result=refused)
    outcome = {Way.MERGE: Outcome.MERGED, Way.THEIRS: Outcome.PULLED, Way.OURS: Outcome.KEPT}
    result = replace(step.result, outcome=outcome[asked.way], title=page.info.title)
    if made.conflicted:
        why = "both sides changed the same lines; resolve the markers, then push"
        result = replace(result, outcome=Outcome.CONFLICTED, error=why, exit=Exit.REFUSED)
    elif made.flaw:
        why = f"merged, but no longer well-formed: {made.flaw}"
        result = replace(result, error=why, exit=Exit.REFUSED)
    elif made.discarded is not None:
        whose = "your text" if asked.way is Way.THEIRS else "the server's text"
        result = replace(result, error=f"{whose} is given up; a copy is in .confsync/trash")
    return replace(
        step, data=made.data, base=(stamp, case.page), result=result, discarded=made.discarded
    )


def _stamp_of(page: Page, case: Case) -> Stamp:
    return replace(case.stamp, version=page.info.version.number, digest=page.digest)


def _absent(step: Step, case: Case, prune: bool) -> Step:
    modified = case.local.digest != case.stamp.digest
    gone = case.decisions.content is Content.GONE
    if not modified and (gone or (prune and case.remote is Absent.NOT_VISIBLE)):
        return replace(step, remove=True, result=replace(step.result, outcome=Outcome.DELETED))
    if gone:
        why = "the page is gone from the server; your changes are kept"
    elif case.remote is Absent.MOVED_OUT:
        why = (
            "the page is in another space now; the file is kept, move it to that space's directory"
        )
    else:
        why = "the page is not visible (deleted, restricted, or no permission); the file is kept"
    return replace(step, result=replace(step.result, outcome=Outcome.KEPT, error=why))


def _stamped_parent(how: _How, case: Case) -> str | None:
    """The stamp's new parent. Where nothing moves files, a remote move waits for a full pull."""
    if case.page is None:
        return case.stamp.parent
    match case.decisions.parent:
        case _ if case.landed is not None:
            # The token covers the wanted parent: what bears it has carried that.
            return case.local.wanted
        case Parent.DONE:
            return case.page.info.parent
        case Parent.FOLLOW if how.full:
            return case.page.info.parent
        case Parent.DIVERGED if _gives_up_move(how, case):
            return case.page.info.parent
        case _:
            return case.stamp.parent


def _restamp(how: _How, step: Step, case: Case, stamp: Stamp) -> Step:
    """A new stamp below text that is not touched; nothing, where the stamp is the same."""
    stamp = replace(stamp, parent=_stamped_parent(how, case))
    if stamp == case.stamp or step.entry is None or step.entry.document is None:
        return step
    found = step.entry.document
    base = (stamp, case.page) if case.page and case.page.digest == stamp.digest else None
    if step.result.outcome is Outcome.CLEAN:
        step = replace(step, result=replace(step.result, outcome=Outcome.RESTAMPED))
    return replace(step, data=document.update(found, stamp), base=base)


def _replace(how: _How, step: Step, case: Case) -> Step:
    """The server's text in place of an unmodified one, or of one that landed."""
    page = case.page
    if page is None or step.entry is None or step.entry.document is None:
        raise ValueError(f"{step.path}: there is nothing to replace it with")
    stamp = replace(_stamp_of(page, case), parent=_stamped_parent(how, case))
    title, body = page.info.title, page.body
    layout = how.mirror.config.layout
    data = document.update(step.entry.document, stamp, title=title, body=body, how=layout)
    same = page.info.version.number == case.stamp.version
    outcome = Outcome.REFRESHED if same else Outcome.PULLED
    result = replace(step.result, outcome=outcome, title=title)
    return replace(step, data=data, base=(stamp, page), result=result)


def _new(how: _How, page: Page, path: str, *, top: bool) -> Step:
    info = page.info
    stamp = Stamp(info.id, info.version.number, page.digest, info.parent, top=top)
    result = PageResult(
        path, Outcome.CREATED, info.id, info.title, "new", None, info.version.number
    )
    try:
        data = document.render(info.title, page.body, stamp, how=how.mirror.config.layout)
    except ConfsyncError as error:
        return Step(path, _failed(result, error))
    return Step(path, result, data=data, base=(stamp, page))


def _with_place(step: Step, placed: Placement) -> Step:
    """The step, with the stamp saying whether it is at the top for want of another place."""
    if step.entry is None or step.remove:
        return step
    after = document.parse(step.data, step.path) if step.data else step.entry.document
    if after is None or after.stamp is None:
        return step
    top = after.stamp.id in placed.tops
    if after.stamp.top == top:
        return step
    data = document.update(after, replace(after.stamp, top=top))
    if step.result.outcome is Outcome.CLEAN:
        step = replace(step, result=replace(step.result, outcome=Outcome.RESTAMPED))
    return replace(step, data=data)


def _with_move(step: Step, moves: dict[str, str]) -> Step:
    """The step at the path that its document has after the moves."""
    path = moves.get(step.path)
    if path is None or step.remove:
        return step
    plain = step.result.outcome in (Outcome.CLEAN, Outcome.RESTAMPED)
    outcome = Outcome.MOVED if plain else step.result.outcome
    return replace(step, path=path, result=replace(step.result, path=path, outcome=outcome))


# -- acting ----------------------------------------------------------------------------------------


def _tells(step: Step) -> bool:
    """Whether there is anything to say about a page."""
    return step.data is not None or step.result.outcome is not Outcome.CLEAN


def _act(mirror: Mirror, plan: Plan, done: list[PageResult], progress: Progress) -> None:
    """Do the plan, adding to `done` what happened.

    The order keeps every document, at every moment, below its old parent or its new one: removals,
    then moves, then what is written.
    """
    writes: list[Step] = []
    for step in plan.steps:
        if step.remove:
            done.append(_remove(mirror, step))
        elif step.data is not None:
            writes.append(step)
        elif _tells(step):
            done.append(step.result)
    if plan.placement is not None:
        _forget_folders(mirror, plan, plan.placement)
    if plan.moves:
        wanted = {entry.path: plan.scan.wanted(entry) for entry in plan.scan.entries}
        mirror.move(plan.scan.config, plan.moves, wanted)
    if plan.placement is not None:
        for folder_id, directory in plan.placement.folders.items():
            mirror.write_folder(directory, plan.view.folders[folder_id])
    for number, step in enumerate(writes):
        progress(f"writing {plan.scan.config.key}", number, len(writes))
        done.append(_write(mirror, step))


def _forget_folders(mirror: Mirror, plan: Plan, placed: Placement) -> None:
    """Before anything moves: a directory that is to be another folder's, or none, belongs to none.

    Otherwise a document that arrives there would, until the new folder file is written, want the
    old folder for its parent.
    """
    for inner, folder in plan.scan.folders.items():
        directory = plan.scan.outer(inner)
        if placed.folders.get(folder.id, directory) != directory:
            mirror.drop_folder(directory)


def _write(mirror: Mirror, step: Step) -> PageResult:
    if step.base and step.data is not None:
        stamp, page = step.base
        mirror.bases.put(stamp, page.info.title, page.body)
    try:
        if step.discarded is not None:
            mirror.keep_in_trash(step.path, step.discarded)
        mirror.write(step.path, step.data or b"", expected=step.entry.raw if step.entry else None)
    except ConfsyncError as error:
        return _failed(step.result, error)
    return step.result


def _remove(mirror: Mirror, step: Step) -> PageResult:
    try:
        mirror.remove(step.path, expected=step.entry.raw if step.entry else b"")
    except ConfsyncError as error:
        return _failed(step.result, error)
    return step.result


def _failed(result: PageResult, error: ConfsyncError) -> PageResult:
    return replace(result, outcome=Outcome.FAILED, error=error.message, exit=error.exit)
