"""The configuration: `.confsync.yaml` at the root of a mirror. Read once, then frozen.

An unknown key or a wrong type is an error that names file and line. The configuration holds no
secrets: credentials come from the environment, the keyring or ``.netrc``.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from confsync.model.filenames import BLOG, CONFIG
from confsync.model.stamp import Layout

FILE_NAME = CONFIG


class Comments(Enum):
    """The ways to handle the comments of pages: nothing, names of new ones, or files of all."""

    OFF = "false"
    NOTICE = "notice"
    FILES = "true"


class SpaceConfig(NamedTuple):
    """One space, or the subtree of `root` in it, mirrored in the directory `path`.

    `include` and `exclude` are rules for `scope`: page ids, or patterns of paths below `path`.
    `archived` also mirrors archived pages. `others` are the roots of the mirror's other subtrees of
    this space; their pages belong to those subtrees. With `blog`, the space's blog posts are
    mirrored below `path`. The posts form a separate space here, marked by `posts`.
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
        """Return whether a mirror path is in this space's directory, but not in its blog's."""
        inside = path.startswith(f"{self.path}/")
        return inside and not (self.blog and path.startswith(f"{self.path}/{BLOG}/"))


class Config(NamedTuple):
    """The configuration of a mirror. `layout` affects only how bodies are written.

    `labels` makes labels part of the documents. `attachments` selects files by patterns of their
    names. `comments` says whether a pull looks for new comments, and whether it writes them.
    `settings` are the names, as in `document.settings`, of the page's settings that are part of the
    documents.

    A run of some spaces has only these in `spaces`, and the whole mirror's in `every`.
    """

    url: str
    spaces: tuple[SpaceConfig, ...]
    layout: Layout = Layout.LINES
    flavor: str | None = None
    labels: bool = False
    attachments: tuple[str, ...] = ()
    comments: Comments = Comments.OFF
    settings: tuple[str, ...] = ()
    every: tuple[SpaceConfig, ...] = ()

    @property
    def all_spaces(self) -> tuple[SpaceConfig, ...]:
        """Return the spaces of the whole mirror, also in a run of some spaces."""
        return self.every or self.spaces

    @property
    def all_directories(self) -> list[str]:
        """Return the directories of the whole mirror's spaces."""
        return [space.path for space in self.all_spaces]

    @property
    def other_spaces(self) -> tuple[SpaceConfig, ...]:
        """Return the spaces that a run of some spaces leaves alone."""
        return tuple(space for space in self.every if space not in self.spaces)

    @property
    def part_name(self) -> str:
        """Return what tells the state of a run of some spaces apart; empty for the whole mirror."""
        if not self.every:
            return ""
        import hashlib  # the fastest commands do without

        told = repr([space.path for space in self.spaces])
        return f"-{hashlib.sha256(told.encode()).hexdigest()[:16]}"

    def part(self, spaces: tuple[SpaceConfig, ...]) -> Config:
        """Return the configuration of a run of some spaces."""
        whole = self.all_spaces
        return self._replace(spaces=spaces, every=() if spaces == whole else whole)

    @property
    def directories(self) -> list[str]:
        """Return the directories of the spaces' documents."""
        return [space.path for space in self.spaces]
