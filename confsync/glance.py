"""Whether a document has changed since all were found clean, by a look at each: `.confsync/glance`.

It has a digest of every document's name, size, inode and times, as of then. Nothing is read, and
nothing is written on the strength of it: with the least difference, everything is looked into.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path

from confsync import __version__, disk, githead, standing
from confsync.basestore import STATE
from confsync.config import FILE_NAME, Config, SpaceConfig
from confsync.disk import Key
from confsync.selection import Selection

NAME = "glance"
FORMAT = 1


class Glance:
    """What was found clean last. `pulled` is a digest of what was listed when, besides, a pull had
    nothing to do; empty, where it is none."""

    def __init__(self, root: Path, spaces: tuple[SpaceConfig, ...]) -> None:
        self._root = root
        self._spaces = spaces
        self._path = root / STATE / NAME
        self._about = about(root, f"glance {FORMAT}")
        self._seen = self.pulled = ""
        with contextlib.suppress(OSError, ValueError):
            said, self._seen, self.pulled = self._path.read_text(encoding="utf-8").split("\n")
            if said != self._about:
                self._seen = self.pulled = ""

    def unchanged(self) -> frozenset[str] | None:
        """All documents, if they are those of then, and git's HEAD has no other. None: look."""
        if not self._seen:
            return None
        asked = githead.documents_of_head(self._root, [space.path for space in self._spaces])
        keys = standing.keys(self._root, self._spaces)
        if not keys or _digest(keys) != self._seen:
            return None
        here = frozenset(filter(standing.is_document, keys))
        committed = asked()
        if committed is not None and here.issuperset(committed):
            return here
        from confsync.committed import deleted_entries  # a closer look, which takes longer

        return None if deleted_entries(self._root, self._spaces, here=here) else here

    def note(self, read: Mapping[str, Key], began: int | None, pulled: str = "") -> None:
        """There was nothing to tell of all documents, which are those that were `read`.

        `began` is when the first was, by the clock of their file system: what was changed in that
        moment or later may change once more without a sign. `pulled` is what was listed, by a pull
        that had nothing to do.
        """
        keys = standing.keys(self._root, self._spaces)
        if keys is None or began is None:
            return
        settled = all(is_settled(key, began) for key in keys.values())
        same = all(key == keys.get(name) for name, key in read.items())
        every = len(read) == sum(map(standing.is_document, keys))
        seen = _digest(keys) if settled and same and every else ""
        pulled = pulled or (self.pulled if seen and seen == self._seen else "")
        if (seen, pulled) == (self._seen, self.pulled):
            return
        with contextlib.suppress(OSError):
            # By a file that nobody else writes: status takes no lock, and two halves were a lie.
            noted = f"{self._about}\n{seen}\n{pulled}".encode()
            disk.replace(self._path, noted, lambda: None, durable=False)


def clean(root: Path, config: Config, selection: Selection) -> int | None:
    """How many documents there are, if `status` has nothing to tell of any; None: it must look."""
    if config.attachments or not selection.everything:
        return None
    here = Glance(root, config.spaces).unchanged()
    return len(here) if here else None


def about(root: Path, form: str) -> str:
    """What a note of documents holds for: this version, its form, and this configuration."""
    try:
        config = hashlib.sha256((root / FILE_NAME).read_bytes()).hexdigest()
    except OSError:
        config = ""
    return f"confsync {__version__} {form} {config}"


def is_settled(key: Key, began: int) -> bool:
    """Whether a file was changed before anything was read, so that a later change shows."""
    return key[1] < began and key[2] < began


def _digest(keys: Mapping[str, Key]) -> str:
    lines = sorted(f"{name}\0{a} {b} {c} {d}" for name, (a, b, c, d) in keys.items())
    return hashlib.sha256("\0".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
