"""What makes a document unfit to be sent, told with its place in the file."""

from __future__ import annotations

from confsync import document, storage
from confsync.document import Document
from confsync.mirror import Mirror
from confsync.scan import Entry


def flaw_of(mirror: Mirror, entry: Entry) -> str:
    """Why a document must not be sent as it is; empty when it may."""
    found = entry.document
    if found is None:
        return entry.error.problem if entry.error else "cannot be read"
    line = conflict_of(mirror, found)
    if line:
        return f"line {line}: conflict marker"
    flaw = storage.check(found.text[found.body_start :])
    if flaw is None:
        return ""
    at = found.body_start + flaw.offset
    line = found.text.count("\n", 0, at) + 1
    column = at - found.text.rfind("\n", 0, at)
    return f"line {line}, column {column}: {flaw.message}"


def conflict_of(mirror: Mirror, found: Document) -> int:
    """The line of the first conflict marker that is not the page's own text, or 0."""
    if found.stamp is None or not found.modified:
        return 0
    base = mirror.bases.get(found.stamp)
    return document.conflict_line(found, base[1] if base else None)
