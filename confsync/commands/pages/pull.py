"""The command `pull`: bring the server's changes to the files. It overwrites no edited file."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from confsync.errors import ConfsyncError
from confsync.mirror.selection import Selection, spaces_of, whole_spaces
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
    """Pull every space of the mirror, the selected spaces, or the selected documents.

    Raise UsageError, FileError.
    """
    mirror, options = _of_spaces(mirror, options)
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


def _of_spaces(mirror: Mirror, options: PullOptions) -> tuple[Mirror, PullOptions]:
    """Return the mirror of the spaces that are named as a whole, and the options of its pull.

    A side is given up only for the documents that exist under the named paths.
    """
    selection = options.selection
    spaces = () if options.gives_up else whole_spaces(mirror.config, selection)
    if spaces:
        return mirror.part(spaces), replace(options, selection=Selection())
    mirror.own = spaces_of(mirror.config, selection)
    return mirror, options


def _commit(mirror: Mirror, remote: Remote, options: PullOptions) -> Commit | None:
    """Return the commit that follows the pull. It records now what is uncommitted."""
    if options.dry_run or not options.commit:
        return None
    from confsync.sync.commit import Commit

    return Commit(mirror, remote, options.selection, theirs=True)
