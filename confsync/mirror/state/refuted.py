"""The newer stamps in git that a server did not confirm. `status` does not report them again.

A server that was restored from a backup lacks versions that git knows. A pull finds that out and
writes this file. Without the file, an offline status guesses; the next pull writes it again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from confsync.mirror.state import mark
from confsync.model.stamp import Stamp

NAME = "refuted"


def read(state: Path) -> frozenset[str]:
    """Return the stamps that a server did not confirm, each as its `line`."""
    return frozenset(mark.read(state, NAME).decode("ascii", "replace").splitlines())


def line(stamp: Stamp) -> str:
    """Return the line for a stamp in the file."""
    return f"{stamp.id} {stamp.version} {stamp.digest}"


def note(state: Path, stamps: Iterable[Stamp]) -> None:
    """Store the stamps that a pull could not confirm, instead of the earlier ones."""
    now = frozenset(map(line, stamps))
    if now != read(state):
        with contextlib.suppress(OSError):
            text = "".join(f"{one}\n" for one in sorted(now))
            mark.keep(state, NAME, text.encode())
