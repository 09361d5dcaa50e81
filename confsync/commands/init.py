"""init: make a directory a mirror. Nothing is asked of the server."""

from __future__ import annotations

from pathlib import Path

from confsync.errors import ConfigError, FileError
from confsync.mirror import config_file as config
from confsync.mirror import mirror
from confsync.mirror.state import disk
from confsync.model.config import FILE_NAME, Config
from confsync.model.result import Result

# Bodies and attachments are compared byte for byte; git shall not turn their line ends.
ATTRIBUTES = (b"*.xhtml text eol=lf", b"**/*.attachments/** -text")


def init(directory: Path, settings: Config) -> Result:
    """Write `.confsync.yaml` and `.gitattributes`. Raises ConfigError, FileError."""
    path = directory / FILE_NAME
    if path.exists():
        raise ConfigError(
            f"{path} exists already", hint="this is a mirror: 'confsync pull' brings its pages"
        )
    attributes = directory / ".gitattributes"
    try:
        before = attributes.read_bytes() if attributes.exists() else b""
        missing = [line for line in ATTRIBUTES if line not in before.splitlines()]
        if missing:
            gap = b"" if not before or before.endswith(b"\n") else b"\n"
            after = before + gap + b"".join(line + b"\n" for line in missing)
            disk.replace(attributes, after, lambda: None)
    except OSError as error:
        raise FileError(f"{attributes}: cannot be written: {error.strerror}") from None
    mirror.write_new(path, config.dump(settings))
    return Result("init", notes=(f"{path}: mirrors {_spaces(settings)}",))


def _spaces(settings: Config) -> str:
    return ", ".join(f"{space.key} of {settings.url}" for space in settings.spaces)
