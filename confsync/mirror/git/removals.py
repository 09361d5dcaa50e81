"""The pages whose documents pulls removed: `.confsync.removed`, which is part of the repository.

A commit may have a document that the work tree lacks. Either a person deleted it, or a pull removed
it because its page was in the trash or not visible. In every clone, a later `push --delete` must
delete the page only in the first case. So a pull writes a line for each document that it removes:
``ID vVERSION DIGEST``, from the document's stamp. When the page is back, the line is removed.

git merges the file as a union, which can bring a line back. Such a line is stale. If a document's
stamp is newer than the line, the pull that wrote the line did not remove the document.

A pull that moves a document writes a line too: ``ID vVERSION moved to PATH``. A person may commit
the removal of the old file without the new file. The line then shows that nothing was deleted. When
HEAD has the document at its new place, the line is removed.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from confsync.errors import ChangedMeanwhileError, FileError
from confsync.mirror.git import attributes
from confsync.mirror.state import disk, mutex, regular
from confsync.model.filenames import REMOVED, STATE
from confsync.model.hint import mentioned
from confsync.model.stamp import Stamp

HEADER = (
    b"# The pages whose documents confsync removed, because the server had no such page any more.\n"
    b"# 'confsync push --delete' leaves these pages alone. Commit this file with the removals.\n"
)
_EXACT = re.compile(rb"(\d{1,20})(?:\s+v?(\d{1,9})(?:\s+([0-9a-f]{32}))?)?")
_MOVED = re.compile(rb"(\d{1,20}) v(\d{1,9}) moved to (.+)")
_ID = re.compile(rb"(\d{1,20})(?!\d)")
_MARKER = re.compile(rb"([<=>|])\1+(?: .*)?")


class Move(NamedTuple):
    """A line about a document that a pull moved: its version and its new path."""

    page_id: str
    version: int
    path: str


class Removals(NamedTuple):
    """The removals by pulls: each page's id, with the newest version in its lines.

    The version is None if a line names none; such a line covers every version. `problem` says why
    there may be lines that could not be read. `moves` are the documents that pulls moved, by id.
    """

    versions: Mapping[str, int | None]
    problem: str = ""
    moves: Mapping[str, Move] = MappingProxyType({})

    def cover(self, stamp: Stamp) -> bool:
        """Return whether a pull removed the document of this stamp, or of a later one."""
        return self.holds(stamp.id, stamp.version)

    def holds(self, page_id: str, version: int | None) -> bool:
        """Return whether a line covers a version of a page; None means every version."""
        newest = self.versions.get(page_id, 0)
        return newest is None or (version is not None and version <= newest)

    def moved(self, stamp: Stamp, path: str) -> Move | None:
        """Return the move of a document with this stamp, or a later one, away from a path."""
        move = self.moves.get(stamp.id)
        return move if move and stamp.version <= move.version and path != move.path else None


class _Lines(NamedTuple):
    """The parts of the file: a line for each page, moves, and other lines."""

    pages: dict[str, tuple[int | None, str]]
    moves: dict[str, Move]
    others: list[bytes]
    problem: str


def read(root: Path) -> Removals:
    """Return the removals by pulls in the mirror. If the file cannot be read, set `problem`."""
    problem = ""
    try:
        raw = _bytes(root / REMOVED)
    except FileError as error:
        raw, problem = b"", error.message
    found = parse(raw or b"")
    return found._replace(problem=problem or found.problem)


def parse(raw: bytes) -> Removals:
    """Return the removals in the content of such a file."""
    lines = _parse(raw)
    versions = {i: version for i, (version, _) in lines.pages.items()}
    return Removals(versions, lines.problem, lines.moves)


def note(root: Path, stamps: Iterable[Stamp]) -> tuple[str, ...]:
    """Write a line for each document that will be removed. Return the changed files.

    The first line also tells git how to merge the file. Raise FileError.
    """
    noted = {stamp.id: (stamp.version, stamp.digest) for stamp in stamps}
    with _changing(root):
        before = _bytes(root / REMOVED)
        lines = _parse(before or b"")
        pages = lines.pages | noted
        moves = {i: move for i, move in lines.moves.items() if i not in pages}
        _write(root, before, lines._replace(pages=pages, moves=moves))
        return (REMOVED, *attributes.complete(root)) if before is None else (REMOVED,)


def note_moves(root: Path, moves: Iterable[Move]) -> tuple[str, ...]:
    """Write a line for each document that will be moved. Return the changed files.

    Raise FileError.
    """
    noted = {one.page_id: one for one in moves}
    with _changing(root):
        before = _bytes(root / REMOVED)
        lines = _parse(before or b"")
        _write(root, before, lines._replace(moves=lines.moves | noted))
        return (REMOVED, *attributes.complete(root)) if before is None else (REMOVED,)


def forget(root: Path, page_ids: Collection[str], moved: Collection[str] = ()) -> bool:
    """Remove the lines of pages whose documents are back. Return whether there were any.

    For the pages `moved`, remove the lines about moves.
    """

    def left(raw: bytes | None) -> tuple[_Lines, bool]:
        lines = _parse(raw or b"")
        pages = {i: line for i, line in lines.pages.items() if i not in page_ids}
        moves = {i: move for i, move in lines.moves.items() if i not in moved}
        some = (pages, moves) != (lines.pages, lines.moves)
        return lines._replace(pages=pages, moves=moves), some

    with contextlib.suppress(FileError):
        if left(_bytes(root / REMOVED))[1]:  # nearly never
            with _changing(root):
                before = _bytes(root / REMOVED)
                lines, some = left(before)
                if some:
                    _write(root, before, lines)
                return some
    return False


@contextlib.contextmanager
def _changing(root: Path) -> Iterator[None]:
    """Let no process that works on another space change the file. Raise FileError."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(mutex.held(root / STATE))
        except OSError as error:
            why = error.strerror or error
            raise FileError(f"{mentioned(REMOVED)}: cannot be written: {why}") from None
        yield


