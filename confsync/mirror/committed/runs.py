"""The commits of pushes, which name their run in a trailer, and the stamps before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from confsync.document.stamp_reader import stamp_in
from confsync.mirror.git import repository
from confsync.mirror.git.blobs import contents
from confsync.mirror.git.branch.trailers import values
from confsync.mirror.git.head import is_document
from confsync.model.moment import written
from confsync.model.stamp import Stamp

RUN = "Confsync-Run"
# The ids of the pages that the run archived, separated by blanks. Others without a document were
# deleted.
ARCHIVED = "Confsync-Archived"


class Committed(NamedTuple):
    """A document at a commit: its path and its stamp."""

    path: str
    stamp: Stamp


class RunCommit(NamedTuple):
    """The commit of a push: its run, its time in ISO 8601, and its documents by page.

    Each page has its document before and after the commit, or None if there was none. `archived`
    are the ids of the pages that the push archived.
    """

    run: str
    time: str
    pages: dict[str, tuple[Committed | None, Committed | None]]
    archived: frozenset[str] = frozenset()


class _Head(NamedTuple):
    """The first line of a commit: its time in seconds, its run, and its archived pages."""

    seconds: str
    run: str
    archived: str


class _Row(NamedTuple):
    """A document that a commit changed: its path, and git's ids of it before and after."""

    path: str
    before: str
    after: str


def run_commits(root: Path, directories: Sequence[str]) -> Iterator[RunCommit]:
    """Yield the commits of HEAD's history that name a run, oldest first. Raise FileError."""
    with repository.quiet(root) as command:
        if command is None:
            return
        told = f"%ct%x09{values((RUN, ARCHIVED))}"
        words = ("--reverse", f"--grep=^{RUN}: ", f"--format={told}", "--relative")
        raw = ("--raw", "--root", "--no-abbrev", "--no-renames", "-z", "HEAD", "--", *directories)
        found = list(_commits(str(command.log(*words, *raw))))
        ids = dict.fromkeys(i for _, rows in found for row in rows for i in row[1:] if i.strip("0"))
        stamps = {i: stamp_in(data) for i, data in contents(command, ids) if data}
    for head, rows in found:
        # A committer's clock may be in any zone: as text, only times in one zone are in order.
        time = written(datetime.fromtimestamp(int(head.seconds), UTC))
        before = _by_page((row.path, stamps.get(row.before)) for row in rows)
        after = _by_page((row.path, stamps.get(row.after)) for row in rows)
        pages = {page: (before.get(page), after.get(page)) for page in {**before, **after}}
        yield RunCommit(head.run, time, pages, frozenset(head.archived.split()))


def _commits(log: str) -> Iterator[tuple[_Head, list[_Row]]]:
    """Yield the first line and the changed documents of each commit in git's raw log."""
    rows: list[_Row] = []
    fields = iter(log.split("\0"))
    for field in fields:
        told = field.lstrip("\n")
        if told.startswith(":"):
            path, (_, _, before, after, _) = next(fields), told.split(" ")
            if is_document(path):
                rows.append(_Row(path, before, after))
        elif told:
            head = _Head(*told.split("\t", 2))
            rows = []
            yield head, rows


def _by_page(found: Iterable[tuple[str, Stamp | None]]) -> dict[str, Committed]:
    return {stamp.id: Committed(path, stamp) for path, stamp in found if stamp}
