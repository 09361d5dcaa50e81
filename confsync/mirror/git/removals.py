"""The pages whose documents pulls removed: `.confsync.removed`, which git carries with the mirror.

A document that a commit has and the work tree lacks was deleted by a person, or was removed by a
pull, since its page was in the trash or not visible. A later `push --delete` must delete the page
only in the first case, in every clone. So a pull writes a line for each document that it removes:
``ID vVERSION DIGEST``, as the document's stamp had them. A line goes when its page is back.

Git merges the file as a union, which can bring a line back. Such a line is stale: a document whose
stamp is newer than the line was not removed by the pull that wrote the line.

A pull that moves a document notes that, too: ``ID vVERSION moved to PATH``. Who commits the removal
of the old file without the new one has deleted nothing. Such a line goes when HEAD has the document
where it stands.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from confsync.errors import ChangedMeanwhileError, FileError
from confsync.mirror.git import attributes
from confsync.mirror.state import disk, regular
from confsync.model.filenames import REMOVED
from confsync.model.stamp import Stamp

HEADER = (
    b"# The pages whose documents confsync removed, because the server had no such page any more.\n"
    b"# 'confsync push --delete' leaves these pages alone. Commit this file with the removals.\n"
)
_EXACT = re.compile(rb"(\d{1,20})(?:\s+v?(\d{1,9})(?:\s+([0-9a-f]{32}))?)?")
_MOVED = re.compile(rb"(\d{1,20}) v(\d{1,9}) moved to (.+)")
_ID = re.compile(rb"(\d{1,20})(?!\d)")
_MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")


class Move(NamedTuple):
    """What a line says of a document that a pull moved: its version, and its new path."""

    page_id: str
    version: int
    path: str


class Removals(NamedTuple):
    """What pulls removed: each page's id, with the newest version that one of its lines names.

    The version is None if a line names none: such a line covers every version. `problem` says why
    there may be lines that could not be read. `moves` are the documents that pulls moved, by id.
    """

    versions: Mapping[str, int | None]
    problem: str = ""
    moves: Mapping[str, Move] = MappingProxyType({})

    def cover(self, stamp: Stamp) -> bool:
        """Return whether a pull removed the document of this stamp, or of a later one."""
        return self.holds(stamp.id, stamp.version)

    def holds(self, page_id: str, version: int | None) -> bool:
        """Return whether a line covers a version of a page; None stands for every version."""
        newest = self.versions.get(page_id, 0)
        return newest is None or (version is not None and version <= newest)

    def moved(self, stamp: Stamp, path: str) -> Move | None:
        """Return the move of a document of this stamp, or of a later one, away from a path."""
        move = self.moves.get(stamp.id)
        return move if move and stamp.version <= move.version and path != move.path else None


class _Lines(NamedTuple):
    """The file, taken apart: a line for each page, and the lines that are about no page."""

    pages: dict[str, tuple[int | None, str]]
    moves: dict[str, Move]
    others: list[bytes]
    problem: str


def read(root: Path) -> Removals:
    """Return what the pulls of the mirror removed. A file that cannot be read is a `problem`."""
    problem = ""
    try:
        raw = _bytes(root / REMOVED)
    except FileError as error:
        raw, problem = b"", error.message
    found = parse(raw or b"")
    return found._replace(problem=problem or found.problem)


def parse(raw: bytes) -> Removals:
    """Return what the content of such a file says, as a commit has it."""
    lines = _parse(raw)
    versions = {i: version for i, (version, _) in lines.pages.items()}
    return Removals(versions, lines.problem, lines.moves)


def note(root: Path, stamps: Iterable[Stamp]) -> tuple[str, ...]:
    """Write a line for each document that is about to be removed; return the changed files.

    The first line also tells git how to merge the file. Raises FileError.
    """
    before = _bytes(root / REMOVED)
    lines = _parse(before or b"")
    pages = lines.pages | {stamp.id: (stamp.version, stamp.digest) for stamp in stamps}
    moves = {i: move for i, move in lines.moves.items() if i not in pages}
    _write(root, before, lines._replace(pages=pages, moves=moves))
    return (REMOVED, *attributes.complete(root)) if before is None else (REMOVED,)


def note_moves(root: Path, moves: Iterable[Move]) -> tuple[str, ...]:
    """Write a line for each document that is about to be moved; return the changed files.

    Raises FileError.
    """
    before = _bytes(root / REMOVED)
    lines = _parse(before or b"")
    _write(root, before, lines._replace(moves=lines.moves | {one.page_id: one for one in moves}))
    return (REMOVED, *attributes.complete(root)) if before is None else (REMOVED,)


def forget(root: Path, page_ids: Collection[str], moved: Collection[str] = ()) -> bool:
    """Take out the lines of pages whose documents stand again; return whether there were any.

    Of the pages `moved` the lines about moves are taken out.
    """
    with contextlib.suppress(FileError):
        before = _bytes(root / REMOVED)
        lines = _parse(before or b"")
        pages = {i: line for i, line in lines.pages.items() if i not in page_ids}
        moves = {i: move for i, move in lines.moves.items() if i not in moved}
        if (pages, moves) == (lines.pages, lines.moves):
            return False
        _write(root, before, lines._replace(pages=pages, moves=moves))
        return True
    return False


def _write(root: Path, before: bytes | None, lines: _Lines) -> None:
    """Replace the file, if it still is what was read. Raises FileError."""
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
                f"{REMOVED}: changed while confsync ran; it was left alone",
                hint="run the command again",
            )

    try:
        disk.replace(path, text, check)
    except OSError as error:
        raise FileError(f"{REMOVED}: cannot be written: {error.strerror or error}") from None


def _parse(raw: bytes) -> _Lines:
    """Take a file apart, however it was edited or merged; of a page's lines the newest counts."""
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
        elif text and not text.startswith(_MARKERS):
            others.append(text + b"\n")
            if not text.startswith(b"#"):
                problem = problem or f"{REMOVED}: line {number} names no page"
    return _Lines(pages, moves, others, problem)


def _move(found: re.Match[bytes]) -> Move:
    page_id, version, path = found.groups()
    return Move(page_id.decode(), int(version), path.decode("utf-8", "surrogateescape"))


def _line(found: re.Match[bytes]) -> tuple[int | None, str]:
    """The version and digest of a line; none of both where more than these stands in it."""
    _, version, digest = (*found.groups(), None, None)[:3]  # a plain id has one group
    return (int(version) if version else None), (digest or b"").decode()


def _newer(
    line: tuple[int | None, str], other: tuple[int | None, str] | None
) -> tuple[int | None, str]:
    if other is None or line[0] is None:
        return line
    return other if other[0] is None or other[0] >= line[0] else line


def _bytes(path: Path) -> bytes | None:
    """Return a regular file's content; None where nothing stands. Raises FileError."""
    try:
        return regular.read(path, regular.STATE_BYTES)
    except FileNotFoundError:
        return None
    except regular.IrregularError as error:
        raise FileError(f"{path.name}: {error.strerror}") from None
    except OSError as error:
        raise FileError(f"{path.name}: cannot be read: {error.strerror or error}") from None
