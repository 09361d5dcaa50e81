"""The cache of bases: the bodies that stamps speak of, below `.confsync/bases/MARK`.

Entries are immutable and trusted only when their digest is right, so a torn, stale or foreign one
is simply not there, and needs no fsync. Deleting the whole cache loses no work.

One base is a file; many that are put at once are a pack: a list of what is in it, a line each with
name and number of bytes, an empty line, and the contents. To make a file takes longer than to
write it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from confsync.mirror.state import disk, mark, regular
from confsync.model.filenames import STATE as STATE
from confsync.model.stamp import Stamp, digest

# What is put at once in smaller numbers is not worth a pack.
FEW = 8
_PACK = "pack-"
_FIRST = "confsync bases 1"
# No more of a pack is looked at for its list; what has a longer one is none.
_LONGEST_LIST = 1 << 16
_LONGEST_TITLE = 1024
_IGNORE = b"*\n"
_MOST_IGNORE = 64


def make_state(state: Path) -> str:
    """Make the state directory, which git is not to see, and return the mark of the clone.

    Raises OSError, also for a link.
    """
    regular.check_way(state, state)
    ignore = state / ".gitignore"
    try:
        hidden = regular.read(ignore, _MOST_IGNORE) == _IGNORE
    except OSError:
        hidden = False
    if not hidden:
        disk.replace(ignore, _IGNORE, lambda: None)
    return mark.made(state)


class _Place(NamedTuple):
    """Where in which file the content of an entry is, in bytes."""

    path: Path
    start: int
    length: int

    def read(self) -> bytes:
        """The content. Raises OSError."""
        with open(regular.opened(self.path), "rb") as file:
            file.seek(self.start)
            return file.read(min(self.length, regular.DOCUMENT_BYTES))


class BaseStore:
    """Bases by (page id, version, digest), in a directory below one of the state's.

    It is called after the mark of the clone, so that nothing in it comes from git.
    """

    def __init__(self, directory: Path) -> None:
        self._parent = directory
        self._made: Path | None = None
        self._packed: dict[str, dict[str, _Place]] | None = None

    def get(self, stamp: Stamp) -> tuple[str, str] | None:
        """Title and body of the stamp's base, or None when the cache does not have it."""
        name = _name(stamp)
        with contextlib.suppress(OSError):
            raw = regular.read(self._path(name), regular.DOCUMENT_BYTES)
            found = _checked(raw, stamp.digest)
            if found:
                return found
        place = self._places().get(stamp.id, {}).get(name)
        with contextlib.suppress(OSError):
            return _checked(place.read(), stamp.digest) if place else None
        return None

    def has(self, stamp: Stamp) -> bool:
        """Tell whether the cache seems to have a base, trusted as far as names go."""
        name = _name(stamp)
        return name in self._places().get(stamp.id, {}) or self._path(name).is_file()

    def title(self, stamp: Stamp) -> str | None:
        """The title of the stamp's base, for telling in which order to send: nobody has compared it
        with the digest."""
        name = _name(stamp)
        alone = _Place(self._path(name), 0, _LONGEST_TITLE)
        return _title(self._places().get(stamp.id, {}).get(name) or alone) or None

    def versions(self, page_id: str) -> list[tuple[int, str]]:
        """Version and digest of each base of a page that the cache has, trusted as far as names
        go."""
        names = set(self._places().get(page_id, ()))
        with contextlib.suppress(OSError), os.scandir(self._directory / _shelf(page_id)) as shelf:
            names |= {entry.name for entry in shelf}
        parts = (name.split("-") for name in names if name.startswith(f"{page_id}-"))
        return [(int(p[1]), p[2]) for p in parts if len(p) == 3 and p[1].isdecimal()]

    def titles(self, prefix: str, most: int) -> list[tuple[str, str]]:
        """Ids that begin with some digits, the first `most` of them, each with a title that its
        page has or had: for recognising a page, and for nothing else."""
        known = {
            page_id: place
            for page_id, places in self._places().items()
            for place in places.values()
            if page_id.startswith(prefix)
        }
        with contextlib.suppress(OSError):
            for path in self._directory.glob(f"*/{prefix}*-*-*"):
                known[path.name.partition("-")[0]] = _Place(path, 0, _LONGEST_TITLE)
        return [(page_id, _title(known[page_id])) for page_id in sorted(known)[:most]]

    def put(self, stamp: Stamp, title: str, body: str) -> None:
        """Remember a base. A cache that cannot be written is no reason to fail."""
        with contextlib.suppress(OSError, UnicodeEncodeError):
            name = _name(stamp)
            self._keep(f"{_shelf(stamp.id)}/{name}", _content(title, body))

    def put_all(self, bases: Sequence[tuple[Stamp, str, str]]) -> None:
        """Remember several bases, as `put` does each."""
        if len(bases) < FEW:
            for base in bases:
                self.put(*base)
            return
        contents: dict[str, bytes] = {}
        for stamp, title, body in bases:
            with contextlib.suppress(UnicodeEncodeError):
                contents[_name(stamp)] = _content(title, body)
        head = "\n".join((_FIRST, *(f"{name} {len(raw)}" for name, raw in contents.items()), "\n"))
        name = f"{_PACK}{hashlib.sha256(head.encode()).hexdigest()[:32]}"
        with contextlib.suppress(OSError):
            self._keep(name, b"".join((head.encode(), *contents.values())))
        self._packed = None

    @property
    def _directory(self) -> Path:
        """Where the bases are; a place where none is, in a clone without a mark."""
        return self._made or self._known

    @cached_property
    def _known(self) -> Path:
        return self._parent / (mark.known(self._parent.parent) or "none")

    def _make(self) -> None:
        """Make the place for the bases, and forget those of another clone. Raises OSError."""
        if self._made is None:
            state = self._parent.parent
            own = self._parent / make_state(state)
            regular.check_way(own, state)
            if not own.is_dir():
                disk.forget(self._parent)
            self._made = own

    def _keep(self, name: str, content: bytes) -> None:
        """Write a file of the cache. Raises OSError."""
        self._make()
        disk.keep(self._directory / name, content)

    def _places(self) -> Mapping[str, Mapping[str, _Place]]:
        """What the packs have of each page, by name."""
        if self._packed is None:
            self._packed = {}
            with contextlib.suppress(OSError), os.scandir(self._directory) as found:
                for entry in found:
                    if entry.name.startswith(_PACK) and entry.is_file(follow_symlinks=False):
                        with contextlib.suppress(OSError, ValueError):
                            for name, place in _list_of(Path(entry.path)):
                                page_id = name.partition("-")[0]
                                self._packed.setdefault(page_id, {})[name] = place
        return self._packed

    def _path(self, name: str) -> Path:
        return self._directory / _shelf(name.partition("-")[0]) / name


