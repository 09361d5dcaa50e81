"""What was read or written, so that the next run reads only what has changed: `.confsync/index`.

A document that was clean is known by its path, size, inode and times. One that was changed in the
moment in which it was read, or later, is not: its next change could leave all of these as they are.
Whoever writes over a file reads it. What is torn, foreign or gone is not there: nothing is lost.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from confsync import __version__, disk, document, scan
from confsync.basestore import STATE
from confsync.committed import deleted_entries
from confsync.config import FILE_NAME, SpaceConfig
from confsync.disk import Key
from confsync.document import Document
from confsync.mirror import Mirror
from confsync.model import Stamp
from confsync.paths import FOLDER_FILE
from confsync.scan import Entry
from confsync.selection import Selection

NAME = "index"
FORMAT = 2
# What of a stamp is kept; one with attachments has more to compare than a text.
_STAMP = tuple(field.name for field in fields(Stamp) if field.name != "attachments")


class Index:
    """The index of a mirror: loaded, asked by `read`, and saved. Reads nothing by itself."""

    def __init__(self, root: Path, spaces: tuple[SpaceConfig, ...]) -> None:
        self._root = root
        self._spaces = spaces
        self._path = root / STATE / NAME
        self._about = _about(root)
        self._began: int | None = None
        self._old: dict[str, list[Any]] = {}
        self._new: dict[str, list[Any]] = {}
        self._seen: bytes = b""
        self._rows: bytes = b""
        # What was listed when a pull last had nothing to do, as that pull wrote it down.
        self.pulled = ""
        self._load()

    def _load(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            told, _, rest = self._path.read_bytes().partition(b"\n")
            if told.decode() == hashlib.sha256(rest).hexdigest():
                about, pulled, seen, rows = rest.split(b"\n\n\n")
                if about == self._about:
                    self.pulled, self._seen, self._rows = pulled.decode(), seen, rows

    def untouched(self) -> frozenset[str] | None:
        """All documents, if they are those that the last status found clean, and nothing else."""
        if not self._seen:
            return None
        keys = _standing(self._root, self._spaces)
        same = keys is not None and _lines(keys) == self._seen
        return frozenset(name for name in keys or {} if _is_document(name)) if same else None

    def read(self, root: Path, name: str) -> Entry:
        """A document as `scan` reads it, or, of one that is as it was, title and stamp alone."""
        if self._rows:
            self._old = {row[0]: row for row in json.loads(self._rows)}
            self._rows = b""
        key = disk.key(root / name)
        row = self._old.get(name)
        if row is not None and key is not None and tuple(row[1]) == key:
            self._new[name] = row
            return _entry(row)
        entry = self.record(root, name)
        # Without its text: thousands of those are much.
        return _entry(_row(entry, (0, 0, 0, 0))) if _is_plain(entry) else entry

    def record(self, root: Path, name: str) -> Entry:
        """A document as `scan` reads it, to be remembered."""
        key = disk.key(root / name)
        began = self._moment()
        entry = scan.read(root, name)
        if key is not None and began is not None and _is_settled(key, began) and _is_plain(entry):
            self._new[name] = _row(entry, key)
        return entry

    def wrote(self, fresh: Mapping[str, tuple[Key, Document]]) -> None:
        """Remember what was written, as `Mirror.fresh` has it, in place of what was read."""
        for name, (key, found) in fresh.items():
            self._new[name] = _row(Entry(name, b"", found), key)

    def save(self, *, clean: bool, pulled: str = "") -> None:
        """Remember what was read; `clean` says that there was nothing to tell of all documents.

        `pulled` is what was listed, by a pull that had nothing to do.
        """
        rows = sorted(self._new.values())
        if rows == sorted(self._old.values()) and not clean:
            return
        began = self._moment()
        if began is None:
            return
        keys = _standing(self._root, self._spaces) if clean else None
        seen = b""
        if keys is not None:
            known = all(_is_settled(key, began) for key in keys.values())
            same = all(tuple(row[1]) == keys.get(row[0]) for row in rows)
            every = len(rows) == sum(map(_is_document, keys))
            seen = _lines(keys) if known and same and every else b""
        pulled = pulled or (self.pulled if seen and seen == self._seen else "")
        rest = b"\n\n\n".join((self._about, pulled.encode(), seen, json.dumps(rows).encode()))
        told = hashlib.sha256(rest).hexdigest().encode()
        with contextlib.suppress(OSError):
            new = self._path.with_suffix(".new")
            disk.keep(new, told + b"\n" + rest)
            disk.put_in_place(self._path, str(new), lambda: None)

    def _moment(self) -> int | None:
        """When the first document was read, by the clock of its file system; None if unknown."""
        if self._began is None:
            with contextlib.suppress(OSError):
                if self._path.parent.is_dir():
                    new = self._path.with_suffix(".new")
                    disk.keep(new, b"\n")
                    self._began = new.stat().st_mtime_ns
        return self._began


def clean(mirror: Mirror, selection: Selection) -> int | None:
    """How many documents there are, if `status` has nothing to tell of any; None: it must look."""
    if mirror.config.attachments or not selection.everything:
        return None
    here = Index(mirror.root, mirror.config.spaces).untouched()
    if not here or deleted_entries(mirror.root, mirror.config.spaces, here=here):
        return None
    return len(here)


def _about(root: Path) -> bytes:
    """What an index holds for: this version, this form and this configuration."""
    try:
        config = hashlib.sha256((root / FILE_NAME).read_bytes()).hexdigest()
    except OSError:
        config = ""
    return f"confsync {__version__} index {FORMAT} {' '.join(_STAMP)} {config}".encode()


def _is_settled(key: Key, began: int) -> bool:
    """Whether a file was changed before anything was read, so that a later change shows."""
    return key[1] < began and key[2] < began


def _is_document(name: str) -> bool:
    return not name.endswith(FOLDER_FILE)


def _standing(root: Path, spaces: tuple[SpaceConfig, ...]) -> dict[str, Key] | None:
    """Every document and folder file with its key; None when one cannot be looked at."""
    found: dict[str, Key] = {}
    for space in spaces:
        for name in scan.standing(root, space):
            key = disk.key(f"{root}/{name}")
            if key is None:
                return None
            found[name] = key
    return found


def _lines(keys: dict[str, Key]) -> bytes:
    lines = sorted(f"{name}\0{a} {b} {c} {d}" for name, (a, b, c, d) in keys.items())
    return "\0".join(lines).encode("utf-8", "surrogateescape")


def _is_plain(entry: Entry) -> bool:
    """Whether title, labels and stamp are all that there is to know of a document."""
    found = entry.document
    if found is None or found.modified or found.stamp is None:
        return False
    return not (found.stamp.attachments or found.listed)


def _row(entry: Entry, key: Key) -> list[Any]:
    found = entry.document
    if found is None:
        raise ValueError(f"{entry.path} cannot be read")
    stamp = [_plain(getattr(found.stamp, name)) for name in _STAMP]
    return [entry.path, list(key), found.title, _plain(found.labels), stamp]


def _entry(row: list[Any]) -> Entry:
    path, _, title, labels, values = row
    stamp = Stamp(**{n: _tupled(value) for n, value in zip(_STAMP, values, strict=True)})
    return Entry(path, b"", document.outline(title, stamp, _tupled(labels)))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
