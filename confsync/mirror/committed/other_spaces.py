"""The pages of the spaces that a run of some spaces leaves alone.

A page that was moved to another space keeps its id, and its document stays where it was until a
person moves it. So a run that would write a new document looks first whether another space has one,
here or, if a person deleted it, in git.
"""

from __future__ import annotations

from pathlib import Path

from confsync.document import stamp_reader
from confsync.mirror import walk
from confsync.mirror.committed.deleted import deleted_pages
from confsync.mirror.entry import Entry, read
from confsync.mirror.scan import scan
from confsync.mirror.state import regular
from confsync.mirror.unreadable import identified
from confsync.model.config import Config

# Bytes. Nearly every front matter is shorter.
_HEAD = 4096
# A run of another space may move documents while this one looks for them.
_LOOKS = 5


def pages_elsewhere(root: Path, config: Config) -> dict[str, str]:
    """Return the pages with a document in the other spaces, or with a deleted one: id to path.

    Raise FileError.
    """
    if not config.other_spaces:
        return {}
    found = _documents(root, config)
    deleted = deleted_pages(root, config.other_spaces, frozenset(found))
    return deleted | {page_id: path for path, page_id in found.items() if page_id}


def _documents(root: Path, config: Config) -> dict[str, str | None]:
    """Return the page of each document in the other spaces, by path."""
    for _ in range(_LOOKS):
        unread: list[str] = []
        paths = [
            path
            for space in config.other_spaces
            for path in walk.files(root, space, unread)
            if walk.is_document(path)
        ]
        entries = [_entry(root, path) for path in paths]
        if not unread and not any(entry.is_unreadable for entry in entries):
            return {entry.path: entry.claimed_id for entry in entries}
    scans = identified(root, scan(root, config.other_spaces))
    return {entry.path: entry.claimed_id for one in scans for entry in one.entries}


def _entry(root: Path, path: str) -> Entry:
    """Return a document with the page of its stamp. Most are read only to that."""
    try:
        handle = regular.opened(root / path)
        with open(handle, "rb") as file:
            stamp = stamp_reader.stamp_in(file.read(_HEAD))
    except OSError:
        stamp = None
    if stamp is None:
        return read(root, path)
    return Entry(path, b"", None, refused=stamp.id)
