"""The mirror on disk: one way to write, one lock.

A mirror file is always entirely old or entirely new, and a file that is not byte for byte what
was read at the start is never written.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.document import document
from confsync.document.document import Document, Fields
from confsync.errors import ChangedMeanwhileError, FileError
from confsync.mirror.entry import MOVING, Entry, read
from confsync.mirror.git import removals
from confsync.mirror.git.removals import Move
from confsync.mirror.scan import SpaceScan, scan
from confsync.mirror.state import disk, lock, people, regular
from confsync.mirror.state.audit import AuditLog
from confsync.mirror.state.base_cache import STATE, BaseStore
from confsync.mirror.state.disk import Key
from confsync.mirror.state.people import People
from confsync.model.config import Config
from confsync.model.filenames import REMOVED, TEMPORARY
from confsync.model.stamp import Stamp

if TYPE_CHECKING:
    from confsync.model.page import Page


class Mirror:
    """A directory with a configuration at its root."""

    def __init__(self, root: Path, config: Config) -> None:
        self.root = root
        self.config = config
        self.bases = BaseStore(root / STATE / "bases")
        self.audit = AuditLog(root / STATE / "audit.jsonl")
        self.people = People(root / STATE / people.NAME)
        # The bases that were looked for in git, by page id and digest; None for one that it lacks.
        self.committed: dict[tuple[str, str], tuple[str, str] | None] = {}
        # What was written, moved or removed, as mirror paths: for whoever commits it.
        self.written: set[str] = set()
        # What was written that says what its stamp says, and how it is recognised: for the index.
        self.fresh: dict[str, tuple[Key, Document]] = {}

    def whole(self, entry: Entry) -> Entry:
        """A document with its text, where title and stamp alone are known of it.

        Raises ChangedMeanwhileError.
        """
        outline = entry.document
        if entry.raw or outline is None:
            return entry
        found = read(self.root, entry.path)
        now = found.document
        as_known = (outline.title, outline.digest, outline.stamp)
        if now is None or (now.title, now.digest, now.stamp) != as_known:
            raise _changed(entry.path)
        return found

    def scan(self, reading: Callable[[Path, str], Entry] | None = None) -> tuple[SpaceScan, ...]:
        """Read every document once; `reading` is as for `scan.scan`."""
        scans = scan(self.root, self.config.spaces, reading)
        if not any(one.lost or one.broken for one in scans):
            return scans
        from confsync.mirror.unreadable import identified  # with git, for what is rarely there

        return identified(self.root, scans)

    # -- writing -----------------------------------------------------------------------------------

    def write(self, name: str, data: bytes, *, expected: bytes | None) -> None:
        """Replace a file as a whole, durably, if it still is what was read.

        `expected` is the bytes read at the start, None for a file that must not be there. Raises
        ChangedMeanwhileError, FileError. Between the check and the replace stays a moment in which
        an editor's save is lost; nothing portable closes it.
        """
        path = self.inside(name)
        try:
            disk.replace(path, data, lambda: self.check(name, path, expected))
        except OSError as error:
            raise file_error(name, "cannot be written", error) from None
        self.note(name)

    def settle(
        self, entry: Entry, stamp: Stamp, page: Page, labels: tuple[str, ...] | None = None
    ) -> None:
        """Write to a document what the server stored of it, if it still is what was sent.

        Raises ChangedMeanwhileError, FileError, NotUnicodeError.
        """
        self.bases.put(stamp, page.info.title, page.body)
        self.write(entry.path, self.settled(entry, stamp, page, labels), expected=entry.raw)

    def settled(
        self, entry: Entry, stamp: Stamp, page: Page, labels: tuple[str, ...] | None = None
    ) -> bytes:
        """What a document is to be once it is settled. Raises NotUnicodeError."""
        if entry.document is None:
            raise ValueError(f"{entry.path} cannot be read")
        fields = Fields(page.info.title, page.body, labels)
        return document.update(entry.document, stamp, fields, self.config.layout)

    def put(self, name: str, source: Path, *, expected: str | None, keep: bool = False) -> None:
        """Put a file that was downloaded in its place, if the one there still is what was read.

        `expected` is that one's digest, None where none stands. With `keep` it goes to the trash.
        Raises ChangedMeanwhileError, FileError.
        """
        path = self.inside(name)
        if keep and expected is not None:
            self.discard(name, expected=expected)
            expected = None
        try:
            disk.put(path, source, lambda: self._check_file(name, path, expected))
        except OSError as error:
            raise file_error(name, "cannot be written", error) from None
        self.note(name)

    def put_in_trash(self, name: str, source: Path) -> None:
        """Keep what was downloaded and is given up, below `.confsync/trash`."""
        self.put(self._free_trash_name(name), source, expected=None)

    def discard(self, name: str, *, expected: str) -> None:
        """Move an attachment's file to the trash, if it still is what was read."""
        path = self.inside(name)
        self._check_file(name, path, expected)
        trash = self.inside(self._free_trash_name(name))
        try:
            disk.make_directories(trash.parent)
            disk.rename(path, trash)
        except OSError as error:
            raise file_error(name, "cannot be removed", error) from None
        self.note(name)
        self.drop_empty(path.parent)

    def _check_file(self, name: str, path: Path, expected: str | None) -> None:
        if _is_link(name, path):
            raise FileError(f"{name}: is a link; confsync follows none")
        from confsync.mirror import attachment_files as files

        now = files.digest_of(path, name)[0] if os.path.lexists(path) else None
        if now != expected:
            raise _changed(name)

    def remove(self, name: str, *, expected: bytes) -> None:
        """Move an unmodified file to the trash, if it still is what was read."""
        path = self.inside(name)
        self.check(name, path, expected)
        self.keep_in_trash(name, expected)
        try:
            # Last of all: what somebody saves while the rest is written must be seen.
            self.check(name, path, expected)
            disk.unlink(path)
        except OSError as error:
            raise file_error(name, "cannot be removed", error) from None
        self.note(name)
        self.drop_empty(path.parent)

    def note_removals(self, stamps: Iterable[Stamp]) -> None:
        """Note that not a person deletes the documents with these stamps. Raises FileError."""
        self.written.update(removals.note(self.root, stamps))

    def note_moves(self, moves: Iterable[Move]) -> None:
        """Note that a pull moves documents. Raises FileError."""
        self.written.update(removals.note_moves(self.root, moves))

    def forget_removals(self, page_ids: Collection[str], moved: Collection[str] = ()) -> None:
        """Take out the notes about pages whose documents stand, and about those that were moved."""
        if removals.forget(self.root, page_ids, moved):
            self.note(REMOVED)

    def keep_in_trash(self, name: str, data: bytes) -> None:
        """A copy of what a file gives up, below `.confsync/trash`."""
        self.write(self._free_trash_name(name), data, expected=None)

    @contextlib.contextmanager
    def nameless(self, directory: str) -> Iterator[Path]:
        """A place for files that are to have names below a directory of the mirror.

        It is gone at the end, with what has no name then. Raises FileError.
        """
        parent = self.inside(f"{directory}/{TEMPORARY}").parent
        try:
            disk.make_directories(parent)
            place = disk.temporary_directory(parent, TEMPORARY)
        except OSError as error:
            raise file_error(directory, "cannot be written", error) from None
        try:
            yield place
        finally:
            disk.clear(place)
            self.drop_empty(parent)

    def note(self, name: str) -> None:
        """A file was written, moved or removed, as whoever commits must know."""
        if not name.startswith(f"{STATE}/"):
            self.written.add(name)

    def note_gone(self, name: str) -> None:
        """A file that somebody deleted before is part of what was done, unless one stands there."""
        with contextlib.suppress(FileError):
            if not os.path.lexists(self.inside(name)):
                self.note(name)

    def check_writable(self, name: str, probed: set[Path], *, probe: bool = True) -> None:
        """Raise FileError if a document could not be replaced: before anything is sent of it.

        A link stands in its path, or its directory takes no new file. `probed` are the directories
        that do, and becomes more; without `probe` nothing is written to find that out.
        """
        directory = self.inside(name).parent
        if not probe or directory in probed:
            return
        try:
            disk.probe(directory)
        except OSError as error:
            raise file_error(name, "could not be settled, so it is not sent", error) from None
        probed.add(directory)

    def check(self, name: str, path: Path, expected: bytes | None) -> None:
        """Raise ChangedMeanwhileError unless a file still is what was read, None for no file."""
        if current(name, path) != expected:
            raise _changed(name)

    def drop_empty(self, directory: Path) -> None:
        """Remove directories that have become empty, up to the mirror's own."""
        while directory != self.root and disk.remove_empty(directory):
            directory = directory.parent

    def _free_trash_name(self, name: str) -> str:
        for number in range(1_000_000):
            candidate = f"{STATE}/trash/{name}" + (f".{number}" if number else "")
            if not os.path.lexists(self.root / candidate):
                return candidate
        raise FileError(f"{name}: the trash is full", hint=f"empty {STATE}/trash")

    def inside(self, name: str, seen: set[str] | None = None) -> Path:
        """The absolute path, which no name and no link may lead out of the mirror, or into what is
        not confsync's in it.

        `seen` are directories that need not be looked at once more, and becomes more.
        """
        path = Path(name)
        parts = path.parts
        if ".." in parts or path.is_absolute():
            raise FileError(f"{name}: would be written outside the mirror")
        for number in range(1, len(parts)):
            where = "/".join(parts[:number])
            if seen is not None and where in seen:
                continue
            if _is_link(name, f"{self.root}/{where}"):
                raise FileError(f"{name}: {where} is a link; confsync follows none")
            if seen is not None:
                seen.add(where)
        return self.root / path

    # -- the lock and the state directory ----------------------------------------------------------

    @contextlib.contextmanager
    def lock(self, *, sweep: bool = True) -> Iterator[None]:
        """Hold the mirror, and `sweep` it. Raises LockedError, FileError."""
        with lock.locked(self.root / STATE):
            if sweep:
                self.sweep()
            yield

    def sweep(self) -> None:
        """Remove what a run that was killed left empty or half; only for who holds the lock."""
        for path in self.root.iterdir():
            if path.name.startswith(TEMPORARY):
                disk.drop(str(path))
        for space in self.config.spaces:
            for emptied in (self.root / space.path / MOVING).glob("*/"):
                self.drop_empty(emptied)
            self.drop_empty(self.root / space.path / MOVING)
            for directory, _, names in os.walk(self.root / space.path):
                for name in names:
                    if name.startswith(TEMPORARY):
                        disk.drop(os.path.join(directory, name))
                if directory.rpartition(os.sep)[2].startswith(TEMPORARY):
                    disk.remove_empty(Path(directory))


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet. Raises FileError."""

    def absent() -> None:
        if os.path.lexists(path):
            raise FileError(f"{path} exists already")

    absent()
    try:
        disk.replace(path, text.encode(), absent)
    except OSError as error:
        raise file_error(str(path), "cannot be written", error) from None


def _is_link(name: str, path: Path | str) -> bool:
    return stat.S_ISLNK(_mode(name, path) or 0)


def _mode(name: str, path: Path | str) -> int | None:
    """What kind of file stands somewhere; None for nothing."""
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:  # such as a name that is too long
        raise file_error(name, "cannot be reached", error) from None


def current(name: str, path: Path) -> bytes | None:
    """Return the bytes of the file that stands somewhere; None for nothing. Raises FileError."""
    mode = _mode(name, path)
    if mode is None:
        return None
    if stat.S_ISLNK(mode):
        raise FileError(f"{name}: is a link; confsync follows none")
    try:
        return regular.read(path, regular.DOCUMENT_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise file_error(name, "cannot be read", error) from None


def _changed(name: str) -> ChangedMeanwhileError:
    return ChangedMeanwhileError(
        f"{name}: changed while confsync ran; it was left alone", hint="run the command again"
    )


def file_error(name: str, what: str, error: OSError) -> FileError:
    return FileError(f"{name}: {what}: {error.strerror or error}")
