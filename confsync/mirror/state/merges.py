"""The documents before their merges, below `.confsync/merges/MARK`, for `pull --abort`.

A document is kept under the stamp that the merge wrote. So it is found only until that stamp
changes, for example by a push. A page has one such document, that of its last merge. If it is lost,
only `pull --abort` is not possible any more.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from confsync.mirror.state import disk, mark, regular
from confsync.mirror.state.base_cache import make_state
from confsync.model.stamp import Stamp

NAME = "merges"


def keep(state: Path, merged: Stamp, before: bytes) -> None:
    """Keep a document for the stamp that a merge writes. If that fails, confsync continues."""
    with contextlib.suppress(OSError):
        directory = state / NAME / make_state(state)
        regular.check_way(directory, state)
        forget(state, merged.id)
        disk.keep(directory / f"{_name(merged)}-{_sum(before)}", before)


def find(state: Path, stamp: Stamp) -> bytes | None:
    """Return the document as it was before the merge that wrote this stamp, or None."""
    for path in _kept(state, _name(stamp)):
        with contextlib.suppress(OSError):
            before = regular.read(path, regular.DOCUMENT_BYTES)
            if path.name.endswith(_sum(before)):
                return before
    return None


def forget(state: Path, page_id: str) -> None:
    """Delete what is kept for a page."""
    for path in _kept(state, page_id):
        disk.drop(str(path))


def _kept(state: Path, prefix: str) -> list[Path]:
    directory = state / NAME / (mark.known(state) or "none")
    with contextlib.suppress(OSError):
        regular.check_way(directory, state)
        return sorted(directory.glob(f"{prefix}-*"))
    return []


def _name(stamp: Stamp) -> str:
    return f"{stamp.id}-{stamp.version}-{stamp.digest}"


def _sum(content: bytes) -> str:
    """Return a digest that shows whether a kept file is complete."""
    return hashlib.sha256(content).hexdigest()[:32]
