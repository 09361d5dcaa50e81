"""Results as text for people and as JSON for programs. The words stand here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from confsync.cli.escape import safe, safe_lines
from confsync.errors import Exit
from confsync.model import moment
from confsync.model.result import Problem, Result
from confsync.model.stamp import message_without_token
from confsync.model.summary import clean as clean_line
from confsync.model.summary import pages as counted_pages

if TYPE_CHECKING:
    from datetime import datetime

    from confsync.model.lint import Finding


class Display(NamedTuple):
    """The way to render a result: for whom, and at what time.

    `shown` makes a mirror path a path to type here. On a `terminal` of `width` columns, a
    page's text must not control it. Elsewhere the text is printed unchanged.
    """

    shown: Callable[[str], str]
    now: datetime
    verbose: bool = False
    quiet: bool = False
    terminal: bool = False
    width: int = 80


def as_text(result: Result, display: Display) -> tuple[str, str, str]:
    """Return the requested text, the rest of stdout, and stderr.

    The result is `typed`. A diff has its own colours, and is already escaped for a terminal.
    """
    shown, now, quiet = display.shown, display.now, display.quiet
    told = result.command in _TELLS_ITSELF or bool(result.command == "comment" and result.text)
    steers = display.terminal and result.command not in _OWN_COLORS
    given = safe_lines(result.text) if steers else result.text
    out = [*_page_lines(result, shown, display.verbose, now)]
    if result.left_out:
        from confsync.cli.files import left_out

        out += left_out.lines(result, shown, verbose=display.verbose)
    if result.comments:
        from confsync.cli.files import comments

        out += comments.lines(result, shown, verbose=display.verbose)
    out += [] if told else [safe(note) for note in result.notes]
    out += [] if given else _stat_lines(result, shown, display.width)
    out += [*_check_lines(result, display), *_history_lines(result), *_event_lines(result)]
    out += _blamed_lines(result)
    out += _finding_lines(result, shown)
    if result.command == "status":
        out += [*_status_summary(result), *_hint_lines(result)]
    elif not told and (result.pages or not result.notes + result.checks):
        out += _summary(result)
    out += _step_lines(result)
    text = "\n".join(divided(out, display.terminal)) + "\n" if out else ""
    notes = [*_untold(result, shown), *result.notes, *_shown_version(result)]
    notes = notes if told and not quiet else []
    err = [click.style("note:", fg="cyan") + f" {safe(note)}" for note in notes]
    if quiet:
        # stdout is then empty, but a failure and its place must still be reported.
        err += _failed_lines(result, display)
    err += warning_lines(result)
    err += _error_lines(result)
    return given, text, "".join(f"{line}\n" for line in divided(err, display.terminal))


def divided(lines: Iterable[str], terminal: bool) -> Iterator[str]:
    """Yield lines. On a terminal, each command of a long hint gets a line.

    In a file, a hint stays in one line, for programs that read it.
    """
    for line in lines:
        said = click.unstyle(line)
        long = terminal and said.startswith("hint: ") and len(said) > 80
        yield line.replace("; ", ";\n      ") if long else line


def _hint_lines(result: Result) -> Iterator[str]:
    """Yield the next commands for whole kinds of pages."""
    told = {error.hint for error in result.errors}
    for hint in result.hints:
        if hint.text not in told:
            yield click.style("hint:", fg="yellow") + f" {safe(hint.text)}"


def warning_lines(result: Result) -> Iterator[str]:
    """Yield the warnings, which go to stderr even with --quiet and --json."""
    for warning in result.warnings:
        yield click.style("warning:", fg="yellow") + f" {safe(warning)}"


def _failed_lines(result: Result, display: Display) -> Iterator[str]:
    """Yield only lines about failures."""
    failed = [page for page in result.pages if page.exit is not Exit.DONE]
    if failed and result.command != "diff":
        from confsync.cli import render_pages as pages

        yield from (pages.line(page, display.shown, display.now) for page in failed)
    errors = (found for found in result.findings if found.refused)
    yield from (_finding_line(found, display.shown) for found in errors)
    yield from _check_lines(result, display, failed=True)


def _untold(result: Result, shown: Callable[[str], str]) -> Iterator[str]:
    """Yield the pages that a diff could not show, with the reason."""
    for page in result.pages if result.command == "diff" else ():
        if page.error:
            yield f"{shown(page.path)}: {page.error}"


def _stat_lines(result: Result, shown: Callable[[str], str], width: int) -> Iterator[str]:
    """Yield a diff in numbers, as git's --stat shows it."""
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
        fields = ", ".join(field for field in change.fields if field not in ("body", "page"))
        more = f"  ({fields})" if fields else ""
        yield f" {name:<{named}} | {added + removed:>{digits}} {graph}{more}"
    total = [sum(c.insertions for c in result.changes), sum(c.deletions for c in result.changes)]
    yield (
        f" {counted_pages(len(names))} changed, {_counted(total[0], 'insertion')}(+), "
        f"{_counted(total[1], 'deletion')}(-)"
    )


