"""The commands to type after a clone."""

from __future__ import annotations

import os
from pathlib import Path

from confsync.mirror.git import attributes, repository, worktree
from confsync.mirror.mirror import Mirror
from confsync.model.config import FILE_NAME
from confsync.model.filenames import REMOVED
from confsync.model.shell import quoted


def after_clone(mirror: Mirror) -> tuple[str, ...]:
    """Return the commands that commit a new mirror and send an edit, each for a line of its own.

    They work in the directory in which the clone was typed, one after the other.
    """
    place = from_here(mirror.root)
    return (
        *(() if place == "." else (f"cd {quoted(place)}",)),
        *_commit(mirror),
        "confsync diff                 # after an edit, in any editor",
        'confsync push -m "My edit"    # sends it',
    )


def from_here(place: Path) -> str:
    """Return a path as a user types it in the current directory."""
    try:
        return os.path.relpath(place)
    except ValueError:  # on Windows, another drive
        return str(place)


def commit_message(mirror: Mirror) -> str:
    """Return the message of the commit that begins a mirror."""
    keys = dict.fromkeys(space.key for space in mirror.config.spaces)
    return f"A mirror of {', '.join(keys)}"


def _commit(mirror: Mirror) -> tuple[str, ...]:
    """Return the commands that commit the mirror's files; none without git or after the commit."""
    if repository.at(mirror.root) is None or worktree.tracks(mirror.root, FILE_NAME):
        return ()
    spaces = [space.path for space in mirror.config.spaces if not space.posts]
    names = map(quoted, (FILE_NAME, attributes.NAME, REMOVED, *spaces))
    begin = () if worktree.surrounds(mirror.root) else ("git init -q && confsync init -q --git",)
    add = f"git add {' '.join(names)}"
    return (*begin, add, f'git commit -q -m "{commit_message(mirror)}"')
