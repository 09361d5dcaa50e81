"""The order of one page's stamps in HEAD's history, for stamps of the same version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from confsync.mirror.committed.newest_stamps import index_of_head
from confsync.mirror.git import history
from confsync.model.stamp import Stamp, says_the_same


def was_before(
    root: Path, directories: Sequence[str], older: Stamp, newer: Stamp, paths: Collection[str]
) -> bool:
    """Return whether HEAD's history has one stamp of a page in a commit before another stamp.

    `paths` are the places of the document with either stamp. Raise FileError.
    """
    index = index_of_head(root, directories)
    if not index.scene.commit:
        return False
    had = {blob: one for one in (older, newer) for blob in index.blobs_with(one)}
    seen = False
    for named in history.named_at(root, index.scene.commit, sorted(paths)):
        found = had.get(named.id)
        if found is not None and seen and says_the_same(found, older):
            return True
        seen = seen or (found is not None and says_the_same(found, newer))
    return False
