"""git's own merge of three files."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from confsync.document.document import MARKER_SIZE
from confsync.errors import FileError
from confsync.mirror.git import repository


class ThreeFiles(NamedTuple):
    """The files that git names to a merge driver: %O, %A and %B."""

    ancestor: Path
    ours: Path
    theirs: Path


def merged(
    directory: Path, files: ThreeFiles, marker_size: int = MARKER_SIZE
) -> tuple[bytes, bool] | None:
    """Return what `git merge-file` makes of three files, and whether it has conflict markers.

    The user's style of conflicts in `directory` applies. Return None for binary files. Raise
    FileError without git.
    """
    command = repository.at(directory)
    if command is None:
        raise FileError("merging needs git", hint="install git")
    names = [str(path) for path in (files.ours, files.ancestor, files.theirs)]
    labels = [word for name in ("ours", "ancestor", "theirs") for word in ("-L", name)]
    status, out, _ = command.merge_file(
        "-p",
        f"--marker-size={marker_size}",
        *labels,
        "--",
        *names,
        with_extended_output=True,
        with_exceptions=False,
        strip_newline_in_stdout=False,
        stdout_as_string=False,
    )
    return (out, status != 0) if 0 <= status < 128 else None
