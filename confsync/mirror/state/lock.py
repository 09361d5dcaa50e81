"""The locks of a mirror: one confsync process at a time in each space, or one in all of them.

A run of the whole mirror holds `lock`, and excludes every other run. A run of some spaces holds a
file below `locks/` for each of them, and lets runs of other spaces go on. Locks are taken in a
moment in which no other process takes any (`mutex.py`). Beside each lock is a note about its
holder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.errors import FileError, LockedError
from confsync.mirror.state import disk, mutex, regular
from confsync.mirror.state.base_cache import STATE, make_state
from confsync.model.hint import marked, mentioned

if TYPE_CHECKING:
    from filelock import BaseFileLock

HOLDER = "holder"
# The directory of the spaces' locks.
SPACES = "locks"
_NOTE = ".holder"
_REMOVE = (
    f"'mv {marked(STATE)} {marked(f'{STATE}.old')}' lets confsync make a new one; "
    "it contains no documents"
)


@contextlib.contextmanager
def locked(state: Path, keys: Iterable[str] = ()) -> Iterator[None]:
    """Hold the lock of a mirror, or only the locks of the spaces with some keys.

    The lock of a dead process does not count. Raise LockedError, FileError.
    """
    with contextlib.ExitStack() as held:
        try:
            make_state(state)
            with mutex.held(state):
                make_state(state)  # once more: another process may have made it at the same time
                _take(state, sorted({key.casefold() for key in keys}), held)
        except TimeoutError:
            raise _refused("") from None
        except OSError as error:
            where = os.path.relpath(error.filename or state, state.parent)
            why = error.strerror or error
            raise FileError(f"{mentioned(where)}: cannot be written: {why}", hint=_REMOVE) from None
        yield


def _take(state: Path, keys: list[str], held: contextlib.ExitStack) -> None:
    """Take the locks of some spaces, or of the mirror without keys; `held` releases them.

    Raise LockedError, OSError.
    """
    if not keys:
        _acquire(state / "lock", state / HOLDER, held)
        _check_spaces(state)
        _hold(state / HOLDER)
        return
    with contextlib.ExitStack() as free:
        _acquire(state / "lock", state / HOLDER, free)
    regular.check_way(state / SPACES, state)
    disk.make_directories(state / SPACES)
    for key in keys:
        name = hashlib.sha256(key.encode()).hexdigest()[:16]
        note = state / SPACES / f"{name}{_NOTE}"
        _acquire(state / SPACES / name, note, held)
        _hold(note, f"space {key.upper()}, ")


def _check_spaces(state: Path) -> None:
    """Raise LockedError if a process works on a space."""
    regular.check_way(state / SPACES, state)
    with contextlib.suppress(FileNotFoundError):
        for path in sorted((state / SPACES).iterdir()):
            if path.suffix != _NOTE:
                with contextlib.ExitStack() as free:
                    _acquire(path, path.with_suffix(_NOTE), free)


def _acquire(path: Path, note: Path, held: contextlib.ExitStack) -> None:
    """Take one lock; `held` releases it. Raise LockedError, OSError."""
    import filelock  # takes 10 ms to load

    os.close(regular.opened(path, os.O_RDWR | os.O_CREAT))  # refuses a link or a pipe
    lock: BaseFileLock = filelock.FileLock(path, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise _refused(_holder(note)) from None
    held.callback(lock.release)


def _refused(holder: str) -> LockedError:
    return LockedError(
        f"another confsync is working on this mirror{holder}",
        hint="wait until it is done, then run the command again",
    )


def _hold(note: Path, about: str = "") -> None:
    """Write a note about the holder of a lock, for other processes."""
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    with contextlib.suppress(OSError):
        text = f"{about}process {os.getpid()} since {since}"
        disk.keep(note, text.encode("ascii", "replace"))


def _holder(note: Path) -> str:
    try:
        return f" ({regular.read(note, 4096).decode('ascii')[:80]})"
    except (OSError, UnicodeDecodeError):
        return ""
