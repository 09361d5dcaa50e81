"""The lock of a mirror: one confsync process at a time, with a note about the holder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from confsync.errors import FileError, LockedError
from confsync.mirror.state import disk, regular
from confsync.mirror.state.base_cache import STATE, make_state
from confsync.model.hint import marked, mentioned

HOLDER = "holder"
_REMOVE = (
    f"'mv {marked(STATE)} {marked(f'{STATE}.old')}' lets confsync make a new one; "
    "it contains no documents"
)


@contextlib.contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold the lock in a state directory. The lock of a dead process does not count.

    Raise LockedError, FileError.
    """
    import filelock  # takes 10 ms to load

    lock = filelock.FileLock(state / "lock", timeout=0)
    try:
        make_state(state)
        os.close(regular.opened(state / "lock", os.O_RDWR | os.O_CREAT))  # refuses a link or a pipe
        lock.acquire()
    except filelock.Timeout:
        raise LockedError(
            f"another confsync is working on this mirror{_holder(state)}",
            hint="wait until it is done, then run the command again",
        ) from None
    except OSError as error:
        where = os.path.relpath(error.filename or state, state.parent)
        why = error.strerror or error
        raise FileError(f"{mentioned(where)}: cannot be written: {why}", hint=_REMOVE) from None
    try:
        _hold(state)
        yield
    finally:
        lock.release()


def _hold(state: Path) -> None:
    """Write a note about the holder of the lock, for other processes."""
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    with contextlib.suppress(OSError):
        text = f"process {os.getpid()} since {since}"
        disk.keep(state / HOLDER, text.encode())


def _holder(state: Path) -> str:
    try:
        return f" ({regular.read(state / HOLDER, 4096).decode('ascii')[:80]})"
    except (OSError, UnicodeDecodeError):
        return ""
