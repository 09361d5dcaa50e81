"""The command `clone`: `init` and `pull` in one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from confsync.commands.pages.pull import pull
from confsync.commands.setup.init import init
from confsync.errors import FileError
from confsync.mirror import config_file as config
from confsync.mirror.config_file import settings_for
from confsync.mirror.git import attributes, removals
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import disk, regular
from confsync.model.filenames import REMOVED, TEMPORARY
from confsync.model.result import Result
from confsync.model.url import Address
from confsync.progress import Progress, silent
from confsync.pull.options import PullOptions
from confsync.remote import Remote


def _is_left_over(path: Path) -> bool:
    """Return whether a killed clone wrote this file before the mirror existed."""
    if path.name.startswith(TEMPORARY):
        disk.unlink(path)
        return True
    written = {
        attributes.NAME: b"".join(line + b"\n" for line in attributes.LINES),
        REMOVED: removals.HEADER,
    }
    if path.name not in written:
        return False
    try:
        return regular.read(path, regular.ATTRIBUTES_BYTES) == written[path.name]
    except OSError:
        return False


def clone(root: Path, address: Address, remote: Remote, *, progress: Progress = silent) -> Result:
    """Make `root` a mirror of the address's space or page, and pull it.

    Ask for the space first, so that a wrong address or token leaves nothing behind. After an
    interruption, 'confsync pull' in the directory continues.
    """
    if root.exists() and not all(_is_left_over(path) for path in root.iterdir()):
        raise FileError(
            f"{root} exists and is not empty",
            hint=f"name another directory; if it is a mirror: 'confsync -C \"{root}\" pull'",
        )
    key = remote.space(address.key).key
    if address.page:
        remote.page(address.page)
    settings = settings_for(address.url, (key,), address.page, remote.flavor)
    init(root, settings)
    result = pull(Mirror(root, config.load(root)), remote, PullOptions(), progress)
    return replace(result, command="clone", notes=(f"the mirror is in {root}",))
