"""One document of a mirror: its bytes, and what is read from them or why they cannot be read."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from confsync.document import document
from confsync.document.document import Document
from confsync.errors import DocumentError, PointerError, UnopenedError
from confsync.mirror.state import regular

# With the end of its line: a file that is cut off there has the first digits of an id.
_SEEMING_ID = re.compile(rb"""^[ \t]+id:[ \t]*["']?([0-9]{1,20})["']?[ \t]*\r?\n""", re.MULTILINE)

# Between two places a moving document stands in a directory that says which parent it wants.
MOVING = "moving~"


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as the scan found it. `path` is relative to the mirror, with ``/``."""

    path: str
    raw: bytes
    document: Document | None
    error: DocumentError | None = None
    # The id of a document that was read, and is refused for it: its bytes need not be here.
    refused: str | None = None
    # The page of a document that cannot be read, by what others know of its path.
    known: str | None = None

    @property
    def page_id(self) -> str | None:
        """The id that the stamp names, None for a document without one or one that is broken."""
        stamp = self.document.stamp if self.document else None
        return stamp.id if stamp else None

    @property
    def waits(self) -> bool:
        """Whether an interrupted move left the document on its way."""
        return f"/{MOVING}/" in self.path

    @property
    def claimed_id(self) -> str | None:
        """The id that a document names, also as far as it can be told from a broken one."""
        if self.document or self.refused:
            return self.refused or self.page_id
        seeming = _SEEMING_ID.search(self.raw[:65536])
        return seeming[1].decode() if seeming else self.known

    @property
    def is_unreadable(self) -> bool:
        """Return whether the file itself cannot be read, and is more than a pointer to another."""
        return not (self.document or self.refused or isinstance(self.error, PointerError))


def read(root: Path, name: str) -> Entry:
    """Read one document; `name` is its path in the mirror."""
    try:
        return parsed(name, regular.read(f"{root}{os.sep}{name}", regular.DOCUMENT_BYTES))
    except OSError as error:
        return Entry(name, b"", None, unread(root, name, error))


def unread(root: Path, name: str, error: OSError) -> DocumentError:
    """Why a file of the mirror cannot be read."""
    if isinstance(error, regular.IrregularError):
        hint = f"'ls -l {root / name}' shows what it is"
        return UnopenedError(name, 1, str(error.strerror), hint=hint)
    return UnopenedError(name, 1, f"cannot be read: {error.strerror}")


def parsed(name: str, raw: bytes) -> Entry:
    """A document of these bytes, or of the error that they are."""
    try:
        return Entry(name, raw, document.parse(raw, name))
    except DocumentError as error:
        from confsync.document.attachments import pointers  # nearly every document can be read

        return Entry(name, raw, None, pointers.error_of(name, raw) or error)
