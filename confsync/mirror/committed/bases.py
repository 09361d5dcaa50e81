"""The bases in git: titles and bodies of many stamps, found in one pass.

If a committed document equals its own stamp, it is the base of that stamp. The digest decides.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from confsync.document import document, stamp_reader
from confsync.errors import DocumentError, FileError
from confsync.mirror.committed.newest_stamps import index_of_head
from confsync.mirror.git import history
from confsync.mirror.state.stamp_index import StampIndex
from confsync.model.filenames import SUFFIX
from confsync.model.stamp import Stamp

# A page id and the digest of the page's title and body.
Key = tuple[str, str]
Bases = dict[Key, tuple[str, str]]


def key_of(stamp: Stamp) -> Key:
    """Return the key of a base. It has no version, because versions are renumbered."""
    return stamp.id, stamp.digest


def committed_bases(root: Path, directories: Sequence[str], stamps: Iterable[Stamp]) -> Bases:
    """Return title and body of the stamps' bases that are in any commit of the repository.

    HEAD's history is searched first, then all other branches for missing bases. The result is empty
    without git, a repository or a commit. Raise FileError.
    """
    wanted = {key_of(stamp) for stamp in stamps}
    index = index_of_head(root, directories)
    if not wanted or not index.scene.commit:
        return {}
    named = [blob for key in sorted(wanted) for blob in index.blobs_of(*key)]
    found = _verified(root, named, wanted)
    missing = wanted - found.keys()
    return found | _verified(root, _elsewhere(root, index), missing) if missing else found


def _elsewhere(root: Path, index: StampIndex) -> list[str]:
    """Return the blobs of documents anywhere in the repository that an index does not have."""
    known = index.by_blob()
    found: dict[str, None] = {}
    try:
        for named in history.named_by_refs(root, SUFFIX):
            if named.id not in known:
                found[named.id] = None
    except FileError:
        if not history.cut_of(root).partial:
            raise
    return list(found)


def _verified(root: Path, blobs: Sequence[str], wanted: set[Key]) -> Bases:
    """Return the wanted bases among some documents."""
    found: Bases = {}
    for blob, raw in history.contents_of(root, blobs, sys.maxsize):
        stamp = stamp_reader.stamp_in(raw)
        if stamp is None or key_of(stamp) not in wanted or key_of(stamp) in found:
            continue
        with contextlib.suppress(DocumentError):
            old = document.parse(raw, blob)
            if old.digest == stamp.digest:
                found[key_of(stamp)] = old.title, old.body
    return found
