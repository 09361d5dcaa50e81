"""The cache of bases: the bodies that stamps speak of, below `.confsync/bases`.

Entries are immutable and trusted only when their digest is right, so a torn, stale or foreign one
is simply not there, and needs no fsync. Deleting the whole cache loses no work.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from confsync import disk
from confsync.model import Stamp, digest

STATE = ".confsync"


def make_state(state: Path) -> None:
    """Make the state directory, which git is not to see. Raises OSError, also for a link."""
    if state.is_symlink():
        raise OSError(errno.ELOOP, "is a link; confsync follows none")
    ignore = state / ".gitignore"
    if not ignore.exists():
        disk.replace(ignore, b"*\n", lambda: None)


class BaseStore:
    """Bases by (page id, version, digest)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._made = False

    def get(self, stamp: Stamp) -> tuple[str, str] | None:
        """Title and body of the stamp's base, or None when the cache does not have it."""
        try:
            content = self._path(stamp.id, stamp.version, stamp.digest).read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return None
        title, _, body = content.partition("\0")
        return (title, body) if digest(title, body) == stamp.digest else None

    def versions(self, page_id: str) -> list[tuple[int, str]]:
        """Version and digest of each base of a page that the cache has, trusted as far as names
        go."""
        try:
            with os.scandir(self._directory / _shelf(page_id)) as shelf:
                names = [entry.name for entry in shelf]
        except OSError:
            return []
        parts = (name.split("-") for name in names if name.startswith(f"{page_id}-"))
        return [(int(p[1]), p[2]) for p in parts if len(p) == 3 and p[1].isdecimal()]

    def titles(self, prefix: str, most: int) -> list[tuple[str, str]]:
        """Ids that begin with some digits, the first `most` of them, each with a title that its
        page has or had: for recognising a page, and for nothing else."""
        known: dict[str, Path] = {}
        with contextlib.suppress(OSError):
            for path in self._directory.glob(f"*/{prefix}*-*-*"):
                known[path.name.partition("-")[0]] = path
        return [(page_id, _title(known[page_id])) for page_id in sorted(known)[:most]]

    def put(self, stamp: Stamp, title: str, body: str) -> None:
        """Remember a base. A cache that cannot be written is no reason to fail."""
        path = self._path(stamp.id, stamp.version, stamp.digest)
        with contextlib.suppress(OSError, UnicodeEncodeError):
            content = f"{title}\0{body}".encode()
            if not self._made:
                make_state(self._directory.parent)
                self._made = True
            disk.keep(path, content)

    def _path(self, page_id: str, version: int, content: str) -> Path:
        return self._directory / _shelf(page_id) / f"{page_id}-{version}-{content}"


def _title(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(1024).partition(b"\0")[0].decode("utf-8", "replace")
    except OSError:
        return ""


def _shelf(page_id: str) -> str:
    """The directory of a page's entries: a hundred for all are made faster than one for each."""
    return page_id[-2:]
