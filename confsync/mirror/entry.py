"""One document of a mirror: its bytes, and its content or its error."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from confsync.document import document
from confsync.document.attachments import names
from confsync.document.document import Document
from confsync.errors import DocumentError, PointerError, UnopenedError
from confsync.mirror.state import regular
from confsync.model.filenames import MOVING
from confsync.model.hint import marked

# The pattern needs the end of the line: a file that is cut off there has only the first digits.
_SEEMING_ID = re.compile(rb"""^[ \t]+id:[ \t]*["']?([0-9]{1,20})["']?[ \t]*\r?\n""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as the scan found it. `path` is relative to the mirror, with ``/``."""

    path: str
    raw: bytes
    document: Document | None
    error: DocumentError | None = None
    # The id of a document that was read and refused. Its bytes may be absent.
    refused: str | None = None
    # The page of an unreadable document, as other data tells from its path.
    known: str | None = None
    # The SHA-256 of the bytes, if `sealed` let go of them.
    seal: str = ""

    @property
    def page_id(self) -> str | None:
        """Return the id in the stamp, or None without a stamp or for a broken document."""
        stamp = self.document.stamp if self.document else None
        return stamp.id if stamp else None

    @property
    def waits(self) -> bool:
        """Return whether an interrupted move left the document on its way."""
        return f"/{MOVING}/" in self.path

    @property
    def claimed_id(self) -> str | None:
        """Return the id that a document names, even if the document is broken."""
        if self.document or self.refused:
            return self.refused or self.page_id
        seeming = _SEEMING_ID.search(self.raw[:65536])
        return seeming[1].decode() if seeming else self.known

    @property
    def is_unreadable(self) -> bool:
        """Return whether the file cannot be read and is not a pointer."""
        return not (self.document or self.refused or isinstance(self.error, PointerError))


def without_text(entry: Entry, *, files: bool) -> Entry:
    """Return a document without its text, so that memory does not grow with texts.

    `Mirror.whole` reads the text again. With `files`, the attachments that the text shows are kept.
    """
    found = entry.document
    if found is None:
        return entry
    shown = names.shown(found.body) if files and found.shown is None else found.shown
    return replace(entry, raw=b"", document=found._replace(text="", body="", spans={}, shown=shown))


def sealed(entry: Entry, *, files: bool) -> Entry:
    """Return a document without its text, and with a seal.

    `Mirror.whole` gives the text back only if no byte of the file has changed since.
    """
    if entry.document is None or not entry.raw:
        return entry
    return replace(without_text(entry, files=files), seal=seal_of(entry.raw))


def with_body_alone(entry: Entry) -> Entry:
    """Return a document with its body and a seal, without its bytes and its whole text.

    A push holds hundreds of them. `Mirror.whole` gives the rest back, as for `sealed`.
    """
    if entry.document is None or not entry.raw:
        return entry
    found = entry.document._replace(text="", spans={})
    return replace(entry, raw=b"", document=found, seal=seal_of(entry.raw))


def seal_of(raw: bytes) -> str:
    """Return the SHA-256 of the bytes of a file, as hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def read(root: Path, name: str) -> Entry:
    """Read one document; `name` is its path in the mirror."""
    try:
        return parsed(name, regular.read(f"{root}{os.sep}{name}", regular.DOCUMENT_BYTES))
    except OSError as error:
        return Entry(name, b"", None, unread(name, error))


def unread(name: str, error: OSError) -> DocumentError:
    """Return why a file of the mirror cannot be read."""
    if isinstance(error, regular.IrregularError):
        hint = f"'ls -l {marked(name)}' shows what it is"
        return UnopenedError(name, 1, str(error.strerror), hint=hint)
    return UnopenedError(name, 1, f"cannot be read: {error.strerror}")


def parsed(name: str, raw: bytes) -> Entry:
    """Return the entry for these bytes, with the document or the error."""
    try:
        return Entry(name, raw, document.parse(raw, name))
    except DocumentError as error:
        from confsync.document.attachments import pointers  # rarely needed

        return Entry(name, raw, None, pointers.error_of(name, raw) or error)
