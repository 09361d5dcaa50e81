"""The lock of a mirror: one confsync at a time, and word of who holds it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from confsync.errors import FileError, LockedError
from confsync.mirror.state import disk, regular
from confsync.mirror.state.base_cache import STATE, make_state

HOLDER = "holder"
_REMOVE = f"remove {STATE}: confsync makes it anew, and no work is in it"


@contextlib.contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold the lock in a state directory; that of a dead process holds nobody.

    Raises LockedError, FileError.
    """
    import filelock  # it costs a command that locks nothing 10 ms

    lock = filelock.FileLock(state / "lock", timeout=0)
    try:
        make_state(state)
        os.close(regular.opened(state / "lock", os.O_RDWR | os.O_CREAT))  # no link, no pipe
        lock.acquire()
    except filelock.Timeout:
        raise LockedError(
            f"another confsync is working on this mirror{_holder(state)}",
            hint="wait until it is done, then run the command again",
        ) from None
    except OSError as error:
        where = os.path.relpath(error.filename or state, state.parent)
        why = error.strerror or error
        raise FileError(f"{where}: cannot be written: {why}", hint=_REMOVE) from None
    try:
        _hold(state)
        yield
    finally:
        lock.release()


def _hold(state: Path) -> None:
    """Leave word of who holds the lock, for whom it keeps waiting."""
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    with contextlib.suppress(OSError):
        text = f"process {os.getpid()} since {since}"
        disk.keep(state / HOLDER, text.encode())


def _holder(state: Path) -> str:
    try:
        return f" ({regular.read(state / HOLDER, 4096).decode('ascii')[:80]})"
    except (OSError, UnicodeDecodeError):
        return ""