def _write(root: Path, before: bytes | None, lines: _Lines) -> None:
    """Replace the file if it did not change since it was read. Raise FileError."""
    path = root / REMOVED
    text = b"".join([HEADER] if before is None else lines.others)
    for page_id, (version, digest) in sorted(lines.pages.items(), key=lambda one: int(one[0])):
        parts = (page_id, f"v{version}" if version is not None else "", digest)
        text += " ".join(filter(None, parts)).encode() + b"\n"
    for page_id, version, place in sorted(lines.moves.values(), key=lambda one: int(one.page_id)):
        line = f"{page_id} v{version} moved to {place.replace(chr(10), '?')}\n"
        text += line.encode("utf-8", "surrogateescape")

    def check() -> None:
        if _bytes(path) != before:
            raise ChangedMeanwhileError(
                f"{mentioned(REMOVED)}: changed while confsync ran; confsync left it unchanged",
                hint="run the command again",
            )

    try:
        disk.replace(path, text, check)
    except OSError as error:
        raise FileError(
            f"{mentioned(REMOVED)}: cannot be written: {error.strerror or error}"
        ) from None


def _parse(raw: bytes) -> _Lines:
    """Parse a file, even if it was edited or merged. For each page, the newest line counts."""
    pages: dict[str, tuple[int | None, str]] = {}
    moves: dict[str, Move] = {}
    others: list[bytes] = []
    problem = ""
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        text = line.strip()
        found = _EXACT.fullmatch(text) or _ID.match(text)
        if moved := _MOVED.fullmatch(text):
            move = _move(moved)
            moves[move.page_id] = max(move, moves.get(move.page_id, move))
        elif found:
            page_id = found[1].decode()
            pages[page_id] = _newer(_line(found), pages.get(page_id))
        elif text and not _MARKER.fullmatch(text):
            others.append(text + b"\n")
            if not text.startswith(b"#"):
                problem = problem or f"{mentioned(REMOVED)}: line {number} names no page"
    return _Lines(pages, moves, others, problem)


def _move(found: re.Match[bytes]) -> Move:
    page_id, version, path = found.groups()
    return Move(page_id.decode(), int(version), path.decode("utf-8", "surrogateescape"))


def _line(found: re.Match[bytes]) -> tuple[int | None, str]:
    """Return the version and digest of a line, or neither if the line has more text."""
    _, version, digest = (*found.groups(), None, None)[:3]  # a plain id has one group
    return (int(version) if version else None), (digest or b"").decode()


def _newer(
    line: tuple[int | None, str], other: tuple[int | None, str] | None
) -> tuple[int | None, str]:
    if other is None or line[0] is None:
        return line
    return other if other[0] is None or other[0] >= line[0] else line


def _bytes(path: Path) -> bytes | None:
    """Return a regular file's content, or None if there is no file. Raise FileError."""
    try:
        return regular.read(path, regular.STATE_BYTES)
    except FileNotFoundError:
        return None
    except regular.IrregularError as error:
        raise FileError(f"{mentioned(path.name)}: {error.strerror}") from None
    except OSError as error:
        raise FileError(
            f"{mentioned(path.name)}: cannot be read: {error.strerror or error}"
        ) from None
