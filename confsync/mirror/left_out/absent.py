"""Documents that were here and are not, and of which git knows nothing."""

from __future__ import annotations

from collections.abc import Collection

from confsync.mirror.git import removals, trees
from confsync.mirror.index import Index
from confsync.mirror.mirror import Mirror
from confsync.model.left_out import LeftOut, Reason
from confsync.model.stamp import Stamp


def deleted_unknown(path: str, stamp: Stamp) -> LeftOut:
    """Return a document that was deleted here, with the command that deletes its page, too."""
    hint = f"'confsync push --delete {stamp.id}@{stamp.version}' deletes its page, too"
    return LeftOut(path, Reason.DELETED_UNKNOWN, hint)


def missing_documents(mirror: Mirror, index: Index, present: Collection[str]) -> dict[str, Stamp]:
    """Return the documents that were deleted here and that a pull would bring back, by path.

    `present` are the ids of pages that are here or whose deletion HEAD shows. If a commit has the
    document, git alone tells about its deletion. A document that a pull removed is not missing, nor
    one whose page was deleted or archived from here.
    """
    found = {path: s for path, s in index.missing().items() if s.id not in present}
    if not found:
        return {}
    removed = removals.read(mirror.root)
    last = {event.page: event for event in mirror.audit.read()}
    gone = {page for page, event in last.items() if event.is_removal}
    known = trees.ever_committed(mirror.root, found)
    return {
        path: stamp
        for path, stamp in sorted(found.items())
        if path not in known and not removed.cover(stamp) and stamp.id not in gone
    }
