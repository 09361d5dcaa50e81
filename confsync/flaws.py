"""What makes a document unfit to be sent, told with its place in the file."""

from __future__ import annotations

import contextlib

from confsync import bases, document, storage
from confsync.document import Document
from confsync.errors import FileError
from confsync.mirror import Mirror
from confsync.remote import Remote
from confsync.scan import Entry


def flaw_of(mirror: Mirror, entry: Entry, remote: Remote | None = None) -> str:
    """Why a document must not be sent as it is; empty when it may.

    `remote` is asked for the base only where a conflict marker makes it necessary.
    """
    found = entry.document
    if found is None:
        return entry.error.problem if entry.error else "cannot be read"
    line = conflict_of(mirror, found, remote)
    if line:
        return f"line {line}: conflict marker"
    flaw = storage.check(found.text[found.body_start :])
    if flaw is None:
        return ""
    at = found.body_start + flaw.offset
    line = found.text.count("\n", 0, at) + 1
    column = at - found.text.rfind("\n", 0, at)
    return f"line {line}, column {column}: {flaw.message}"


def conflict_of(mirror: Mirror, found: Document, remote: Remote | None = None) -> int:
    """The line of the first conflict marker that is not the page's own text, or 0.

    Where no base is to be had, every marker counts.
    """
    line = document.conflict_line(found, None)
    if not line or found.stamp is None:
        return line
    base = bases.find_here(mirror, found.stamp)
    if base is None and remote is not None:
        with contextlib.suppress(FileError):
            base = bases.find(mirror, remote, found.stamp, found.body)
    return document.conflict_line(found, base[1]) if base else line
