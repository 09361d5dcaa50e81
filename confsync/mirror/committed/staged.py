"""The documents that are staged for the next commit, as git's index has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from confsync.mirror.entry import Entry, parsed
from confsync.mirror.git import worktree
from confsync.mirror.selection import Selection


class Staged(NamedTuple):
    """The staged documents. `contents` are those whose file differs from what is staged."""

    names: frozenset[str]
    contents: Mapping[str, bytes]

    def instead(self, reading: Callable[[Path, str], Entry]) -> Callable[[Path, str], Entry]:
        """Return how to read documents: as they are staged if the files differ, else as given."""

        def staged(root: Path, name: str) -> Entry:
            raw = self.contents.get(name)
            return reading(root, name) if raw is None else parsed(name, raw)

        return staged

    def narrowed(self, selection: Selection) -> Selection:
        """Return the selection without documents that are not staged."""
        among = selection.among
        return replace(selection, among=self.names if among is None else self.names & among)


def staged_documents(root: Path, directories: Sequence[str]) -> Staged:
    """Return the staged documents, deleted ones included. Raise FileError without a repository."""
    names = worktree.staged_changes(root, directories)
    return Staged(names, worktree.staged_otherwise(root) if names else {})
