"""The command `pull`: bring the server's changes to the files. It overwrites no edited file."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from confsync.errors import ConfsyncError
from confsync.model.result import Problem, Result
from confsync.progress import Progress, silent
from confsync.pull.no_change import Unchanged

if TYPE_CHECKING:
    from confsync.mirror.mirror import Mirror
    from confsync.pull.options import PullOptions
    from confsync.remote import Remote
    from confsync.sync.commit import Commit


def pull(
    mirror: Mirror, remote: Remote, options: PullOptions, progress: Progress = silent
) -> Result:
    """Pull every space of the mirror, or the selected documents. Raise UsageError, FileError."""
    commit = _commit(mirror, remote, options)
    known = Unchanged(mirror, remote, plain=options.is_plain)
    with known.asking(), contextlib.ExitStack() as lock:
        if not options.dry_run:
            lock.enter_context(mirror.lock(sweep=False))
        try:
            if known.nothing_new():
                if not options.dry_run:
                    known.keep_comments()
                nothing = Result("pull", dry_run=options.dry_run)
                return commit.of(nothing) if commit else nothing
        except ConfsyncError as error:
            return Result("pull", errors=(Problem.of(error),), dry_run=options.dry_run)
        # These imports take 20 ms, which most pulls save.
        from confsync.pull.context import PullRun
        from confsync.pull.run import pull_mirror

        run = PullRun.of(mirror, remote, options, progress)
        return pull_mirror(run, known, lock.pop_all(), commit)


def _commit(mirror: Mirror, remote: Remote, options: PullOptions) -> Commit | None:
    """Return the commit that follows the pull. It records now what is uncommitted."""
    if options.dry_run or not options.commit:
        return None
    from confsync.sync.commit import Commit

    return Commit(mirror, remote, options.selection, theirs=True)
