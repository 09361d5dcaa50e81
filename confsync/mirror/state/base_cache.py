"""The cache of bases: titles and bodies by stamp, below `.confsync/bases/MARK`.

Entries are immutable, and trusted only if their digest is right. So a corrupt, stale or foreign
entry counts as missing, and no fsync is needed. Deleting the whole cache loses no work.

One base is a file. Many bases that are stored together are a pack: a list with a name and a byte
count per line, an empty line, and the contents. Making a file takes longer than writing it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from confsync.mirror.state import disk, mark, mutex, regular
from confsync.model.filenames import STATE as STATE
from confsync.model.stamp import Stamp, digest

# A smaller number of bases is stored in single files.
FEW = 8
_PACK = "pack-"
_FIRST = "confsync bases 1"
# Bytes of a pack that are searched for its list. A pack with a longer list is ignored.
_LONGEST_LIST = 1 << 16
_LONGEST_TITLE = 1024
_IGNORE = b"*\n"
_MOST_IGNORE = 64


def make_state(state: Path) -> str:
    """Make the state directory, hidden from git, and return the mark of the clone.

    Raise OSError, also for a link.
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
    """The place of an entry's content in a file, in bytes."""

    path: Path
    start: int
    length: int

    def read(self) -> bytes:
        """Return the content. Raise OSError."""
        with open(regular.opened(self.path), "rb") as file:
            file.seek(self.start)
            return file.read(min(self.length, regular.DOCUMENT_BYTES))


class BaseStore:
    """The bases by page id, version and digest, in a directory below the state directory.

    The directory is named after the mark of the clone, so that nothing in it comes from git.
    """

    def __init__(self, directory: Path) -> None:
        self._parent = directory
        self._made: Path | None = None
        self._packed: dict[str, dict[str, _Place]] | None = None

    def get(self, stamp: Stamp) -> tuple[str, str] | None:
        """Return title and body of the stamp's base, or None if the cache does not have it."""
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
        """Return whether the cache seems to have a base, judged by names only."""
        name = _name(stamp)
        return name in self._places().get(stamp.id, {}) or self._path(name).is_file()

    def title(self, stamp: Stamp) -> str | None:
        """Return the title of the stamp's base, to order the writes.

        The title is not verified by the digest.
        """
        name = _name(stamp)
        alone = _Place(self._path(name), 0, _LONGEST_TITLE)
        return _title(self._places().get(stamp.id, {}).get(name) or alone) or None

    def versions(self, page_id: str) -> list[tuple[int, str]]:
        """Return version and digest of each cached base of a page, judged by names only."""
        names = set(self._places().get(page_id, ()))
        with contextlib.suppress(OSError), os.scandir(self._directory / _shelf(page_id)) as shelf:
            names |= {entry.name for entry in shelf}
        parts = (name.split("-") for name in names if name.startswith(f"{page_id}-"))
        return [(int(p[1]), p[2]) for p in parts if len(p) == 3 and p[1].isdecimal()]

    def titles(self, prefix: str, most: int) -> list[tuple[str, str]]:
        """Return the first `most` page ids with a prefix, each with a title of its page.

        The title may be an old one. It serves only to recognise a page.
        """
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
        """Store a base. If the cache cannot be written, confsync continues."""
        with contextlib.suppress(OSError, UnicodeEncodeError):
            name = _name(stamp)
            self._keep(f"{_shelf(stamp.id)}/{name}", _content(title, body))

    def put_all(self, bases: Sequence[tuple[Stamp, str, str]]) -> None:
        """Store several bases, as `put` does."""
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
        """Return the directory of the bases; in a clone without a mark, one that does not exist."""
        return self._made or self._known

    @cached_property
    def _known(self) -> Path:
        return self._parent / (mark.known(self._parent.parent) or "none")

    def _make(self) -> None:
        """Make the directory of the bases, and delete those of other clones. Raise OSError."""
        if self._made is None:
            state = self._parent.parent
            own = self._parent / make_state(state)
            regular.check_way(own, state)
            if not own.is_dir():
                with mutex.held(state):  # else the entries of another process would be deleted
                    if not own.is_dir():
                        disk.forget(self._parent)
                        disk.make_directories(own)
            self._made = own

    def _keep(self, name: str, content: bytes) -> None:
        """Write a file of the cache. Raise OSError."""
        self._make()
        disk.keep(self._directory / name, content)

    def _places(self) -> Mapping[str, Mapping[str, _Place]]:
        """Return the entries of the packs by page id and name."""
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
    """Return the list of a pack. Raise OSError, or ValueError for an invalid pack."""
    with open(regular.opened(path), "rb") as file:
        head, end, _ = file.read(_LONGEST_LIST).partition(b"\n\n")
        size = os.fstat(file.fileno()).st_size
    first, *lines = head.decode("ascii").split("\n")
    if first != _FIRST or not end:
        raise ValueError(f"{path} is not a pack")
    start = len(head) + len(end)
    found: list[tuple[str, _Place]] = []
    for line in lines:
        name, _, number = line.partition(" ")
        length = int(number) if number.isdecimal() else size
        if start + length > size:
            raise ValueError(f"{path} is cut off")
        found.append((name, _Place(path, start, length)))
        start += length
    return found


def _name(stamp: Stamp) -> str:
    return f"{stamp.id}-{stamp.version}-{stamp.digest}"


def _content(title: str, body: str) -> bytes:
    return f"{title}\0{body}".encode()


def _checked(content: bytes, wanted: str) -> tuple[str, str] | None:
    """Return title and body if they have the digest, else None."""
    try:
        title, _, body = content.decode().partition("\0")
    except UnicodeDecodeError:
        return None
    return (title, body) if digest(title, body) == wanted else None


def _title(place: _Place) -> str:
    """Return the title of an entry without reading the rest; empty if there is none."""
    start = place._replace(length=min(place.length, _LONGEST_TITLE))
    try:
        title, end, _ = start.read().partition(b"\0")
    except OSError:
        return ""
    return title.decode("utf-8", "replace") if end else ""


def _shelf(page_id: str) -> str:
    """Return the directory of a page's entries.

    A hundred directories are faster than one a page.
    """
    return page_id[-2:]
