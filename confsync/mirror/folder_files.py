"""The files that say which folder a directory is; most mirrors have none."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from confsync.document.paths import FOLDER_FILE
from confsync.mirror.mirror import Mirror, current
from confsync.mirror.state import disk

if TYPE_CHECKING:
    from confsync.model.page import Folder


def write_folder(mirror: Mirror, directory: str, folder: Folder) -> None:
    """Note which folder a directory is; only when that is news. Raises FileError."""
    from confsync.document import folder_file  # which whoever forgets folders need not load

    name = f"{directory}/{FOLDER_FILE}"
    data = folder_file.render(folder)
    before = current(name, mirror.inside(name))
    if before != data:
        mirror.write(name, data, expected=before)


def drop_folder(mirror: Mirror, directory: str) -> None:
    """Forget that a directory is a folder, and remove it when nothing else stands in it."""
    name = f"{directory}/{FOLDER_FILE}"
    path = mirror.inside(name)
    with contextlib.suppress(OSError):
        disk.unlink(path)
        mirror.note(name)
    mirror.drop_empty(path.parent)
