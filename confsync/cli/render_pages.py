"""The outcomes of pages as text: a line for each, and commands for those that need a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from confsync.cli.escape import safe
from confsync.errors import Exit
from confsync.model.moment import moment
from confsync.model.outcome import Outcome, PageResult
from confsync.model.stamp import message_without_token
from confsync.model.summary import pages as counted_pages

if TYPE_CHECKING:
    from datetime import datetime

    from confsync.model.page import Version
    from confsync.model.result import Result

# If a run has more pages of one quiet outcome than this, the rest is counted.
LISTED = 40
_QUIET_KINDS = (Outcome.CREATED, Outcome.RESTAMPED, Outcome.KEPT, Outcome.MOVED, Outcome.RENAMED)

_MARKS = {
    Outcome.CREATED: ("+", "green"),
    Outcome.UPDATED: ("*", "green"),
    Outcome.PULLED: ("*", "green"),
    Outcome.REFRESHED: ("*", "green"),
    Outcome.MERGED: ("*", "green"),
    Outcome.RESTORED: ("+", "green"),
    Outcome.ANSWERED: ("+", "green"),
    Outcome.RESOLVED: ("*", "green"),
    Outcome.MOVED: (">", "cyan"),
    Outcome.RENAMED: (">", "cyan"),
    Outcome.RESTAMPED: ("=", "cyan"),
    Outcome.DELETED: ("-", "yellow"),
    Outcome.ARCHIVED: ("-", "yellow"),
    Outcome.KEPT: (".", None),
    Outcome.SKIPPED: (".", None),
    Outcome.MODIFIED: ("M", "yellow"),
    Outcome.NEW: ("N", "green"),
    Outcome.BEHIND: ("B", "cyan"),
    Outcome.UNTRACKED: ("?", "yellow"),
    Outcome.TRASHED: ("-", "yellow"),
    Outcome.UNCHANGED: ("!", "yellow"),
}
_AGAINST = (Outcome.REJECTED, Outcome.DIVERGED, Outcome.COMMENTED, Outcome.RESTORED)
_CHANGED = ("diverged", "restamped", "commented", "stamp-mismatch")
_RESTORED = "restored"
_SERVER_CHANGED = " because the server has changes that you do not have"
_GIT_RESTORED = " because git restored an older version than the server's"
# For more pages than have a hint each.
_FOR_ALL = {
    _SERVER_CHANGED: "'confsync pull --merge' brings them all in",
    _GIT_RESTORED: "'confsync pull --merge', then 'confsync push', sends them all",
}
_MOST_HINTS = 3


def lines(
    result: Result, shown: Callable[[str], str], verbose: bool, now: datetime
) -> Iterator[str]:
    """Yield a line for each page.

    Count pages beyond LISTED of a quiet outcome, unless `verbose`.
    """
    listed: dict[Outcome, int] = {}
    for page in result.pages:
        listed[page.outcome] = listed.get(page.outcome, 0) + 1
        if verbose or page.outcome not in _QUIET_KINDS or listed[page.outcome] <= LISTED:
            yield line(page, shown, now)
    for outcome, count in listed.items():
        if not verbose and outcome in _QUIET_KINDS and count > LISTED:
            yield f"   … and {count - LISTED} more {outcome.value} (-v lists them all)"


def line(page: PageResult, shown: Callable[[str], str], now: datetime) -> str:
    """Return the line of one page."""
    mark, color = _MARKS.get(page.outcome, ("!", "red"))
    if page.outcome is Outcome.RESTORED and page.error:
        mark, color = "!", "red"  # restored by git, not from the trash
    if page.outcome is Outcome.UNCHANGED and page.exit is Exit.DONE:
        mark, color = "=", "cyan"  # nothing had to be done
    state = page.outcome.value
    state = f"[{state}]" if page.outcome is Outcome.REJECTED else state
    path = safe(shown(page.path))
    if page.old_path:
        path = f"{safe(shown(page.old_path))} -> {path}"
    told = f" {mark} {state:<11} {path}"
    return click.style(told, fg=color) + _details(page, now)


def _details(page: PageResult, now: datetime) -> str:
    if page.error:
        told = page.outcome in _AGAINST and page.decision in (*_CHANGED, _RESTORED)
        who = _who(page.version, now) if told and "the server has v" in page.error else ""
        return f"   {safe(page.error)}{who}"
    parts = (_versions(page), f"({safe(page.note)})" if page.note else "")
    text = " ".join(filter(None, parts))
    return f"   {text}" if text else ""


def _versions(page: PageResult) -> str:
    """Return the versions that a page had and has, or an empty text."""
    if page.base is None or page.remote is None or page.base == page.remote:
        return f"v{page.remote or page.base}" if page.remote or page.base else ""
    return f"v{page.base} -> v{page.remote}"


def _who(version: Version | None, now: datetime) -> str:
    """Return who made the remote version, when, and with which message."""
    if version is None:
        return ""
    said = message_without_token(version.message)
    parts = [version.author or "unknown", _ago(version.created_at, now)]
    text = ", ".join(part for part in parts if part)
    return f' ({safe(text)}: "{safe(said)}")' if said else f" ({safe(text)})"


def _ago(created_at: str, now: datetime) -> str:
    then = moment(created_at)
    if then is None:
        return ""
    seconds = (now - then).total_seconds()
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // size)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def waiting_lines(result: Result) -> Iterator[str]:
    """Yield which pages need a decision, and the commands for it."""
    yield from _conflict_lines(result)
    apart = (Outcome.REJECTED, Outcome.CONFLICTED) if result.command != "status" else ()
    yield from _hint_lines([page for page in result.pages if page.outcome not in apart])
    rejected = [page for page in result.pages if page.outcome is Outcome.REJECTED]
    groups = _by_reason(rejected)
    for because, pages in groups.items():
        count = f"{counted_pages(len(pages))} {'was' if len(pages) == 1 else 'were'} rejected"
        if not because and len(groups) > 1:
            because = " for another reason, which its line names"
            if len(pages) > 1:
                because = " for other reasons, which their lines name"
        yield click.style("error:", fg="red") + f" {count}{because}."
        if for_all := _FOR_ALL.get(because) if len(pages) > _MOST_HINTS else None:
            yield click.style("hint:", fg="yellow") + f" {for_all}"
        yield from _hint_lines(pages[:1] if for_all else pages)


def _by_reason(rejected: list[PageResult]) -> dict[str, list[PageResult]]:
    """Return the rejected pages by the reason that they share. Other pages have an empty reason."""
    groups: dict[str, list[PageResult]] = {_SERVER_CHANGED: [], _GIT_RESTORED: [], "": []}
    for page in rejected:
        if page.decision in _CHANGED:
            groups[_SERVER_CHANGED].append(page)
        elif page.decision == _RESTORED and "git has v" in page.error:
            groups[_GIT_RESTORED].append(page)
        else:
            groups[""].append(page)
    return {because: pages for because, pages in groups.items() if pages}


def _conflict_lines(result: Result) -> Iterator[str]:
    """Yield the conflicts of a merge. Both texts are in the file."""
    conflicted = [page for page in result.pages if page.outcome is Outcome.CONFLICTED]
    if conflicted and result.command in ("pull", "revert"):
        count = f"{counted_pages(len(conflicted))} {'has' if len(conflicted) == 1 else 'have'}"
        told = f" {count} conflict markers now, with both texts between them."
        yield click.style("error:", fg="red") + told
        yield from _hint_lines(conflicted)


def _hint_lines(pages: list[PageResult]) -> Iterator[str]:
    """Yield the next commands, each once."""
    hints = dict.fromkeys(page.hint for page in pages if page.hint)
    for hint in list(hints)[:_MOST_HINTS]:
        yield click.style("hint:", fg="yellow") + f" {safe(hint)}"
