"""The messages about refused pages: what happened, and the next command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from confsync.document.attachments.pointers import pointer_to
from confsync.errors import ConfsyncError, Exit, ServerError
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.model.config import FILE_NAME
from confsync.model.event import Event
from confsync.model.hint import TRASH, marked, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page, PageInfo, Status
from confsync.model.result import Problem
from confsync.sync.compare import Absent, Content, Parent
from confsync.sync.fetch import Case

# A change of more pages than this, and of more than a tenth of all pages, needs permission.
MASS = 10

MOVE_IGNORED = "the server ignored the move: the page is still where it was"
AFTER_IGNORED = "move the page in the browser, then 'confsync pull'; or move the file back"


def local_result(entry: Entry) -> PageResult:
    """Return the result of a document before the server is asked."""
    found = entry.document
    return PageResult(
        entry.path,
        Outcome.REJECTED,
        entry.page_id,
        found.title if found else "",
        base=found.stamp.version if found and found.stamp else None,
    )


def compared_result(entry: Entry, case: Case) -> PageResult:
    """Return the result of a document that was compared with its page."""
    version = case.page.info.version if case.page else None
    return replace(
        local_result(entry),
        decision=case.decisions.content.value,
        remote=version.number if version else None,
        version=version,
    )


def failed(result: PageResult, error: ConfsyncError) -> PageResult:
    """Return the result of a page that an error of confsync or of the server stopped."""
    refused = error.exit is Exit.REFUSED
    return replace(
        result,
        outcome=Outcome.REJECTED if refused else Outcome.FAILED,
        error=Problem.of(error).message,
        hint=error.hint,
        exit=error.exit,
    )


def unusable_row(directory: str, info: PageInfo) -> PageResult:
    """Return the result of an invalid row in a listing. It names the page as far as it can."""
    title = f" '{info.title}'" if info.title else ""
    which = f"page {info.id}{title}: " if info.id else f"a page{title}: " if title else ""
    result = PageResult(f"{directory}/", Outcome.FAILED, info.id or None, info.title)
    return failed(result, ServerError(f"{which}{info.flaw}"))


def title_taken(result: PageResult, other: PageInfo, *, earlier: bool = False) -> PageResult:
    """Return the refusal of a title that another page has.

    `earlier` means that the same user created that page, perhaps from this document.
    """
    where = " (archived)" if other.status is Status.ARCHIVED else ""
    why = f"the title '{result.title}' belongs to page {other.id}{where} already"
    hint = "change the title in {path}; 'confsync pull' brings the other page"
    if other.posted is not None:
        day = f"blog post {other.id} of {other.posted}, which is not in this mirror,"
        why = f"{day} has the title '{result.title}'"
        hint = "change the title in {path}; 'confsync pull' brings the other post"
    if earlier:
        what = f"page {other.id}"
        if other.posted is not None:
            what = f"blog post {other.id} of {other.posted}"
        why = f"{what}, which you created with another text, has this title"
        if other.title.casefold() != result.title.casefold():
            why = f"{what}, '{other.title}', was created by an earlier push of this file"
        hint = (
            f"'confsync pull --ours {{path}} --at {other.version.number}' makes this file the "
            "document of that page with your text; then push"
        )
    rejected = Outcome.REJECTED
    return replace(result, outcome=rejected, error=why, hint=hint, exit=Exit.REFUSED)


def lost_stamp(result: PageResult, info: PageInfo) -> PageResult:
    """Return the result of a document that has a stamp in git's history and none now."""
    why = f"git's history has this as the document of page {info.id}, but its stamp is missing"
    hint = (
        f"'confsync pull --ours {{path}} --at {info.version.number}' makes it the document of that "
        "page again, with your text; 'confsync pull --theirs {path}' takes the server's text; for "
        "a new page, rename the file"
    )
    return replace(result, error=why, hint=hint)


def edited_outside(entry: Entry) -> PageResult:
    """Return the state of an edited document outside every space's directory."""
    why = f"outside every space's directory in {FILE_NAME}"
    return replace(local_result(entry), outcome=Outcome.MODIFIED, error=why)


def refused_outside(entry: Entry) -> PageResult:
    """Return the refusal to push an edited document outside every space's directory."""
    what = "edited" if entry.page_id else "new"
    why = f"{what}, but outside every space's directory in {FILE_NAME}"
    return replace(local_result(entry), error=why, exit=Exit.REFUSED)


def log_conflict(case: Case, who: str) -> None:
    """Log one line for an auditor: page, base, current version, decision and user."""
    current = case.page.info.version.number if case.page else None
    import logging  # takes 2 ms

    log = logging.getLogger("confsync.audit")
    if not log.handlers:
        # Without a handler of the application, Python prints warnings to stderr.
        log.addHandler(logging.NullHandler())
    log.warning(
        "version conflict: page=%s base=%d current=%s decision=%s user=%s",
        case.stamp.id,
        case.stamp.version,
        current,
        case.decisions.content.value,
        who,
    )


def conflict_event(path: str, case: Case, who: str) -> Event:
    """Return the event of a conflict for the mirror's audit trail."""
    page = case.page
    return Event(
        what=f"conflict: {case.decisions.content.value}",
        page=case.stamp.id,
        path=path,
        base=case.stamp.version,
        version=page.info.version.number if page else None,
        before=case.stamp.digest,
        after=page.digest if page else None,
        user=who,
    )


