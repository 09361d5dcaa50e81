"""What git has of documents that are not here, or are not here as they were.

Evidence of a deletion is git's word alone: a cache does not follow branches.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from confsync.mirror.entry import Entry, parsed
from confsync.mirror.git import removals, repository, trees
from confsync.mirror.git.removals import Move, Removals
from confsync.mirror.scan import refuse_misplaced
from confsync.model.config import SpaceConfig
from confsync.model.filenames import REMOVED
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

    Documents that stood where they cannot are not among them, and neither are those that a pull
    removed. Raises UsageError for a revision that is none.
    """
    found = _gone(root, spaces, revision, here)
    removed = removals.read(root) if found else None
    return {i: entry for i, entry in found.items() if not (removed and _is_in(removed, entry))}


def doubtful_entries(
    root: Path, spaces: Iterable[SpaceConfig], revision: str, here: frozenset[str]
) -> dict[str, Entry]:
    """The documents that a commit has and the work tree lacks, of which git tells two things.

    The commit has the document, and also the line that says that a pull removed it: a merge brought
    the line back, or it was committed without the removal. So a person may have deleted the
    document since. Raises UsageError for a revision that is none.
    """
    removed = removals.read(root)
    found = _gone(root, spaces, revision, here) if removed.versions else {}
    found = {i: entry for i, entry in found.items() if _is_in(removed, entry)}
    then = removals.parse(_committed(root, revision)) if found else removed
    return {i: entry for i, entry in found.items() if _is_in(then, entry)}


def uncommitted_moves(root: Path, entries: Iterable[Entry]) -> dict[str, Move]:
    """Return the documents that a pull moved away, of those that were deleted, by page id."""
    removed = removals.read(root)
    stamps = {e.path: e.document.stamp for e in entries if e.document and e.document.stamp}
    found = (removed.moved(stamp, path) for path, stamp in stamps.items())
    return {move.page_id: move for move in found if move}


def settled_moves(root: Path, entries: Iterable[Entry]) -> frozenset[str]:
    """Return the ids of the pages whose documents HEAD has where they stand, after a move."""
    moves = removals.read(root).moves
    return at_home(root, {e.path: e.page_id for e in entries if e.page_id in moves})


def at_home(root: Path, places: Mapping[str, str | None]) -> frozenset[str]:
    """Return the ids of the pages, of some by path, whose documents HEAD has there."""
    found = trees.contents_at(root, "HEAD", places.keys()) if places else {}
    same = (path for path, raw in found.items() if parsed(path, raw).claimed_id == places[path])
    return frozenset(places[path] or "" for path in same)


def unknown_removals(root: Path, present: Collection[str]) -> tuple[str, str]:
    """Why it cannot be told what pulls removed, and the command that helps; both empty if it can.

    `present` are the ids of the pages whose documents stand here: their lines are gone rightly.
    """
    then, now = removals.parse(_committed(root)), removals.read(root)
    problem = now.problem
    if (then.versions or then.moves) and not os.path.lexists(root / REMOVED):
        problem = f"{REMOVED}: was deleted here"
    if problem:
        return problem, f"'git checkout HEAD -- {REMOVED}' brings the file back as it was committed"
    versions = {i: move.version for i, move in then.moves.items() if i not in now.moves}
    for page_id, version in (versions | dict(then.versions)).items():
        if page_id not in present and not now.holds(page_id, version):
            why = f"{REMOVED}: the line of page {page_id} was lost here"
            return why, f"'git show HEAD:./{REMOVED} >> {REMOVED}' adds the lines of HEAD"
    return "", ""


def has_new_lines(root: Path) -> bool:
    """Return whether `.confsync.removed` has lines that no commit has; False without git."""
    then = removals.parse(_committed(root))
    now = removals.read(root)
    lines = now.versions.items() - then.versions.items() or now.moves.items() - then.moves.items()
    return bool(lines) and repository.holds(root)


def _committed(root: Path, revision: str = "HEAD") -> bytes:
    return trees.contents_at(root, revision, [REMOVED]).get(REMOVED, b"")


def _gone(
    root: Path, spaces: Iterable[SpaceConfig], revision: str, here: frozenset[str]
) -> dict[str, Entry]:
    """The documents that a commit has and the work tree lacks, by page id."""
    spaces = tuple(spaces)
    directories = [space.path for space in spaces]
    entries: dict[str, Entry] = {}
    for path, raw in repository.deleted_documents(root, directories, revision, here).items():
        space = next((space for space in spaces if space.holds(path)), None)
        entry = refuse_misplaced(parsed(path, raw), space) if space else None
        if entry and entry.page_id:
            entries[entry.page_id] = entry
    return entries


def _is_in(removed: Removals, entry: Entry) -> bool:
    stamp = entry.document.stamp if entry.document else None
    return stamp is not None and removed.cover(stamp)


def committed_stamps(
    root: Path, spaces: Iterable[SpaceConfig], here: Mapping[str, bytes]
) -> dict[str, Stamp]:
    """The stamps that documents have in git's HEAD, of those that are not the same there.

    `here` are the documents in question. Empty without a repository.
    """
    if not here:
        return {}
    found = repository.committed(root, [space.path for space in spaces], here)
    entries = (parsed(path, raw) for path, raw in found.items())
    return {e.path: e.document.stamp for e in entries if e.document and e.document.stamp}
