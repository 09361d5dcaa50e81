"""Which documents and folder files stand in a mirror, and how each is recognised unread."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from confsync import attachments, disk, paths
from confsync.config import SpaceConfig
from confsync.disk import Key


def walk(directory: Path, *, but: Path | None = None) -> Iterator[tuple[str, list[str]]]:
    """Directories from one downward, with the names of their documents and folder files.

    Hidden ones and `but` are not entered.
    """
    for parent, directories, files in os.walk(directory):
        directories[:] = sorted(
            name
            for name in directories
            if not name.startswith(".")
            and not name.endswith(attachments.DIRECTORY)
            and (but is None or Path(parent, name) != but)
        )
        yield (
            parent,
            [
                name
                for name in files
                if name == paths.FOLDER_FILE
                or (name.endswith(paths.SUFFIX) and not name.startswith("."))
            ],
        )


def standing(root: Path, space: SpaceConfig) -> Iterator[str]:
    """The paths in the mirror of a space's documents and folder files, in no order."""
    start = len(os.path.join(root, ""))
    directory = root / space.path
    for parent, names in walk(directory, but=directory / paths.BLOG if space.blog else None):
        inner = parent[start:].replace(os.sep, "/")
        yield from (f"{inner}/{name}" for name in names)


def is_document(name: str) -> bool:
    """Whether what stands is a document, and not the file that says which folder a directory is."""
    return not name.endswith(paths.FOLDER_FILE)


def keys(root: Path, spaces: Iterable[SpaceConfig]) -> dict[str, Key] | None:
    """Every document and folder file with its key; None when one cannot be looked at."""
    found: dict[str, Key] = {}
    for space in spaces:
        for name in standing(root, space):
            key = disk.key(f"{root}/{name}")
            if key is None:
                return None
            found[name] = key
    return found
