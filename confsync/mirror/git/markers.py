"""The length of conflict markers, by git's attribute `conflict-marker-size`."""

from __future__ import annotations

from pathlib import Path

from confsync.document.document import MARKER_SIZE
from confsync.mirror.git import head
from confsync.model.filenames import SUFFIX


def size_at(root: Path) -> int:
    """Return the length of the markers in the documents of a mirror.

    An attribute of a single document does not count.
    """
    said = head.said(str(root), ["check-attr", "conflict-marker-size", "--", f"page{SUFFIX}"])
    value = (said or b"").decode("utf-8", "replace").strip().rpartition(": ")[2]
    return int(value) if value.isdecimal() and int(value) else MARKER_SIZE
