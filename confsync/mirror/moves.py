"""The moves of documents and their attachments.

A document is always below its old or its new parent, even if the run is killed. On its way it waits
in a directory that names the wanted parent.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from confsync.document.attachments import names as attachments
from confsync.document.paths import SUFFIX, Destination, folded
from confsync.errors import FileError
from confsync.mirror import attachment_files as files
from confsync.mirror.comments import files as comments
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror, file_error
from confsync.mirror.scan import SpaceScan
from confsync.mirror.state import disk
from confsync.model.config import SpaceConfig
from confsync.model.filenames import MOVING
from confsync.model.hint import mentioned


def move(
    mirror: Mirror,
    space: SpaceConfig,
    moves: Mapping[str, Destination],
    wanted: Mapping[str, str | None],
    between: Callable[[], None] = lambda: None,
) -> dict[Destination, str]:
    """Move documents to their new places. Return the error of each failed destination.

    Each document first goes to a directory that names its wanted parent (`wanted`, by old path),
    children before parents. Then `between` is called. Then each document goes to its place, parents
    before children. If the run is killed, the next scan finds the waiting documents and moves them
    on.
    """
    batch = _Batch(mirror, space, moves)
    try:
        batch.collect(wanted)
        between()
        batch.prepare_directories()
        batch.place()
    except OSError as error:
        raise file_error(space.path, "a page could not be moved", error) from None
    finally:
        batch.drop_empty()
    return batch.failed


class _Batch:
    """The documents of one call of `move`. `failed` has the errors by destination."""

    def __init__(
        self, mirror: Mirror, space: SpaceConfig, moves: Mapping[str, Destination]
    ) -> None:
        self.failed: dict[Destination, str] = {}
        self._mirror = mirror
        self._moves = moves
        self._waiting = mirror.inside(f"{space.path}/{MOVING}")
        self._collected: list[tuple[Path, Destination]] = []

    def collect(self, wanted: Mapping[str, str | None]) -> None:
        """Move every document to its waiting directory, children before parents. Raise OSError."""
        disk.make_directories(self._waiting)
        for old, new in sorted(self._moves.items(), key=lambda move: -move[0].count("/")):
            prefix = f"{wanted.get(old) or 'none'}-"
            # Each document has its own directory: leftovers of an earlier run are never in the way.
            # A document that this run leaves keeps its file name.
            place = disk.temporary_directory(self._waiting, prefix) / Path(new.path).name
            try:
                disk.rename(self._mirror.inside(old), place)
            except OSError as error:
                self.failed[new] = f"cannot be moved from {old}: {error.strerror}"
            else:
                self._mirror.note(old)
                self._collected.append((place, new))
                _move_along(self._mirror, old, place)
        disk.sync_directory(self._waiting)

    def prepare_directories(self) -> None:
        """Remove empty old directories, and correct the case of new ones. Raise OSError."""
        self._drop_old()
        spelled: set[Path] = set()
        for _, new in self._collected:
            _spell(self._mirror, self._mirror.inside(new.path).parent, spelled)

    def place(self) -> None:
        """Move every document to its new place, parents before children. Raise OSError."""
        for place, new in sorted(self._collected, key=lambda move: move[1].path.count("/")):
            why = _land(self._mirror, place, new.path)
            if why:
                self.failed[new] = why
            else:
                self._mirror.note(new.path)

    def drop_empty(self) -> None:
        """Remove the directories that are empty now."""
        self._drop_old()
        for place, _ in self._collected:
            self._mirror.drop_empty(place.parent)
        self._mirror.drop_empty(self._waiting)

    def _drop_old(self) -> None:
        for old in self._moves:
            self._mirror.drop_empty(self._mirror.inside(old).parent)


def move_subtree(mirror: Mirror, old: str, new: str) -> None:
    """Move a document, with all beside and below it, to a free place.

    The document goes last, so that the same call after a kill finishes the move. Raise FileError.
    """
    below, other = old.removesuffix(SUFFIX), new.removesuffix(SUFFIX)
    if new.startswith(f"{below}/"):
        raise FileError(f"{mentioned(old)}: {mentioned(new)} is below the document itself")
    attached = (attachments.directory_of(old), attachments.directory_of(new))
    pairs = [(below, other), attached, (old, new)]
    ways = [(mirror.inside(one), mirror.inside(two)) for one, two in pairs]
    mirror.drop_empty(ways[0][1])  # git leaves the directory of a document's moved children
    for path, target in ways:
        if os.path.lexists(path) and os.path.lexists(target):
            place = target.relative_to(mirror.root).as_posix()
            why = f"cannot be moved: {mentioned(place)} exists already"
            raise FileError(f"{mentioned(old)}: {why}")
    try:
        disk.make_directories(ways[-1][1].parent)
        for path, target in ways:
            if os.path.lexists(path):
                _note_below(mirror, path)
                disk.rename(path, target)
                _note_below(mirror, target)
        comments.move(mirror, *ways[-1])
    except OSError as error:
        raise file_error(old, f"cannot be moved to {mentioned(new)}", error) from None
    mirror.drop_empty(ways[-1][0].parent)


def _note_below(mirror: Mirror, path: Path) -> None:
    """Note a file, or all files below a directory, for a later commit."""
    for file in path.rglob("*") if path.is_dir() else (path,):
        if not file.is_dir():
            mirror.note(file.relative_to(mirror.root).as_posix())


def hand_over(mirror: Mirror, name: str, space: SpaceConfig, parent: str | None) -> None:
    """Move a document to another space's directory, where it waits for its place.

    The waiting directory names the wanted parent, so the next pull finds the document. Raise
    FileError.
    """
    path, waiting = mirror.inside(name), mirror.inside(f"{space.path}/{MOVING}")
    try:
        disk.make_directories(waiting)
        place = disk.temporary_directory(waiting, f"{parent or 'none'}-") / path.name
        disk.rename(path, place)
        _move_along(mirror, name, place)
        disk.sync_directory(waiting)
    except OSError as error:
        raise file_error(name, f"cannot be moved to {mentioned(space.path)}", error) from None
    mirror.drop_empty(path.parent)


def _land(mirror: Mirror, place: Path, new: str) -> str:
    """Move one waiting document to its place. Return the error, or an empty text."""
    target = mirror.inside(new)
    waits = f"the document waits as {mentioned(place.relative_to(mirror.root).as_posix())}"
    try:
        disk.make_directories(target.parent)
        if os.path.lexists(target):
            return f"another file is at its new place; {waits}"
        disk.rename(place, target)
        _move_along(mirror, place.relative_to(mirror.root).as_posix(), target)
    except OSError as error:
        return f"{error.strerror or error}: {mentioned(error.filename or new)}; {waits}"
    return ""


def _spell(mirror: Mirror, directory: Path, spelled: set[Path]) -> None:
    """Give a directory, and those above it, the case that the documents' paths have.

    A file system without case accepts every spelling but lists the old one. Then each pull would
    find the documents in a wrong place. `spelled` collects the checked directories. Raise OSError.
    """
    if directory == mirror.root or directory in spelled:
        return
    _spell(mirror, directory.parent, spelled)
    spelled.add(directory)
    if not os.path.lexists(directory):
        return
    siblings = list(directory.parent.iterdir())
    if directory in siblings:
        return
    for other in siblings:
        if folded(other.name) == folded(directory.name) and other.samefile(directory):
            disk.rename(other, directory)
            return


def _move_along(mirror: Mirror, document: str, moved: Path) -> None:
    """Move what stands beside a document that was just moved: its comments and attachments."""
    with contextlib.suppress(OSError):  # a later run finds and moves what stays behind
        comments.move(mirror, mirror.root / document, moved)
    _move_attachments(mirror, document, moved)


def _move_attachments(mirror: Mirror, document: str, moved: Path) -> None:
    """Move the attachments of a document that was just moved, if their new place is free."""
    old = mirror.root / attachments.directory_of(document)
    new = Path(attachments.directory_of(str(moved)))
    if not old.is_dir() or old.is_symlink():
        return
    if os.path.lexists(new) and not new.samefile(old):
        return
    with contextlib.suppress(OSError):  # a later run finds and moves what stays behind
        names = [file.name for file in old.iterdir()]
        disk.rename(old, new)
        for directory in (old, new):
            inner = directory.relative_to(mirror.root).as_posix()
            if f"/{MOVING}/" not in inner:
                mirror.written.update(f"{inner}/{name}" for name in names)


def adopt(mirror: Mirror, directory: str, document: str) -> None:
    """Move a directory of attachments to the document that was moved without it."""
    left = attachments.document_of(directory) or directory
    _move_attachments(mirror, left, mirror.inside(document))
    mirror.drop_empty(mirror.inside(directory).parent)


def find(mirror: Mirror, scans: Iterable[SpaceScan]) -> dict[str, str]:
    """Return the attachments directories without a document, each with its only possible owner."""
    scans = tuple(scans)
    if not mirror.config.attachments:
        return {}
    documents = frozenset(entry.path for scan in scans for entry in scan.entries)
    alone = [
        directory
        for scan in scans
        for directory in files.orphans(mirror.root, scan.config.path, documents)
    ]
    bare = [entry for scan in scans for entry in scan.entries if _is_bare(mirror, entry)]
    owners = {
        directory: _respelled(mirror, directory, documents) or _owners(mirror, directory, bare)
        for directory in alone
    }
    found = {directory: owner[0] for directory, owner in owners.items() if len(owner) == 1}
    taken = list(found.values())
    return {directory: owner for directory, owner in found.items() if taken.count(owner) == 1}


def _respelled(mirror: Mirror, directory: str, documents: Collection[str]) -> list[str]:
    """Return the document whose name differs from a directory's only in case, if any."""
    name = folded(attachments.document_of(directory) or "")
    found = [path for path in documents if folded(path) == name]
    old = mirror.root / directory
    news = [mirror.root / attachments.directory_of(path) for path in found]
    if len(news) == 1 and (not os.path.lexists(news[0]) or news[0].samefile(old)):
        return found
    return []


def _is_bare(mirror: Mirror, entry: Entry) -> bool:
    """Return whether a document's stamp has attachments, but their directory is missing."""
    stamp = entry.document.stamp if entry.document else None
    directory = mirror.root / attachments.directory_of(entry.path)
    return stamp is not None and bool(stamp.attachments) and not directory.exists()


def _owners(mirror: Mirror, directory: str, bare: list[Entry]) -> list[str]:
    """Return the documents whose stamps have one of the files in a directory, byte for byte.

    After an interrupted move, equal names are enough: the files may have been edited, and must not
    stay for a page that takes the document's place.
    """
    found = files.files_of(mirror.root, attachments.document_of(directory) or "", ())
    here = {(file.file, file.digest) for file in found.values()}
    names = {file.file for file in found.values()}
    on_the_way = f"/{MOVING}/" in directory
    stamped = [(e, e.document.stamp.attachments) for e in bare if e.document and e.document.stamp]
    same = [e.path for e, known in stamped if here & {(one.file, one.digest) for one in known}]
    return same or [
        entry.path
        for entry, known in stamped
        if (entry.waits or on_the_way) and names & {one.file for one in known}
    ]
