"""The conflicts of a merge in git's index.

With them, `git mergetool` opens the three sides, and `git commit` alone commits no conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from confsync.document import document
from confsync.errors import FileError
from confsync.mirror.git import index
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import mutex
from confsync.model.filenames import STATE
from confsync.model.outcome import Outcome
from confsync.model.result import Result
from confsync.pull.plan import Step

_WITH_GIT = (
    "'git mergetool {path}' opens the three sides; or edit {path}, then 'git add {path}'; "
    "then 'confsync check {path}' and 'confsync push {path}'; "
    "'confsync pull --abort {path}' takes the merge back"
)


def tell_git(mirror: Mirror, result: Result, steps: Iterable[Step]) -> Result:
    """Note the conflicts in git's index, if git knows the files. Return the result with the hint.

    This step is optional: if git refuses, the pull does not fail.
    """
    written = {page.path for page in result.pages if page.outcome is Outcome.CONFLICTED}
    places = ((step, step.destination.path) for step in steps)
    told = {path for step, path in places if path in written and _told(mirror, step, path)}
    pages = (
        replace(page, hint=_WITH_GIT) if page.path in told & written else page
        for page in result.pages
    )
    return replace(result, pages=tuple(pages)) if told else result


def _told(mirror: Mirror, step: Step, path: str) -> bool:
    before = step.entry.document if step.entry else None
    if step.data is None or step.entry is None or step.sides is None or before is None:
        return False
    # Each side is a whole document. Base and ours keep their own stamp: it must not say that they
    # have the server's changes. So the next push refuses a document that is one of them whole.
    found = document.parse(step.data, path)
    if found.stamp is None or before.stamp is None or b"\r\n" in step.data:
        return False
    base, _, theirs = step.sides
    stages = (
        document.update_laid(found, before.stamp, base),
        step.entry.raw,
        document.update_laid(found, found.stamp, theirs),
    )
    try:
        with mutex.held(mirror.root / STATE, mutex.GIT):
            return index.note_conflict(mirror.root, path, step.entry.raw, stages)
    except (FileError, OSError):
        return False
