"""The reader and writer of `.confsync.yaml`, the configuration at the root of a mirror."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from confsync.errors import ConfigError, UsageError
from confsync.mirror.state import regular
from confsync.model.config import FILE_NAME, Comments, Config, SpaceConfig
from confsync.model.filenames import root_above
from confsync.model.hint import mentioned
from confsync.model.shell import quoted
from confsync.model.stamp import Layout
from confsync.model.url import check_url

# One space as `dump` writes it, without characters that mean anything to YAML.
_WORD = r"(?!(?i:yes|off|true|null|false)\n)[A-Za-z]{3,255}"

_DUMPED = re.compile(
    r"url: (https?://[\w./-]+(?::[0-9]+)?(?:/[\w./-]*)?)\n"
    rf"spaces:\n- key: ({_WORD})\n  path: ({_WORD})\n"
    r"(?:flavor: (cloud|datacenter)\n)?",
    re.ASCII,
)


def find_root(start: Path) -> Path:
    """Return the nearest directory with a configuration, from `start` upward. Raise ConfigError."""
    found = root_above(str(start))
    if found is not None:
        return Path(found)
    raise ConfigError(
        f"no {FILE_NAME} in {start} or above",
        hint="'confsync clone URL' starts a mirror; 'confsync -C DIR' uses a mirror elsewhere",
    )


def load(root: Path) -> Config:
    """Return the configuration of the mirror at `root`. Raise ConfigError with its line."""
    path = root / FILE_NAME
    try:
        text = regular.read(path, regular.CONFIG_BYTES).decode("utf-8")
    except OSError as error:
        why = error.strerror or error
        hint = f"'ls -l {quoted(str(path))}' shows what it is; it must be a regular file"
        raise ConfigError(f"{mentioned(FILE_NAME)}: cannot be read: {why}", hint=hint) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{mentioned(FILE_NAME)}: cannot be read: {error}") from None
    return parse(text)


def parse(text: str) -> Config:
    """Return a configuration from its text. Raise ConfigError with the line."""
    plain = _as_dumped(text)
    if plain is not None:
        return plain
    from confsync.mirror import config_yaml  # loads a YAML parser

    return config_yaml.parse(text)


def _as_dumped(text: str) -> Config | None:
    """Return a configuration that is exactly as `dump` writes it, or None.

    The YAML parser would give the same result.
    """
    found = _DUMPED.fullmatch(text)
    if found is None:
        return None
    url, key, path, flavor = found.groups()
    try:
        return Config(check_url(url), (SpaceConfig(key, path),), flavor=flavor)
    except ValueError:
        return None  # the parser reports it with its line


def settings_for(url: str, spaces: Sequence[SpaceConfig], flavor: str | None = None) -> Config:
    """Return a new configuration, checked like a file. Raise UsageError."""
    try:
        return parse(dump(Config(url.rstrip("/"), tuple(spaces), flavor=flavor)))
    except ConfigError as error:
        raise UsageError(error.message.partition(": ")[2]) from None


def dump(config: Config) -> str:
    """Return the text of a new configuration file."""
    data: dict[str, object] = {"url": config.url}
    data["spaces"] = [
        {"key": space.key, "path": space.path}
        | ({"root": space.root} if space.root else {})
        | ({"blog": True} if space.blog else {})
        for space in config.spaces
        if not space.posts
    ]
    if config.flavor:
        data["flavor"] = config.flavor
    if config.labels:
        data["labels"] = True
    if config.attachments:
        data["attachments"] = config.attachments == ("*",) or list(config.attachments)
    if config.comments is not Comments.OFF:
        data["comments"] = config.comments is Comments.FILES or config.comments.value
    if config.layout is not Layout.LINES:
        data["layout"] = config.layout.value
    import yaml

    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
