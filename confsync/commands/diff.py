"""diff: what was changed here since the base or, with `--remote`, what the server changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from confsync.diff import report
from confsync.diff.collect import Comparison
from confsync.diff.difference import Difference
from confsync.diff.text import Style, all_unified, counted
from confsync.errors import ConfsyncError
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem, Result
from confsync.progress import Progress, silent
from confsync.remote import Remote


def diff(
    mirror: Mirror,
    opened: Callable[[], Remote],
    selection: Selection,
    *,
    against_server: bool,
    style: Style | None,
    html: Path | None = None,
    progress: Progress = silent,
) -> Result:
    """The differences of the laid-out texts, and of what stands around them.

    `opened` connects, and is called only for what is not here. `style` is that of the text; with
    None there are only the numbers, and what is in colour is for people, and not counted. `html` is
    a file to write with the pages side by side. Raises UsageError, FileError.
    """
    errors: list[Problem] = []
    untold: list[PageResult] = []
    notes = (f"the pages side by side are in {html}",) if html else ()
    comparison = Comparison(mirror, opened, selection, untold, errors, progress)
    sides = comparison.with_server() if against_server else comparison.with_files()
    found: list[Difference] = []
    try:
        for difference in sides:
            found.append(difference)
    except ConfsyncError as error:
        errors.append(Problem.of(error))
    counts = style is None or not style.color
    plain = all_unified(found) if counts or html else []
    changes = tuple(map(counted, found, plain))
    if html is not None:
        report.write(
            html, list(zip(found, changes, plain, strict=True)), against_server=against_server
        )
    texts = plain if style == Style() else all_unified(found, style) if style else []
    pages = (*map(_page, found), *untold)
    return Result("diff", pages, tuple(errors), notes, text="".join(texts), changes=changes)


def _page(found: Difference) -> PageResult:
    side = found.new or found.old
    outcome = Outcome.MODIFIED
    if found.old is None:
        outcome = Outcome.UNTRACKED
    elif found.new is None:
        outcome = Outcome.DELETED
    return PageResult(
        found.path,
        outcome,
        found.page_id,
        side.title if side else "",
        base=found.old.version if found.old else None,
        remote=found.new.version if found.new else None,
    )
