"""The temporary files and empty directories that a killed run left in a mirror."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from confsync.mirror.state import disk
from confsync.model.filenames import MOVING, TEMPORARY


def sweep(root: Path, directories: Iterable[str]) -> None:
    """Remove what a killed run left below some spaces' directories.

    The caller holds the locks of these spaces.
    """
    for path in directories:
        for emptied in (root / path / MOVING).glob("*/"):
            drop_empty(emptied, root)
        drop_empty(root / path / MOVING, root)
        for directory, _, names in os.walk(root / path):
            for name in names:
                if name.startswith(TEMPORARY):
                    disk.drop(os.path.join(directory, name))
            if directory.rpartition(os.sep)[2].startswith(TEMPORARY):
                disk.remove_empty(Path(directory))


def sweep_top(root: Path) -> None:
    """Remove what a killed run left at the mirror's root.

    The caller holds the lock of the mirror: a run of any space may write there.
    """
    for path in root.iterdir():
        if path.name.startswith(TEMPORARY):
            disk.drop(str(path))


def drop_empty(directory: Path, root: Path) -> None:
    """Remove empty directories upward, below the mirror's root."""
    while directory != root and disk.remove_empty(directory):
        directory = directory.parent