def _list_of(path: Path) -> Iterable[tuple[str, _Place]]:
    """What a pack says that it has. Raises OSError, and ValueError for what is no pack."""
    with open(regular.opened(path), "rb") as file:
        head, end, _ = file.read(_LONGEST_LIST).partition(b"\n\n")
        size = os.fstat(file.fileno()).st_size
    first, *lines = head.decode("ascii").split("\n")
    if first != _FIRST or not end:
        raise ValueError(f"{path} is no pack")
    start = len(head) + len(end)
    found: list[tuple[str, _Place]] = []
    for line in lines:
        name, _, number = line.partition(" ")
        length = int(number) if number.isdecimal() else size
        if start + length > size:
            raise ValueError(f"{path} is torn")
        found.append((name, _Place(path, start, length)))
        start += length
    return found


def _name(stamp: Stamp) -> str:
    return f"{stamp.id}-{stamp.version}-{stamp.digest}"


def _content(title: str, body: str) -> bytes:
    return f"{title}\0{body}".encode()


def _checked(content: bytes, wanted: str) -> tuple[str, str] | None:
    """Title and body, if they are those that have the digest."""
    try:
        title, _, body = content.decode().partition("\0")
    except UnicodeDecodeError:
        return None
    return (title, body) if digest(title, body) == wanted else None


def _title(place: _Place) -> str:
    """The title of an entry, read without the rest; empty where there is none."""
    start = place._replace(length=min(place.length, _LONGEST_TITLE))
    try:
        title, end, _ = start.read().partition(b"\0")
    except OSError:
        return ""
    return title.decode("utf-8", "replace") if end else ""


def _shelf(page_id: str) -> str:
    """The directory of a page's entries: a hundred for all are made faster than one for each."""
    return page_id[-2:]
