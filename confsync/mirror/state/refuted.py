"""The newer stamps of git's that a server did not confirm: status does not tell of them again.

A server that was restored from a backup lacks the versions that git knows. A pull finds that out
and writes this file. Without the file an offline status guesses; the next pull writes it again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from confsync.mirror.state import mark
from confsync.model.stamp import Stamp

NAME = "refuted"


def without(state: Path, stamps: Mapping[str, Stamp]) -> Mapping[str, Stamp]:
    """Return the stamps, by page id, without those that a server did not confirm."""
    known = _read(state)
    if not known:
        return stamps
    return {page_id: one for page_id, one in stamps.items() if _line(one) not in known}


def note(state: Path, stamps: Iterable[Stamp]) -> None:
    """Write the stamps that a pull found not to be the server's, in place of the earlier ones."""
    now = frozenset(map(_line, stamps))
    if now != _read(state):
        with contextlib.suppress(OSError):
            text = "".join(f"{line}\n" for line in sorted(now))
            mark.keep(state, NAME, text.encode())


def _read(state: Path) -> frozenset[str]:
    return frozenset(mark.read(state, NAME).decode("ascii", "replace").splitlines())


def _line(stamp: Stamp) -> str:
    return f"{stamp.id} {stamp.version} {stamp.digest}"
