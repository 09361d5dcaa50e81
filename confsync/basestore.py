"""The cache of bases: the bodies that stamps speak of, below `.confsync/bases`.

Entries are immutable and trusted only when their digest is right, so a torn, stale or foreign one
is simply not there, and needs no fsync. Deleting the whole cache loses no work.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from confsync.model import Stamp, digest


def make_state(state: Path) -> None:
    """Make the state directory, which git is not to see. Raises OSError."""
    state.mkdir(exist_ok=True)
    ignore = state / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")


class BaseStore:
    """Bases by (page id, version, digest)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def get(self, stamp: Stamp) -> tuple[str, str] | None:
        """Title and body of the stamp's base, or None when the cache does not have it."""
        try:
            content = self._path(stamp.id, stamp.version, stamp.digest).read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return None
        title, _, body = content.partition("\0")
        return (title, body) if digest(title, body) == stamp.digest else None

    def put(self, stamp: Stamp, title: str, body: str) -> None:
        """Remember a base. A cache that cannot be written is no reason to fail."""
        path = self._path(stamp.id, stamp.version, stamp.digest)
        temporary = None
        try:
            content = f"{title}\0{body}".encode()
            make_state(self._directory.parent)
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except (OSError, UnicodeEncodeError):
            if temporary is not None:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)

    def _path(self, page_id: str, version: int, content: str) -> Path:
        return self._directory / page_id / f"{version}-{content}"
