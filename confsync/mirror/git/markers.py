"""The length of conflict markers, by git's attribute `conflict-marker-size`."""

from __future__ import annotations

from pathlib import Path

from confsync.document.document import MARKER_SIZE
from confsync.mirror.git import repository
from confsync.model.filenames import SUFFIX


def size_at(root: Path) -> int:
    """Return the length of the markers in the documents of a mirror.

    An attribute of a single document does not count.
    """
    command = repository.at(root)
    if command is None:
        return MARKER_SIZE
    status, said, _ = command.check_attr(
        *("conflict-marker-size", "--", f"page{SUFFIX}"),
        with_extended_output=True,
        with_exceptions=False,
    )
    value = str(said).rpartition(": ")[2]
    return int(value) if status == 0 and value.isdecimal() and int(value) else MARKER_SIZE
