"""The paths that a shell offers: changed documents first, then what stands in the directory."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from confsync.document.attachments.names import directory_of
from confsync.document.document import Document
from confsync.errors import ConfsyncError
from confsync.mirror import config_file, walk
from confsync.mirror.committed.deleted_files import DeletedFiles
from confsync.mirror.entry import read
from confsync.mirror.index import Index
from confsync.mirror.mirror import Mirror
from confsync.model.filenames import ATTACHMENTS, SUFFIX
from confsync.sync import labels
from confsync.sync.settings import beside as settings

# A longer list is not readable.
_MOST = 50
# Documents that are read to find the changed ones. The index knows the others.
_MOST_READ = 200
# Bytes of attachments that are read to find the changed ones.
_MOST_BYTES = 16 << 20


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
    """Yield new and edited documents of a mirror, as far as the files alone tell.

    An edit is of the text, the labels, the settings or the attachments.
    """
    index = Index(root)
    mirror = Mirror(root, config_file.load(root))
    count = bytes_read = 0
    for space in mirror.config.spaces:
        names = (name for name in walk.files(root, space) if walk.is_document(name))
        for name in sorted(names):
            found = index.known(root, name)
            if found is None and count < _MOST_READ:
                count += 1
                found = read(root, name)
            if found is None or found.document is None:
                continue
            if _is_changed(mirror, found.document):
                yield name
            elif mirror.config.attachments and (size := _size_beside(root, name)):
                bytes_read += size
                if bytes_read <= _MOST_BYTES and _has_changed_files(mirror, name):
                    yield name


def _is_changed(mirror: Mirror, found: Document) -> bool:
    """Return whether a document is new, or its text, labels or settings were edited."""
    if found.stamp is None or found.modified:
        return True
    if mirror.config.labels and labels.changed(found):
        return True
    return bool(settings.changed(found, mirror.config.settings))


def _size_beside(root: Path, name: str) -> int:
    """Return the size of the files in the attachments directory of a document."""
    with contextlib.suppress(OSError), os.scandir(root / directory_of(name)) as found:
        return sum(one.stat(follow_symlinks=False).st_size for one in found)
    return 0


def _has_changed_files(mirror: Mirror, name: str) -> bool:
    """Return whether a push would send an attachment of a document. Read the files."""
    from confsync.sync.attachments.beside import beside

    found = read(mirror.root, name).document
    with contextlib.suppress(ConfsyncError):
        return bool(beside(mirror, name, found, DeletedFiles()).changed(delete=False))
    return False


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
