"""The commits of pushes, which name their run in a trailer, and the stamps before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from confsync.document.stamp_reader import stamp_in
from confsync.mirror.git import repository
from confsync.mirror.git.blobs import contents
from confsync.mirror.git.head import is_document
from confsync.model.stamp import Stamp

if TYPE_CHECKING:
    from git import Git

RUN = "Confsync-Run"


class Committed(NamedTuple):
    """A document at a commit: its path and its stamp."""

    path: str
    stamp: Stamp


class RunCommit(NamedTuple):
    """The commit of a push: its run, its time in ISO 8601, and its documents by page.

    Each page has its document before and after the commit, or None if there was none.
    """

    run: str
    time: str
    pages: dict[str, tuple[Committed | None, Committed | None]]


def run_commits(root: Path, directories: Sequence[str]) -> Iterator[RunCommit]:
    """Yield the commits of HEAD's history that name a run, oldest first. Raise FileError."""
    with repository.quiet(root) as command:
        if command is None:
            return
        told = f"%H%x09%cI%x09%(trailers:key={RUN},valueonly,separator=%x20)"
        words = ("--reverse", f"--grep=^{RUN}: ", f"--format={told}", "HEAD", "--", *directories)
        for line in str(command.log(*words)).splitlines():
            commit, time, run = line.split("\t", 2)
            yield RunCommit(run, time, _pages(command, commit, directories))


def _pages(
    command: Git, commit: str, directories: Sequence[str]
) -> dict[str, tuple[Committed | None, Committed | None]]:
    """Return the documents that a commit changed, by page. A moved page has two paths."""
    words = ("-r", "--root", "--no-commit-id", "--name-only", "--no-renames", "--relative", "-z")
    listed = command.diff_tree(*words, commit, "--", *directories)
    paths = [path for path in repository.split(listed) if is_document(path)]
    sides: list[dict[str, Committed]] = []
    for names in (f"{commit}^:./", f"{commit}:./"):
        raws = [raw for _, raw in contents(command, [names + path for path in paths])]
        stamps = {path: stamp_in(raw) for path, raw in zip(paths, raws, strict=True) if raw}
        sides.append({one.id: Committed(path, one) for path, one in stamps.items() if one})
    before, after = sides
    return {page: (before.get(page), after.get(page)) for page in {**before, **after}}
