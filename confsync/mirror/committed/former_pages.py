"""The former pages of documents that git brought back without their later stamps.

After a revert of the commit that settled a creation, the document looks new. A push would create a
second page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from confsync.mirror.committed.newest_stamps import index_of_head
from confsync.mirror.git import history
from confsync.mirror.scan import SpaceScan
from confsync.mirror.state.stamp_index import StampIndex

# Most paths on one command line of git.
_NAMED = 200


def former_in(
    root: Path, directories: Sequence[str], scans: Iterable[SpaceScan]
) -> dict[str, frozenset[str]]:
    """Return the former pages of all documents without a stamp in some spaces."""
    found = (entry for scan in scans for entry in scan.entries if entry.document)
    new = {e.path: e.document.digest for e in found if e.document and e.document.stamp is None}
    return former_pages(root, directories, new)


def former_pages(
    root: Path, directories: Sequence[str], documents: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """Return the ids of the pages that documents without a stamp belonged to, by path.

    `documents` maps paths to digests. A page counts if HEAD's history has its document at that
    path, or with the same title and text. Raise FileError.
    """
    index = index_of_head(root, directories) if documents else None
    if index is None or not index.scene.commit:
        return {}
    found: dict[str, set[str]] = {}
    at_path = _at_paths(root, index, documents)
    by_digest: dict[str, list[str]] = {}
    for path, digest in documents.items():
        by_digest.setdefault(digest, []).append(path)
    for blob, (page_id, row) in index.by_blob().items():
        for path in (*at_path.get(blob, ()), *by_digest.get(row.digest, ())):
            found.setdefault(path, set()).add(page_id)
    return {path: frozenset(ids) for path, ids in found.items()}


def _at_paths(root: Path, index: StampIndex, paths: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the blobs in HEAD's history at some paths, each with those paths."""
    place = index.scene.place
    prefix = "" if place == "." else f"{place}/"
    few = sorted(paths) if len(paths) <= _NAMED else ["."]
    found: dict[str, set[str]] = {}
    for named in history.named_at(root, index.scene.commit, few):
        path = named.path.removeprefix(prefix)
        if path in paths:
            found.setdefault(named.id, set()).add(path)
    return found