def read_only(page: Page | None) -> str:
    """Return why a page cannot be pushed, or an empty text."""
    if page and page.info.live:
        return "confsync does not push live docs"
    if page and page.info.status is Status.ARCHIVED:
        return "the page is archived: restore it in the browser, then push"
    return ""


def refusal(result: PageResult, case: Case) -> PageResult:
    """Return the result of a case on which neither pull nor push may act."""
    return replace(
        result,
        outcome=Outcome.REJECTED,
        exit=Exit.REFUSED,
        error=reason(case),
        hint=hint_of(case),
    )


def hint_of(case: Case) -> str:
    """Return the next command; the renderer fills in `{path}`."""
    if case.decisions.parent is Parent.DIVERGED:
        now = case.page.info.version.number if case.page else 0
        return (
            f"'confsync pull --ours {{path}} --at {now}' keeps your place, for the next push; "
            "to take the server's place, move the file back and run 'confsync pull'"
        )
    match case.decisions.content:
        case Content.RESTORED:
            return _ways_from_restored(case)
        case Content.RESTAMPED:
            return "'confsync pull' takes the new version number; then push again"
        case Content.MOVED_OUT:
            return "confsync moves no page between spaces; move the file to its page's space"
        case Content.GONE:
            return ways_from_gone(case)
        case Content.NOT_VISIBLE | Content.UNTRACKED:
            return ""
        case _:
            return (
                "'confsync diff --remote {path}' shows them; "
                "'confsync pull --merge {path}' brings them in."
            )


def ways_from_gone(case: Case) -> str:
    """Return the commands for an edited document whose page is in the trash or archived."""
    restore = f"'confsync restore {case.stamp.id}' brings the page back; "
    give_up = f"'confsync pull --theirs {{path}}' removes the file, with a copy in {TRASH}"
    return restore + give_up if case.remote is Absent.TRASHED else give_up


def _ways_from_restored(case: Case) -> str:
    """Return the commands for a restored document: keep it, merge it, or give it up."""
    now = case.page.info.version.number if case.page else 0
    known = case.newer.version if case.newer else now
    keep = f"'confsync pull --ours {{path}} --at {now}', then 'confsync push {{path}}', sends it"
    give_up = "'confsync pull --theirs {path}' takes the server's text instead"
    if now == known:
        return f"{keep}; {give_up}"
    merge = "'confsync pull --merge {path}', then 'confsync push {path}', combines both"
    return f"{merge}; {give_up}"


def reason(case: Case) -> str:
    """Return in one line why the document and its page cannot be reconciled."""
    base = case.stamp.version
    now = case.page.info.version.number if case.page else 0
    if case.decisions.parent is Parent.DIVERGED:
        return "the page was moved here and, to another place, on the server"
    match case.decisions.content:
        case Content.DIVERGED:
            return f"local is based on v{base}, the server has v{now}"
        case Content.RESTAMPED:
            return f"local is based on v{base}, the server has v{now} with the same content"
        case Content.RESTORED:
            return _put_back(case, now)
        case Content.STAMP_AHEAD:
            return (
                f"local is based on v{base}, the server has only v{now} "
                "(an old version was deleted, or the stamp was edited)"
            )
        case Content.COMMENTED:
            return f"local is based on v{base}; since then an inline comment was added"
        case Content.STAMP_MISMATCH:
            return (
                f"local is based on v{base}, but the stamp does not match the server's v{now} "
                "(changed without a new version, or the stamp was edited)"
            )
        case Content.GONE:
            status = case.remote.words if isinstance(case.remote, Absent) else "gone"
            return f"the page is {status} on the server"
        case Content.NOT_VISIBLE:
            return "the page is not visible: deleted, restricted, or no permission"
        case Content.MOVED_OUT:
            return "the page is in another space than the file"
        case Content.UNTRACKED:
            return "the page is not on the server yet"
        case Content.BEHIND if now == base:
            return f"the page changed after v{base}, without a new version"
        case Content.UP_TO_DATE | Content.EQUAL | Content.BEHIND | Content.LANDED | Content.AHEAD:
            return f"local is based on v{base}, the server has v{now}"
        case _:
            assert_never(case.decisions.content)


def _put_back(case: Case, now: int) -> str:
    known, base = case.newer.version if case.newer else now, case.stamp.version
    if case.sent:
        return f"an earlier push wrote v{known}, and the file was put back to v{base}"
    return f"git has v{known} and put the file back to v{base}, the server has v{now}"


def unreadable_directories(
    root: Path, scans: Iterable[SpaceScan], selection: Selection
) -> list[Problem]:
    """Return the problem of each selected directory that cannot be read or is a link."""
    return [
        _unreadable_directory(root, name)
        for scan in scans
        for name in scan.unread
        if selection.has(f"{name}/")
    ]


def _unreadable_directory(root: Path, name: str) -> Problem:
    try:
        to = str((root / name).readlink())
        link = pointer_to(to, dangles=not (root / name).exists())
    except OSError:
        why = f"{mentioned(name)}/ cannot be read; confsync leaves it unchanged"
        hint = f"'ls -ld {marked(name)}' shows its permissions"
        return Problem("file", why, hint)
    return Problem(
        "file",
        f"{mentioned(name)} {link.what}; confsync neither pulls nor pushes it",
        link.hint(name),
    )


def too_many(count: int, total: int) -> bool:
    """Return whether `count` is more than `MASS` and more than a tenth of `total`."""
    return count > MASS and count * 10 > total
