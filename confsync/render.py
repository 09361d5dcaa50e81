"""Results as text for people and as JSON for programs. The only module that knows the words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from confsync.errors import Exit
from confsync.model import message_without_token
from confsync.result import Outcome, PageResult, Problem, Result

if TYPE_CHECKING:
    from confsync.answers import Version
    from confsync.findings import Finding

# More pages than this of one uneventful kind are counted, not listed.
LISTED = 40
_QUIET_KINDS = (Outcome.CREATED, Outcome.RESTAMPED, Outcome.KEPT, Outcome.MOVED)
# A server's titles and messages must not steer the terminal.
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"

_MARKS = {
    Outcome.CREATED: ("+", "green"),
    Outcome.UPDATED: ("*", "green"),
    Outcome.PULLED: ("*", "green"),
    Outcome.REFRESHED: ("*", "green"),
    Outcome.MERGED: ("*", "green"),
    Outcome.RESTORED: ("+", "green"),
    Outcome.MOVED: (">", "cyan"),
    Outcome.RESTAMPED: ("=", "cyan"),
    Outcome.DELETED: ("-", "yellow"),
    Outcome.KEPT: (".", None),
    Outcome.SKIPPED: (".", None),
    Outcome.MODIFIED: ("M", "yellow"),
    Outcome.NEW: ("N", "green"),
    Outcome.BEHIND: ("B", "cyan"),
    Outcome.UNTRACKED: ("?", "yellow"),
    Outcome.UNCHANGED: ("!", "yellow"),
}


def safe(text: str) -> str:
    """Text with control characters made visible."""
    return re.sub(_CONTROL, lambda found: f"\\x{ord(found[0]):02x}", text)


def as_json(result: Result) -> str:
    """The JSON envelope, on one line."""
    import json

    return json.dumps(result.as_json(), ensure_ascii=False)


def as_text(
    result: Result,
    *,
    shown: Callable[[str], str],
    verbose: bool,
    now: datetime,
    quiet: bool = False,
    terminal: bool = False,
    width: int = 80,
) -> tuple[str, str, str]:
    """The text that was asked for, what else goes to stdout, and what to stderr.

    `shown` turns a mirror path into one to type here. On a `terminal`, `width` columns wide, the
    text of a page may not steer it; elsewhere it goes through as it is. A diff, which has colours
    of its own, has seen to that already.
    """
    told = result.command in _TELLS_ITSELF
    given = safe(result.text) if terminal and result.command != "diff" else result.text
    out = [*_page_lines(result, shown, verbose, now)]
    out += [] if told else [safe(note) for note in result.notes]
    out += [] if given else _stat_lines(result, shown, width)
    out += [*_check_lines(result), *_history_lines(result), *_event_lines(result)]
    out += _finding_lines(result, shown)
    if result.command == "status":
        out += _status_summary(result)
    elif not told and (result.pages or not result.notes + result.checks):
        out += _summary(result)
    text = "\n".join(out) + "\n" if out else ""
    notes = [*_untold(result, shown), *result.notes, *_shown_version(result)]
    notes = notes if told and not quiet else []
    err = [click.style("note:", fg="cyan") + f" {safe(note)}" for note in notes]
    if quiet:
        # On stdout is then nothing; which page failed, and where, must be told all the same.
        err += _failed_lines(result, shown, now)
    return given, text, "".join(f"{line}\n" for line in [*err, *_error_lines(result, shown)])


def _failed_lines(result: Result, shown: Callable[[str], str], now: datetime) -> Iterator[str]:
    """What failed, and nothing else."""
    for page in result.pages if result.command != "diff" else ():
        if page.exit is not Exit.DONE:
            yield _page_line(page, shown, now)
    errors = (found for found in result.findings if found.refused)
    yield from (_finding_line(found, shown) for found in errors)
    yield from _check_lines(result, failed=True)


def _untold(result: Result, shown: Callable[[str], str]) -> Iterator[str]:
    """The pages that a diff could not show, and why."""
    for page in result.pages if result.command == "diff" else ():
        if page.error:
            yield f"{shown(page.path)}: {page.error}"


def _stat_lines(result: Result, shown: Callable[[str], str], width: int) -> Iterator[str]:
    """A diff in numbers, as git's --stat shows one."""
    if not result.changes:
        return
    names = [safe(shown(change.path)) for change in result.changes]
    most = max(change.insertions + change.deletions for change in result.changes)
    named, digits = max(map(len, names)), len(str(most))
    room = max(10, min(60, width - named - digits - 6))
    for name, change in zip(names, result.changes, strict=True):
        added, removed = change.insertions, change.deletions
        scale = min(1.0, room / most) if most else 0
        plus, minus = (-int(-count * scale // 1) for count in (added, removed))
        graph = click.style("+" * plus, fg="green") + click.style("-" * minus, fg="red")
        around = ", ".join(field for field in change.fields if field not in ("body", "page"))
        more = f"  ({around})" if around else ""
        yield f" {name:<{named}} | {added + removed:>{digits}} {graph}{more}"
    total = [sum(c.insertions for c in result.changes), sum(c.deletions for c in result.changes)]
    yield (
        f" {_pages(len(names))} changed, {_counted(total[0], 'insertion')}(+), "
        f"{_counted(total[1], 'deletion')}(-)"
    )


def _check_lines(result: Result, *, failed: bool = False) -> Iterator[str]:
    width = max((len(check.name) for check in result.checks), default=0)
    for check in result.checks:
        good = check.exit is Exit.DONE
        if good and failed:
            continue
        mark = click.style("ok  ", fg="green") if good else click.style("FAIL", fg="red")
        yield f" {mark} {check.name:<{width}}  {safe(check.message)}"
        if check.hint:
            yield f"      {'':<{width}}  {safe(check.hint)}"


def _history_lines(result: Result) -> Iterator[str]:
    """A page's versions, newest first; the star is the one that the document here is based on."""
    if result.command != "log":
        return
    width = max((len(version.author) for version in result.history), default=0)
    for version in result.history:
        mark = "*" if version.number == result.base else " "
        number = click.style(f"v{version.number:<4}", fg="yellow")
        who = safe(f"{version.author:<{width}}")
        said = safe(message_without_token(version.message))
        yield f"{mark} {number} {_moment(version.created_at)}  {who}  {said}".rstrip()


def _shown_version(result: Result) -> Iterator[str]:
    """Who made the version that is shown, beside the document and not in it."""
    for version in result.history if result.command == "show" else ():
        said = message_without_token(version.message)
        told = (
            f"v{version.number}, {version.author or 'somebody'}, {_moment(version.created_at)} UTC"
        )
        here = " (your document is based on it)" if version.number == result.base else ""
        yield (f'{told}: "{said}"' if said else told) + here


def _event_lines(result: Result) -> Iterator[str]:
    for event in result.events:
        versions = " -> ".join(f"v{v}" for v in (event.base, event.version) if v is not None)
        what = f"{event.what:<14} {event.path} (page {event.page}) {versions}"
        yield safe(f"{_moment(event.time)}  {what}  {event.user}")
    if result.command == "log" and not result.events and not result.history:
        yield "nothing is noted here yet"


def _finding_lines(result: Result, shown: Callable[[str], str]) -> Iterator[str]:
    yield from (_finding_line(found, shown) for found in result.findings)
    if result.command == "check":
        from confsync.findings import Severity

        documents = result.clean + len({found.path for found in result.findings})
        counts = Counter(found.severity for found in result.findings)
        told = [_counted(counts[one], one.value) for one in Severity if counts[one]]
        of = f"{documents} document{'' if documents == 1 else 's'}"
        yield f"check: {', '.join(told) or 'nothing found'} in {of}"


def _finding_line(found: Finding, shown: Callable[[str], str]) -> str:
    place = f"{safe(shown(found.path))}:{found.line}:{found.column or 1}"
    color = "red" if found.refused else "yellow"
    kind = click.style(f"{found.severity.value}:", fg=color)
    return f"{place}: {kind} {safe(found.message)}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def as_annotations(result: Result, shown: Callable[[str], str]) -> str:
    """Findings as GitHub's workflow commands, which show them beside the lines of a change."""
    lines = []
    for found in result.findings:
        where = _escaped(shown(found.path), ":,")
        place = f"file={where},line={found.line},col={found.column or 1}"
        text = _escaped(safe(found.message))
        lines.append(f"::{found.severity.value} {place},title=confsync {found.code}::{text}\n")
    return "".join(lines)


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _moment(time: str) -> str:
    """A server's time as people read it, in UTC."""
    try:
        then = datetime.fromisoformat(time)
    except ValueError:
        return safe(time)
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return f"{then.astimezone(UTC):%Y-%m-%d %H:%M}"


def _page_lines(
    result: Result, shown: Callable[[str], str], verbose: bool, now: datetime
) -> Iterator[str]:
    if result.command == "diff":
        return
    listed: dict[Outcome, int] = {}
    for page in result.pages:
        listed[page.outcome] = listed.get(page.outcome, 0) + 1
        if verbose or page.outcome not in _QUIET_KINDS or listed[page.outcome] <= LISTED:
            yield _page_line(page, shown, now)
    for outcome, count in listed.items():
        if not verbose and outcome in _QUIET_KINDS and count > LISTED:
            yield f"   … and {count - LISTED} more {outcome.value} (-v lists them all)"


def _page_line(page: PageResult, shown: Callable[[str], str], now: datetime) -> str:
    mark, color = _MARKS.get(page.outcome, ("!", "red"))
    state = page.outcome.value
    state = f"[{state}]" if page.outcome is Outcome.REJECTED else state
    line = f" {mark} {state:<11} {safe(shown(page.path))}"
    return click.style(line, fg=color) + _details(page, now)


def _details(page: PageResult, now: datetime) -> str:
    if page.error:
        told = page.outcome in _AGAINST and page.decision in _CHANGED
        who = _who(page.version, now) if told and "the server has v" in page.error else ""
        return f"   {safe(page.error)}{who}"
    if page.base is None or page.remote is None or page.base == page.remote:
        return f"   v{page.remote or page.base}" if page.remote or page.base else ""
    return f"   v{page.base} -> v{page.remote}"


def _who(version: Version | None, now: datetime) -> str:
    """Who made the remote version, when, and what they said about it."""
    if version is None:
        return ""
    said = message_without_token(version.message)
    parts = [version.author or "somebody", _ago(version.created_at, now)]
    text = ", ".join(part for part in parts if part)
    return f' ({safe(text)}: "{safe(said)}")' if said else f" ({safe(text)})"


def _ago(created_at: str, now: datetime) -> str:
    try:
        then = datetime.fromisoformat(created_at)
    except ValueError:
        return ""
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    seconds = (now - then).total_seconds()
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // size)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _status_summary(result: Result) -> Iterator[str]:
    if not result.pages and not result.errors:
        yield f"clean: {_pages(result.clean)}" if result.clean else "no documents here yet"
    elif result.clean:
        yield f"and {_pages(result.clean)} clean"


def _summary(result: Result) -> Iterator[str]:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in result.summary.items())
    head = f"{result.command} --dry-run" if result.dry_run else result.command
    if counts or not result.errors:
        yield f"{head}: {counts or 'nothing to do'}"


def _pages(count: int) -> str:
    return f"{count} page" if count == 1 else f"{count} pages"


def _error_lines(result: Result, shown: Callable[[str], str]) -> Iterator[str]:
    if result.interrupted:
        hint = "every file is whole; run the command again to go on"
        yield from problem_lines(Problem("interrupted", "interrupted", hint))
    for error in result.errors:
        if error.message:
            yield from problem_lines(error)
    yield from _conflict_lines(result, shown)
    if result.command == "status":
        waiting = (Outcome.DIVERGED, Outcome.COMMENTED, Outcome.CONFLICTED)
        yield from _hint_lines([p for p in result.pages if p.outcome in waiting], shown)
    rejected = [page for page in result.pages if page.outcome is Outcome.REJECTED]
    if not rejected:
        return
    count = f"{_pages(len(rejected))} {'was' if len(rejected) == 1 else 'were'} rejected"
    changed = [page for page in rejected if page.decision in _CHANGED]
    because = " because the server has changes that you do not have" if changed else ""
    yield click.style("error:", fg="red") + f" {count}{because}."
    yield from _hint_lines(rejected, shown)


def _conflict_lines(result: Result, shown: Callable[[str], str]) -> Iterator[str]:
    """What a merge could not decide: both texts are in the file."""
    conflicted = [page for page in result.pages if page.outcome is Outcome.CONFLICTED]
    if conflicted and result.command == "pull":
        count = f"{_pages(len(conflicted))} {'has' if len(conflicted) == 1 else 'have'}"
        told = f" {count} conflict markers now, with both texts between them."
        yield click.style("error:", fg="red") + told
        yield from _hint_lines(conflicted, shown)


def _hint_lines(pages: list[PageResult], shown: Callable[[str], str]) -> Iterator[str]:
    """The next commands, each once."""
    hints = dict.fromkeys(
        page.hint.replace("{path}", typed(shown(page.path))) for page in pages if page.hint
    )
    for hint in list(hints)[:3]:
        yield click.style("hint:", fg="yellow") + f" {safe(hint)}"


def typed(path: str) -> str:
    """A path as it is typed in a shell; in double quotes, since a hint stands in single ones."""
    if not _SHELLS.search(path):
        return path
    return '"' + re.sub(r'([\\"$`])', r"\\\1", path) + '"'


# What a shell takes for more than a letter of a name.
_SHELLS = re.compile(r"[\s\\\"'$`&|;<>()*?\[\]{}!#~]")


# What these print is all that there is to say.
_TELLS_ITSELF = ("check", "diff", "log", "show")
_AGAINST = (Outcome.REJECTED, Outcome.DIVERGED, Outcome.COMMENTED)
_CHANGED = ("diverged", "restamped", "commented", "stamp-mismatch")


def problem_lines(problem: Problem) -> Iterator[str]:
    """An error and its hint."""
    yield click.style("error:", fg="red") + f" {safe(problem.message)}"
    if problem.hint:
        yield click.style("hint:", fg="yellow") + f" {safe(problem.hint)}"
