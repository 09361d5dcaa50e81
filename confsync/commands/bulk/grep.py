"""The command `grep`: what documents have, by the structure of their bodies. Asks no server."""

from __future__ import annotations

from collections.abc import Iterator

from confsync.bulk.elements import EvaluationError
from confsync.bulk.queries import Queries
from confsync.commands.bulk.documents import Source, sources
from confsync.commands.bulk.results import FindResult, Match
from confsync.document.frontmatter import Span
from confsync.errors import DocumentError
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.model.result import Problem
from confsync.sync.report import Report


def grep(
    mirror: Mirror, selection: Selection, queries: Queries, labels: tuple[str, ...] = ()
) -> FindResult:
    """Return what the queries find in the selected documents that have all of some labels.

    Raise UsageError.
    """
    report = Report("grep")
    matches: list[Match] = []
    with report.run():
        for source in sources(mirror, selection, labels, report):
            try:
                spans = queries.spans(source.text, source.start)
            except EvaluationError as error:
                report.refuse(Problem.of(DocumentError(source.path, 1, str(error))))
            else:
                matches += _matches(source, spans)
    return FindResult(
        "grep",
        errors=report.errors,
        interrupted=report.interrupted,
        matches=tuple(matches),
    )


def _matches(source: Source, spans: list[Span]) -> Iterator[Match]:
    """Yield what was found, with lines and columns."""
    text = source.text
    line, at = 1, 0
    whole, begin, stop = "", 0, -1
    for start, end in spans:
        if start > stop:
            line += text.count("\n", at, start)
            at = start
            begin = text.rfind("\n", 0, start) + 1
            stop = text.find("\n", start)
            stop = len(text) if stop < 0 else stop
            whole = text[begin:stop].removesuffix("\r")
        yield Match(source.path, line, start - begin + 1, whole, text[start:end])
