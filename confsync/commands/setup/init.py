"""The command `init`: make a directory a mirror. Asks no server."""

from __future__ import annotations

import os
from pathlib import Path

from confsync.errors import ConfigError, FileError
from confsync.mirror import config_file as config
from confsync.mirror import mirror
from confsync.mirror.git import attributes, removals
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
    try:
        attributes.write(directory)
        if not os.path.lexists(directory / REMOVED):  # so that git knows it before the first line
            disk.replace(directory / REMOVED, removals.HEADER, lambda: None)
    except OSError as error:
        place = error.filename or directory
        raise FileError(
            f"{place}: cannot be written: {error.strerror}",
            hint=f"'ls -l {quoted(str(place))}' shows what it is; move it away",
        ) from None
    mirror.write_new(path, config.dump(settings))
    return Result("init", notes=(f"{path}: mirrors {_spaces(settings)}",))


def _spaces(settings: Config) -> str:
    return ", ".join(f"{space.key} of {settings.url}" for space in settings.spaces)
