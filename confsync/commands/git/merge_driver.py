"""The command `merge-driver`: git's merge of two documents of a page. Asks no server.

No side is ever lost. If anything is wrong here, git's own merge decides.
"""

from __future__ import annotations

from pathlib import Path

from confsync.diff.line_merge import Markers
from confsync.diff.three_way import ThreeTexts, merge_texts
from confsync.document import document
from confsync.document.document import MARKER_SIZE
from confsync.errors import ConfsyncError, DocumentError, Exit, UsageError
from confsync.merge.documents import MergedDocument, merge
from confsync.merge.evidence import Evidence
from confsync.merge.stamps import Sides
from confsync.mirror import config_file
from confsync.mirror.git import merge_file
from confsync.mirror.git.head import is_document
from confsync.mirror.git.merge_file import ThreeFiles
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import disk, regular
from confsync.model.filenames import root_above
from confsync.model.hint import mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Result

_SAME_LINES = "both branches changed the same lines"
_NO_BASE = (
    "the text that both branches began with is unknown, so all differences are in one conflict"
)


def merge_driver(top: Path, files: ThreeFiles, path: str, marker_size: int = MARKER_SIZE) -> Result:
    """Merge a document and write it to the file of our side. `path` is relative to `top`.

    Raise UsageError if a file is not there: then a person typed the command.
    """
    if missing := [file.name for file in files if not file.exists()]:
        name = mentioned(missing[0])
        raise UsageError(f"git runs merge-driver with the names of three files; {name} is missing")
    try:
        page = _merged(top, files, path, marker_size)
    except Exception as error:  # a mistake of confsync must not cost a side of the merge
        known = isinstance(error, ConfsyncError)
        why = str(error) if known else f"{type(error).__name__}: {error}"
        page = _by_git(top, files, path, marker_size, f"confsync cannot merge it ({why}); git did")
    return Result("merge-driver", pages=(page,))


def _merged(top: Path, files: ThreeFiles, path: str, marker_size: int) -> PageResult:
    root = root_above(str((top / path).parent))
    sides = _sides(files, path) if root and is_document(path) else None
    if root is None or sides is None:
        return _by_git(top, files, path, marker_size)
    mirror = Mirror(Path(root), config_file.load(Path(root)))
    name = (top / path).relative_to(root).as_posix()
    witness = Evidence(mirror, name, sides.ours.text.encode()).witness
    found = merge(sides, witness, marker_size)
    _write(files, found or _apart(sides, marker_size))
    why = (_SAME_LINES if found.conflicted else "") if found else _NO_BASE
    return _result(path, why)


def _sides(files: ThreeFiles, path: str) -> Sides | None:
    """Return the three documents, or None if they are not documents of a page."""
    raws = [regular.read(file, regular.DOCUMENT_BYTES) for file in files]
    try:
        found = [document.parse(raw, path) if raw else None for raw in raws]
    except DocumentError:
        return None
    ancestor, ours, theirs = found
    if ours is None or theirs is None or not (ours.stamp or theirs.stamp):
        return None
    return Sides(ancestor, ours, theirs)


def _apart(sides: Sides, marker_size: int) -> MergedDocument:
    """Return a document in which a person chooses one side, with its own stamp."""
    texts = ThreeTexts("", sides.ours.text, sides.theirs.text)
    merged = merge_texts(texts, Markers("ours", "theirs", marker_size))
    return MergedDocument(merged.text.encode(), merged.conflicted)


def _by_git(top: Path, files: ThreeFiles, path: str, marker_size: int, why: str = "") -> PageResult:
    """Merge as git does without a driver. If there is an error, the merge waits for a person."""
    found = merge_file.merged(top, files, marker_size)
    if found is None:
        return _result(path, why or "git does not merge binary files")
    data, conflicted = found
    _write(files, MergedDocument(data, conflicted))
    return _result(path, why or (_SAME_LINES if conflicted else ""))


def _write(files: ThreeFiles, merged: MergedDocument) -> None:
    disk.replace(files.ours, merged.data, lambda: None, durable=False)


def _result(path: str, why: str) -> PageResult:
    if not why:
        return PageResult(path, Outcome.MERGED)
    return PageResult(path, Outcome.CONFLICTED, error=why, exit=Exit.REFUSED)
