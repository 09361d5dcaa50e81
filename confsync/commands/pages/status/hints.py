"""The next commands for what `status` found, as git's status has them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from confsync.model.left_out import LeftOut
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Hint

# Pages with one of these outcomes differ here and not on the server.
_HERE = (Outcome.MODIFIED, Outcome.MOVED, Outcome.UNTRACKED)
# A push without a path would refuse a page with one of these outcomes.
_REFUSED = (Outcome.DIVERGED, Outcome.CONFLICTED, Outcome.RESTORED, Outcome.INVALID)


# Brings what only the server has. The error of `status --fresh` has the same hint.
PULL = "'confsync pull' brings its changes; 'confsync diff --remote' shows them"


def hints(pages: Iterable[PageResult], left_out: Iterable[LeftOut]) -> Iterator[Hint]:
    """Yield a command for each kind of pages and of files that is there, with the first path.

    A page with a hint of its own needs none of these.
    """
    first: dict[Outcome, PageResult] = {}
    refused = False
    for page in pages:
        refused |= page.outcome in _REFUSED
        if not page.hint and not (page.outcome is Outcome.DELETED and page.error):
            first.setdefault(page.outcome, page)
    here = [first[outcome] for outcome in _HERE if outcome in first]
    if here and refused:
        yield Hint(
            "'confsync push {path}' sends one edit; other pages wait for your choice", here[0].path
        )
    elif here:
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
