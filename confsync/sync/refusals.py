"""The words for a page that is refused: what happened, and what to type."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from confsync.document.attachments.pointers import pointer_to
from confsync.errors import ConfsyncError, Exit, ServerError
from confsync.mirror.committed.whereabouts import Trace
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.model.config import FILE_NAME
from confsync.model.event import Event
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page, PageInfo, Status
from confsync.model.result import Problem
from confsync.sync.compare import Absent, Content, Parent
from confsync.sync.fetch import Case

# A change of more pages than this, and of more than a tenth of them, waits for permission.
MASS = 10


def local_result(entry: Entry) -> PageResult:
    """Return the result of a document by itself, before the server is asked."""
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
    """Return the result of a page that an error stopped, confsync's or the server's."""
    refused = error.exit is Exit.REFUSED
    return replace(
        result,
        outcome=Outcome.REJECTED if refused else Outcome.FAILED,
        error=error.message,
        hint=error.hint,
        exit=error.exit,
    )


def unusable_row(directory: str, info: PageInfo) -> PageResult:
    """Return the result of an unusable row of a listing. It names the page as far as it can."""
    title = f" '{info.title}'" if info.title else ""
    which = f"page {info.id}{title}: " if info.id else f"a page{title}: " if title else ""
    result = PageResult(f"{directory}/", Outcome.FAILED, info.id or None, info.title)
    return failed(result, ServerError(f"{which}{info.flaw}"))


def title_taken(result: PageResult, other: PageInfo, *, earlier: bool = False) -> PageResult:
    """Return the refusal of a title, that of the result, which another page has.

    `earlier` says that the same user created that page, perhaps from this document.
    """
    where = " (archived)" if other.status is Status.ARCHIVED else ""
    why = f"the title '{result.title}' belongs to page {other.id}{where} already"
    hint = "give it another title; 'confsync pull' brings the other page"
    if other.posted is not None:
        day = f"blog post {other.id} of {other.posted}, which is not here,"
        why = f"{day} has the title '{result.title}'"
        hint = "give yours another title; 'confsync pull' brings the other post"
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
    """Return the result of a document that had a stamp in git's history and has none now."""
    why = f"by git's history this is the document of page {info.id}, and its stamp is gone"
    hint = (
        f"'confsync pull --ours {{path}} --at {info.version.number}' makes it the document of that "
        "page again, with your text; 'confsync pull --theirs {path}' takes the server's text; for "
        "a new page, give it another name"
    )
    return replace(result, error=why, hint=hint)


def outside_of(path: str) -> str:
    """Return the words for a document that was moved outside of every space's directory."""
    return f"stands at {path} now, outside of every space's directory; its page stays where it is"


def deletion_refusal(trace: Trace, entry: Entry, *, outside: bool) -> tuple[str, str]:
    """Return why a page is not deleted whose document may stand in another place, and a hint.

    `entry` is the document as git has it; `outside` says that the place is in no space's directory.
    """
    if not trace.certain:
        why = f"{trace.path} cannot be read, and may be its document"
        return why, f"repair {trace.path}, or remove it and push again; {delete_by_id(entry)}"
    if trace.left_out:
        why = f"git has its document at {trace.path}, which this sparse checkout leaves out"
        return why, f"'git sparse-checkout disable' brings it back; {delete_by_id(entry)}"
    if trace.unmerged:
        why = f"its document is in a merge that is not finished, at {trace.path}"
        return why, f"'git status' shows the merge: finish it first; {delete_by_id(entry)}"
    if trace.path == entry.path:
        return "its document stands here again", "run the command again"
    why = outside_of(trace.path) if outside else f"its document stands at {trace.path} now"
    return why, f"move it back, or delete it there and push --delete again; {delete_by_id(entry)}"


def delete_by_id(entry: Entry) -> str:
    """Return the command that deletes a page by its id, in the version that git has of it."""
    stamp = entry.document.stamp if entry.document else None
    named = f"{entry.page_id}@{stamp.version}" if stamp else entry.page_id
    return f"'confsync push --delete {named}' deletes the page in any case"


