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
# Bodies and attachments are compared byte for byte, so git must not change their line ends. Two
# branches whose pulls removed documents have both said the truth: git keeps the lines of both.
LINES = (
    b"*.xhtml text eol=lf",
    b"**/*.attachments/** -text",
    f"{REMOVED} text eol=lf merge=union".encode(),
)


def write(directory: Path) -> None:
    """Write the lines, those that are missing below what stands there. Raises OSError."""
    _add(directory / NAME, LINES)


def complete(root: Path) -> tuple[str, ...]:
    """Add the line for `.confsync.removed` that older mirrors lack; return the changed files.

    A line for that file which stands there stays as it is. Nothing is done to a link, or if the
    file cannot be written: a merge may then leave conflict markers, and confsync reads past those.
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
    """Add lines to a file below what stands there; return whether any was missing."""
    before = _content(path)
    missing = [line for line in lines if line not in before.splitlines()]
    if missing:
        gap = b"" if not before or before.endswith(b"\n") else b"\n"
        disk.replace(path, before + gap + b"".join(line + b"\n" for line in missing), lambda: None)
    return bool(missing)


def _content(path: Path) -> bytes:
    return regular.read(path, regular.ATTRIBUTES_BYTES) if os.path.lexists(path) else b""
