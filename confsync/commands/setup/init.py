"""The command `init`: make a directory a mirror, and tell git how to merge it. Asks no server."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from confsync.errors import ConfigError, FileError
from confsync.mirror import config_file as config
from confsync.mirror import mirror
from confsync.mirror.git import attributes, merge_driver, removals, worktree
from confsync.mirror.state import disk
from confsync.model.config import FILE_NAME, Config
from confsync.model.filenames import REMOVED
from confsync.model.result import Result
from confsync.model.shell import quoted


def init(directory: Path, settings: Config) -> Result:
    """Write the configuration, and the files that tell git about a mirror.

    The files are `.confsync.yaml`, `.gitattributes` and `.confsync.removed`. Raise ConfigError,
    FileError.
    """
    path = directory / FILE_NAME
    if os.path.lexists(path):
        raise ConfigError(
            f"{path} exists already",
            hint=f"this is a mirror: 'confsync -C {quoted(str(directory))} pull' brings its pages",
        )
    _write_for_git(directory)
    mirror.write_new(path, config.dump(settings))
    with suppress(FileError):  # `doctor` tells of it
        merge_driver.configure(directory)
    return Result("init", notes=(f"{path}: mirrors {_spaces(settings)}",))


def init_git(root: Path) -> Result:
    """Let the git of this clone merge the documents of a mirror with confsync. Raise FileError."""
    check_repository(root)
    _write_for_git(root)
    merge_driver.configure(root)
    tracked = worktree.tracks(root, attributes.NAME)
    told = "git merges the documents here with confsync now"
    return Result("init", notes=(told if tracked else f"{told}; commit {attributes.NAME}, too",))


def check_repository(root: Path) -> None:
    """Raise FileError if a directory, or the place where it will be, is in no git repository."""
    there = next(place for place in (root, *root.parents) if place.is_dir())
    if not worktree.surrounds(there):
        raise FileError(
            f"{root} is in no git repository",
            hint=f"'git init {quoted(str(root))}' makes one; then run the command again",
        )


def _write_for_git(directory: Path) -> None:
    """Write the files that tell git about a mirror. Raise FileError."""
    try:
        attributes.write(directory)
        merge_driver.write_attribute(directory)
        if not os.path.lexists(directory / REMOVED):  # so that git knows it before the first line
            disk.replace(directory / REMOVED, removals.HEADER, lambda: None)
    except OSError as error:
        place = error.filename or directory
        raise FileError(
            f"{place}: cannot be written: {error.strerror}",
            hint=f"'ls -l {quoted(str(place))}' shows what it is; move it away",
        ) from None


def _spaces(settings: Config) -> str:
    return ", ".join(f"{space.key} of {settings.url}" for space in settings.spaces)
