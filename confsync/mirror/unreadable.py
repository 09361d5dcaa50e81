"""The pages of unreadable documents, such as a file that is empty for a moment.

An editor that truncates and writes, or a full disk, leaves no stamp in the file. git's HEAD, git's
index, confsync's own index and the documents below it may know the page of its path. Without such
evidence, confsync does not guess.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from confsync.document import folder_file, paths
from confsync.errors import ConfsyncError, DocumentError
from confsync.mirror.entry import parsed
from confsync.mirror.git import trees
from confsync.mirror.index import Index
from confsync.mirror.scan import SpaceScan, tree_of
from confsync.model.page import Folder, PageInfo


def identified(root: Path, scans: tuple[SpaceScan, ...], part: str = "") -> tuple[SpaceScan, ...]:
    """Return the scans with the page ids of unreadable documents, as far as known.

    `part` is the `part_name` of a run of some spaces.
    """
    lost = {entry.path for scan in scans for entry in scan.lost}
    lost |= {error.path for scan in scans for error in scan.broken}
    if not lost:
        return scans
    committed = _committed(root, scans, lost)
    known = [Index(root), *([Index(root, part=part)] if part else [])]
    taken = {entry.claimed_id for scan in scans for entry in scan.entries if entry.claimed_id}
    found = []
    for scan in scans:
        scan = _with_folders(scan, committed, taken)
        told: dict[str, str] = {}
        for entry in scan.lost:
            for page_id in (
                *_in_git(entry.path, committed.get(entry.path, ())),
                *(page_id for one in known for page_id in one.page_at(entry.path)),
                *_above(scan, entry.path),
            ):
                if page_id not in taken:
                    told[entry.path] = page_id
                    taken.add(page_id)
                    break
        found.append(with_known(scan, told) if told else scan)
    return tuple(found)


def with_known(scan: SpaceScan, known: Mapping[str, str]) -> SpaceScan:
    """Return the scan with the page ids of some unreadable documents: path to id."""
    entries = tuple(
        replace(entry, known=known[entry.path]) if entry.path in known else entry
        for entry in scan.entries
    )
    tree = tree_of(scan.config, entries, scan.folders)
    return replace(scan, entries=entries, tree=tree._replace(ids=tree.ids | scan.tree.ids))


def _committed(
    root: Path, scans: Iterable[SpaceScan], lost: set[str]
) -> Mapping[str, tuple[bytes, ...]]:
    """Return the contents of some paths in HEAD and git's index; empty if git fails."""
    try:
        return trees.versions(root, [scan.config.path for scan in scans], lost)
    except ConfsyncError:
        return {}  # no evidence; the command itself reports git's error


def _in_git(path: str, versions: Iterable[bytes]) -> Iterator[str]:
    for raw in versions:
        if page_id := parsed(path, raw).page_id:
            yield page_id


def _folders_in_git(path: str, versions: Iterable[bytes]) -> Iterator[Folder]:
    for raw in versions:
        with contextlib.suppress(DocumentError):
            yield Folder(*folder_file.parse(raw, path), None)


def _above(scan: SpaceScan, path: str) -> Iterator[str]:
    """Yield the page that is the parent of most documents in a directory, by their stamps."""
    directory = scan.inner(path).removesuffix(paths.SUFFIX)
    if directory not in scan.folders:
        yield from _parent_of_most(scan, directory)


def _parent_of_most(scan: SpaceScan, directory: str) -> Iterator[str]:
    inside = f"{scan.outer(directory)}/"
    stamps = (
        entry.document.stamp
        for entry in scan.entries
        if entry.document and entry.path.rpartition("/")[0] == inside[:-1]
    )
    parents = Counter(s.parent for s in stamps if s and s.parent and not s.top).most_common(2)
    if parents and (len(parents) == 1 or parents[0][1] > parents[1][1]):
        yield parents[0][0]


def _with_folders(
    scan: SpaceScan, committed: Mapping[str, tuple[bytes, ...]], taken: set[str]
) -> SpaceScan:
    """Return the scan with the folders of unreadable folder files, as far as known."""
    found: dict[str, Folder] = {}
    ids = {folder.id for folder in scan.folders.values()}
    for name in (error.path for error in scan.broken):
        directory = scan.inner(name).rpartition("/")[0]
        if not directory:
            continue  # the space's own directory is not a folder
        old = _folders_in_git(name, committed.get(name, ()))
        below = (Folder(i, "", None) for i in _parent_of_most(scan, directory))
        for folder in (*old, *below):
            if folder.id not in taken and folder.id not in ids:
                found[directory] = folder
                ids.add(folder.id)
                break
    return with_known(replace(scan, folders={**scan.folders, **found}), {}) if found else scan


def pages_of(scan: SpaceScan, infos: Mapping[str, PageInfo]) -> dict[str, PageInfo]:
    """Return the page of each unreadable document by path, if `infos` has its id."""
    ids = {entry.path: entry.claimed_id or "" for entry in scan.entries if entry.is_unreadable}
    return {path: infos[page_id] for path, page_id in ids.items() if page_id in infos}


def whose_place(
    scan: SpaceScan,
    fresh: Collection[PageInfo],
    home: str | None,
    titles: Callable[[str], Iterable[str]],
) -> dict[str, str]:
    """Return the possible page of each unreadable file, judged by its place: path to page id.

    `fresh` are the pages without a document here. If such a page's new document belongs at the
    file's place, the file counts as its document.
    """
    found: dict[str, str] = {}
    owners = dict(scan.tree.owners)
    tops = {None, home} | ({i.parent for i in fresh} - set(owners.values()))
    for entry in sorted(scan.lost, key=lambda entry: entry.path.count("/")):
        stem = scan.inner(entry.path).removesuffix(paths.SUFFIX)
        directory, _, name = stem.rpartition("/")
        for info in fresh:
            at_home = (info.id == home) == (stem == paths.HOME)
            below = info.parent == owners.get(directory) if directory else info.parent in tops
            if info.posted is not None:
                at_home, below = True, directory == paths.place_of_day(info.posted)
            named = info.id == home or any(
                paths.named_after(name, title, info.id) for title in (info.title, *titles(info.id))
            )
            if at_home and below and named and info.id not in found.values():
                found[entry.path] = info.id
                owners[stem] = info.id
                break
    return found
