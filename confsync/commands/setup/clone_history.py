"""The part of `clone` that records the past: a branch with all versions, at which `main` begins."""

from __future__ import annotations

from dataclasses import replace

from confsync.history.options import HistoryOptions, HistoryRun
from confsync.history.run import record_history
from confsync.mirror.git import worktree
from confsync.mirror.git.branch.fast_import import branch_name
from confsync.mirror.mirror import Mirror
from confsync.model.result import Result
from confsync.progress import Progress
from confsync.remote import Remote


def with_history(mirror: Mirror, remote: Remote, result: Result, progress: Progress) -> Result:
    """Record all versions after a clone. Return the result of both.

    In a repository without a commit, the current branch begins at the last version. Another
    repository keeps its branches. Raise FileError.
    """
    worktree.ensure(mirror.root)
    made = record_history(HistoryRun(mirror, remote, HistoryOptions(), progress))
    branch = branch_name(mirror.config.spaces[0].key)
    notes = made.notes
    if not made.errors and worktree.begin_at(mirror.root, f"refs/heads/{branch}"):
        notes += (f"the current branch begins at {branch}",)
    elif not made.errors:
        join = f"git merge --allow-unrelated-histories {branch}"
        notes += (f"'{join}' joins it with your branch, after you committed the mirror",)
    return replace(
        result,
        notes=(*result.notes, *notes),
        errors=(*result.errors, *made.errors),
        interrupted=made.interrupted,
    )
