"""The replacement of many files, which become durable together.

Each file is always entirely old or entirely new. Most of the time of a write is the wait for the
disk. A disk needs nearly the same time for many files as for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from confsync.document import document, frontmatter
from confsync.document.document import NOTHING_NEW, Document, Fields
from confsync.errors import ConfsyncError
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror, file_error
from confsync.mirror.state import disk
from confsync.mirror.state.disk import Key
from confsync.model.page import Page
from confsync.model.stamp import Stamp
from confsync.workers import Workers

# Texts that wait for the disk while more are made.
AHEAD = 16


@dataclass(frozen=True, slots=True)
class Prepared:
    """A durable file without its name, and the key that recognises it."""

    name: str
    key: Key | None


@dataclass(frozen=True, slots=True)
class Writing:
    """A file to replace as a whole, as `Mirror.write` does; its data may be `Prepared`.

    `base` is stored in the cache first: stamp, title and body. `outline` is the document if it
    equals its stamp.
    """

    name: str
    data: bytes | Prepared
    expected: bytes | None
    base: tuple[Stamp, str, str] | None = None
    outline: Document | None = None


def settling(
    mirror: Mirror, entry: Entry, stamp: Stamp, page: Page, new: Fields = NOTHING_NEW
) -> Writing:
    """Return the write that `Mirror.settle` would do. Raise NotUnicodeError."""
    data = mirror.settled(entry, stamp, page, new)
    found, title = entry.document, page.info.title
    kept = new.labels if new.labels is not None else found.labels if found else None
    plain = not (stamp.attachments or (found and found.listed) or new.settings)
    outline = document.outline(title, stamp, kept) if plain else None
    if outline and found:
        outline = outline._replace(settings=found.settings)
    return Writing(entry.path, data, entry.raw, (stamp, title, page.body), outline)


def replace_all(
    mirror: Mirror, writes: Iterable[Writing], workers: Workers
) -> list[ConfsyncError | None]:
    """Replace files, each as `Mirror.write` does. Return the error of each, or None.

    The writes are taken one by one; the first are written while more are made. All texts are
    durable before the first gets its name. The directories become durable at the end, once each. A
    kill in between leaves old files, new files and temporary files.
    """
    return _Replacing(mirror).run(writes, workers.locally, workers.locally)


def name_all(
    mirror: Mirror, writes: Iterable[Writing], workers: Workers
) -> list[ConfsyncError | None]:
    """Do the same as `replace_all` for prepared files, which need no wait for the disk.

    Only the directories must become durable.
    """
    return _Replacing(mirror).run(writes, Workers(1, 1), workers.locally)


def prepare_all(directory: Path, texts: Iterable[bytes], workers: Workers) -> list[Prepared | None]:
    """Write texts to durable files without names. Return None for each text that fails.

    The texts are taken one by one; the first are written while more are made.
    """

    def prepare(text: bytes) -> Prepared | None:
        try:
            return _prepared(directory / "text", text)
        except OSError:
            return None  # the later write tries again and reports the error

    hands = workers.locally
    return list(hands.ahead(prepare, texts, at_most=hands.hands, window=AHEAD))


class _Replacing:
    """One call of `replace_all`."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._asked: list[Writing] = []
        self._directories: set[Path] = set()
        self._seen: set[str] = set()
        self._parents: dict[str, Path] = {}  # known directories, by mirror path

    def run(
        self, writes: Iterable[Writing], hands: Workers, syncing: Workers
    ) -> list[ConfsyncError | None]:
        ready: list[tuple[Path, Prepared] | ConfsyncError] = []
        answers: list[ConfsyncError | None] = []
        try:
            placed = self._with_places(writes)
            for one in hands.ahead(self._prepare, placed, at_most=hands.hands, window=AHEAD):
                ready.append(one)
            self._mirror.bases.put_all([write.base for write in self._asked if write.base])
            for write, found in zip(self._asked, ready, strict=True):
                if isinstance(found, ConfsyncError):
                    answers.append(found)
                else:
                    answers.append(self._put_in_place(write, *found))
        finally:
            for left in ready[len(answers) :]:
                if not isinstance(left, ConfsyncError):
                    disk.drop(left[1].name)
        directories = sorted(self._directories)
        synced = syncing.each(_sync, directories)
        lost = {place: error for place, error in zip(directories, synced, strict=True) if error}
        return [
            answer or (lost.get(self._parent(write)) if lost else None)
            for write, answer in zip(self._asked, answers, strict=True)
        ]

    def _with_places(
        self, writes: Iterable[Writing]
    ) -> Iterator[tuple[Writing, Path | ConfsyncError]]:
        """Yield each write with its path, or with the error if it has no place."""
        for write in writes:
            self._asked.append(write)
            yield write, self._placed(write)

    def _placed(self, write: Writing) -> Path | ConfsyncError:
        where, _, last = write.name.rpartition("/")
        known = self._parents.get(where)
        if known is not None and disk.is_name(last):
            return known / last
        try:
            path = self._mirror.inside(write.name, self._seen)
            disk.make_directories(path.parent, self._directories)
        except OSError as error:
            return file_error(write.name, "cannot be written", error)
        except ConfsyncError as error:
            return error
        self._parents[where] = path.parent
        return path

    def _parent(self, write: Writing) -> Path:
        """Return the directory of a file that has its place."""
        return self._parents[write.name.rpartition("/")[0]]

    def _prepare(
        self, asked: tuple[Writing, Path | ConfsyncError]
    ) -> tuple[Path, Prepared] | ConfsyncError:
        write, path = asked
        if isinstance(path, ConfsyncError):
            return path
        if isinstance(write.data, Prepared):
            return path, write.data
        try:
            return path, _prepared(path, write.data)
        except OSError as error:
            return file_error(write.name, "cannot be written", error)

    def _put_in_place(
        self, write: Writing, path: Path, temporary: Prepared
    ) -> ConfsyncError | None:
        mirror = self._mirror
        try:
            disk.put_in_place(
                path, temporary.name, lambda: mirror.check(write.name, path, write.expected)
            )
        except OSError as error:
            return file_error(write.name, "cannot be written", error)
        except ConfsyncError as error:
            return error
        self._directories.add(self._parent(write))
        mirror.note(write.name)
        # A document with an invalid title must be read again, because its readers report the error.
        if write.outline is not None and frontmatter.is_title(write.outline.title):
            self._note_fresh(path, temporary.key, write)
        return None

    def _note_fresh(self, path: Path, before: Key | None, write: Writing) -> None:
        """Note the key of the file, if its next change will surely change the key.

        Its name is new, and giving it the name changed the inode. If the clock has ticked since the
        write, every later change has a later time.
        """
        key = disk.key(path)
        if before is None or key is None or write.outline is None:
            return
        size, written, renamed, inode = key
        if (size, written, inode) == (before[0], before[1], before[3]) and written < renamed:
            known = (before[0], before[1], renamed, before[3])  # equal numbers are one object each
            self._mirror.fresh[write.name] = known, write.outline


def _prepared(path: Path, data: bytes) -> Prepared:
    name = disk.prepare(path, data)
    return Prepared(name, disk.key(name))


def _sync(directory: Path) -> ConfsyncError | None:
    """Make the names in a directory durable. Return the error if that fails."""
    try:
        disk.sync_directory(directory)
    except OSError as error:
        return file_error(str(directory), "cannot be written", error)
    return None
