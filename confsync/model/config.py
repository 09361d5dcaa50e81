"""The configuration: `.confsync.yaml` at the root of a mirror. Read once, frozen after.

Each unknown key and each wrong type is an error that names file and line. Nothing secret stands
here: credentials come from the environment, the keyring or ``.netrc``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from confsync.errors import ConfigError, UsageError
from confsync.filenames import CONFIG, root_above
from confsync.model import Layout
from confsync.paths import BLOG

FILE_NAME = CONFIG

_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")
# One space, as `dump` writes it, with nothing in it that means anything to YAML.
_WORD = r"(?!(?i:yes|off|true|null|false)\n)[A-Za-z]{3,255}"
_DUMPED = re.compile(
    r"url: (https?://[\w./-]+(?::[0-9]+)?(?:/[\w./-]*)?)\n"
    rf"spaces:\n- key: ({_WORD})\n  path: ({_WORD})\n"
    r"(?:flavor: (cloud|datacenter)\n)?",
    re.ASCII,
)


class SpaceConfig(NamedTuple):
    """One space, or the subtree of `root` in it, mirrored in the directory `path`.

    `include` and `exclude` are rules, as `scope` reads them: page ids, or patterns of paths below
    `path`. `archived` says whether archived pages are mirrored, too. `others` are the roots of the
    mirror's other subtrees of the same space, which belong to those. With `blog` the space's blog
    posts are mirrored below `path`; they are a space of their own here, which `posts` marks.
    """

    key: str
    path: str
    root: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    archived: bool = False
    others: frozenset[str] = frozenset()
    blog: bool = False
    posts: bool = False

    def holds(self, path: str) -> bool:
        """Whether a mirror path is in this space's directory, and not in that of its blog."""
        inside = path.startswith(f"{self.path}/")
        return inside and not (self.blog and path.startswith(f"{self.path}/{BLOG}/"))


class Config(NamedTuple):
    """What a mirror mirrors. `layout` affects only how bodies are written.

    `labels` says whether labels are part of the documents, `attachments` which files come along, by
    patterns of their names.
    """

    url: str
    spaces: tuple[SpaceConfig, ...]
    layout: Layout = Layout.LINES
    flavor: str | None = None
    labels: bool = False
    attachments: tuple[str, ...] = ()

    @property
    def directories(self) -> list[str]:
        """Where the spaces' documents stand."""
        return [space.path for space in self.spaces]


def find_root(start: Path) -> Path:
    """The nearest directory, from `start` upward, with a configuration. Raises ConfigError."""
    found = root_above(str(start))
    if found is not None:
        return Path(found)
    raise ConfigError(
        f"no {FILE_NAME} in {start} or above",
        hint="'confsync clone URL' starts a mirror; -C DIR names one that is elsewhere",
    )


def load(root: Path) -> Config:
    """Read the configuration of the mirror at `root`. Raises ConfigError with its line."""
    path = root / FILE_NAME
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{FILE_NAME}: cannot be read: {error}") from None
    return parse(text)


def parse(text: str) -> Config:
    """Read a configuration from its text. Raises ConfigError with the line."""
    plain = _as_dumped(text)
    if plain is not None:
        return plain
    from confsync import configreader  # with a parser of YAML

    return configreader.parse(text)


def _as_dumped(text: str) -> Config | None:
    """A configuration of one space, exactly as `dump` writes it; the parser would say the same."""
    found = _DUMPED.fullmatch(text)
    if found is None:
        return None
    url, key, path, flavor = found.groups()
    try:
        return Config(check_url(url), (SpaceConfig(key, path),), flavor=flavor)
    except ValueError:
        return None  # is told with its line


def check_url(url: str) -> str:
    """The base URL without a last slash. Raises ValueError when it cannot be one."""
    parts = urlsplit(url)
    if "@" in url:
        raise ValueError("the URL carries credentials; give them in CONFSYNC_USER, CONFSYNC_TOKEN")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url}' is not a URL such as https://acme.atlassian.net/wiki")
    if parts.query or parts.fragment:
        raise ValueError(f"'{url}' has more than a path behind the host")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"'{url}' would send credentials unencrypted: use https")
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    return _LOOPBACK.fullmatch(host) is not None


def settings_for(
    url: str, keys: Sequence[str], root: str | None, flavor: str | None = None
) -> Config:
    """A new configuration, checked as a file would be. Raises UsageError."""
    spaces = tuple(SpaceConfig(key, key, root) for key in keys)
    if root and len(spaces) > 1:
        raise UsageError("--root goes with one space")
    try:
        return parse(dump(Config(url.rstrip("/"), spaces, flavor=flavor)))
    except ConfigError as error:
        raise UsageError(error.message.partition(": ")[2]) from None


def dump(config: Config) -> str:
    """The text of a new configuration file."""
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
    if config.layout is not Layout.LINES:
        data["layout"] = config.layout.value
    import yaml

    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
