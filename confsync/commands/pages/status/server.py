"""The state of pages, from the server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from confsync.errors import APIAccessError
from confsync.mirror.committed.newest_stamps import NewestStamps
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import ParentKind, Status
from confsync.sync import labels, scope
from confsync.sync.compare import Absent, Content, Parent
from confsync.sync.fetch import Case
from confsync.sync.refusals import hint_of, read_only, reason
from confsync.sync.space_view import SpaceView

if TYPE_CHECKING:
    from confsync.remote import Remote

# Outcomes of changes that only the server made.
_STALE = (
    Outcome.BEHIND,
    Outcome.COMMENTED,
    Outcome.DIVERGED,
    Outcome.GONE,
    Outcome.NOT_VISIBLE,
)


def with_page(page: PageResult, case: Case) -> PageResult:
    """Return the local state, unless the server's state says more."""
    page = replace(
        page,
        decision=case.decisions.content.value,
        remote=case.page.info.version.number if case.page else None,
    )
    if page.outcome in (Outcome.MODIFIED, Outcome.MOVED) and read_only(case.page):
        page = replace(page, error=read_only(case.page))
    outcome = _outcome(case)
    if outcome is None or page.outcome is Outcome.CONFLICTED:
        return page
    page = replace(page, outcome=outcome, error=_without_text(case) or reason(case))
    if outcome in (Outcome.DIVERGED, Outcome.COMMENTED, Outcome.RESTORED) and case.page:
        page = replace(page, version=case.page.info.version, hint=hint_of(case))
    if outcome is Outcome.GONE and case.remote is Absent.TRASHED:
        page = replace(page, hint=f"'confsync restore {case.stamp.id}' brings the page back")
    return page


def _without_text(case: Case) -> str:
    """Return what changed on the server beside the text, or an empty text if the text did."""
    if case.decisions.content not in (Content.UP_TO_DATE, Content.AHEAD):
        return ""
    if case.decisions.parent is Parent.FOLLOW:
        return "the page was moved on the server"
    return (
        "its labels changed on the server" if case.decisions.parent is not Parent.DIVERGED else ""
    )


def _outcome(case: Case) -> Outcome | None:
    """Return the outcome of the server's side; None if the local state says everything."""
    if case.decisions.parent is Parent.DIVERGED:
        return Outcome.DIVERGED
    match case.decisions.content:
        case Content.UP_TO_DATE | Content.AHEAD:
            theirs = case.page.info.labels if case.page else None
            relabelled = labels.is_news(case.stamp, case.local, theirs)
            follows = case.decisions.parent is Parent.FOLLOW or relabelled
            return Outcome.BEHIND if follows else None
        case Content.RESTORED:
            return Outcome.RESTORED
        case Content.EQUAL | Content.BEHIND | Content.LANDED | Content.RESTAMPED:
            return Outcome.BEHIND
        case Content.COMMENTED:
            return Outcome.COMMENTED
        case Content.STAMP_AHEAD | Content.STAMP_MISMATCH | Content.DIVERGED:
            return Outcome.DIVERGED
        case Content.GONE:
            return Outcome.GONE
        case Content.NOT_VISIBLE | Content.MOVED_OUT:
            return Outcome.NOT_VISIBLE
        case Content.UNTRACKED:
            return Outcome.UNTRACKED
        case _:
            assert_never(case.decisions.content)


def is_stale(page: PageResult, stamps: NewestStamps) -> bool:
    """Return whether the server changed a page. For a restored page, compare with git's version."""
    known = stamps.stamps.get(page.id or "")
    later = known is not None and page.remote is not None and page.remote > known.version
    return page.outcome in _STALE or (page.outcome is Outcome.RESTORED and later)


def notes(remote: Remote, seen: SpaceView, *, ask: bool) -> Iterator[str]:
    """Yield notes about read-only pages, and about content without a place in the mirror."""
    paths: dict[str, list[str]] = {}
    for entry in seen.scan.entries:
        case = seen.cases.get(entry.page_id or "")
        if case and case.page and read_only(case.page):
            archived = case.page.info.status is Status.ARCHIVED
            paths.setdefault("archived pages" if archived else "live docs", []).append(entry.path)
    for kind, named in sorted(paths.items()):
        yield f"{kind} are pulled and never pushed: {scope.few(named)}"
    try:
        others = remote.others(seen.space) if ask else ()
    except APIAccessError:
        return  # a missing note is no failure
    if others:
        named = [f"{other.kind} '{other.title}'" for other in others]
        yield f"not mirrored: {len(named)} below the home page: {scope.few(named)}"
    above = {i.parent for i in seen.infos.values() if i.parent_kind is ParentKind.OTHER}
    if ask and (more := above - {other.id for other in others}):
        yield f"not mirrored: {len(more)} whiteboards or databases with pages below them"
