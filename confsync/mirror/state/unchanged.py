"""The writes that the server accepted without a change: `.confsync/unchanged`.

Each line is the token of a write. The same text over the same base is not sent again, because the
answer would be the same. If the file is lost, the text is sent once more without any other effect.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from confsync.mirror.state import mark, mutex

NAME = "unchanged"
# Older tokens belong to texts that no longer exist.
_KEPT = 1000
_NOTING = threading.Lock()


def read(state: Path) -> tuple[str, ...]:
    """Return the tokens, the oldest first."""
    return tuple(mark.read(state, NAME).decode("ascii", "replace").split())


def note(state: Path, token: str) -> None:
    """Remember a write that changed nothing. If that fails, confsync continues."""
    with _NOTING, contextlib.suppress(OSError), mutex.held(state):
        known = [*(one for one in read(state) if one != token), token][-_KEPT:]
        mark.keep(state, NAME, "".join(f"{one}\n" for one in known).encode())
