"""The file of a page's comments on the disk: written, moved and removed with its document.

A file that confsync did not write stays as it is. A file that a person changed goes to the trash
before it is replaced.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.document.comments import names
from confsync.errors import ConfsyncError, FileError
from confsync.mirror import walk
from confsync.mirror.mirror import current
from confsync.mirror.state import disk, regular
from confsync.model.filenames import COMMENTS, MOVING, SUFFIX
from confsync.model.hint import marked, mentioned

if TYPE_CHECKING:
    from confsync.document.comments.file import Written
    from confsync.mirror.mirror import Mirror
    from confsync.model.config import SpaceConfig


def put(mirror: Mirror, document: str, data: bytes | None) -> tuple[bool, bool]:
    """Write the comments of a document, or remove them if `data` is None.

    Return whether the file changed, and whether a changed copy went to the trash. Raise FileError.
    """
    from confsync.document.comments import file  # loads YAML

    name = names.file_of(document)
    now = current(name, mirror.inside(name))
    if now == data:
        return False, False
    if now is not None and not file.is_ours(now):
        here = mentioned(name)
        raise FileError(
            f"{here}: confsync did not write this file, and puts no comments in its place",
            hint=f"'mv {marked(name)} {marked(name)}.mine' gives it another name",
        )
    changed = now is not None and file.is_changed(now)
    if data is None:
        mirror.remove(name, expected=now or b"")
        return True, changed
    if changed and now is not None:
        mirror.keep_in_trash(name, now)
    mirror.write(name, data, expected=now)
    return True, changed


def drop(mirror: Mirror, document: str) -> None:
    """Move the comments of a removed document to the trash. Raise FileError."""
    name = names.file_of(document)
    if os.path.lexists(mirror.root / name) and (data := ours(mirror.root, name)) is not None:
        mirror.remove(name, expected=data)


def read(root: Path, document: str, page_id: str) -> Written | None:
    """Return the comments beside a document; None if they are not its page's as confsync wrote."""
    name = names.file_of(document)
    if not os.path.lexists(root / name):
        return None
    from confsync.document.comments import file

    data = ours(root, name)
    found = file.read(data) if data is not None else None
    return found if found and found.page == page_id else None


def ours(root: Path, name: str) -> bytes | None:
    """Return the bytes of a file that confsync wrote, or None."""
    from confsync.document.comments import file

    try:
        data = current(name, root / name)
    except ConfsyncError:
        return None
    return data if data is not None and file.is_ours(data) else None


def is_comments(path: Path) -> bool:
    """Return whether confsync wrote a file as the comments of a document."""
    if not path.name.endswith(COMMENTS):
        return False
    from confsync.document.comments import file

    try:
        return file.is_ours(regular.read(path, regular.DOCUMENT_BYTES))
    except OSError:
        return False


def move(mirror: Mirror, old: Path, new: Path) -> None:
    """Move the comments of a document that was just moved, if their new place is free.

    `old` and `new` are the document's places. Raise OSError.
    """
    source, target = Path(names.file_of(str(old))), Path(names.file_of(str(new)))
    if not os.path.lexists(source) or (os.path.lexists(target) and not target.samefile(source)):
        return
    paths = [path.relative_to(mirror.root).as_posix() for path in (source, target)]
    if ours(mirror.root, paths[0]) is not None:
        disk.rename(source, target)
        mirror.written.update(path for path in paths if f"/{MOVING}/" not in path)


def adopt(mirror: Mirror, space: SpaceConfig, paths: Mapping[str, str]) -> None:
    """Bring comments without a document to the document of their page; `paths` are by page id.

    If that document has comments, or is not there, the comments go to the trash. A changed file
    stays where it is. Raise FileError.
    """
    from confsync.document.comments import file

    for name in list(walk.other_files(mirror.root, space)):
        if names.document_of(name) is None or (data := ours(mirror.root, name)) is None:
            continue
        if (found := file.read(data)) is None:
            continue
        owner = mirror.root / paths.get(found.page, name)
        if owner.suffix == SUFFIX and owner.exists():
            with contextlib.suppress(OSError):
                move(mirror, mirror.root / (names.document_of(name) or name), owner)
        if os.path.lexists(mirror.root / name):
            mirror.remove(name, expected=data)
        mirror.drop_empty((mirror.root / name).parent)
