"""The push flow: scan, outgoing, order, then by rounds check, put and write back."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import replace

from confsync.mirror.left_out.absent import deleted_unknown, missing_documents
from confsync.mirror.left_out.files import deleted_attachments, left_out
from confsync.mirror.outside import documents_outside
from confsync.mirror.scan import SpaceScan, ids_in
from confsync.mirror.selection import spaces_of
from confsync.model.left_out import LeftOut, Reason
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Result
from confsync.model.stamp import TOKEN_LENGTH, message_of_run
from confsync.push.attachments import Asked
from confsync.push.candidates import changed_files, flaw_finder, outgoing_in
from confsync.push.deletion.absences import Missing, deleted_documents, standing
from confsync.push.deletion.delete import Deletions
from confsync.push.deletion.doomed import doomed_elsewhere, doomed_in, not_found
from confsync.push.deletion.refusals import refuse_archiving
from confsync.push.extras import Extras
from confsync.push.guard import SpaceChanges, refuse_mass_changes
from confsync.push.options import DeleteOptions, PushOptions, PushRun, SpacePush
from confsync.push.rounds import order_of, push_in_rounds
from confsync.push.scan import MirrorScan, narrowed, scan_mirror
from confsync.remote import about
from confsync.sync import renames, scope
from confsync.sync.commit import Commit, CommitMessage
from confsync.sync.people import with_names
from confsync.sync.refusals import refused_outside
from confsync.sync.space_view import reader_of


def push_mirror(run: PushRun, options: PushOptions) -> Result:
    """Push the changes of the mirror, space by space. Raise UsageError, FileError."""
    refuse_archiving(run.remote, options)
    selection, unstaged = narrowed(run.mirror, options)
    if options.delete is None:  # the document of a page to delete may stand in any space
        run.mirror.own = spaces_of(run.mirror.config, selection)
    committing = None
    run_id = secrets.token_hex(TOKEN_LENGTH // 2)
    if options.commit and not options.dry_run:
        told = CommitMessage(options.message, run_id)
        committing = Commit(run.mirror, run.remote, selection, told, theirs=False)
    options = replace(options, message=message_of_run(run_id, options.message))
    with contextlib.nullcontext() if options.dry_run else run.mirror.lock(files=False):
        here = scan_mirror(run, options, selection, unstaged)
        with run.report.run(), run.mirror.audit.run(run_id):
            _push_spaces(run, options, here)
        if not options.dry_run:
            here.save_index(run.mirror)
    result = _result(run, options, here)
    return committing.of(result) if committing else result


def _push_spaces(run: PushRun, options: PushOptions, here: MirrorScan) -> None:
    """Push space by space, if no mass guard refuses all of them together."""
    planned: list[SpaceChanges] = []
    for scan in here.scans:
        with run.report.step():
            if changes := _changes_of(run, options, here, scan):
                refuse_mass_changes([changes])
                planned.append(changes)
    with run.report.step():
        if len(planned) > 1:
            refuse_mass_changes(planned)
        for changes in planned:
            with run.report.step():
                _push_space(changes, here)


def _changes_of(
    run: PushRun, options: PushOptions, here: MirrorScan, scan: SpaceScan
) -> SpaceChanges | None:
    """Return the changes of one space's push, or None if there are none. Raise APIAccessError."""
    asked, deletes = options.delete or DeleteOptions(), options.delete is not None
    remote = about(run.remote, scan.config)
    unfit = flaw_finder(run.mirror, remote, dry_run=options.dry_run)
    files = changed_files(run, here, scan, delete=deletes)
    outgoing = outgoing_in(run, here, scan, files, unfit)
    doomed = doomed_in(scan, asked, here.deleted, here.selection) if deletes else []
    if not outgoing and not doomed and not asked.named:
        return None
    reader = reader_of(run.remote, scan, here.newest)
    choices = Asked(deletes, options.allow_mass_upload)
    extras = Extras(run.mirror, remote, files, choices, here.newest_properties)
    space = SpacePush(run, options, scan, reader, extras, unfit)
    told = {page.id for page in run.report.pages if page.id}
    doomed += doomed_elsewhere(reader, asked, here.page_ids | told)
    return SpaceChanges(space, outgoing, doomed, files)


def _push_space(changes: SpaceChanges, here: MirrorScan) -> None:
    """Push one space. Raise APIAccessError."""
    space, outgoing = changes.space, changes.documents
    push_in_rounds(space, outgoing, order_of(space, outgoing))
    Deletions(space, here.whereabouts).delete(changes.doomed)


def _result(run: PushRun, options: PushOptions, here: MirrorScan) -> Result:
    """Return the result of the run, with documents outside every space and renamed pages."""
    report = run.report
    if options.delete and not (options.delete.planned or report.errors):
        report.refuse(*not_found(options.delete, report))
    report.add(*standing(options, here.scans, report.told()))
    report.leave_out(*_left_out(run, options, here))
    pages = [page for page in report.pages if page.outcome is not Outcome.CLEAN]
    if here.selection.everything:
        pages += _outside_of_spaces(run, here, pages)
    told = tuple(pages) if report.interrupted else with_names(run.mirror, run.remote, pages)
    if report.renamed:
        report.note(*renames.notes(run.mirror, report.renamed))
    return replace(report.result(), pages=told)


def _left_out(run: PushRun, options: PushOptions, here: MirrorScan) -> Iterator[LeftOut]:
    """Yield the documents that were deleted here, and whose pages this push leaves alone."""
    if options.delete is not None or not here.selection.everything:
        return
    asked = DeleteOptions()
    gone = deleted_documents(run.mirror, here.scans, asked)
    missing = Missing(run.mirror, here.scans, gone, asked, here.selection)
    elsewhere = missing.whereabouts().look()
    for page_id, entry in scope.not_excluded(here.scans, gone).items():
        if page_id not in elsewhere:
            yield LeftOut(entry.path, Reason.DELETED)
    yield from deleted_attachments(run.mirror, here.scans, here.deleted_files, here.selection)
    if here.index:
        ids = ids_in(here.scans) | gone.keys()
        unknown = missing_documents(run.mirror, here.index, ids)
        yield from map(deleted_unknown, unknown, unknown.values())


def _outside_of_spaces(run: PushRun, here: MirrorScan, pages: list[PageResult]) -> list[PageResult]:
    """Return the refusals of edited documents outside every space, and add the notes."""
    told = {page.id for page in pages} - ids_in(here.scans)
    outside = documents_outside(run.mirror, here.scans, told)
    run.report.note(*outside.notes)
    run.report.leave_out(*left_out(run.mirror, here.scans, outside.new, here.selection))
    return [refused_outside(entry) for entry in outside.edited]
