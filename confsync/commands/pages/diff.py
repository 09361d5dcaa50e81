"""The command `diff`: changes here since the base or, with `--remote`, on the server."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
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
from confsync.model.result import Change, Problem, Result
from confsync.progress import Progress, silent
from confsync.remote import Remote
from confsync.sync.report import Report

# Characters of bodies that are compared at a time.
_LOT = 4_000_000


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
    told = Report("diff")
    selection, staged = options.selection, None
    if options.staged:
        staged = staged_documents(mirror.root, mirror.config.directories)
        selection = staged.narrowed(selection)
    comparison = Comparison(mirror, opened, selection, told, progress, staged)
    sides = comparison.with_server() if options.against_server else comparison.with_files()
    shown = _Shown(options)
    compared = shown.compared(_lots(sides, told))
    if options.html is None:
        deque(compared, maxlen=0)
    else:
        report.write(options.html, compared, against_server=options.against_server)
        told.note(f"the pages side by side are in {mentioned(str(options.html))}")
    result = told.result()
    pages, texts = (*shown.pages, *result.pages), "".join(shown.texts)
    return replace(result, pages=pages, text=texts, changes=tuple(shown.changes))


def _lots(sides: Iterable[Difference], told: Report) -> Iterator[list[Difference]]:
    """Yield the differences, so many at a time that git compares them quickly and memory is small.

    An error ends them, and is reported.
    """
    lot: list[Difference] = []
    size = 0
    try:
        for found in sides:
            lot.append(found)
            size += sum(len(side.body) for side in (found.old, found.new) if side)
            if size > _LOT:
                yield lot
                lot, size = [], 0
    except ConfsyncError as error:
        told.refuse(Problem.of(error))
    if lot:
        yield lot


class _Shown:
    """The parts of a result, collected while the texts themselves come and go."""

    def __init__(self, options: DiffOptions) -> None:
        self._style = options.style
        self._is_counted = options.style is None or not options.style.color
        self._is_plain = self._is_counted or options.html is not None
        self.pages: list[PageResult] = []
        self.changes: list[Change] = []
        self.texts: list[str] = []

    def compared(
        self, lots: Iterable[list[Difference]]
    ) -> Iterator[tuple[Difference, Change, str]]:
        """Yield each difference with its counts and its plain diff, if a result needs them."""
        style = self._style
        for some in lots:
            plain = all_unified(some) if self._is_plain else []
            changes = list(map(counted, some, plain))
            self.pages += map(_page, some)
            self.changes += changes
            self.texts += plain if style == Style() else all_unified(some, style) if style else []
            yield from zip(some, changes, plain, strict=False)


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
