"""The paths that a shell offers: changed documents first, then what stands in the directory."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from confsync.errors import ConfsyncError
from confsync.mirror import config_file, walk
from confsync.mirror.entry import read
from confsync.mirror.index import Index
from confsync.model.filenames import ATTACHMENTS, SUFFIX
from confsync.sync import labels

# A longer list is not readable.
_MOST = 50
# Documents that are read to find the changed ones. The index knows the others.
_MOST_READ = 200


def candidates(start: Path, incomplete: str) -> list[str] | None:
    """Return the paths that begin with a text, as typed in `start`; None without a mirror."""
    try:
        root = config_file.find_root(start)
        changed = (os.path.relpath(root / path, start) for path in changed_documents(root))
        fitting = (path.replace(os.sep, "/") for path in changed)
        first = list(islice((path for path in fitting if path.startswith(incomplete)), _MOST))
    except ConfsyncError:
        return None
    return [*first, *(path for path in _beside(start, incomplete) if path not in first)]


def changed_documents(root: Path) -> Iterator[str]:
    """Yield new and edited documents of a mirror, as far as the files alone tell."""
    index = Index(root)
    found = config_file.load(root)
    count = 0
    for space in found.spaces:
        names = (name for name in walk.files(root, space) if walk.is_document(name))
        for name in sorted(names):
            if index.known(root, name) is None and count < _MOST_READ:
                count += 1
                entry = read(root, name).document
                if entry and (entry.stamp is None or entry.modified or labels.changed(entry)):
                    yield name


def _beside(start: Path, incomplete: str) -> Iterator[str]:
    """Yield documents, and then directories, whose paths begin with a text."""
    above, slash, begin = incomplete.rpartition("/")
    directories = []
    with contextlib.suppress(OSError), os.scandir(start / (above or slash or ".")) as found:
        for entry in sorted(found, key=lambda one: one.name):
            name = f"{above}{slash}{entry.name}"
            if entry.name.startswith(".") or not entry.name.startswith(begin):
                continue
            if entry.is_dir():
                directories.append(f"{name}/")
            elif entry.name.endswith(SUFFIX) or above.endswith(ATTACHMENTS):
                yield name
    yield from directories
