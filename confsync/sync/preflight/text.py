"""The reasons why a document must not be sent, with their places in the file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from confsync.document import document, storage_format
from confsync.document.document import Document
from confsync.errors import APIAccessError, Exit, FileError
from confsync.mirror.entry import Entry
from confsync.mirror.git import markers
from confsync.mirror.mirror import Mirror
from confsync.model.stamp import Stamp

if TYPE_CHECKING:
    from confsync.model.outcome import PageResult
    from confsync.remote import Remote

# The hint for conflict markers; the renderer fills in `{path}`.
RESOLVE = (
    "'confsync check {path}' shows the markers; edit the file and delete them, "
    "then 'confsync push {path}'"
)


class Flaw(NamedTuple):
    """One problem that Confluence would refuse, with its place in the file.

    `column` is 0 if the problem is the whole line. `doubt` means that the page may already have it,
    because the base is missing. `hint` is the next command. `fit` is a
    path at which the document could be sent.
    """

    line: int
    column: int
    code: str
    message: str
    doubt: bool = False
    hint: str = ""
    fit: str = ""

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"line {self.line}{column}: {self.message}"


class Marker(NamedTuple):
    """The first line of a document that is, or looks like, a conflict marker.

    `lacking` is the version of a missing base. Without the base, the line may be the page's own
    text. It is 0 if the base was compared.
    """

    line: int
    lacking: int = 0


def flaws_of(mirror: Mirror, found: Document, remote: Remote | None = None) -> Iterator[Flaw]:
    """Yield the problem of a conflict marker, else those of well-formedness and of settings.

    `remote` is asked for the base only if a conflict marker needs it.
    """
    marker = marker_in(mirror, found, remote)
    if marker:
        yield flaw_of_marker(mirror, marker, remote)
        if not marker.lacking:
            return
    flaw = storage_format.oversize(found.body)
    flaw = flaw or storage_format.check(found.text[found.body_start :])
    if flaw:
        place = found.place(found.body_start + flaw.offset)
        yield Flaw(*place, "malformed", flaw.message)
    elif found.stamp and found.modified and not found.body.strip():
        yield from _emptied(mirror, found, found.stamp, remote)
    if mirror.config.settings and found.settings:
        yield from _unusable_settings(mirror, found)


def _emptied(
    mirror: Mirror, found: Document, stamp: Stamp, remote: Remote | None
) -> Iterator[Flaw]:
    """Yield the problem of an empty document whose base has text, such as a cut-off file."""
    base = _base_of(mirror, found, stamp, remote)
    if base is None or base[1].strip():
        said = "the document has no text; to empty the page on purpose, write '<p />'"
        yield Flaw(*found.place(found.body_start), "emptied", said, doubt=base is None)


def _unusable_settings(mirror: Mirror, found: Document) -> Iterator[Flaw]:
    """Yield the problem of each setting whose value no server can have."""
    from confsync.sync.settings import beside  # most mirrors have no settings

    for name in beside.invalid(found, mirror.config.settings):
        span = found.spans.get(name.partition(".")[0])
        place = found.place(span.start + 1) if span else (1, 1)
        yield Flaw(*place, "setting", beside.why_invalid(name, found.settings.get(name)))


def flaw_of(mirror: Mirror, entry: Entry, remote: Remote | None = None) -> Flaw | None:
    """Return why a document must not be sent, or None if it may."""
    found = entry.document
    if found is None:
        error = entry.error
        return Flaw(error.line if error else 1, 0, "document", error.problem if error else "")
    return next(flaws_of(mirror, found, remote), None)


def flaw_of_marker(mirror: Mirror, marker: Marker, remote: Remote | None = None) -> Flaw:
    """Return the problem of a conflict marker; if the base is missing, say how to get it.

    If `remote` is given, it was asked and does not have the base.
    """
    if not marker.lacking:
        return Flaw(marker.line, 0, "conflict-marker", "conflict marker")
    base = f"to be sure, confsync needs the base v{marker.lacking}, which"
    if remote is not None:
        where = f"{base} is neither here nor on the server"
    else:
        from confsync.mirror.committed.newest_stamps import (
            remedy_of,
        )  # rarely needed

        cure = remedy_of(mirror.root, mirror.config.directories) or "confsync diff"
        where = f"{base} is not here: '{cure}' fetches it"
    said = f"this line looks like a conflict marker; {where}"
    return Flaw(marker.line, 0, "base-missing", said, doubt=True)


def marker_in(mirror: Mirror, found: Document, remote: Remote | None = None) -> Marker | None:
    """Return the first conflict marker that is not, or may not be, the page's own text.

    `check`, `status` and `push` decide about conflict markers only here.
    """
    size = marker_size(mirror) if document.has_other_markers(found) else document.MARKER_SIZE
    line = document.conflict_line(found, None, size)
    if not line or found.stamp is None:
        return Marker(line) if line else None
    base = _base_of(mirror, found, found.stamp, remote)
    if base is None:
        return Marker(line, found.stamp.version)
    line = document.conflict_line(found, base[1], size)
    return Marker(line) if line else None


def marker_size(mirror: Mirror) -> int:
    """Return the length of the conflict markers that merges write. Ask git once."""
    if mirror.marker_size is None:
        mirror.marker_size = markers.size_at(mirror.root)
    return mirror.marker_size


def _base_of(
    mirror: Mirror, found: Document, stamp: Stamp, remote: Remote | None
) -> tuple[str, str] | None:
    """Return a document's base, or None; `remote` is asked if the base is not here."""
    from confsync.sync import merge_base as bases

    base = bases.find_here(mirror, stamp)
    if base is None and remote is not None:
        with contextlib.suppress(FileError, APIAccessError):
            base = bases.find(mirror, remote, stamp, found.body)
    return base


def conflicted(page: PageResult, line: int) -> PageResult:
    """Return the result of a document with a conflict marker in a line."""
    from confsync.model.outcome import Outcome  # rarely needed

    error = str(Flaw(line, 0, "conflict-marker", "conflict marker"))
    return replace(page, outcome=Outcome.CONFLICTED, error=error, hint=RESOLVE, exit=Exit.REFUSED)


def gather_bases(mirror: Mirror, documents: Iterable[Document | None]) -> None:
    """Look up the bases that `marker_in` needs, in one pass."""
    stamps = [
        found.stamp
        for found in documents
        if found and found.stamp and document.conflict_line(found, None)
    ]
    if stamps:
        from confsync.sync import merge_base as bases

        bases.gather(mirror, stamps)
