"""Which page a document belonged to that does not stand here any more.

The work tree, git, the audit trail and the trash of the mirror may know it.
"""

from __future__ import annotations

from collections.abc import Iterator

from confsync.mirror.committed.deleted import deleted_pages
from confsync.mirror.committed.former_pages import former_pages
from confsync.mirror.entry import parsed, read
from confsync.mirror.git import trees
from confsync.mirror.mirror import Mirror
from confsync.mirror.state.base_cache import STATE


def pages_of(mirror: Mirror, path: str) -> tuple[str, ...]:
    """Return the ids of the pages that had their document at a path: those of the newest source.

    Several ids mean that git's history cannot tell which page was the last one. Raise FileError.
    """
    known = next(_known(mirror, path), None)
    if known:
        return (known,)
    found = former_pages(mirror.root, mirror.config.directories, {path: ""})
    return tuple(sorted(found.get(path, ())))


def _known(mirror: Mirror, path: str) -> Iterator[str]:
    """Yield the page of a document by each source that knows a single one, the best first."""
    head = trees.contents_at(mirror.root, "HEAD", [path])
    entries = [read(mirror.root, path), *(parsed(path, raw) for raw in head.values())]
    noted = [event.page for event in mirror.audit.read() if event.path == path]
    kept = read(mirror.root, f"{STATE}/trash/{path}")
    yield from filter(None, (entry.claimed_id for entry in entries))
    yield from filter(None, noted[-1:])
    yield from filter(None, [kept.claimed_id])


def paths_of_pages(mirror: Mirror) -> dict[str, str]:
    """Return the paths of documents that were deleted here, by page id."""
    noted = {event.page: event.path for event in mirror.audit.read() if event.path}
    return noted | deleted_pages(mirror.root, mirror.config.spaces, frozenset())
