"""The order of one page's stamps in HEAD's history, for stamps of the same version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from confsync.mirror.committed.newest_stamps import index_of_head
from confsync.mirror.git import history
from confsync.mirror.state.stamp_index import StampIndex
from confsync.model.stamp import Property, Stamp


def was_before(
    root: Path, directories: Sequence[str], older: Stamp, newer: Stamp, paths: Collection[str]
) -> bool:
    """Return whether HEAD's history has one stamp of a page in a commit before another stamp.

    `paths` are the places of the document with either stamp. Raise FileError.
    """
    index = index_of_head(root, directories)
    return _is_before(root, index, index.blobs_with(older), index.blobs_with(newer), paths)


def had_setting_before(
    root: Path,
    directories: Sequence[str],
    stamp: Stamp,
    newer: tuple[str, Property | None],
    path: str,
) -> bool:
    """Return whether HEAD's history has a stamp's setting in a commit before another base of it.

    `newer` is the key of the setting with that base. Raise FileError.
    """
    key, base = newer
    index = index_of_head(root, directories)
    own = next((one for one in stamp.properties if one.key == key), None)
    held = [index.blobs_holding(stamp.id, key, one) for one in (own, base)]
    return _is_before(root, index, held[0], held[1], [path])


def _is_before(
    root: Path,
    index: StampIndex,
    older: Collection[str],
    newer: Collection[str],
    paths: Collection[str],
) -> bool:
    """Return whether HEAD's history has one of some blobs in a commit before one of others."""
    if not (index.scene.commit and older and newer):
        return False
    seen = False
    for named in history.named_at(root, index.scene.commit, sorted(paths)):
        if seen and named.id in older:
            return True
        seen = seen or named.id in newer
    return False
