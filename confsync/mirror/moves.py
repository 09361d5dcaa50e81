"""Giving documents other places, with what stands beside them.

At no moment, killed or not, stands a document below a page that is neither its old parent nor its
new one: what is on its way waits in a directory that says where it is wanted.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from confsync import attachments, disk
from confsync.config import SpaceConfig
from confsync.mirror import Mirror, file_error
from confsync.scan import MOVING


def move(
    mirror: Mirror,
    space: SpaceConfig,
    moves: Mapping[str, str],
    wanted: Mapping[str, str | None],
    between: Callable[[], None] = lambda: None,
) -> dict[str, str]:
    """Give documents their new places, old path to new path; answers what could not be moved.

    First everything goes to a directory that says which parent the document wants (`wanted`, by
    old path), children before parents; then `between` is called; then everything goes to its
    place, parents before children: at no moment, killed or not, a document stands below a page
    that is neither its old parent nor its new one. What is killed half-way is found by the next
    scan and moved on. The answer maps new paths to the reason.
    """
    waiting = mirror.inside(f"{space.path}/{MOVING}")
    held: list[tuple[Path, str]] = []
    failed: dict[str, str] = {}
    try:
        disk.make_directories(waiting)
        for old, new in sorted(moves.items(), key=lambda move: -move[0].count("/")):
            prefix = f"{wanted.get(old) or 'none'}-"
            # A directory of its own: what an earlier run left waiting is never in the way,
            # and a document that this one leaves keeps its file name.
            place = disk.temporary_directory(waiting, prefix) / Path(new).name
            try:
                disk.rename(mirror.inside(old), place)
            except OSError as error:
                failed[new] = f"cannot be moved from {old}: {error.strerror}"
            else:
                mirror.note(old)
                held.append((place, new))
                _move_attachments(mirror, old, place)
        disk.sync_directory(waiting)
        between()
        for place, new in sorted(held, key=lambda move: move[1].count("/")):
            why = _land(mirror, place, new)
            if why:
                failed[new] = why
            else:
                mirror.note(new)
    except OSError as error:
        raise file_error(space.path, "a page could not be moved", error) from None
    finally:
        for old in moves:
            mirror.drop_empty(mirror.inside(old).parent)
        for place, _ in held:
            mirror.drop_empty(place.parent)
        mirror.drop_empty(waiting)
    return failed


def hand_over(mirror: Mirror, name: str, space: SpaceConfig, parent: str | None) -> None:
    """Move a document to another space's directory, where it waits for its place.

    There it says which parent it wants, as in any move: the next pull finds it. Raises
    FileError.
    """
    path, waiting = mirror.inside(name), mirror.inside(f"{space.path}/{MOVING}")
    try:
        disk.make_directories(waiting)
        place = disk.temporary_directory(waiting, f"{parent or 'none'}-") / path.name
        disk.rename(path, place)
        _move_attachments(mirror, name, place)
        disk.sync_directory(waiting)
    except OSError as error:
        raise file_error(name, f"cannot be moved to {space.path}", error) from None
    mirror.drop_empty(path.parent)


def _land(mirror: Mirror, place: Path, new: str) -> str:
    """Give one waiting document its new place; answers why that is not possible."""
    target = mirror.inside(new)
    waits = f"the page waits as {place.relative_to(mirror.root).as_posix()}"
    try:
        disk.make_directories(target.parent)
        if os.path.lexists(target):
            return f"something else stands there; {waits}"
        disk.rename(place, target)
        _move_attachments(mirror, place.relative_to(mirror.root).as_posix(), target)
    except OSError as error:
        return f"{error.strerror or error}: {error.filename or new}; {waits}"
    return ""


def _move_attachments(mirror: Mirror, document: str, moved: Path) -> None:
    """The files beside a document that has just been moved go along, where nothing stands."""
    old = mirror.root / attachments.directory_of(document)
    new = Path(attachments.directory_of(str(moved)))
    if not old.is_dir() or old.is_symlink() or os.path.lexists(new):
        return
    with contextlib.suppress(OSError):  # what stays behind is found, and brought along later
        names = [file.name for file in old.iterdir()]
        disk.rename(old, new)
        for directory in (old, new):
            inner = directory.relative_to(mirror.root).as_posix()
            if f"/{MOVING}/" not in inner:
                mirror.written.update(f"{inner}/{name}" for name in names)


def adopt(mirror: Mirror, directory: str, document: str) -> None:
    """Bring a directory of attachments to the document that was moved without it."""
    left = attachments.document_of(directory) or directory
    _move_attachments(mirror, left, mirror.inside(document))
    mirror.drop_empty(mirror.inside(directory).parent)
