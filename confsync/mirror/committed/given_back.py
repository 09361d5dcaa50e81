"""The documents and attachments that git gave back: a commit deleted them, a later one has them.

After `git revert` of a deletion, a person wants the document although its page is in the trash. A
removal by a pull is different: `.confsync.removed` had a line for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.document import stamp_reader
from confsync.document.attachments import names as attachments
from confsync.mirror.git import removals, trees
from confsync.mirror.git.repository import quiet, split
from confsync.model.filenames import REMOVED

if TYPE_CHECKING:
    from git import Git

# Most names in one question to git. For more, the mirror's whole history is read.
_NAMED = 100


def given_back(root: Path, ids: dict[str, str], directories: Collection[str]) -> frozenset[str]:
    """Return the documents that a person deleted before HEAD and that are here again.

    `ids` maps paths to page ids. The result is empty without git, and if a clone lacks the commits.
    """

    def by_a_person(command: Git, commit: str, path: str) -> bool:
        if _stands_in(command, commit, ids[path], directories):
            return False
        noted = removals.parse(_notes_of(root, commit))
        return ids[path] not in noted.versions and ids[path] not in noted.moves

    return _deleted_before(root, ids, by_a_person)


def files_given_back(root: Path, owners: dict[str, str]) -> frozenset[str]:
    """Return the files of attachments that a commit before HEAD deleted and that are here again.

    `owners` maps paths to page ids. The commit left the document of the page where it was: the file
    was deleted, not moved. The result is empty without git, and if a clone lacks the commits.
    """

    def beside_its_document(command: Git, commit: str, path: str) -> bool:
        document = attachments.document_of(path) or ""
        raw = trees.contents_at(root, commit, [document]).get(document, b"")
        stamp = stamp_reader.stamp_in(raw)
        return stamp is not None and stamp.id == owners[path]

    return _deleted_before(root, owners, beside_its_document)


def _deleted_before(
    root: Path, paths: Collection[str], counts: Callable[[Git, str, str], bool]
) -> frozenset[str]:
    """Return the paths of which a commit before HEAD has a deletion that `counts`."""
    found: set[str] = set()
    with quiet(root) as command:
        if command is None or not paths:
            return frozenset()
        for commit, path in _removed_in(command, paths):
            if path not in found and counts(command, commit, path):
                found.add(path)
    return frozenset(found)


def _removed_in(command: Git, ids: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each commit of HEAD's history that removed one of the files, with the file's path."""
    names = [f":(literal){path}" for path in ids] if len(ids) <= _NAMED else ["."]
    options = ("--diff-filter=D", "--no-renames", "--no-ext-diff", "--relative", "--name-only")
    status, listed, _ = command.log(
        *options,
        "--format=%x00%H",
        "-z",
        "--",
        *names,
        with_extended_output=True,
        with_exceptions=False,
    )
    commit = ""
    for word in split(listed) if status == 0 else ():
        name = word.lstrip("\n")
        if name in ids:
            yield commit, name
        elif "/" not in name and "." not in name:
            commit = name


def _stands_in(command: Git, commit: str, page_id: str, directories: Collection[str]) -> bool:
    """Return whether a commit has a page's document at another path."""
    status, _, _ = command.grep(
        *("--quiet", "--fixed-strings", "-e", f'id: "{page_id}"', commit, "--", *directories),
        with_extended_output=True,
        with_exceptions=False,
    )
    return bool(status == 0)


def _notes_of(root: Path, commit: str) -> bytes:
    return trees.contents_at(root, commit, [REMOVED]).get(REMOVED, b"")
