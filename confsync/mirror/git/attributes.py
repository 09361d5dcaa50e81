"""The mirror's `.gitattributes`: how git treats the files that confsync writes."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from confsync.mirror.state import disk, regular
from confsync.model.filenames import REMOVED

NAME = ".gitattributes"
# Bodies and attachments are compared byte for byte, so git must not change their line ends. If
# pulls on two branches removed documents, git must keep the lines of both.
LINES = (
    b"*.xhtml text eol=lf",
    b"**/*.attachments/** -text",
    f"{REMOVED} text eol=lf merge=union".encode(),
)


def write(directory: Path) -> None:
    """Add the missing lines below the existing ones. Raise OSError."""
    _add(directory / NAME, LINES)


def complete(root: Path) -> tuple[str, ...]:
    """Add the line for `.confsync.removed`, which older mirrors lack. Return the changed files.

    An existing line for that file stays. If `.gitattributes` is a link or cannot be written,
    nothing changes; a merge may then leave conflict markers, which confsync ignores.
    """
    path = root / NAME
    with contextlib.suppress(OSError):
        if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
            return ()
        lines = [line for line in LINES if line.startswith(REMOVED.encode())]
        named = {line.split(maxsplit=1)[0] for line in _content(path).splitlines() if line.strip()}
        if REMOVED.encode() not in named and _add(path, lines):
            return (NAME,)
    return ()


def _add(path: Path, lines: Iterable[bytes]) -> bool:
    """Add missing lines below the existing ones. Return whether any line was missing."""
    before = _content(path)
    missing = [line for line in lines if line not in before.splitlines()]
    if missing:
        gap = b"" if not before or before.endswith(b"\n") else b"\n"
        disk.replace(path, before + gap + b"".join(line + b"\n" for line in missing), lambda: None)
    return bool(missing)


def _content(path: Path) -> bytes:
    return regular.read(path, regular.ATTRIBUTES_BYTES) if os.path.lexists(path) else b""