def edited_outside(entry: Entry) -> PageResult:
    """Return the state of an edited document that stands in no space's directory."""
    why = f"in no space's directory by {FILE_NAME}"
    return replace(local_result(entry), outcome=Outcome.MODIFIED, error=why)


def refused_outside(entry: Entry) -> PageResult:
    """Return the refusal to push an edited document that stands in no space's directory."""
    why = f"{'edited' if entry.page_id else 'new'}, and in no space's directory by {FILE_NAME}"
    return replace(local_result(entry), error=why, exit=Exit.REFUSED)


def log_conflict(case: Case, who: str) -> None:
    """Log one line for an auditor: page, base, current version, and the user."""
    current = case.page.info.version.number if case.page else None
    import logging  # 2 ms for a command that has nothing to log

    log = logging.getLogger("confsync.audit")
    if not log.handlers:
        # Without a handler of the application's, Python would print warnings to stderr.
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
    """Return why a page is pulled and never pushed; empty for any other."""
    if page and page.info.live:
        return "a live doc, which confsync does not push"
    if page and page.info.status is Status.ARCHIVED:
        return "the page is archived: restore it in the browser, then push"
    return ""


def refusal(result: PageResult, case: Case) -> PageResult:
    """Return the result of a case that neither pull nor push may act on."""
    return replace(
        result,
        outcome=Outcome.REJECTED,
        exit=Exit.REFUSED,
        error=reason(case),
        hint=hint_of(case),
    )


def hint_of(case: Case) -> str:
    """Return the next command; the renderer puts the path in place of `{path}`."""
    if case.decisions.parent is Parent.DIVERGED:
        now = case.page.info.version.number if case.page else 0
        return (
            "move the file back to where it was, and 'confsync pull' takes it where the server has "
            f"it; 'confsync pull --ours {{path}} --at {now}' keeps your place, to be pushed"
        )
    match case.decisions.content:
        case Content.RESTORED:
            return _ways_from_restored(case)
        case Content.RESTAMPED:
            return "'confsync pull' notes the new version, then push again"
        case Content.MOVED_OUT:
            return "no page is moved between spaces from here: move the file to its page's space"
        case Content.GONE | Content.NOT_VISIBLE | Content.UNTRACKED:
            return ""
        case _:
            return (
                "'confsync diff --remote {path}' shows them; "
                "'confsync pull --merge {path}' brings them in."
            )


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
            return f"local is based on v{base}; since then somebody added an inline comment to it"
        case Content.STAMP_MISMATCH:
            return (
                f"local is based on v{base}, but the server's v{now} is not what the stamp says "
                "(changed without a new version, or the stamp was edited)"
            )
        case Content.GONE:
            status = case.remote.value if isinstance(case.remote, Absent) else "gone"
            return f"the page is {status} on the server"
        case Content.NOT_VISIBLE:
            return "the page is not visible: deleted, restricted, or no permission"
        case Content.MOVED_OUT:
            return "the page is in another space than the file"
        case Content.UNTRACKED:
            return "the page is not on the server yet"
        case Content.UP_TO_DATE | Content.EQUAL | Content.BEHIND | Content.LANDED | Content.AHEAD:
            return f"local is based on v{base}, the server has v{now}"
        case _:
            assert_never(case.decisions.content)


def _put_back(case: Case, now: int) -> str:
    known, base = case.newer.version if case.newer else now, case.stamp.version
    if case.sent:
        return f"an earlier push landed as v{known}, and the file was put back to v{base}"
    return f"git has v{known} and put the file back to v{base}, the server has v{now}"


def unreadable_directories(
    root: Path, scans: Iterable[SpaceScan], selection: Selection
) -> list[Problem]:
    """Return the words for each directory that is meant and cannot be read, or is a link."""
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
        why = f"{name}/ cannot be read: what stands there is not known, and is left alone"
        hint = f"'ls -ld {shlex.quote(str(root / name))}' shows its permissions"
        return Problem("file", why, hint)
    return Problem("file", f"{name} {link.what}: neither pulled nor pushed", link.hint(name))


def too_many(count: int, total: int) -> bool:
    """Return whether `count` is more than `MASS` and more than a tenth of `total`."""
    return count > MASS and count * 10 > total
