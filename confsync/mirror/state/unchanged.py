"""Remember which writes the server took without making a version: `.confsync/unchanged`.

Each line is the token of a write. The same text over the same base is not sent again: the answer
would be the same. If the file is lost, the text is sent once more, and nothing else happens.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from confsync.mirror.state import disk

NAME = "unchanged"
# More tokens than this are of texts that nobody has any more.
_KEPT = 1000


def read(state: Path) -> tuple[str, ...]:
    """Return the tokens, the oldest first."""
    try:
        return tuple((state / NAME).read_text(encoding="ascii").split())
    except (OSError, UnicodeDecodeError):
        return ()


def note(state: Path, token: str) -> None:
    """Remember a write that made no version. A note that cannot be written is no reason to fail."""
    known = [*(one for one in read(state) if one != token), token][-_KEPT:]
    with contextlib.suppress(OSError):
        disk.replace(state / NAME, "".join(f"{one}\n" for one in known).encode(), lambda: None)
