"""A lock for a moment: processes that work on spaces of one mirror change shared files in turn.

A lock of `lock.py` is held for a whole run, and refuses a second one. A mutex is held for a few
reads and writes, and lets the second process wait. The system releases both if a process dies.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from confsync.mirror.state import regular

# For the files of the state directory, and for those that all spaces share.
SHARED = "mutex"
# For git's index and HEAD.
GIT = "git-mutex"
# Seconds. Hooks of git may take minutes.
_PATIENCE = {SHARED: 60.0, GIT: 1800.0}
# Seconds between two attempts.
_PAUSE = 0.01


@contextlib.contextmanager
def held(state: Path, name: str = SHARED) -> Iterator[None]:
    """Hold a mutex of a state directory, after the process that holds it now.

    A mirror without a state directory has no runs, so nothing is held. Raise OSError for a link,
    and TimeoutError if the other process does not release the mutex.
    """
    if not state.is_dir():
        yield
        return
    import filelock  # takes 10 ms to load

    regular.check_way(state / name, state)
    os.close(regular.opened(state / name, os.O_RDWR | os.O_CREAT))  # refuses a link or a pipe
    with filelock.FileLock(state / name, timeout=_PATIENCE[name], poll_interval=_PAUSE):
        yield
