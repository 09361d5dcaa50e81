"""The command `replace`: change what is found in documents, and nothing else. Asks no server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from confsync.bulk.elements import EvaluationError
from confsync.bulk.layout_edits import fitted
from confsync.bulk.replacements import Found, Replacement
from confsync.commands.bulk.documents import Source, sources
from confsync.commands.bulk.results import Replaced, ReplaceResult
from confsync.diff.difference import Difference, Side
from confsync.diff.text import Style, all_unified
from confsync.document import document, storage_format
from confsync.document.document import Document
from confsync.errors import DocumentError
from confsync.mirror.bulk_write import Writing, replace_all
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.model.hint import mentioned
from confsync.model.result import Problem
from confsync.sync.report import Report
from confsync.workers import Workers

# Documents that are written together, so that memory does not grow with their number.
_AT_ONCE = 200
# So many of the places that stay are named.
_LISTED = 20


@dataclass(frozen=True, slots=True)
class ReplaceOptions:
    """The options of `replace`. With `style`, nothing is written, and the diff is shown."""

    selection: Selection = field(default_factory=Selection)
    labels: tuple[str, ...] = ()
    style: Style | None = None


class _Change(NamedTuple):
    """A document with its new text, and what was found in it."""

    source: Source
    document: Document
    text: str
    found: Found


def replace(mirror: Mirror, replacement: Replacement, options: ReplaceOptions) -> ReplaceResult:
    """Replace what is found in the selected documents.

    A document that is not well-formed, or would not be, stays as it is and is an error. Raise
    UsageError.
    """
    report = Report("replace", dry_run=options.style is not None)
    run = _Run(mirror, replacement, options, report)
    with report.run():
        if options.style is not None:
            run.show(options.style)
        else:
            with mirror.lock():
                run.write()
    result = report.result()
    return ReplaceResult(
        "replace",
        errors=result.errors,
        notes=(*result.notes, *run.notes()),
        steps=run.steps(),
        text=result.text,
        dry_run=result.dry_run,
        interrupted=result.interrupted,
        replaced=tuple(run.replaced),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """One replacement in all documents."""

    mirror: Mirror
    replacement: Replacement
    options: ReplaceOptions
    report: Report
    replaced: list[Replaced] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def show(self, style: Style) -> None:
        """Add the differences to the report, and write nothing."""
        changes = list(self._changes())
        self.report.show(*all_unified([_difference(change) for change in changes], style))
        self.replaced.extend(map(_replaced, changes))

    def write(self) -> None:
        """Write the changed documents, some of them together."""
        waiting: list[_Change] = []
        for change in self._changes():
            waiting.append(change)
            if len(waiting) == _AT_ONCE:
                self._write(waiting)
                waiting = []
        self._write(waiting)

    def notes(self) -> Iterator[str]:
        """Yield notes about the places that were found and stay, or that there are none."""
        if not (self.replaced or self.left or self.report.errors):
            yield "nothing was found"
        yield from self.left[:_LISTED]
        if self.left[_LISTED:]:
            yield f"{len(self.left) - _LISTED} more places were not replaced"

    def steps(self) -> tuple[str, ...]:
        """Return the next commands."""
        if not self.replaced or self.options.style is not None:
            return ()
        return ("confsync diff", "confsync push --dry-run")

    def _changes(self) -> Iterator[_Change]:
        options = self.options
        for source in sources(self.mirror, options.selection, options.labels, self.report):
            try:
                change = self._change(source)
            except DocumentError as error:
                self.report.refuse(Problem.of(error))
                continue
            if change:
                yield change

    def _change(self, source: Source) -> _Change | None:
        """Return a document's change. Raise DocumentError for one that must stay as it is."""
        read = document.parse(source.raw, source.path)
        try:
            found = self.replacement.found(read, source.space.key)
        except EvaluationError as error:
            raise DocumentError(source.path, 1, f"stays as it is: {error}") from None
        for offset, why in found.left:
            line, column = read.place(offset)
            self.left.append(f"{mentioned(source.path)}:{line}:{column}: not replaced: {why}")
        if not found.edits:
            return None
        _check(read, read.text, source.path)
        text = fitted(read, found.edits)
        if text is None:
            raise DocumentError(
                source.path, 1, "stays as it is: confsync finds no line ends for the new text"
            )
        _check(read, text, source.path)
        return _Change(source, read, text, found)

    def _write(self, changes: list[_Change]) -> None:
        def writings() -> Iterable[Writing]:
            for change in changes:
                yield Writing(change.source.path, change.text.encode(), change.source.raw)

        for change, error in zip(
            changes, replace_all(self.mirror, writings(), Workers()), strict=True
        ):
            if error is None:
                self.replaced.append(_replaced(change))
            else:
                self.report.refuse(Problem.of(error))


def _check(read: Document, text: str, path: str) -> None:
    """Raise DocumentError if the text of a document is not well-formed."""
    flaw = storage_format.check(text[read.body_start :])
    if flaw is not None:
        at = read._replace(text=text)
        line, column = at.place(read.body_start + flaw.offset)
        after = "" if text is read.text else " after the replacement"
        raise DocumentError(path, line, f"stays as it is: {flaw.message}{after} (column {column})")


def _difference(change: _Change) -> Difference:
    read = change.document
    body = document.parse(change.text.encode(), change.source.path).body
    page_id = read.stamp.id if read.stamp else None
    old = Side("file", read.title, read.body)
    return Difference(change.source.path, page_id, old, Side("replaced", read.title, body))


def _replaced(change: _Change) -> Replaced:
    return Replaced(change.source.path, change.found.places, len(change.found.left))
