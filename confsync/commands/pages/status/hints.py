"""The next commands for what `status` found, as git's status has them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from confsync.model.left_out import LeftOut
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Hint

# Pages with one of these outcomes differ here and not on the server.
_HERE = (Outcome.MODIFIED, Outcome.MOVED, Outcome.UNTRACKED)


# Brings what only the server has. The error of `status --fresh` has the same hint.
PULL = "'confsync pull' brings its changes; 'confsync diff --remote' shows them"


def hints(pages: Iterable[PageResult], left_out: Iterable[LeftOut]) -> Iterator[Hint]:
    """Yield a command for each kind of pages and of files that is there, with the first path.

    A page with a hint of its own needs none of these.
    """
    first: dict[Outcome, PageResult] = {}
    for page in pages:
        if not page.hint and not (page.outcome is Outcome.DELETED and page.error):
            first.setdefault(page.outcome, page)
    if any(outcome in first for outcome in _HERE):
        yield Hint("'confsync push' sends what you changed")
    if edited := first.get(Outcome.MODIFIED):
        yield Hint("'confsync pull --theirs {path}' discards an edit", edited.path)
    if deleted := first.get(Outcome.DELETED):
        yield Hint("'git checkout HEAD -- {path}' brings the file back", deleted.path)
        yield Hint("'confsync push --delete {path}' deletes its page, too", deleted.path)
    if Outcome.BEHIND in first or Outcome.NEW in first:
        yield Hint(PULL)
    told: set[str] = set()
    for one in left_out:
        if one.hint and one.reason.value not in told:
            told.add(one.reason.value)
            yield Hint(one.hint, one.path)
