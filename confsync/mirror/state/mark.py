"""The mark of this clone. Data in `.confsync/` without it was not written by this clone.

git can fill `.confsync/`. A commit may contain half a download, lines of an audit trail, or an
index that calls an edited file unmodified. So all data that confsync trusts without a digest
carries the mark, a random word that no commit can know. The file of the mark also contains its own
inode and modification time. git writes new files, which get other values. A copy of the mirror is
another clone with its own mark.
"""

from __future__ import annotations

import os

from confsync.mirror.state import regular

NAME = "mark"
_LENGTH = 32  # hex digits
_LIMIT = 256


def known(state: str | os.PathLike[str]) -> str:
    """Return the mark of the clone with this state directory, or an empty text."""
    try:
        if os.path.islink(state):
            return ""
        handle = regular.opened(os.path.join(state, NAME))
    except OSError:
        return ""
    try:
        words = os.read(handle, _LIMIT).split()
        found = os.fstat(handle)
    except OSError:
        return ""
    finally:
        os.close(handle)
    here = [str(found.st_ino).encode(), str(found.st_mtime_ns).encode()]
    if len(words) != 3 or len(words[0]) != _LENGTH or words[1:] != here or not words[0].isalnum():
        return ""
    return words[0].decode("ascii", "replace")


def made(state: str | os.PathLike[str]) -> str:
    """Return the mark of the clone, and make one if it is missing.

    On a file system with changing inodes, the mark is valid only for this process. Raise OSError,
    also for a link.
    """
    path = os.path.join(state, NAME)
    regular.check_way(path, state)
    found = known(state)
    if found:
        return found
    from pathlib import Path
    from secrets import randbelow, token_hex

    from confsync.mirror.state import disk

    word = token_hex(_LENGTH // 2)
    # A moment within ten years, in steps of two seconds, which the coarsest file system keeps.
    moment = (1_000_000_000 + 2 * randbelow(150_000_000)) * 1_000_000_000
    name = disk.prepare(Path(path), b"", durable=False)
    with open(name, "wb") as file:
        file.write(f"{word} {os.fstat(file.fileno()).st_ino} {moment}\n".encode())
    os.utime(name, ns=(moment, moment))
    disk.put_in_place(Path(path), name, lambda: None)
    return word


def read(state: str | os.PathLike[str], name: str) -> bytes:
    """Return what `keep` wrote to a state file; empty if this clone did not write it."""
    word = known(state)
    try:
        data = regular.read(os.path.join(state, name), regular.STATE_BYTES) if word else b""
    except OSError:
        return b""
    first, _, rest = data.partition(b"\n")
    return rest if first.decode("ascii", "replace") == word else b""


def keep(state: str | os.PathLike[str], name: str, data: bytes) -> None:
    """Write a file of the state directory under the mark of this clone. Raise OSError."""
    from pathlib import Path

    from confsync.mirror.state import disk

    marked = f"{made(state)}\n".encode() + data
    disk.replace(Path(state, name), marked, lambda: None, durable=False)
