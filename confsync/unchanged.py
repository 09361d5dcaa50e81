"""A pull that finds nothing new: known by the listing alone, without reading the documents again.

A plan is made of the documents, the listing, the configuration and git's word. Where all of these
are what they were when a pull had nothing to do, the next one has nothing to do either. Nothing is
ever written on the strength of this: with the least difference everything is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from confsync import scan, scope
from confsync.answers import PageInfo, ParentKind
from confsync.config import SpaceConfig
from confsync.errors import EVERYBODYS, ConfsyncError
from confsync.glance import Glance
from confsync.index import Index
from confsync.mirror import Mirror
from confsync.reading import Reader
from confsync.remote import about
from confsync.scan import Entry, SpaceScan

if TYPE_CHECKING:
    from confsync.remote import Remote


class Unchanged:
    """What one pull knows of the last ones.

    A `plain` one reads no more than it needs: of a document that is as it was title and stamp.
    `readers` are those that have asked for a listing already, which need not be asked for again.
    """

    def __init__(self, mirror: Mirror, remote: Remote, *, plain: bool) -> None:
        self._mirror = mirror
        self._remote = remote
        self._plain = plain
        self._spaces = mirror.config.spaces
        simple = _is_simple(mirror)
        self._index = Index(mirror.root) if simple else None
        self._glance = Glance(mirror.root, self._spaces) if simple else None
        self._told: dict[SpaceConfig, list[tuple[str, ...]]] = {}
        self.readers: dict[SpaceConfig, Reader] = {}

    def nothing_new(self) -> bool:
        """Whether there is nothing to pull; asks for listings only if there may not be."""
        last = self._glance
        if last is None or not last.pulled:
            return False
        with self._remote.workers.aside() as aside:
            aside.put(self._asked)  # whatever is seen here, the listing is needed
            unchanged = last.unchanged()
            told = aside.taken()
        return bool(unchanged and all(told) and self._digest() == last.pulled)

    def _asked(self) -> list[bool]:
        """Ask for the listing of each space; answers which could be had."""
        return [self._ask(space) for space in self._spaces]

    def read(self, root: Path, name: str) -> Entry:
        """Read a document, as far as it need be, and remember that."""
        index = self._index
        if index is None:
            return scan.read(root, name)
        return (index.read if self._plain else index.record)(root, name)

    def wrote(self) -> None:
        """A pull has read every document, and written some."""
        if self._index:
            self._index.wrote(self._mirror.fresh)
            self._index.save()

    def note(self, scans: Iterable[SpaceScan], readers: dict[SpaceConfig, Reader]) -> None:
        """A pull of everything had nothing to do and nothing to tell."""
        self.readers = readers
        digest = self._digest()
        clean = not any(
            one.folders or one.foreign or scope.excluded(one) or any(map(one.moves, one.entries))
            for one in scans
        )
        if self._index and self._glance and digest and clean:
            self._index.save()
            self._glance.note(self._index.keys, self._index.moment(), digest)

    def _ask(self, space: SpaceConfig) -> bool:
        remote = about(self._remote, space)
        told = []
        try:
            found = remote.space(space.key)
            reader = Reader(remote, found, archived=space.archived)
            listed = []
            for info in remote.listing(found, archived=space.archived):
                listed.append(info)
                told.append(_told(info))  # while the next answer is on its way
        except EVERYBODYS:
            raise
        except ConfsyncError:
            return False  # to be told with its space, while the others have their turn
        reader.listed, self._told[space] = tuple(listed), told
        self.readers[space] = reader
        return True

    def _digest(self) -> str:
        """What was listed of all spaces; empty where a listing does not tell everything."""
        hashed = hashlib.sha256()
        for space in self._spaces:
            reader = self.readers.get(space)
            if reader is None or reader.listed is None:
                return ""
            if any(info.parent_kind is ParentKind.FOLDER for info in reader.listed):
                return ""  # a folder's name is asked for by itself
            told = self._told.get(space) or list(map(_told, reader.listed))
            hashed.update(repr((reader.space, sorted(told))).encode())
        return hashed.hexdigest()


def _told(info: PageInfo) -> tuple[str, ...]:
    """Everything of a listed page that a plan is made of."""
    kind, status = info.parent_kind.value, info.status.value
    more = (str(info.version.number), info.parent or "", str(info.live), str(info.posted))
    return info.id, info.space, info.title, kind, status, *more


def _is_simple(mirror: Mirror) -> bool:
    """Whether a listing and the documents are all that a plan is made of."""
    config = mirror.config
    keys = {(space.key.casefold(), space.posts) for space in config.spaces}
    return not (config.labels or config.attachments) and len(keys) == len(config.spaces)
