"""push: send edited pages back, each only if the server still has exactly what its stamp says."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from confsync.errors import ConfsyncError
from confsync.mirror.committed import newest_stamps
from confsync.mirror.mirror import Mirror
from confsync.mirror.outside import Strays, strays_of
from confsync.mirror.scan import knowing
from confsync.mirror.selection import Selection
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem, Result, each_space
from confsync.progress import Progress, silent
from confsync.push.absences import Missing, truly_deleted
from confsync.push.candidates import (
    changed_files,
    deleted_documents,
    flaw_finder,
    ids_of,
    index_for,
    narrowed,
    not_found,
    outgoing_in,
    refuse_emptying,
    refuse_replacing,
    refuse_turning_over,
    restored_in,
    with_texts,
    without_differing,
)
from confsync.push.delete import Deleting, Deletions, doomed_elsewhere, doomed_in
from confsync.push.extras import Extras
from confsync.push.rounds import Turns
from confsync.remote import Remote, about
from confsync.sync import merge_base as bases
from confsync.sync import renames as references
from confsync.sync import scope
from confsync.sync.attachments.beside import deleted_here
from confsync.sync.commit import Commit
from confsync.sync.people import with_names
from confsync.sync.refusals import refused_outside, unreadable_directories
from confsync.sync.renames import Renamed
from confsync.sync.space_view import reader_of


def push(
    mirror: Mirror,
    remote: Remote,
    selection: Selection,
    *,
    message: str = "",
    dry_run: bool = False,
    allow_mass_move: bool = False,
    delete: Deleting | None = None,
    allow_mass_delete: bool = False,
    allow_mass_upload: bool = False,
    since: str | None = None,
    staged: bool = False,
    commit: bool = False,
    progress: Progress = silent,
    clock: Callable[[], float] = time.monotonic,
) -> Result:
    """Push every edited document of the mirror, or the named ones.

    With `delete` also the deletions: pages whose documents are gone, or that are named. `since` is
    a commit, and only what changed since is meant; `staged` means only what git's index has, and
    `commit` commits the documents as they are settled. Raises UsageError, FileError.
    """
    selection, differing = narrowed(mirror, selection, since, staged=staged)
    committing = Commit(mirror, remote, selection, theirs=False) if commit and not dry_run else None
    pages: list[PageResult] = []
    errors: list[Problem] = []
    renamed: list[Renamed] = []
    interrupted = False
    with contextlib.nullcontext() if dry_run else mirror.lock():
        known = index_for(mirror, delete)
        scans = mirror.scan(known.read if known else None)
        errors += unreadable_directories(mirror.root, scans, selection)
        deleted = deleted_documents(mirror, scans, delete)
        scans = knowing(scans, deleted)
        git = newest_stamps.read(mirror.root, mirror.config.directories, since)
        newest = bases.newest_of(mirror, git)
        restored = restored_in(scans, newest.likely)
        scans = with_texts(mirror, scans, restored)
        deleted = scope.not_excluded(scans, deleted)
        paths_here = [entry.path for scan in scans for entry in scan.entries]
        paths_here += [entry.path for entry in deleted.values() if delete]
        selection.check(paths_here, mirror.config.directories)
        asked = delete or Deleting()
        missing = Missing(mirror, scans, deleted if delete else {}, asked, selection)
        sight = missing.whereabouts()
        if delete:
            deleted = truly_deleted(missing, sight, pages)
        gone = deleted_here(mirror)
        try:
            for scan in scans:
                with each_space(errors):
                    asking = about(remote, scan.config)
                    files = changed_files(
                        mirror,
                        scan,
                        selection,
                        gone,
                        pages,
                        delete=bool(delete),
                        newest=git.attachments,
                    )
                    unfit = flaw_finder(mirror, asking, dry_run=dry_run)
                    waiting = outgoing_in(
                        mirror, unfit, scan, selection, pages, errors, files, restored
                    )
                    waiting = without_differing(waiting, differing, pages)
                    doomed = doomed_in(scan, asked, deleted, selection) if delete else []
                    if not waiting and not doomed and not asked.named:
                        continue
                    reader = reader_of(remote, scan, newest)
                    doomed += doomed_elsewhere(reader, asked, ids_of(scans, deleted))
                    refuse_turning_over(scan, reader.space, waiting, allow=allow_mass_move)
                    refuse_emptying(scan, doomed, files, allow=allow_mass_delete)
                    sent = {e.path: files[e.path] for e in waiting if e.path in files}
                    refuse_replacing(mirror, asking, scan, sent, allow=allow_mass_upload)
                    extras = Extras(mirror, asking, files, delete=delete is not None)
                    turns = Turns(mirror, reader, scan, message, pages, clock, extras, unfit)
                    try:
                        turns.push(waiting, dry_run=dry_run, progress=progress)
                    finally:
                        renamed += turns.renamed
                    Deletions(mirror, reader, pages, sight, dry_run=dry_run).delete(doomed)
        except ConfsyncError as error:
            errors.append(Problem.of(error))
        except KeyboardInterrupt:
            interrupted = True
        if known and not dry_run:
            known.wrote(mirror.fresh)
            known.save()
    if not errors:
        errors += not_found(asked, pages)
    pages = [page for page in pages if page.outcome is not Outcome.CLEAN]
    strays = Strays()
    if selection.everything:
        strays = strays_of(mirror, scans, {page.id for page in pages} - ids_of(scans, {}))
    pages += map(refused_outside, strays.edited)
    told = tuple(pages) if interrupted else with_names(mirror, remote, pages)
    changed = [page for page in renamed if page.old != page.new]
    notes = strays.notes
    notes += tuple(references.notes(mirror.scan(), changed)) if changed else ()
    result = Result("push", told, tuple(errors), notes, dry_run=dry_run, interrupted=interrupted)
    return committing.of(result) if committing else result
