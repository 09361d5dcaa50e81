"""What makes a document unfit to be sent, told with its place in the file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from confsync.document import document, storage_format
from confsync.document.document import Document
from confsync.errors import APIAccessError, FileError
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.stamp import Stamp

if TYPE_CHECKING:
    from confsync.remote import Remote

# What to do about conflict markers; the renderer puts the path in place of `{path}`.
RESOLVE = (
    "edit {path}: keep what shall stay between the markers, and take these out; "
    "then 'confsync check {path}' and 'confsync push {path}'"
)


class Flaw(NamedTuple):
    """One thing that no Confluence takes, with its place in the file. `column` 0: the line.

    With `doubt` the page may have it already: its base is not here to tell.
    """

    line: int
    column: int
    code: str
    message: str
    doubt: bool = False

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"line {self.line}{column}: {self.message}"


class Marker(NamedTuple):
    """The first line of a document that is a conflict marker, or looks like one.

    `lacking` is the version of the base that is not to be had: nobody knows then whether the page
    always had the line. 0 where the base was compared.
    """

    line: int
    lacking: int = 0


def flaws_of(mirror: Mirror, found: Document, remote: Remote | None = None) -> Iterator[Flaw]:
    """Conflict markers, or else the first thing that is not well-formed.

    `remote` is asked for the base only where a conflict marker makes it necessary.
    """
    marker = marker_in(mirror, found, remote)
    if marker:
        yield flaw_of_marker(mirror, marker, remote)
        if not marker.lacking:
            return
    flaw = storage_format.check(found.text[found.body_start :])
    if flaw:
        place = found.place(found.body_start + flaw.offset)
        yield Flaw(*place, "malformed", flaw.message)
    elif found.stamp and found.modified and not found.body.strip():
        yield from _emptied(mirror, found, found.stamp, remote)


def _emptied(
    mirror: Mirror, found: Document, stamp: Stamp, remote: Remote | None
) -> Iterator[Flaw]:
    """Yield the flaw of a document without a text whose base has one, such as a file cut off."""
    base = _base_of(mirror, found, stamp, remote)
    if base is None or base[1].strip():
        said = "the page's text is gone; '<p />' in its place empties the page"
        yield Flaw(*found.place(found.body_start), "emptied", said, doubt=base is None)


def flaw_of(mirror: Mirror, entry: Entry, remote: Remote | None = None) -> Flaw | None:
    """Why a document must not be sent as it is; None when it may."""
    found = entry.document
    if found is None:
        error = entry.error
        return Flaw(error.line if error else 1, 0, "document", error.problem if error else "")
    return next(flaws_of(mirror, found, remote), None)


def flaw_of_marker(mirror: Mirror, marker: Marker, remote: Remote | None = None) -> Flaw:
    """Return what is told of a conflict marker; where the base is lacking, how to get that.

    `remote` does not have the base either, if it was asked.
    """
    if not marker.lacking:
        return Flaw(marker.line, 0, "conflict-marker", "conflict marker")
    base = f"the base that would tell, v{marker.lacking},"
    if remote is not None:
        where = f"{base} is neither here nor on the server"
    else:
        from confsync.mirror.committed.newest_stamps import remedy_of  # not for most documents

        cure = remedy_of(mirror.root, mirror.config.directories) or "confsync diff"
        where = f"{base} is not here: '{cure}' brings it"
    said = f"this line looks like a conflict marker; {where}"
    return Flaw(marker.line, 0, "base-missing", said, doubt=True)


def marker_in(mirror: Mirror, found: Document, remote: Remote | None = None) -> Marker | None:
    """The first conflict marker that is not the page's own text, or that may be.

    What `check`, `status` and `push` say of conflict markers is decided here.
    """
    line = document.conflict_line(found, None)
    if not line or found.stamp is None:
        return Marker(line) if line else None
    base = _base_of(mirror, found, found.stamp, remote)
    if base is None:
        return Marker(line, found.stamp.version)
    line = document.conflict_line(found, base[1])
    return Marker(line) if line else None


def _base_of(
    mirror: Mirror, found: Document, stamp: Stamp, remote: Remote | None
) -> tuple[str, str] | None:
    """Return a document's base; a `remote` is asked for one that is not here."""
    from confsync.sync import merge_base as bases

    base = bases.find_here(mirror, stamp)
    if base is None and remote is not None:
        with contextlib.suppress(FileError, APIAccessError):
            base = bases.find(mirror, remote, stamp, found.body)
    return base


def gather_bases(mirror: Mirror, documents: Iterable[Document | None]) -> None:
    """Look for the bases that `marker_in` needs of some documents, in one go."""
    stamps = [
        found.stamp
        for found in documents
        if found and found.stamp and document.conflict_line(found, None)
    ]
    if stamps:
        from confsync.sync import merge_base as bases

        bases.gather(mirror, stamps)
