"""The files of a whole work tree, in which a moved document may be.

Inner repositories count, except mirrors in them, such as another work tree of this repository.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from confsync.model.filenames import CONFIG, STATE


class WorkTree(NamedTuple):
    """The files of a work tree, and the directories that cannot be listed."""

    files: list[str]
    closed: list[str]


def list_work_tree(top: Path) -> WorkTree:
    """List a work tree without mirrors in other repositories and without confsync's own files.

    For a link to a directory elsewhere, the list has only the files directly in it.
    """
    found = WorkTree([], [])
    others: set[str] = set()

    def note(error: OSError) -> None:
        gone = isinstance(error, FileNotFoundError | NotADirectoryError)
        if not gone and _parent(error.filename) not in others:
            found.closed.append(error.filename)

    for parent, directories, names in os.walk(top, onerror=note):
        is_repository = parent != os.fspath(top) and ".git" in (*directories, *names)
        if is_repository or _parent(parent) in others:
            others.add(parent)
            if CONFIG in names:
                directories[:] = []
                continue
        directories[:] = [name for name in directories if name not in (".git", STATE)]
        found.files.extend(os.path.join(parent, name) for name in names)
        for name in directories:
            found.files.extend(_files_through(top, os.path.join(parent, name)))
    return found


def _parent(path: str) -> str:
    return path.rpartition(os.sep)[0]


def _files_through(top: Path, directory: str) -> Iterator[str]:
    """Yield the files of a linked directory outside the work tree and outside mirrors."""
    if not Path(directory).is_symlink():
        return
    with contextlib.suppress(OSError):
        real = Path(directory).resolve()
        inside = real.is_relative_to(top.resolve())
        if inside or any((above / CONFIG).exists() for above in (real, *real.parents)):
            return
        with os.scandir(directory) as found:
            yield from (one.path for one in found if one.is_file(follow_symlinks=False))
