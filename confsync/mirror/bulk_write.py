"""Replacing many files: each entirely old or entirely new, and all of them durable together.

Waiting for the disk is most of what writing a file takes, and a disk waits for many files in nearly
the time that it takes for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from confsync.document import document, frontmatter
from confsync.document.document import Document
from confsync.errors import ConfsyncError
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror, file_error
from confsync.mirror.state import disk
from confsync.mirror.state.disk import Key
from confsync.model.page import Page
from confsync.model.stamp import Stamp
from confsync.workers import Workers

# Texts that wait for the disk, while more are made.
AHEAD = 16


@dataclass(frozen=True, slots=True)
class Prepared:
    """A durable file that is to have a name, and how it is recognised until then."""

    name: str
    key: Key | None


@dataclass(frozen=True, slots=True)
class Writing:
    """A file that is to be replaced as a whole, as for `Mirror.write`; perhaps `Prepared` already.

    `base` is what the cache shall remember before that: stamp, title and body. `outline` is the
    document, if it will say what its stamp says.
    """

    name: str
    data: bytes | Prepared
    expected: bytes | None
    base: tuple[Stamp, str, str] | None = None
    outline: Document | None = None


def settling(
    mirror: Mirror, entry: Entry, stamp: Stamp, page: Page, labels: tuple[str, ...] | None = None
) -> Writing:
    """What `Mirror.settle` writes to a document. Raises NotUnicodeError."""
    data = mirror.settled(entry, stamp, page, labels)
    found, title = entry.document, page.info.title
    kept = labels if labels is not None else found.labels if found else None
    plain = not (stamp.attachments or (found and found.listed))
    outline = document.outline(title, stamp, kept) if plain else None
    return Writing(entry.path, data, entry.raw, (stamp, title, page.body), outline)


def replace_all(
    mirror: Mirror, writes: Iterable[Writing], workers: Workers
) -> list[ConfsyncError | None]:
    """Replace files, each as `Mirror.write` does; answers for each why it could not be.

    The writes are taken one by one, and while more are made of something, the first are written.
    All texts are durable before the first has its name; the directories become so at the end, once
    each. A kill in between leaves files that are old, files that are new, and temporary ones.
    """
    return _Replacing(mirror).run(writes, workers.locally, workers.locally)


def name_all(
    mirror: Mirror, writes: Iterable[Writing], workers: Workers
) -> list[ConfsyncError | None]:
    """What `replace_all` does, of files that are prepared: there is nothing to wait for, until the
    directories are to be durable."""
    return _Replacing(mirror).run(writes, Workers(1, 1), workers.locally)


def prepare_all(directory: Path, texts: Iterable[bytes], workers: Workers) -> list[Prepared | None]:
    """Write texts that are to have names to durable files in a directory; None where one cannot be.

    The texts are taken one by one, and while more are made of something, the first are written.
    """

    def prepare(text: bytes) -> Prepared | None:
        try:
            return _prepared(directory / "text", text)
        except OSError:
            return None  # is tried again, and told, when it has a name

    hands = workers.locally
    return list(hands.ahead(prepare, texts, at_most=hands.hands, window=AHEAD))


class _Replacing:
    """One call of `replace_all`."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._asked: list[Writing] = []
        self._directories: set[Path] = set()
        self._seen: set[str] = set()
        self._parents: dict[str, Path] = {}  # that were looked at, by their paths in the mirror

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
        """The writes as they are taken, each with its path, which has a directory, or why not."""
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
        """The directory of a file that has its place."""
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
        # With a title that is none it is an error to whoever reads it, and is to be read for that.
        if write.outline is not None and frontmatter.is_title(write.outline.title):
            self._note_fresh(path, temporary.key, write)
        return None

    def _note_fresh(self, path: Path, before: Key | None, write: Writing) -> None:
        """Note how the file is recognised, if its next change is sure to show.

        Nobody knew its name before, and to give it that is a change of the inode. Where the clock
        has ticked since it was written, whatever is done to it now has a later time.
        """
        key = disk.key(path)
        if before is None or key is None or write.outline is None:
            return
        size, written, renamed, inode = key
        if (size, written, inode) == (before[0], before[1], before[3]) and written < renamed:
            self._mirror.fresh[write.name] = key, write.outline


def _prepared(path: Path, data: bytes) -> Prepared:
    name = disk.prepare(path, data)
    return Prepared(name, disk.key(name))


def _sync(directory: Path) -> ConfsyncError | None:
    """Make the names in a directory durable; answers why that is not possible."""
    try:
        disk.sync_directory(directory)
    except OSError as error:
        return file_error(str(directory), "cannot be written", error)
    return None
