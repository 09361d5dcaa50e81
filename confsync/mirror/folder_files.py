"""The folder files of a mirror. Most mirrors have none."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from confsync.document.paths import FOLDER_FILE
from confsync.mirror.mirror import Mirror, current
from confsync.mirror.state import disk

if TYPE_CHECKING:
    from confsync.model.page import Folder


def write_folder(mirror: Mirror, directory: str, folder: Folder) -> None:
    """Write the folder file of a directory if it changed. Raise FileError."""
    from confsync.document import folder_file  # most mirrors do not need it

    name = f"{directory}/{FOLDER_FILE}"
    data = folder_file.render(folder)
    before = current(name, mirror.inside(name))
    if before != data:
        mirror.write(name, data, expected=before)


def drop_folder(mirror: Mirror, directory: str) -> None:
    """Remove the folder file of a directory, and the directory if it is empty."""
    name = f"{directory}/{FOLDER_FILE}"
    path = mirror.inside(name)
    with contextlib.suppress(OSError):
        disk.unlink(path)
        mirror.note(name)
    mirror.drop_empty(path.parent)
