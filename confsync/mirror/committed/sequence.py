"""The order of a page's stamps in HEAD's history, for what makes no version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from confsync.mirror.committed.newest_stamps import index_of_head
from confsync.mirror.git import history
from confsync.mirror.state.stamp_index import StampIndex
from confsync.model.stamp import Property, Stamp

# git compares each file of each commit with each path. For more paths, it names all files.
_MOST_PATHS = 20


class Question(NamedTuple):
    """Two states of a document, as blobs, and the places of the document with either state."""

    older: Collection[str]
    newer: Collection[str]
    paths: Collection[str]


class Past:
    """HEAD's history of a mirror's documents. git is asked once for many documents."""

    def __init__(self, root: Path, directories: Sequence[str]) -> None:
        self._root = root
        self._directories = directories

    @cached_property
    def _index(self) -> StampIndex:
        return index_of_head(self._root, self._directories)

    def of_stamps(self, older: Stamp, newer: Stamp, paths: Collection[str]) -> Question:
        """Return the question whether one stamp of a page was before another. Raise FileError."""
        return Question(self._index.blobs_with(older), self._index.blobs_with(newer), paths)

    def of_setting(
        self, stamp: Stamp, newer: tuple[str, Property | None], paths: Collection[str]
    ) -> Question:
        """Return the question whether a stamp's setting was before another base of it.

        `newer` is the key of the setting with that base. Raise FileError.
        """
        key, base = newer
        own = next((one for one in stamp.properties if one.key == key), None)
        older, newest = (self._index.blobs_holding(stamp.id, key, one) for one in (own, base))
        return Question(older, newest, paths)

    def went_back(self, questions: Sequence[Question]) -> list[bool]:
        """Return for each question whether a commit has the older state before the newer one.

        Raise FileError.
        """
        told = [False] * len(questions)
        open_ones = [i for i, one in enumerate(questions) if one.older and one.newer]
        if not open_ones or not self._index.scene.commit:
            return told
        older, newer = (_by_blob(questions, open_ones, field) for field in (0, 1))
        paths = sorted({path for i in open_ones for path in questions[i].paths})
        asked = paths if len(paths) <= _MOST_PATHS else self._directories
        seen: set[int] = set()
        for named in history.named_at(self._root, self._index.scene.commit, asked):
            for i in older.get(named.id, ()):
                told[i] = told[i] or i in seen
            seen.update(newer.get(named.id, ()))
        return told


def _by_blob(
    questions: Sequence[Question], chosen: Sequence[int], field: int
) -> dict[str, list[int]]:
    """Return the numbers of the questions that name a blob."""
    found: dict[str, list[int]] = {}
    for i in chosen:
        for blob in questions[i][field]:
            found.setdefault(blob, []).append(i)
    return found
