"""The configuration: `.confsync.yaml` at the root of a mirror. Read once, frozen after.

Each unknown key and each wrong type is an error that names file and line. Nothing secret stands
here: credentials come from the environment, the keyring or ``.netrc``.
"""

from __future__ import annotations

from typing import NamedTuple

from confsync.model.filenames import BLOG, CONFIG
from confsync.model.stamp import Layout

FILE_NAME = CONFIG


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
