"""The index of documents, with which the next run reads only changed ones: `.confsync/index`.

The index recognises an unmodified document by path, size, inode and times. The index leaves out a
document that changed while it was read. The document's next change may keep all of these values.
Code that overwrites a file always reads it first. A corrupt, foreign or missing index is ignored.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any

from confsync.document import document
from confsync.document.document import Document
from confsync.mirror import entry
from confsync.mirror.entry import Entry
from confsync.mirror.state import disk, mark, regular
from confsync.mirror.state.base_cache import STATE
from confsync.mirror.state.disk import Key
from confsync.model.config import FILE_NAME
from confsync.model.stamp import Stamp
from confsync.version import __version__

NAME = "index"
FORMAT = 2
# The fields of a stamp in the index. Documents with attachments are left out.
_STAMP = tuple(field.name for field in fields(Stamp) if field.name != "attachments")


class Index:
    """The index of a mirror. `read` and `record` fill it, and `save` stores it."""

    def __init__(self, root: Path) -> None:
        self._state = root / STATE
        self._path = self._state / NAME
        self._about = _about(root, f"index {FORMAT} {' '.join(_STAMP)}")
        self._new: dict[str, list[Any]] = {}

    @cached_property
    def _old(self) -> dict[str, list[Any]]:
        """Return the rows of the stored index, by path."""
        word = mark.known(self._state)
        with contextlib.suppress(OSError, ValueError):
            raw = regular.read(self._path, regular.STATE_BYTES) if word else b""
            told, _, rest = raw.partition(b"\n")
            about, _, rows = rest.partition(b"\n")
            of_this_clone = about == f"{self._about} {word}".encode()
            if of_this_clone and told.decode() == hashlib.sha256(rest).hexdigest():
                return {row[0]: row for row in json.loads(rows)}
        return {}

    def read(self, root: Path, name: str) -> Entry:
        """Return a document as `scan` reads it, or only title and stamp if it did not change."""
        self.moment()  # needed even if nothing is read: a file beside may change meanwhile
        known = self.known(root, name)
        if known is not None:
            self._new[name] = self._old[name]
            return known
        whole = self.record(root, name)
        found = whole.document
        if found is None or found.stamp is None or not _is_plain(whole):
            return whole
        # drop the text to save memory
        return Entry(name, b"", document.outline(found.title, found.stamp, found.labels))

    def known(self, root: Path, name: str) -> Entry | None:
        """Return title and stamp of an unchanged document, or None if it must be read."""
        row = self._old.get(name)
        if row is None or _key(row) != disk.key(f"{root}{os.sep}{name}"):
            return None
        return _entry(row)

    def record(self, root: Path, name: str) -> Entry:
        """Return a document as `scan` reads it, and remember it."""
        key = disk.key(root / name)
        began = self.moment()
        found = entry.read(root, name)
        if found.is_unreadable and name in self._old:
            self._new[name] = self._old[name]  # the row tells whose document this was
        settled = key is not None and began is not None and disk.is_settled(key, began)
        if key is not None and settled and _is_plain(found):
            self._new[name] = _row(found, key)
        return found

    def page_at(self, name: str) -> tuple[str, ...]:
        """Return the page id of the last unmodified document at a path, if known."""
        row = self._old.get(name)
        return (_page_of(row),) if row else ()

    def wrote(self, fresh: Mapping[str, tuple[Key, Document]]) -> None:
        """Remember the written documents of `Mirror.fresh` instead of the read ones."""
        for name, (key, found) in fresh.items():
            self._new[name] = _row(Entry(name, b"", found), key)

    @property
    def keys(self) -> dict[str, Key]:
        """Return the keys of the documents that were read or need not be read."""
        return {name: _key(row) for name, row in self._new.items()}

    def save(self) -> None:
        """Store the index."""
        rows = sorted(self._new.values())
        if rows == sorted(self._old.values()) or self.moment() is None:
            return
        with contextlib.suppress(OSError):
            about = f"{self._about} {mark.made(self._state)}\n".encode()
            rest = about + json.dumps(rows).encode()
            told = hashlib.sha256(rest).hexdigest().encode()
            new = self._path.with_suffix(".new")
            disk.keep(new, told + b"\n" + rest)
            disk.put_in_place(self._path, str(new), lambda: None)

    def moment(self) -> int | None:
        """Return when the first document was read, by its file system's clock; None if unknown."""
        return self._began

    @cached_property
    def _began(self) -> int | None:
        with contextlib.suppress(OSError):
            regular.check_way(self._path, self._state)
            if self._state.is_dir():
                new = self._path.with_suffix(".new")
                disk.keep(new, b"\n")
                return new.stat().st_mtime_ns
        return None


def _about(root: Path, form: str) -> str:
    """Return what an index is valid for: this version, its format, and this configuration."""
    try:
        raw = regular.read(root / FILE_NAME, regular.CONFIG_BYTES)
        config = hashlib.sha256(raw).hexdigest()
    except OSError:
        config = ""
    return f"confsync {__version__} {form} {config}"


def _is_plain(entry: Entry) -> bool:
    """Return whether title, labels and stamp describe a document completely."""
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


def _key(row: list[Any]) -> Key:
    size, changed, renamed, inode = row[1]
    return size, changed, renamed, inode


def _entry(row: list[Any]) -> Entry:
    path, _, title, labels, values = row
    said = dict(zip(_STAMP, values, strict=True))
    said["labels"] = _tupled(said["labels"])
    return Entry(path, b"", document.outline(title, Stamp(**said), _tupled(labels)))


def _page_of(row: list[Any]) -> str:
    return str(row[4][_STAMP.index("id")])


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
