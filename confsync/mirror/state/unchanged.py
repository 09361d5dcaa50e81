"""Remember which writes the server took without doing them: `.confsync/unchanged`.

Each line is the token of a write. The same text over the same base is not sent again: the answer
would be the same. If the file is lost, the text is sent once more, and nothing else happens.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from confsync.mirror.state import mark

NAME = "unchanged"
# More tokens than this are of texts that nobody has any more.
_KEPT = 1000
_NOTING = threading.Lock()


def read(state: Path) -> tuple[str, ...]:
    """Return the tokens, the oldest first."""
    return tuple(mark.read(state, NAME).decode("ascii", "replace").split())


def note(state: Path, token: str) -> None:
    """Remember a write that changed nothing. A note that cannot be written is no reason to fail."""
    with _NOTING, contextlib.suppress(OSError):
        known = [*(one for one in read(state) if one != token), token][-_KEPT:]
        mark.keep(state, NAME, "".join(f"{one}\n" for one in known).encode())
