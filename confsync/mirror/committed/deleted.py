"""Documents in git that are missing here, or differ here.

Only git is evidence of a deletion, because a cache does not follow branches.
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
from confsync.model.hint import marked, mentioned
from confsync.model.stamp import Stamp


def deleted_pages(
    root: Path, spaces: Iterable[SpaceConfig], here: frozenset[str]
) -> dict[str, str]:
    """Return the pages whose documents were deleted here on purpose: id to path.

    `here` are the documents that are present.
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
    """Return the documents that a commit has and the work tree lacks, by page id.

    Documents at invalid places and documents that a pull removed are not included. Raise UsageError
    for an invalid revision.
    """
    found = _gone(root, spaces, revision, here)
    removed = removals.read(root) if found else None
    return {i: entry for i, entry in found.items() if not (removed and _is_in(removed, entry))}


def doubtful_entries(
    root: Path, spaces: Iterable[SpaceConfig], revision: str, here: frozenset[str]
) -> dict[str, Entry]:
    """Return the missing documents for which git has contradictory evidence.

    The commit has the document and also the line that a pull removed it. A merge may have brought
    the line back, or the line was committed without the removal. So a person may have deleted the
    document since. Raise UsageError for an invalid revision.
    """
    removed = removals.read(root)
    found = _gone(root, spaces, revision, here) if removed.versions else {}
    found = {i: entry for i, entry in found.items() if _is_in(removed, entry)}
    then = removals.parse(_committed(root, revision)) if found else removed
    return {i: entry for i, entry in found.items() if _is_in(then, entry)}


def uncommitted_moves(root: Path, entries: Iterable[Entry]) -> dict[str, Move]:
    """Return the deleted documents that a pull moved away, by page id."""
    removed = removals.read(root)
    stamps = {e.path: e.document.stamp for e in entries if e.document and e.document.stamp}
    found = (removed.moved(stamp, path) for path, stamp in stamps.items())
    return {move.page_id: move for move in found if move}


def settled_moves(root: Path, entries: Iterable[Entry]) -> frozenset[str]:
    """Return the ids of pages whose moved documents HEAD has at their new places."""
    moves = removals.read(root).moves
    return at_home(root, {e.path: e.page_id for e in entries if e.page_id in moves})


def at_home(root: Path, places: Mapping[str, str | None]) -> frozenset[str]:
    """Return the ids of the pages whose documents HEAD has at the given paths."""
    found = trees.contents_at(root, "HEAD", places.keys()) if places else {}
    same = (path for path, raw in found.items() if parsed(path, raw).claimed_id == places[path])
    return frozenset(places[path] or "" for path in same)


def unknown_removals(root: Path, present: Collection[str]) -> tuple[str, str]:
    """Return why the removals by pulls are not known, and the remedy; both empty if they are.

    `present` are the ids of pages whose documents are here; they need no line.
    """
    then, now = removals.parse(_committed(root)), removals.read(root)
    problem = now.problem
    if (then.versions or then.moves) and not os.path.lexists(root / REMOVED):
        problem = f"{mentioned(REMOVED)}: was deleted here"
    if problem:
        return (
            problem,
            f"'git checkout HEAD -- {marked(REMOVED)}' brings the file back as it was committed",
        )
    versions = {i: move.version for i, move in then.moves.items() if i not in now.moves}
    for page_id, version in (versions | dict(then.versions)).items():
        if page_id not in present and not now.holds(page_id, version):
            why = f"{mentioned(REMOVED)}: the line of page {page_id} was lost here"
            return (
                why,
                f"'git show HEAD:./{marked(REMOVED)} >> {marked(REMOVED)}' adds the lines of HEAD",
            )
    return "", ""


def has_new_lines(root: Path) -> bool:
    """Return whether `.confsync.removed` has lines that no commit has; False without git."""
    now = removals.read(root)
    if not (now.versions or now.moves):
        return False
    then = removals.parse(_committed(root))
    lines = now.versions.items() - then.versions.items() or now.moves.items() - then.moves.items()
    return bool(lines) and repository.holds(root)


def _committed(root: Path, revision: str = "HEAD") -> bytes:
    return trees.contents_at(root, revision, [REMOVED]).get(REMOVED, b"")


def _gone(
    root: Path, spaces: Iterable[SpaceConfig], revision: str, here: frozenset[str]
) -> dict[str, Entry]:
    """Return the documents that a commit has and the work tree lacks, by page id."""
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
    """Return the stamps in git's HEAD of documents that differ there.

    `here` are the documents in question. The result is empty without a repository.
    """
    if not here:
        return {}
    found = repository.committed(root, [space.path for space in spaces], here)
    entries = (parsed(path, raw) for path, raw in found.items())
    return {e.path: e.document.stamp for e in entries if e.document and e.document.stamp}
