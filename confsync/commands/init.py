"""init: make a directory a mirror. Nothing is asked of the server."""

from __future__ import annotations

from pathlib import Path

from confsync import config, mirror
from confsync.config import Config
from confsync.errors import ConfigError
from confsync.result import Result

# Bodies are compared byte for byte; git shall not turn their line ends.
ATTRIBUTES = "*.xhtml text eol=lf"


def init(directory: Path, settings: Config) -> Result:
    """Write `.confsync.yaml` and `.gitattributes`. Raises ConfigError, FileError."""
    path = directory / config.FILE_NAME
    if path.exists():
        raise ConfigError(
            f"{path} exists already", hint="this is a mirror: 'confsync pull' brings its pages"
        )
    directory.mkdir(parents=True, exist_ok=True)
    attributes = directory / ".gitattributes"
    before = attributes.read_text(encoding="utf-8") if attributes.exists() else ""
    if ATTRIBUTES not in before.splitlines():
        gap = "" if not before or before.endswith("\n") else "\n"
        with attributes.open("a", encoding="utf-8", newline="") as file:
            file.write(f"{gap}{ATTRIBUTES}\n")
    mirror.write_new(path, config.dump(settings))
    return Result("init", notes=(f"{path}: mirrors {_spaces(settings)}",))


def _spaces(settings: Config) -> str:
    return ", ".join(f"{space.key} of {settings.url}" for space in settings.spaces)
