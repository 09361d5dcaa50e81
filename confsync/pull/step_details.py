"""The parts of a step that a plan adds: labels, attachments and place."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace

from confsync.document import document
from confsync.document.attachments import names
from confsync.document.document import Document, Fields
from confsync.document.paths import Destination
from confsync.errors import (
    APIAccessError,
    ConfsyncError,
    DocumentError,
    Exit,
    FileError,
    ServerError,
    worst,
)
from confsync.mirror import attachment_files as files
from confsync.mirror.committed.given_back import files_given_back
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.hint import TRASH, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.stamp import Stamp
from confsync.pull import attachments
from confsync.pull.attachments import AttachmentChanges
from confsync.pull.context import PullRun
from confsync.pull.placement import Placement
from confsync.pull.plan import Step
from confsync.pull.resolve.settings import with_settings
from confsync.sync.attachments import beside
from confsync.sync.attachments.beside import Downloaded
from confsync.sync.attachments.compare import Decision, decide
from confsync.sync.compare import Content
from confsync.sync.fetch import Case
from confsync.sync.labels import same
from confsync.sync.refusals import failed
from confsync.sync.space_view import SpaceView

_KEPT = f"v{{old}} -> v{{new}}, a lower number; a copy of the file is in {TRASH}"


def alone(step: Step, change: Callable[[Step], Step]) -> Step:
    """Return the changed step, or the failure of its page alone.

    A step's text is parsed again if more is added to it. Its document comes from the server.
    """
    try:
        return change(step)
    except DocumentError as error:
        why = f"the server's answer cannot be written as a document: {error.problem}"
        return replace(step, data=None, changes=None, result=failed(step.result, ServerError(why)))


def with_rest(run: PullRun, step: Step, seen: SpaceView) -> Step:
    """Return the step with labels, settings, and a copy if it goes back in versions."""
    step = with_labels(run, step, seen.cases)
    return with_copy(with_settings(run, step, seen) if seen.properties else step)


def with_labels(run: PullRun, step: Step, cases: Mapping[str, Case]) -> Step:
    """Return the step with the labels of both sides; the server's become the base."""
    case = cases.get(step.result.id or "")
    found = step.entry.document if step.entry else None
    theirs = case.page.info.labels if case and case.page else None
    if case is None or found is None or theirs is None or step.remove or step.chosen:
        return step
    if case.decisions.content is Content.RESTORED:
        return step
    first = found.labels is None and case.stamp.labels is None
    if found.labels is None and not first:
        return step  # the line was removed here, so these labels are not managed
    result = theirs if first else case.decisions.labels.result
    if same(result, found.labels) and same(theirs, case.stamp.labels):
        return step
    step = _whole(run, step)
    after = _after(step)
    if after is None:
        return step
    stamp = replace(after.stamp or case.stamp, labels=theirs)
    wanted = found.labels if same(result, found.labels) else result
    data = document.update(after, stamp, Fields(labels=wanted))
    told = replace(step.result, note=_joined(step.result.note, "labels"))
    if told.outcome is Outcome.CLEAN:
        told = replace(told, outcome=Outcome.REFRESHED)
    return replace(step, data=data, result=told)


def with_attachments(run: PullRun, step: Step, seen: SpaceView) -> Step:
    """Return the step with the changes to the attachments of its page."""
    page_id = step.result.id or ""
    infos = seen.attachments.get(page_id)
    named = (
        run.options.selection.attachments_of(step.before or "") if run.options.resolution else ()
    )
    if infos is None or step.remove:
        return _unknown_files(step, named)
    if isinstance(infos, APIAccessError):
        return step if step.result.error else replace(step, result=failed(step.result, infos))
    found = step.entry.document if step.entry else None
    if step.before is None:
        return step
    try:
        here = beside.beside(run.mirror, step.before, found, run.deleted_files, run.newest_files)
    except ConfsyncError as error:
        return replace(step, result=failed(step.result, error))
    here = here.facing(infos)
    sides = here.sides(infos)
    changes = AttachmentChanges(page_id, here, sides)
    given_up = {
        side.name: run.options.resolution
        for side in sides
        if run.options.resolution and changes.file(side.name) in named
    }
    unknown = set(named) - {changes.file(side.name) for side in sides}
    if unknown:
        return _unknown_files(step, tuple(sorted(unknown)))
    changes = replace(changes, given_up=given_up)
    return replace(step, changes=changes) if changes.tells else step


