"""The temporary files and empty directories that a killed run left in a mirror."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from confsync.mirror.state import disk, mutex
from confsync.model.filenames import ATTACHMENTS, MOVING, STATE, TEMPORARY


def sweep(root: Path, directories: Iterable[str], *, files: bool) -> None:
    """Remove what a killed run left below some spaces' directories.

    Without `files`, the directories of attachments are left out: there may be thousands, a push
    writes no file there, and the next pull looks at them. The caller holds the spaces' locks.
    """
    for path in directories:
        for emptied in (root / path / MOVING).glob("*/"):
            drop_empty(emptied, root)
        drop_empty(root / path / MOVING, root)
        _drop_temporary(f"{root}{os.sep}{path}", files=files)


def _drop_temporary(top: str, *, files: bool) -> None:
    """Remove the temporary files below a directory. `os.walk` would take twice the time."""
    waiting = [top]
    while waiting:
        directory = waiting.pop()
        try:
            with os.scandir(directory) as entries:
                found = list(entries)
        except OSError:  # gone, or not readable
            continue
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                if files or not entry.name.endswith(ATTACHMENTS):
                    waiting.append(entry.path)
            elif entry.name.startswith(TEMPORARY):
                disk.drop(entry.path)
        if directory.rpartition(os.sep)[2].startswith(TEMPORARY):
            disk.remove_empty(Path(directory))


def sweep_top(root: Path) -> None:
    """Remove what a killed run left at the mirror's root, where runs of all spaces write.

    They hold the mutex while they write there. If it cannot be had, everything stays.
    """
    if not _temporary_at(root):
        return  # nearly always
    with contextlib.suppress(OSError), mutex.held(root / STATE):
        for path in _temporary_at(root):
            disk.drop(path)


def _temporary_at(root: Path) -> list[str]:
    """Return the temporary files at the mirror's root."""
    with os.scandir(root) as entries:
        return [entry.path for entry in entries if entry.name.startswith(TEMPORARY)]


def drop_empty(directory: Path, root: Path) -> None:
    """Remove empty directories upward, below the mirror's root."""
    while directory != root and disk.remove_empty(directory):
        directory = directory.parent
