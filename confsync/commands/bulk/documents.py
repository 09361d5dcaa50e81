"""The documents that a search reads: their texts, without their stamps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from confsync.document import frontmatter
from confsync.errors import DocumentError
from confsync.mirror import walk
from confsync.mirror.entry import parsed, unread
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.mirror.state import regular
from confsync.model.config import SpaceConfig
from confsync.model.result import Problem
from confsync.model.stamp import folded
from confsync.sync.report import Report


class Source(NamedTuple):
    """The text of a document, whose body begins at `start`."""

    path: str
    space: SpaceConfig
    raw: bytes
    text: str
    start: int


def sources(
    mirror: Mirror, selection: Selection, labels: tuple[str, ...], report: Report
) -> Iterator[Source]:
    """Yield the selected documents that have all of some labels, sorted by their paths.

    `report` gets an error for each document that cannot be read. Raise UsageError for a name that
    means no document.
    """
    found = sorted(
        (path, space)
        for space in mirror.config.spaces
        for path in walk.files(mirror.root, space)
        if walk.is_document(path)
    )
    if selection.names:
        from confsync.mirror.left_out.named import check_named  # loads git; rarely needed

        check_named(mirror, selection, [path for path, _ in found])
    wanted = folded(labels) or frozenset()
    for path, space in found:
        if not selection.has(path):
            continue
        try:
            source = _source(mirror, path, space)
        except DocumentError as error:
            report.refuse(Problem.of(error))
            continue
        if not wanted or _has(source, wanted):
            yield source


def _source(mirror: Mirror, path: str, space: SpaceConfig) -> Source:
    """Read a document. Raise DocumentError."""
    try:
        raw = regular.read(f"{mirror.root}/{path}", regular.DOCUMENT_BYTES)
    except OSError as error:
        raise unread(path, error) from None
    try:
        text = raw.decode("utf-8")
        return Source(path, space, raw, text, frontmatter.split(text, path)[2])
    except (UnicodeDecodeError, DocumentError):
        # The reader of documents knows better why: not UTF-8, or a pointer of another tool.
        entry = parsed(path, raw)
        raise entry.error or DocumentError(path, 1, "cannot be read") from None


def _has(source: Source, wanted: frozenset[str]) -> bool:
    """Return whether a document has all of some labels, as a server compares them."""
    read = parsed(source.path, source.raw).document
    return read is not None and wanted <= (folded(read.labels) or frozenset())