def with_files_given_back(run: PullRun, steps: list[Step]) -> list[Step]:
    """Return the steps, which remove no attachment that git gave back after its deletion."""
    owners = {
        path: step.result.id or ""
        for step in steps
        if step.changes
        for path in step.changes.removed
    }
    kept = files_given_back(run.mirror.root, owners) if owners else frozenset()
    if not kept:
        return steps
    return [
        replace(step, changes=step.changes.keeping(kept)) if step.changes else step
        for step in steps
    ]


def _unknown_files(step: Step, named: tuple[str, ...]) -> Step:
    """Return the refusal of a choice for files that are not attachments of the page."""
    if not named:
        return step
    why = f"{', '.join(named)}: no attachment of this page, or attachments are not mirrored"
    result = replace(step.result, outcome=Outcome.REJECTED, error=why, exit=Exit.REFUSED)
    return replace(step, result=result)


def with_new_attachments(run: PullRun, step: Step, seen: SpaceView, placed: Placement) -> Step:
    """Return the step of a new page with the changes to its attachments.

    Files at its destination belong to no document, or to a document that leaves the place.
    """
    page_id = step.result.id or ""
    infos = seen.attachments.get(page_id)
    if infos is None or step.after is None:
        return step
    if isinstance(infos, APIAccessError):
        return replace(step, result=failed(step.result, infos))
    left = placed.files_left_at(step.after)
    here = beside.bare(run.mirror, step.after.path)
    try:
        if left is not None:
            here = beside.beside(run.mirror, left, None, run.deleted_files)
    except ConfsyncError as error:
        return replace(step, result=failed(step.result, error))
    here = here.facing(infos)
    changes = AttachmentChanges(page_id, here, here.sides(infos))
    return replace(step, changes=changes) if changes.tells else step


def has_own_files(run: PullRun, entry: Entry | None) -> bool:
    """Return whether a document's attachment files differ from their stamps."""
    found = entry.document if entry else None
    attached = found.stamp.attachments if found and found.stamp else ()
    bases = files.by_name(attached)
    here = files.files_of(run.mirror.root, entry.path, attached) if entry else {}
    return any(name not in bases or bases[name].digest != f.digest for name, f in here.items())


def with_place(run: PullRun, step: Step, placed: Placement) -> Step:
    """Return the step with a stamp that records whether the page has no other place than the top.

    After a pull that places all documents, no file has the name of an earlier title.
    """
    before = step.entry.document.stamp if step.entry and step.entry.document else None
    restored = step.result.decision == Content.RESTORED.value and not step.chosen
    if before is None or step.remove or restored:
        return step
    top = before.id in placed.tops
    if before.top == top and not before.renamed:
        return step  # nearly always; then nothing need be parsed
    step = _whole(run, step)
    after = _after(step)
    if after is None or after.stamp is None:
        return step
    return _restamped(step, after, replace(after.stamp, top=top, renamed=False))


def with_old_name(run: PullRun, step: Step) -> Step:
    """Return the step with a stamp that records the name of an earlier title."""
    if step.chosen and step.result.outcome is Outcome.REJECTED:
        return step  # a refused choice changes nothing
    step = _whole(run, step)
    after = _after(step)
    if after is None or after.stamp is None or after.stamp.renamed:
        return step
    return _restamped(step, after, replace(after.stamp, renamed=True))


def _whole(run: PullRun, step: Step) -> Step:
    """Return the step with the text of its document, which may have moved, or with the error."""
    if step.entry is None or step.remove:
        return step
    try:
        found = run.mirror.whole(replace(step.entry, path=step.destination.path))
        return replace(step, entry=replace(found, path=step.entry.path))
    except ConfsyncError as error:
        return replace(step, entry=None, data=None, result=failed(step.result, error))


def goes_back(step: Step) -> bool:
    """Return whether a step replaces a document's text by the text of an older version."""
    found = step.entry.document if step.entry else None
    if found is None or found.stamp is None or step.base is None or step.data is None:
        return False
    if step.base[0].version >= found.stamp.version:
        return False
    after = document.parse(step.data, step.result.path)
    return after.digest != found.digest


def with_copy(step: Step) -> Step:
    """Return the step. If it goes back in versions, the replaced text goes to the trash."""
    if step.entry is None or step.discarded is not None or not goes_back(step):
        return step
    result = step.result
    said = result.error or _KEPT.format(old=result.base, new=result.remote)
    return replace(step, discarded=step.entry.raw, result=replace(result, error=said))


def _after(step: Step) -> Document | None:
    """Return the document after a step, or None for a new page and for a removal."""
    if step.entry is None or step.entry.document is None or step.remove:
        return None
    return document.parse(step.data, step.result.path) if step.data else step.entry.document


