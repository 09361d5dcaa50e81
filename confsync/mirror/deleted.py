"""What git has of documents that are not here, or are not here as they were.

Evidence of a deletion is git's word alone: a cache does not follow branches.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Set
from pathlib import Path

from confsync.document import paths
from confsync.mirror.git import repository as gitrepo
from confsync.mirror.scan import Entry, parsed, read, refuse_misplaced
from confsync.mirror.state import removals
from confsync.mirror.state.base_cache import STATE
from confsync.mirror.walk import walk
from confsync.model.config import SpaceConfig
from confsync.model.stamp import Stamp


def deleted_pages(
    root: Path, spaces: Iterable[SpaceConfig], here: frozenset[str]
) -> dict[str, str]:
    """Pages whose documents were deleted here on purpose, by the word of git: id to path.

    `here` are the documents that stand here.
    """
    found = deleted_entries(root, spaces, here=here)
    return {page_id: entry.path for page_id, entry in found.items()}


def deleted_entries(
    root: Path,
    spaces: Iterable[SpaceConfig],
    revision: str = "HEAD",
    *,
    here: frozenset[str] = frozenset(),
) -> dict[str, Entry]:
    """The documents that a commit has and the work tree lacks, by page id, as the commit has them.

    Those that stood where they cannot, and those that a pull removed because their pages were in
    the trash, are not among them. Raises UsageError for a revision that is none.
    """
    spaces = tuple(spaces)
    directories = [space.path for space in spaces]
    found = gitrepo.deleted_documents(root, directories, revision, here)
    removed = removals.read(root / STATE)
    entries: dict[str, Entry] = {}
    for path, raw in found.items():
        space = next((space for space in spaces if space.holds(path)), None)
        entry = refuse_misplaced(parsed(path, raw), space) if space else None
        if entry and entry.page_id and entry.page_id not in removed:
            entries[entry.page_id] = entry
    return entries


def astray(root: Path, spaces: Iterable[SpaceConfig], page_ids: Set[str]) -> dict[str, str]:
    """Where documents of some pages stand outside of every space's directory: id to path.

    Whoever moves a document there has not deleted it; nor is that a place of its page's.
    """
    spaces = tuple(spaces)
    found: dict[str, str] = {}
    start = len(os.path.join(root, ""))
    for parent, names in walk(root) if page_ids else ():
        inner = parent[start:].replace(os.sep, "/")
        paths_here = (f"{inner}/{name}" if inner else name for name in names)
        for path in paths_here:
            if path.endswith(paths.SUFFIX) and not any(space.holds(path) for space in spaces):
                claimed = read(root, path).claimed_id
                if claimed and claimed in page_ids:
                    found[claimed] = path
    return found


def committed_stamps(
    root: Path, spaces: Iterable[SpaceConfig], here: Mapping[str, bytes]
) -> dict[str, Stamp]:
    """The stamps that documents have in git's HEAD, of those that are not the same there.

    `here` are the documents in question. Empty without a repository.
    """
    if not here:
        return {}
    found = gitrepo.committed(root, [space.path for space in spaces], here)
    entries = (parsed(path, raw) for path, raw in found.items())
    return {e.path: e.document.stamp for e in entries if e.document and e.document.stamp}
