"""The comments that earlier pulls have seen: `.confsync/comments`.

It has the time of the newest comment by the server's clock, and the comments of the last minutes
before it. It also has a page's text as it was last read for a comment, until the page has a later
version. So a document of the same version with another text lacks something: a pull was killed, git
has another branch checked out, or the text was not written.

A run of some spaces has a file of its own. Each file is valid only for the same server and the same
choice of pages, and as long as comments are written, or are not. Without it, a pull reads every
page once, so no comment is missed.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from confsync.mirror.state import mark
from confsync.model.config import Comments, Config
from confsync.model.moment import moment

NAME = "comments"
_FORMAT = "comments 1"


class Text(NamedTuple):
    """A page's text as a pull read it. With version 0 it could not be read, and must be."""

    version: int
    digest: str


UNREAD = Text(0, "-")


class SeenComments(NamedTuple):
    """The comments up to a time, those of the last minutes by id and version, and pages' texts."""

    until: datetime
    recent: frozenset[tuple[str, int]] = frozenset()
    pages: Mapping[str, Text] = {}

    @property
    def key(self) -> bytes | None:
        """Return what a pull with nothing new depends on, or None if a page must be read."""
        must = UNREAD in self.pages.values()
        return None if must else "".join(_page_lines(self.pages)).encode()


def read(state: Path, config: Config) -> SeenComments | None:
    """Return what earlier pulls have seen, or None if no valid file tells."""
    lines = mark.read(state, NAME + config.part_name).decode("ascii", "replace").splitlines()
    if len(lines) < 2 or lines[0] != _about(config):
        return None
    until = moment(lines[1])
    rows = [line.split() for line in lines[2:]]
    if until is None:
        return None
    with contextlib.suppress(ValueError):
        recent = frozenset((row[0], int(row[1])) for row in rows if len(row) == 2)
        pages = {row[0]: Text(int(row[1]), row[2]) for row in rows if len(row) == 3}
        return SeenComments(until, recent, pages)
    return None


def note(state: Path, config: Config, seen: SeenComments) -> None:
    """Store what this pull has seen. If that fails, the next pull looks again."""
    if seen == read(state, config):
        return
    recent = (f"{comment} {version}\n" for comment, version in sorted(seen.recent))
    head = f"{_about(config)}\n{seen.until.isoformat()}\n"
    with contextlib.suppress(OSError):
        text = "".join([head, *recent, *_page_lines(seen.pages)])
        mark.keep(state, NAME + config.part_name, text.encode())


def _page_lines(pages: Mapping[str, Text]) -> list[str]:
    return [f"{page} {text.version} {text.digest}\n" for page, text in sorted(pages.items())]


def _about(config: Config) -> str:
    """Return what the file is valid for: this server, and these spaces or parts of them."""
    spaces = [space._replace(others=frozenset()) for space in config.spaces]
    others = [sorted(space.others) for space in config.spaces]
    written = ("files",) if config.comments is Comments.FILES else ()
    chosen = repr((config.url, spaces, others, *written))
    return f"{_FORMAT} {hashlib.sha256(chosen.encode()).hexdigest()[:32]}"