def _check_lines(result: Result, display: Display, *, failed: bool = False) -> Iterator[str]:
    width = max((len(check.name) for check in result.checks), default=0)
    for check in result.checks:
        good = check.exit is Exit.DONE
        if good and failed:
            continue
        mark = click.style("ok  ", fg="green") if good else click.style("FAIL", fg="red")
        yield f" {mark} {safe(check.name):<{width}}  {safe(check.message)}"
        room = display.width - width - 8 if display.terminal else 0
        yield from (f"{'':<{width + 8}}{line}" for line in _wrapped(safe(check.hint), room))


def _wrapped(hint: str, room: int) -> list[str]:
    """Return a hint in lines. One with a command stays whole, so that it can be copied."""
    if room < 20 or "'" in hint:
        return [hint] if hint else []
    import textwrap  # rarely needed

    return textwrap.wrap(hint, room, break_long_words=False, break_on_hyphens=False)


def _history_lines(result: Result) -> Iterator[str]:
    """Yield a page's versions, newest first. A star marks the base of the document here."""
    if result.command != "log":
        return
    width = max((len(version.author) for version in result.history), default=0)
    for version in result.history:
        mark = "*" if version.number == result.base else " "
        number = click.style(f"v{version.number:<4}", fg="yellow")
        who = safe(f"{version.author:<{width}}")
        said = safe(message_without_token(version.message))
        yield f"{mark} {number} {_moment(version.created_at)}  {who}  {said}".rstrip()


def _blamed_lines(result: Result) -> Iterator[str]:
    """Yield a page's lines, each behind its version, author and day."""
    width = max((len(line.author) for line in result.lines), default=0)
    for line in result.lines:
        number = click.style(f"{f'v{line.version}' if line.version else '':<5}", fg="yellow")
        who = safe(f"{line.author:<{width}}")
        yield f"{number} {who}  {line.time[:10]}  {safe(line.text)}".rstrip()


def _shown_version(result: Result) -> Iterator[str]:
    """Yield who made the shown version. This is printed beside the document, not in it."""
    for version in result.history if result.command == "show" else ():
        said = message_without_token(version.message)
        told = (
            f"v{version.number}, {version.author or 'unknown'}, {_moment(version.created_at)} UTC"
        )
        here = " (your document is based on it)" if version.number == result.base else ""
        yield (f'{told}: "{said}"' if said else told) + here


def _event_lines(result: Result) -> Iterator[str]:
    for event in result.events:
        versions = " -> ".join(f"v{v}" for v in (event.base, event.version) if v is not None)
        what = f"{event.what:<14} {event.path} (page {event.page}) {versions}"
        minor = "  (minor edit)" if event.minor else ""
        yield safe(f"{_moment(event.time)}  {what}  {event.user}{minor}")
    told = result.events or result.history or result.lines or result.text
    if result.command == "log" and not told:
        yield "the log is empty"


def _finding_lines(result: Result, shown: Callable[[str], str]) -> Iterator[str]:
    yield from (_finding_line(found, shown) for found in result.findings)
    if result.command == "check":
        from confsync.model.lint import Severity

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
    """Return findings as GitHub's workflow commands, which GitHub shows beside the lines."""
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
    """Return a server's time for people, in UTC."""
    return safe(moment.shown(time))


def _page_lines(
    result: Result, shown: Callable[[str], str], verbose: bool, now: datetime
) -> Iterator[str]:
    if result.pages and result.command != "diff":
        from confsync.cli import render_pages as pages  # not needed without pages

        yield from pages.lines(result, shown, verbose, now)


def _status_summary(result: Result) -> Iterator[str]:
    if not result.pages and not result.errors:
        yield clean_line(result.clean) if result.clean else "no documents here yet"
    elif result.clean:
        yield f"and {counted_pages(result.clean)} clean"


def _summary(result: Result) -> Iterator[str]:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in result.summary.items())
    head = f"{result.command} --dry-run" if result.dry_run else result.command
    if counts or not any(error.exit is not Exit.DONE for error in result.errors):
        yield f"{head}: {counts or 'nothing to do'}"


def _step_lines(result: Result) -> Iterator[str]:
    """Yield the commands to type next. Each stands alone in its line, to be copied."""
    if result.steps:
        yield "next:"
        yield from (f"  {safe(step)}" for step in result.steps)


def _error_lines(result: Result) -> Iterator[str]:
    if result.interrupted:
        hint = "every file is complete; run the command again to continue"
        yield from problem_lines(Problem("interrupted", "interrupted", hint))
    for error in result.errors:
        if error.message:
            yield from problem_lines(error)
    if result.pages:
        from confsync.cli import render_pages as pages

        yield from pages.waiting_lines(result)


# These commands print everything themselves.
_TELLS_ITSELF = ("check", "diff", "grep", "help", "log", "open", "replace", "show")
# The text of these commands has its own colors, and nothing in it controls a terminal.
_OWN_COLORS = ("diff", "grep", "help", "replace")


def problem_lines(problem: Problem) -> Iterator[str]:
    """Yield an error and its hint. It is a warning if it does not change the exit code."""
    warns = problem.exit is Exit.DONE
    kind = click.style("warning:", fg="yellow") if warns else click.style("error:", fg="red")
    yield f"{kind} {safe(problem.message)}"
    yield from map(safe, problem.said.splitlines())
    if problem.hint:
        yield click.style("hint:", fg="yellow") + f" {safe(problem.hint)}"
