"""Replacing many files: each entirely old or entirely new, and all of them durable together.

Waiting for the disk is most of what writing a file takes, and a disk waits for many files in nearly
the time that it takes for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from confsync import disk
from confsync.errors import ConfsyncError
from confsync.mirror import Mirror, file_error
from confsync.model import Page, Stamp
from confsync.scan import Entry
from confsync.work import Workers

# Texts that wait for the disk, while more are made.
AHEAD = 16


@dataclass(frozen=True, slots=True)
class Writing:
    """A file that is to be replaced as a whole, as for `Mirror.write`.

    `base` is what the cache shall remember before that: stamp, title and body.
    """

    name: str
    data: bytes
    expected: bytes | None
    base: tuple[Stamp, str, str] | None = None


def settling(
    mirror: Mirror, entry: Entry, stamp: Stamp, page: Page, labels: tuple[str, ...] | None = None
) -> Writing:
    """What `Mirror.settle` writes to a document. Raises NotUnicodeError."""
    data = mirror.settled(entry, stamp, page, labels)
    return Writing(entry.path, data, entry.raw, (stamp, page.info.title, page.body))


def replace_all(
    mirror: Mirror, writes: Iterable[Writing], workers: Workers
) -> list[ConfsyncError | None]:
    """Replace files, each as `Mirror.write` does; answers for each why it could not be.

    The writes are taken one by one, and while more are made of something, the first are written.
    All texts are durable before the first has its name; the directories become so at the end, once
    each. A kill in between leaves files that are old, files that are new, and temporary ones.
    """
    replacing = _Replacing(mirror)
    return replacing.run(writes, workers.locally)


class _Replacing:
    """One call of `replace_all`."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._asked: list[Writing] = []
        self._directories: set[Path] = set()

    def run(self, writes: Iterable[Writing], workers: Workers) -> list[ConfsyncError | None]:
        prepared: list[str | ConfsyncError] = []
        answers: list[ConfsyncError | None] = []
        try:
            ready = self._with_directories(writes)
            for one in workers.ahead(self._prepare, ready, at_most=workers.hands, window=AHEAD):
                prepared.append(one)
            for write, temporary in zip(self._asked, prepared, strict=True):
                failed = temporary if isinstance(temporary, ConfsyncError) else None
                answers.append(failed or self._put_in_place(write, str(temporary)))
        finally:
            for left in prepared[len(answers) :]:
                if isinstance(left, str):
                    disk.drop(left)
        directories = sorted(self._directories)
        synced = workers.each(_sync, directories)
        lost = dict(zip(directories, synced, strict=True))
        return [
            answer or lost.get((self._mirror.root / write.name).parent)
            for write, answer in zip(self._asked, answers, strict=True)
        ]

    def _with_directories(
        self, writes: Iterable[Writing]
    ) -> Iterator[tuple[Writing, ConfsyncError | None]]:
        """The writes as they are taken, each with a directory to be written in, or why not."""
        for write in writes:
            self._asked.append(write)
            failed: ConfsyncError | None = None
            try:
                parent = self._mirror.inside(write.name).parent
                disk.make_directories(parent, self._directories)
            except OSError as error:
                failed = file_error(write.name, "cannot be written", error)
            except ConfsyncError as error:
                failed = error
            yield write, failed

    def _prepare(self, asked: tuple[Writing, ConfsyncError | None]) -> str | ConfsyncError:
        write, failed = asked
        if failed is not None:
            return failed
        if write.base:
            self._mirror.bases.put(*write.base)
        try:
            return disk.prepare(self._mirror.root / write.name, write.data)
        except OSError as error:
            return file_error(write.name, "cannot be written", error)

    def _put_in_place(self, write: Writing, temporary: str) -> ConfsyncError | None:
        mirror, path = self._mirror, self._mirror.root / write.name
        try:
            disk.put_in_place(
                path, temporary, lambda: mirror.check(write.name, path, write.expected)
            )
        except OSError as error:
            return file_error(write.name, "cannot be written", error)
        except ConfsyncError as error:
            return error
        self._directories.add(path.parent)
        mirror.note(write.name)
        return None


def _sync(directory: Path) -> ConfsyncError | None:
    """Make the names in a directory durable; answers why that is not possible."""
    try:
        disk.sync_directory(directory)
    except OSError as error:
        return file_error(str(directory), "cannot be written", error)
    return None
