"""clone: init and pull in one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from confsync import config, disk
from confsync.address import Address
from confsync.commands.init import ATTRIBUTES, init
from confsync.commands.pull import pull
from confsync.config import settings_for
from confsync.errors import FileError
from confsync.filenames import TEMPORARY
from confsync.mirror import Mirror
from confsync.progress import Progress, silent
from confsync.remote import Remote
from confsync.result import Result
from confsync.selection import Selection


def _is_left_over(path: Path) -> bool:
    """Whether a file is what a clone that was killed had written before it had a mirror."""
    if path.name.startswith(TEMPORARY):
        disk.unlink(path)
        return True
    return path.name == ".gitattributes" and path.read_bytes().splitlines() == list(ATTRIBUTES)


def clone(root: Path, address: Address, remote: Remote, *, progress: Progress = silent) -> Result:
    """Make `root` a mirror of what the address names, and pull it.

    The space is asked for first, so that a wrong address or token leaves nothing behind. A clone
    that was interrupted goes on with 'confsync pull' in the directory.
    """
    if root.exists() and not all(_is_left_over(path) for path in root.iterdir()):
        raise FileError(
            f"{root} exists and is not empty",
            hint="name another directory, or 'confsync pull' in it when it is a mirror",
        )
    key = remote.space(address.key).key
    if address.page:
        remote.page(address.page)
    settings = settings_for(address.url, (key,), address.page, remote.flavor)
    init(root, settings)
    result = pull(Mirror(root, config.load(root)), remote, Selection(), progress=progress)
    return replace(result, command="clone", notes=(f"the mirror is in {root}",))
