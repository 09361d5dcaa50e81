"""The mirror on disk, with one way to write and one lock. It only writes what it read before."""

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
from confsync.mirror.entry import Entry, read, seal_of
from confsync.mirror.git import removals
from confsync.mirror.git.removals import Move
from confsync.mirror.scan import SpaceScan, scan
from confsync.mirror.state import disk, lock, people, regular
from confsync.mirror.state.audit import AuditLog
from confsync.mirror.state.base_cache import STATE, BaseStore
from confsync.mirror.state.disk import Key
from confsync.mirror.state.people import People
from confsync.mirror.state.sweep import drop_empty, sweep, sweep_top
from confsync.model.config import Config, SpaceConfig
from confsync.model.filenames import REMOVED, TEMPORARY
from confsync.model.hint import marked, mentioned
from confsync.model.stamp import Stamp

if TYPE_CHECKING:
    from confsync.mirror.index import Index
    from confsync.model.page import Page


class Mirror:
    """A directory with a configuration at its root."""

    def __init__(self, root: Path, config: Config) -> None:
        self.root = root
        self.config = config
        self.own = config.spaces  # where this run may write; it holds the locks of these spaces
        self.bases = BaseStore(root / STATE / "bases")
        self.audit = AuditLog(root / STATE / "audit.jsonl")
        self.people = People(root / STATE / people.NAME)
        # The bases from git, by page id and digest; None for a base that git lacks.
        self.committed: dict[tuple[str, str], tuple[str, str] | None] = {}
        self.written: set[str] = set()  # paths that were written, moved or removed, for a commit
        # The written documents that equal their stamps, with their keys, for the index.
        self.fresh: dict[str, tuple[Key, Document]] = {}
        self.index: Index | None = None  # if this run reads only changed documents
        self.marker_size: int | None = None  # of conflicts, if git was asked

    def whole(self, entry: Entry) -> Entry:
        """Return a document with its text, if only title and stamp are known.

        Raise ChangedMeanwhileError if title, text or stamp changed, or any byte of a sealed one.
        """
        outline = entry.document
        if entry.raw or outline is None:
            return entry
        found = read(self.root, entry.path)
        now = found.document
        as_known = (outline.title, outline.digest, outline.stamp)
        if now is None or (now.title, now.digest, now.stamp) != as_known:
            raise _changed(entry.path)
        if entry.seal and seal_of(found.raw) != entry.seal:
            raise _changed(entry.path)
        return found

    def scan(self, reading: Callable[[Path, str], Entry] | None = None) -> tuple[SpaceScan, ...]:
        """Read every document once; `reading` is as for `scan.scan`."""
        scans = scan(self.root, self.config.spaces, reading)
        if not any(one.lost or one.broken for one in scans):
            return scans
        from confsync.mirror.unreadable import identified  # loads git; rarely needed

        return identified(self.root, scans, self.config.part_name)

    # -- writing -----------------------------------------------------------------------------------

    def write(self, name: str, data: bytes, *, expected: bytes | None) -> None:
        """Replace a file as a whole and durably, if it did not change since it was read.

        `expected` is the bytes read at the start, or None for a file that must not exist. Raise
        ChangedMeanwhileError, FileError. An editor's save between the check and the replacement is
        lost; no portable call prevents that.
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
        """Write the text that the server stored to a document, if it did not change meanwhile.

        Raise ChangedMeanwhileError, FileError, NotUnicodeError.
        """
        self.bases.put(stamp, page.info.title, page.body)
        self.write(
            entry.path, self.settled(entry, stamp, page, Fields(labels=labels)), expected=entry.raw
        )

    def settled(self, entry: Entry, stamp: Stamp, page: Page, new: Fields) -> bytes:
        """Return the bytes of a document after it is settled. Raise NotUnicodeError."""
        if entry.document is None:
            raise ValueError(f"{entry.path} cannot be read")
        fields = new._replace(title=page.info.title, body=page.body)
        return document.update(entry.document, stamp, fields, self.config.layout)

    def put(self, name: str, source: Path, *, expected: str | None, keep: bool = False) -> None:
        """Put a downloaded file in place, if the present file did not change since it was read.

        `expected` is the present file's digest, or None without a file. With `keep`, the present
        file goes to the trash. Raise ChangedMeanwhileError, FileError.
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
        """Keep a downloaded file that is given up, below `.confsync/trash`."""
        self.put(self._free_trash_name(name), source, expected=None)

    def discard(self, name: str, *, expected: str) -> None:
        """Move an attachment's file to the trash, if it did not change since it was read."""
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
            raise FileError(f"{mentioned(name)}: is a link; confsync follows no links")
        from confsync.mirror import attachment_files as files

        now = files.digest_of(path, name)[0] if os.path.lexists(path) else None
        if now != expected:
            raise _changed(name)

    def remove(self, name: str, *, expected: bytes) -> None:
        """Move an unmodified file to the trash, if it did not change since it was read."""
        path = self.inside(name)
        self.check(name, path, expected)
        self.keep_in_trash(name, expected)
        try:
            # The last step: a save during the steps before must be seen.
            self.check(name, path, expected)
            disk.unlink(path)
        except OSError as error:
            raise file_error(name, "cannot be removed", error) from None
        self.note(name)
        self.drop_empty(path.parent)

    def note_removals(self, stamps: Iterable[Stamp]) -> None:
        """Note that a pull, not a person, removes the documents with these stamps.

        Raise FileError.
        """
        self.written.update(removals.note(self.root, stamps))

    def note_moves(self, moves: Iterable[Move]) -> None:
        """Note that a pull moves documents. Raise FileError."""
        self.written.update(removals.note_moves(self.root, moves))

    def forget_removals(self, page_ids: Collection[str], moved: Collection[str] = ()) -> None:
        """Remove the notes about pages whose documents are back, and about moves of `moved`."""
        if removals.forget(self.root, page_ids, moved):
            self.note(REMOVED)

    def keep_in_trash(self, name: str, data: bytes) -> None:
        """Keep a copy of the data that a file gives up, below `.confsync/trash`."""
        self.write(self._free_trash_name(name), data, expected=None)

    @contextlib.contextmanager
    def nameless(self, directory: str) -> Iterator[Path]:
        """Yield a directory for files that get their names later, below a directory of the mirror.

        At the end it is removed, with all files that still have no name. Raise FileError.
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
        """Record that a file was written, moved or removed, for a later commit."""
        if not name.startswith(f"{STATE}/"):
            self.written.add(name)

    def note_gone(self, name: str) -> None:
        """Record a file that a person deleted earlier for the commit, unless it is back."""
        with contextlib.suppress(FileError):
            if not os.path.lexists(self.inside(name)):
                self.note(name)

    def check_writable(self, name: str, probed: set[Path], *, probe: bool = True) -> None:
        """Raise FileError if a document cannot be replaced after a push.

        Then a link is in its path, or its directory takes no new file. `probed` collects the
        directories that do. Without `probe`, nothing is written to find out.
        """
        directory = self.inside(name).parent
        if not probe or directory in probed:
            return
        try:
            disk.probe(directory)
        except OSError as error:
            raise file_error(
                name, "cannot be updated after a push, so it is not sent", error
            ) from None
        probed.add(directory)

    def check(self, name: str, path: Path, expected: bytes | None) -> None:
        """Raise ChangedMeanwhileError if a file changed since it was read; None means no file."""
        if current(name, path) != expected:
            raise _changed(name)

    def drop_empty(self, directory: Path) -> None:
        """Remove empty directories upward, below the mirror's root."""
        drop_empty(directory, self.root)

    def _free_trash_name(self, name: str) -> str:
        trash = f"{STATE}/trash"
        for number in range(10_000):
            candidate = f"{trash}/{name}" + (f".{number}" if number else "")
            if not os.path.lexists(self.root / candidate):
                return candidate
        hint = f"'rm -r {marked(trash)}' empties it"
        raise FileError(f"{mentioned(name)}: the trash is full", hint=hint)

    def inside(self, name: str, seen: set[str] | None = None) -> Path:
        """Return the absolute path of a name. No name and no link may lead out of the mirror.

        `seen` collects directories that are already checked. Raise FileError.
        """
        path = Path(name)
        parts = path.parts
        if ".." in parts or path.is_absolute():
            raise FileError(f"{mentioned(name)}: would be written outside the mirror")
        for number in range(1, len(parts)):
            where = "/".join(parts[:number])
            if seen is not None and where in seen:
                continue
            if _is_link(name, f"{self.root}/{where}"):
                place = f"{mentioned(name)}: {mentioned(where)}"
                raise FileError(f"{place} is a link; confsync follows no links")
            if seen is not None:
                seen.add(where)
        return self.root / path

    # -- the lock and the state directory ----------------------------------------------------------

    @contextlib.contextmanager
    def lock(self, *, sweep: bool = True, files: bool = True) -> Iterator[None]:
        """Hold the locks of the own spaces, and `sweep` them. Raise LockedError, FileError."""
        keys = () if self.is_whole else {space.key for space in self.own}
        with lock.locked(self.root / STATE, keys):
            if sweep:
                self.sweep(files=files)
            yield

    @property
    def is_whole(self) -> bool:
        """Return whether this run may write in every space of the mirror."""
        return len(self.own) == len(self.config.all_spaces)

    def part(self, spaces: tuple[SpaceConfig, ...]) -> Mirror:
        """Return the mirror of some spaces alone, for a run that leaves the others alone."""
        return Mirror(self.root, self.config.part(spaces))

    def sweep(self, *, files: bool = True) -> None:
        """Remove what a killed run left, also beside attachments (`files`), under the lock."""
        sweep_top(self.root)
        sweep(self.root, (space.path for space in self.own), files=files)


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet. Raise FileError."""

    def absent() -> None:
        if os.path.lexists(path):
            raise FileError(f"{mentioned(str(path))} exists already")

    absent()
    try:
        disk.replace(path, text.encode(), absent)
    except OSError as error:
        raise file_error(str(path), "cannot be written", error) from None


def _is_link(name: str, path: Path | str) -> bool:
    return stat.S_ISLNK(_mode(name, path) or 0)


def _mode(name: str, path: Path | str) -> int | None:
    """Return the mode of a file, or None if there is none."""
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:  # such as a name that is too long
        raise file_error(name, "cannot be reached", error) from None


def current(name: str, path: Path) -> bytes | None:
    """Return the bytes of a file, or None if there is none. Raise FileError."""
    mode = _mode(name, path)
    if mode is None:
        return None
    if stat.S_ISLNK(mode):
        raise FileError(f"{mentioned(name)}: is a link; confsync follows no links")
    try:
        return regular.read(path, regular.DOCUMENT_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise file_error(name, "cannot be read", error) from None


def _changed(name: str) -> ChangedMeanwhileError:
    why = f"{mentioned(name)}: changed while confsync ran; confsync left it unchanged"
    return ChangedMeanwhileError(why, hint="run the command again")


def file_error(name: str, what: str, error: OSError) -> FileError:
    return FileError(f"{mentioned(name)}: {what}: {error.strerror or error}")
