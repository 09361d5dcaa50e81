"""The documents of a mirror's work tree, and git's knowledge of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from confsync.mirror.committed import newest_stamps
from confsync.mirror.committed.deleted import deleted_entries
from confsync.mirror.committed.deleted_files import DeletedFiles
from confsync.mirror.committed.newest_stamps import NewestStamps
from confsync.mirror.entry import Entry
from confsync.mirror.index import Index
from confsync.mirror.left_out.named import check_named
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan, knowing, paths_of
from confsync.mirror.selection import Selection
from confsync.sync import merge_base, scope
from confsync.sync.attachments.beside import deleted_here
from confsync.sync.fetch import Newest


class WorkTree(NamedTuple):
    """The documents of a mirror's work tree, and the documents that only git has.

    `gone` maps page ids to documents that were deleted here. `deleted` maps those ids to the paths
    of mirrored documents. `deleted_files` are attachments' files that were deleted here. `stamps`
    are the newest stamps of git's history, and `newest` looks them up.
    """

    scans: tuple[SpaceScan, ...]
    gone: Mapping[str, Entry]
    deleted: dict[str, str]
    deleted_files: DeletedFiles
    stamps: NewestStamps
    newest: Newest


def read_work_tree(mirror: Mirror, selection: Selection, index: Index | None) -> WorkTree:
    """Read every document, from the index if it knows the document, and ask git.

    Raise UsageError if a selected path names no document.
    """
    scans = mirror.scan(index.read if index else None)
    deleted_files = deleted_here(mirror)
    gone = deleted_entries(mirror.root, mirror.config.spaces, here=paths_of(scans))
    known = [entry.path for scan in scans for entry in scan.entries]
    known += [entry.path for entry in gone.values()]
    check_named(mirror, selection, (*known, *(index.missing() if index else ())))
    scans = knowing(scans, gone)
    stamps = newest_stamps.collect(mirror.root, mirror.config.directories)
    newest = merge_base.newest_of(mirror, stamps)
    deleted = {i: entry.path for i, entry in scope.not_excluded(scans, gone).items()}
    return WorkTree(scans, gone, deleted, deleted_files, stamps, newest)
