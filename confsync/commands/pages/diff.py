"""The command `diff`: changes here since the base or, with `--remote`, on the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from confsync.diff import report
from confsync.diff.collect import Comparison
from confsync.diff.difference import Difference
from confsync.diff.text import Style, all_unified, counted
from confsync.errors import ConfsyncError
from confsync.mirror.committed.staged import staged_documents
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.model.hint import mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem, Result
from confsync.progress import Progress, silent
from confsync.remote import Remote
from confsync.sync.report import Report


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """The options of `diff`.

    `style` is the style of the text; None shows numbers only. Coloured text is for people, so that
    its changes are not counted. `html` is a file to write with the pages side by side. `staged`
    takes the documents as they are in git's index.
    """

    selection: Selection = field(default_factory=Selection)
    against_server: bool = False
    style: Style | None = None
    html: Path | None = None
    staged: bool = False


def diff(
    mirror: Mirror,
    opened: Callable[[], Remote],
    options: DiffOptions,
    progress: Progress = silent,
) -> Result:
    """Return the differences of the laid-out texts, and of titles, labels and attachments.

    `opened` connects. It is called only for content that is not here. Raise UsageError, FileError.
    """
    style, html = options.style, options.html
    told = Report("diff")
    selection, staged = options.selection, None
    if options.staged:
        staged = staged_documents(mirror.root, mirror.config.directories)
        selection = staged.narrowed(selection)
    comparison = Comparison(mirror, opened, selection, told, progress, staged)
    found: list[Difference] = []
    try:
        sides = comparison.with_server() if options.against_server else comparison.with_files()
        for difference in sides:
            found.append(difference)
    except ConfsyncError as error:
        told.refuse(Problem.of(error))
    counts = style is None or not style.color
    plain = all_unified(found) if counts or html else []
    changes = tuple(map(counted, found, plain))
    if html is not None:
        pages = list(zip(found, changes, plain, strict=True))
        report.write(html, pages, against_server=options.against_server)
        told.note(f"the pages side by side are in {mentioned(str(html))}")
    texts = plain if style == Style() else all_unified(found, style) if style else []
    result = told.result()
    shown = (*map(_page, found), *result.pages)
    return replace(result, pages=shown, text="".join(texts), changes=changes)


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
