"""The mirror on disk: one way to write, one way to move, one lock.

A mirror file is always entirely old or entirely new, and a file that is not byte for byte what
was read at the start is never written.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import filelock
import yaml

from confsync import disk, document, paths, removals
from confsync.audit import AuditLog
from confsync.basestore import STATE, BaseStore, make_state
from confsync.config import Config, SpaceConfig
from confsync.errors import ChangedMeanwhileError, FileError, LockedError
from confsync.model import Folder, Page, Stamp
from confsync.scan import MOVING, Entry, SpaceScan, scan

HOLDER = "holder"


class Mirror:
    """A directory with a configuration at its root."""

    def __init__(self, root: Path, config: Config) -> None:
        self.root = root
        self.config = config
        self.bases = BaseStore(root / STATE / "bases")
        self.audit = AuditLog(root / STATE / "audit.jsonl")
        # What was written, moved or removed, as mirror paths: for whoever commits it.
        self.written: set[str] = set()

    def scan(self) -> tuple[SpaceScan, ...]:
        """Read every document once."""
        return scan(self.root, self.config.spaces)

    # -- writing -----------------------------------------------------------------------------------

    def write(self, name: str, data: bytes, *, expected: bytes | None) -> None:
        """Replace a file as a whole, durably, if it still is what was read.

        `expected` is the bytes read at the start, None for a file that must not be there. Raises
        ChangedMeanwhileError, FileError. Between the check and the replace stays a moment in which
        an editor's save is lost; nothing portable closes it.
        """
        path = self._inside(name)
        try:
            disk.replace(path, data, lambda: self._check(name, path, expected))
        except OSError as error:
            raise _file_error(name, "cannot be written", error) from None
        self._note(name)

    def settle(
        self, entry: Entry, stamp: Stamp, page: Page, labels: tuple[str, ...] | None = None
    ) -> None:
        """Write to a document what the server stored of it, if it still is what was sent.

        Raises ChangedMeanwhileError, FileError, NotUnicodeError.
        """
        if entry.document is None:
            raise ValueError(f"{entry.path} cannot be read")
        title, body = page.info.title, page.body
        self.bases.put(stamp, title, body)
        data = document.update(
            entry.document, stamp, title=title, body=body, labels=labels, how=self.config.layout
        )
        self.write(entry.path, data, expected=entry.raw)

    def remove(self, name: str, *, expected: bytes, page_id: str | None = None) -> None:
        """Move an unmodified file to the trash, if it still is what was read.

        With `page_id` it is noted that not whoever works here deleted that page's document.
        """
        path = self._inside(name)
        self._check(name, path, expected)
        self.keep_in_trash(name, expected)
        try:
            if page_id is not None:
                removals.note(self.root / STATE, page_id)
            # Last of all: what somebody saves while the rest is written must be seen.
            self._check(name, path, expected)
            disk.unlink(path)
        except ChangedMeanwhileError:
            if page_id is not None:
                removals.forget(self.root / STATE, page_id)
            raise
        except OSError as error:
            raise _file_error(name, "cannot be removed", error) from None
        self._note(name)
        self._drop_empty(path.parent)

    def keep_in_trash(self, name: str, data: bytes) -> None:
        """A copy of what a file gives up, below `.confsync/trash`."""
        self.write(self._free_trash_name(name), data, expected=None)

    def write_folder(self, directory: str, folder: Folder) -> None:
        """Note which folder a directory is; only when that is news."""
        name = f"{directory}/{paths.FOLDER_FILE}"
        data = yaml.safe_dump(
            {"id": folder.id, "title": folder.title}, sort_keys=False, allow_unicode=True
        ).encode()
        before = _current(name, self._inside(name))
        if before != data:
            self.write(name, data, expected=before)

    def drop_folder(self, directory: str) -> None:
        """Forget that a directory is a folder, and remove it when nothing else stands in it."""
        path = self._inside(f"{directory}/{paths.FOLDER_FILE}")
        with contextlib.suppress(OSError):
            disk.unlink(path)
            self._note(f"{directory}/{paths.FOLDER_FILE}")
        self._drop_empty(path.parent)

    def move(
        self,
        space: SpaceConfig,
        moves: Mapping[str, str],
        wanted: Mapping[str, str | None],
        between: Callable[[], None] = lambda: None,
    ) -> dict[str, str]:
        """Give documents their new places, old path to new path; answers what could not be moved.

        First everything goes to a directory that says which parent the document wants (`wanted`, by
        old path), children before parents; then `between` is called; then everything goes to its
        place, parents before children: at no moment, killed or not, a document stands below a page
        that is neither its old parent nor its new one. What is killed half-way is found by the next
        scan and moved on. The answer maps new paths to the reason.
        """
        waiting = self._inside(f"{space.path}/{MOVING}")
        held: list[tuple[Path, str]] = []
        failed: dict[str, str] = {}
        try:
            disk.make_directories(waiting)
            for old, new in sorted(moves.items(), key=lambda move: -move[0].count("/")):
                prefix = f"{wanted.get(old) or 'none'}-"
                # A directory of its own: what an earlier run left waiting is never in the way,
                # and a document that this one leaves keeps its file name.
                place = disk.temporary_directory(waiting, prefix) / Path(new).name
                try:
                    disk.rename(self._inside(old), place)
                except OSError as error:
                    failed[new] = f"cannot be moved from {old}: {error.strerror}"
                else:
                    self._note(old)
                    held.append((place, new))
            disk.sync_directory(waiting)
            between()
            for place, new in sorted(held, key=lambda move: move[1].count("/")):
                why = self._land(place, new)
                if why:
                    failed[new] = why
                else:
                    self._note(new)
        except OSError as error:
            raise _file_error(space.path, "a page could not be moved", error) from None
        finally:
            for old in moves:
                self._drop_empty(self._inside(old).parent)
            for place, _ in held:
                self._drop_empty(place.parent)
            self._drop_empty(waiting)
        return failed

    def hand_over(self, name: str, space: SpaceConfig, parent: str | None) -> None:
        """Move a document to another space's directory, where it waits for its place.

        There it says which parent it wants, as in any move: the next pull finds it. Raises
        FileError.
        """
        path, waiting = self._inside(name), self._inside(f"{space.path}/{MOVING}")
        try:
            disk.make_directories(waiting)
            disk.rename(path, disk.temporary_directory(waiting, f"{parent or 'none'}-") / path.name)
            disk.sync_directory(waiting)
        except OSError as error:
            raise _file_error(name, f"cannot be moved to {space.path}", error) from None
        self._drop_empty(path.parent)

    def _land(self, place: Path, new: str) -> str:
        """Give one waiting document its new place; answers why that is not possible."""
        target = self._inside(new)
        waits = f"the page waits as {place.relative_to(self.root).as_posix()}"
        try:
            disk.make_directories(target.parent)
            if os.path.lexists(target):
                return f"something else stands there; {waits}"
            disk.rename(place, target)
        except OSError as error:
            return f"{error.strerror or error}: {error.filename or new}; {waits}"
        return ""

    def _note(self, name: str) -> None:
        if not name.startswith(f"{STATE}/"):
            self.written.add(name)

    def _check(self, name: str, path: Path, expected: bytes | None) -> None:
        if _current(name, path) != expected:
            raise ChangedMeanwhileError(
                f"{name}: changed while confsync ran; it was left alone",
                hint="run the command again",
            )

    def _drop_empty(self, directory: Path) -> None:
        """Remove directories that have become empty, up to the mirror's own."""
        while directory != self.root and disk.remove_empty(directory):
            directory = directory.parent

    def _free_trash_name(self, name: str) -> str:
        for number in range(1_000_000):
            candidate = f"{STATE}/trash/{name}" + (f".{number}" if number else "")
            if not os.path.lexists(self.root / candidate):
                return candidate
        raise FileError(f"{name}: the trash is full", hint=f"empty {STATE}/trash")

    def _inside(self, name: str) -> Path:
        """The absolute path, which no name and no link may lead out of the mirror, or into what is
        not confsync's in it."""
        parts = Path(name).parts
        if ".." in parts or Path(name).is_absolute():
            raise FileError(f"{name}: would be written outside the mirror")
        path = self.root
        for part in parts[:-1]:
            path /= part
            if _is_link(name, path):
                where = path.relative_to(self.root).as_posix()
                raise FileError(f"{name}: {where} is a link; confsync follows none")
        return self.root / name

    # -- the lock and the state directory ----------------------------------------------------------

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the mirror; one confsync at a time. The lock of a dead process holds nobody."""
        state = self.root / STATE
        try:
            make_state(state)
        except OSError as error:
            raise _file_error(STATE, "cannot be written", error) from None
        lock = filelock.FileLock(state / "lock", timeout=0)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise LockedError(
                f"another confsync is working on this mirror{_holder(state)}",
                hint="wait until it is done, then run the command again",
            ) from None
        except OSError as error:
            raise _file_error(STATE, "cannot be written", error) from None
        try:
            _hold(state)
            self._sweep()
            yield
        finally:
            lock.release()

    def _sweep(self) -> None:
        """Remove what a run that was killed left empty or half; nobody else holds the lock."""
        for space in self.config.spaces:
            for emptied in (self.root / space.path / MOVING).glob("*/"):
                self._drop_empty(emptied)
            for directory, _, files in os.walk(self.root / space.path):
                for name in files:
                    if name.startswith(disk.TEMPORARY):
                        with contextlib.suppress(OSError):
                            disk.unlink(Path(directory, name))


def _hold(state: Path) -> None:
    """Leave word of who holds the lock, for whom it keeps waiting."""
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    with contextlib.suppress(OSError):
        text = f"process {os.getpid()} since {since}"
        disk.replace(state / HOLDER, text.encode(), lambda: None, durable=False)


def _holder(state: Path) -> str:
    try:
        return f" ({(state / HOLDER).read_text(encoding='ascii')[:80]})"
    except (OSError, UnicodeDecodeError):
        return ""


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet. Raises FileError."""

    def absent() -> None:
        if os.path.lexists(path):
            raise FileError(f"{path} exists already")

    absent()
    try:
        disk.replace(path, text.encode(), absent)
    except OSError as error:
        raise _file_error(str(path), "cannot be written", error) from None


def _is_link(name: str, path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError as error:  # such as a name that is too long
        raise _file_error(name, "cannot be reached", error) from None


def _current(name: str, path: Path) -> bytes | None:
    if _is_link(name, path):
        raise FileError(f"{name}: is a link; confsync follows none")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _file_error(name, "cannot be read", error) from None


def _file_error(name: str, what: str, error: OSError) -> FileError:
    return FileError(f"{name}: {what}: {error.strerror or error}")
