"""pull: bring the server's changes to the files. No file that was edited is overwritten."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from confsync.errors import ConfsyncError
from confsync.model.result import Problem, Result
from confsync.progress import Progress, silent
from confsync.pull.no_change import Unchanged

if TYPE_CHECKING:
    from confsync.mirror.mirror import Mirror
    from confsync.mirror.selection import Selection
    from confsync.pull.resolve.resolution import Resolution
    from confsync.remote import Remote


def pull(
    mirror: Mirror,
    remote: Remote,
    selection: Selection,
    *,
    dry_run: bool = False,
    refresh: bool = False,
    prune: bool = False,
    allow_mass_delete: bool = False,
    allow_mass_rollback: bool = False,
    resolution: Resolution | None = None,
    commit: bool = False,
    allow_shallow: bool = False,
    progress: Progress = silent,
) -> Result:
    """Pull every space of the mirror, or the named documents.

    `resolution` says what to do about pages that both sides changed; without it they are refused.
    `commit` commits what was written; in a shallow clone it replaces no document unless
    `allow_shallow`. Raises UsageError, FileError.
    """
    committing = None
    if commit and not dry_run:
        from confsync.sync.commit import Commit

        committing = Commit(mirror, remote, selection, theirs=True)
    plain = selection.everything and not (refresh or prune or resolution)
    last = Unchanged(mirror, remote, plain=plain)
    with last.asking(), contextlib.ExitStack() as held:
        if not dry_run:
            held.enter_context(mirror.lock(sweep=False))
        try:
            if last.nothing_new():
                nothing = Result("pull", dry_run=dry_run)
                return committing.of(nothing) if committing else nothing
        except ConfsyncError as error:
            return Result("pull", errors=(Problem.of(error),), dry_run=dry_run)
        from confsync.pull.run import bring  # 20 ms, which most pulls need not wait for

        return bring(
            mirror,
            remote,
            selection,
            last,
            held.pop_all(),
            dry_run=dry_run,
            refresh=refresh,
            prune=prune,
            allow_mass_delete=allow_mass_delete,
            allow_mass_rollback=allow_mass_rollback,
            resolution=resolution,
            committing=committing,
            allow_shallow=allow_shallow,
            progress=progress,
        )