def _restamped(step: Step, after: Document, stamp: Stamp) -> Step:
    if step.result.outcome is Outcome.CLEAN:
        step = replace(step, result=replace(step.result, outcome=Outcome.RESTAMPED))
    return replace(step, data=document.update(after, stamp))


def with_move(step: Step, moves: Mapping[str, Destination]) -> Step:
    """Return the step of an existing document with its destination after the moves."""
    after = moves.get(step.before) if step.before is not None else None
    if after is None or step.remove:
        return step
    change = _change_of_place(step.before or "", after.path)
    result = replace(step.result, path=after.path, old_path=step.before or "")
    if result.outcome in (Outcome.CLEAN, Outcome.RESTAMPED):
        return replace(step, after=after, result=replace(result, outcome=change))
    note = _joined(result.note, change.value)
    return replace(step, after=after, result=replace(result, note=note))


def _joined(*notes: str) -> str:
    return ", ".join(note for note in notes if note)


def _change_of_place(before: str, after: str) -> Outcome:
    """Return MOVED for a new directory, and RENAMED for a new name in the same directory."""
    same = before.rpartition("/")[0] == after.rpartition("/")[0]
    return Outcome.RENAMED if same else Outcome.MOVED


def with_files(run: PullRun, step: Step, found: Mapping[str, Downloaded]) -> Step:
    """Put the attachments of a page in place. Return the step with their stamps."""
    if step.changes is None:
        return step
    if step.new is not None:
        try:
            _check_free(run.mirror, step.destination.path, step.changes)
        except ConfsyncError as error:
            return replace(step, data=None, result=failed(step.result, error))
    # Parse first: if the stamp cannot be written, the files must not change.
    changes = step.changes
    if step.data is None and step.entry:
        step = _whole(run, step)
        if step.entry is None:
            return step
    before = document.parse(step.data, step.result.path) if step.data else None
    before = before or (step.entry.document if step.entry else None)
    placed = attachments.put_in_place(run.mirror, run.remote, step.destination, changes, found)
    result = step.result
    # A missing file comes back without a change of the stamp.
    count = max(placed.changed, changes.decisions.count(Decision.FETCH))
    if count or placed.note:
        fresh = result.outcome is Outcome.CLEAN
        outcome = Outcome.REFRESHED if fresh else result.outcome
        counted = f"{count} attachment{'s' if count > 1 else ''}" if count else ""
        note = _joined(result.note, counted, placed.note)
        result = replace(result, outcome=outcome, note=note, editors=placed.editors)
    if placed.problems:
        why = "; ".join(part for part in (step.result.error, *placed.problems) if part)
        outcome = Outcome.REJECTED if placed.exit is Exit.REFUSED else Outcome.FAILED
        code = worst(result.exit, placed.exit)
        hint = result.hint or placed.hint
        result = replace(result, outcome=outcome, error=why, hint=hint, exit=code)
    step = replace(step, result=result)
    if not placed.changed or before is None or before.stamp is None:
        return step
    stamp = replace(before.stamp, attachments=placed.attached)
    return replace(step, data=document.update(before, stamp))


def _check_free(mirror: Mirror, path: str, changes: AttachmentChanges) -> None:
    """Raise FileError if a new page's files would mix with another document's, or replace it.

    The plan needs a free place, but a document that should have left may still be there.
    """
    if os.path.lexists(mirror.inside(path)):
        raise FileError(
            f"{mentioned(path)}: another document is still there", hint="run the command again"
        )
    planned = {file.path for file in changes.beside.files.values()}
    found = {file.path for file in files.files_of(mirror.root, path, ()).values()}
    if found != planned:
        where = names.directory_of(path)
        raise FileError(
            f"{mentioned(where)}: another page's files are still there",
            hint="run the command again",
        )


def foretold(run: PullRun, step: Step) -> PageResult:
    """Return the result of a dry run, with the attachments that would come or conflict."""
    result, changes = step.result, step.changes
    if changes is None:
        return result
    conflicts = [side for side in changes.sides if decide(side) in beside.CONFLICTS]
    if conflicts and not changes.given_up:
        why = "; ".join(beside.who_and_what(run.mirror, run.remote, side) for side in conflicts)
        return replace(result, outcome=Outcome.REJECTED, error=why, exit=Exit.REFUSED)
    fresh = result.outcome is Outcome.CLEAN
    return replace(result, outcome=Outcome.REFRESHED) if fresh else result
