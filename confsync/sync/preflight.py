"""What makes a document unfit to be sent, told with its place in the file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from confsync.document import document
from confsync.document import storage_format as storage
from confsync.document.document import Document
from confsync.errors import APIAccessError, FileError
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import Entry

if TYPE_CHECKING:
    from confsync.remote import Remote

# What to do about conflict markers; the renderer puts the path in place of `{path}`.
RESOLVE = (
    "edit {path}: keep what shall stay between the markers, and take these out; "
    "then 'confsync check {path}' and 'confsync push {path}'"
)


class Flaw(NamedTuple):
    """One thing that no Confluence takes, with its place in the file. `column` 0: the line."""

    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"line {self.line}{column}: {self.message}"


def flaws_of(mirror: Mirror, found: Document, remote: Remote | None = None) -> Iterator[Flaw]:
    """Conflict markers, or else the first thing that is not well-formed.

    `remote` is asked for the base only where a conflict marker makes it necessary.
    """
    line = conflict_of(mirror, found, remote)
    if line:
        yield Flaw(line, 0, "conflict-marker", "conflict marker")
        return
    flaw = storage.check(found.text[found.body_start :])
    if flaw:
        place = found.place(found.body_start + flaw.offset)
        yield Flaw(*place, "malformed", flaw.message)


def flaw_of(mirror: Mirror, entry: Entry, remote: Remote | None = None) -> str:
    """Why a document must not be sent as it is; empty when it may."""
    found = entry.document
    if found is None:
        return entry.error.problem if entry.error else "cannot be read"
    return "".join(str(flaw) for flaw in flaws_of(mirror, found, remote))


def conflict_of(mirror: Mirror, found: Document, remote: Remote | None = None) -> int:
    """The line of the first conflict marker that is not the page's own text, or 0.

    Where no base is to be had, every marker counts.
    """
    line = document.conflict_line(found, None)
    if not line or found.stamp is None:
        return line
    from confsync.sync import merge_base as bases

    base = bases.find_here(mirror, found.stamp)
    if base is None and remote is not None:
        with contextlib.suppress(FileError, APIAccessError):
            base = bases.find(mirror, remote, found.stamp, found.body)
    return document.conflict_line(found, base[1]) if base else line
