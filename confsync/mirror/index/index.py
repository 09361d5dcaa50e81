"""The rows of all documents: which of them, and which of their attachments, did not change.

The index recognises an unmodified document by path, size, inode and times. The index leaves out a
document that changed while it was read. The document's next change may keep all of these values.
The index recognises the attachments of an unmodified document in the same way: by the names and
keys of everything in their directory. It leaves out a directory with a link or a pointer file. Code
that overwrites a file always reads it first. A corrupt, foreign or missing index is ignored.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING

from confsync.document.document import Document
from confsync.mirror import entry, walk
from confsync.mirror.entry import Entry
from confsync.mirror.index.row import FIELDS, Row, key_of, keys_of, row_in, row_of
from confsync.mirror.state import disk, mark, regular
from confsync.mirror.state.base_cache import STATE
from confsync.mirror.state.disk import Key
from confsync.model.config import FILE_NAME
from confsync.model.filenames import ATTACHMENTS, SNAPSHOT, SUFFIX
from confsync.model.stamp import Attached, Stamp
from confsync.version import __version__
from confsync.workers import batches

if TYPE_CHECKING:
    from confsync.mirror.attachment_files import Here, Wanted

NAME = "index"
FORMAT = 6
# Rows that are written at a time.
_TOGETHER = 100

# The key of a document that must be read: no file has it.
_UNKNOWN: Key = (-1, 0, 0, 0)


class Index:
    """The index of a mirror. `read` and `record` fill it, and `save` stores it.

    With `files`, it also knows the files of attachments. `part` is the `part_name` of a run of some
    spaces, which has an index of its own. `as_stamped` are the documents of which this run found
    that the files beside them are exactly the stamp's.
    """

    def __init__(self, root: Path, *, files: bool = False, part: str = "") -> None:
        self._root = os.fspath(root)
        self._files = files
        self.as_stamped: set[str] = set()
        self._seen_files: list[tuple[str, Mapping[str, Key]]] = []
        self._is_whole = True
        self._state = root / STATE
        self._path = self._state / f"{NAME}{part}"
        self._about = _about(root, f"index {FORMAT} {FIELDS}")
        self._new: dict[str, bytes] = {}

    @cached_property
    def _old(self) -> dict[str, bytes]:
        """Return the rows of the stored index, by path."""
        word = mark.known(self._state)
        with contextlib.suppress(OSError, ValueError):
            raw = regular.read(self._path, regular.STATE_BYTES) if word else b""
            lines = io.BytesIO(raw)  # no copy of the whole
            told, about = (lines.readline().removesuffix(b"\n") for _ in range(2))
            of_this_clone = about == f"{self._about} {word}".encode()
            rest = memoryview(raw)[len(told) + 1 :]
            if of_this_clone and told.decode() == hashlib.sha256(rest).hexdigest():
                rows = (line.removesuffix(b"\n").partition(b"\t") for line in lines)
                return {intern(json.loads(path)): row for path, _, row in rows}
        return {}

    def _row(self, name: str) -> Row | None:
        """Return the stored row of a document, if there is one."""
        raw = self._old.get(name)
        return row_in(raw) if raw else None

    def _row_of_unmodified(self, path: str) -> Row | None:
        """Return the stored row of a document that this run found unmodified."""
        raw = self._new.get(path)
        return row_in(raw) if raw and raw == self._old.get(path) else None

    def read(self, root: Path, name: str) -> Entry:
        """Return a document as `scan` reads it, or only title and stamp if it did not change."""
        self.moment()  # needed even if nothing is read: a file beside may change meanwhile
        known = self.known(root, name)
        if known is not None:
            self._new[known.path] = self._old[name]
            return known
        whole = self.record(root, name)
        found = whole.document
        if found is None or found.stamp is None or not _is_plain(whole):
            return whole
        return entry.without_text(whole, files=self._files)

    def outline(self, root: Path, name: str) -> Entry:
        """Return a document without its text, also if it changed. `Mirror.whole` reads the text."""
        return entry.sealed(self.read(root, name), files=self._files)

    def known(self, root: Path, name: str) -> Entry | None:
        """Return title and stamp of an unchanged document, or None if it must be read."""
        row, key = self._row(name), disk.key(f"{root}{os.sep}{name}")
        if row is None or key is None or row.key != key_of(key):
            return None
        if self._files and not row.knows_shown:  # confsync wrote it and did not read its body
            return None
        return row.entry(name)

    def record(self, root: Path, name: str) -> Entry:
        """Return a document as `scan` reads it, and remember it."""
        key = disk.key(root / name)
        began = self.moment()
        found = entry.read(root, name)
        if found.is_unreadable and name in self._old:
            self._new[name] = self._old[name]  # the row tells whose document this was
        settled = key is not None and began is not None and disk.is_settled(key, began)
        if key is not None and settled and _is_plain(found):
            self._new[name] = row_of(found, key, files=self._files).raw
        return found

    def are_as_stamped(self, path: str, attached: tuple[Attached, ...]) -> bool:
        """Return whether the files beside a document are surely exactly the stamp's, unread.

        Nearly all documents are so, and nothing else has to be found out about their files.
        """
        directory = path.removesuffix(SUFFIX) + ATTACHMENTS
        keys = self._keys_in(directory)
        if keys is None or bool(keys) != bool(attached):
            return False
        row = self._row_of_unmodified(path) if keys else None
        if keys and not (row and row.is_as_stamped and row.beside == keys_of(keys)):
            return False
        self._seen_files.append((directory, keys))
        self.as_stamped.add(path)
        return True

    def files(self, path: str, attached: tuple[Attached, ...], wanted: Wanted) -> Here:
        """Return what `attachment_files.here` returns. Read only changed directories.

        The result of an unmodified document depends only on the files. Raise FileError.
        """
        from confsync.mirror import attachment_files

        directory = path.removesuffix(SUFFIX) + ATTACHMENTS
        keys = self._keys_in(directory)
        row = self._row_of_unmodified(path)
        if keys and row and row.files and row.beside == keys_of(keys):
            found = row.here(directory)
        else:
            found = attachment_files.here(Path(self._root), path, attached, wanted)
            self._remember(path, keys, found, attached)
        self._note_files(directory, keys, found, attached)
        return found

    def _keys_in(self, directory: str) -> dict[str, Key] | None:
        """Return the keys of everything in an attachments directory, or None if it has a link."""
        try:
            _, names, numbers = walk.attached("", f"{self._root}{os.sep}{directory}")
        except FileNotFoundError:
            return {}
        except OSError:
            return None
        rest = iter(numbers)
        return dict(zip(names, zip(rest, rest, rest, rest, strict=True), strict=True))

    def _remember(
        self,
        path: str,
        keys: Mapping[str, Key] | None,
        found: Here,
        attached: tuple[Attached, ...],
    ) -> None:
        """Remember the files of an unmodified document, if a later change of them will show."""
        raw, began = self._new.get(path), self.moment()
        if raw is None:
            return
        row = row_in(raw)._replace(beside=b"", files=b"")
        plain = not (found.stand_ins or found.linked)
        if keys and plain and began and all(disk.is_settled(k, began) for k in keys.values()):
            row = row.with_files(keys_of(keys), found, attached)
        self._new[path] = row.raw

    def _note_files(
        self,
        directory: str,
        keys: Mapping[str, Key] | None,
        found: Here,
        attached: tuple[Attached, ...],
    ) -> None:
        """Note the keys for a snapshot. A missing file or a link makes a snapshot impossible."""
        if keys is None or any(one.name not in found.files for one in attached):
            self._is_whole = False
        self._seen_files.append((directory, keys or {}))

    def page_at(self, name: str) -> tuple[str, ...]:
        """Return the page id of the last unmodified document at a path, if known."""
        row = self._row(name)
        return (row.page_id(),) if row else ()

    def missing(self) -> dict[str, Stamp]:
        """Return the stamps of documents that were here and are not: path to stamp.

        A pull forgets them.
        """
        root = self._state.parent
        gone = (name for name in self._old if not os.path.lexists(f"{root}{os.sep}{name}"))
        found = ((name, row_in(self._old[name]).entry(name).document) for name in gone)
        return {name: one.stamp for name, one in found if one and one.stamp}

    def keep(self, names: Iterable[str]) -> None:
        """Keep the rows of some missing documents, for the next command."""
        self._new |= {name: self._old[name] for name in names if name in self._old}

    def wrote(self, fresh: Mapping[str, tuple[Key, Document]]) -> None:
        """Remember the written documents of `Mirror.fresh` instead of the read ones.

        A snapshot from before a document was made must not hide its deletion.
        """
        self._doubt_snapshot(fresh)
        for name, (key, found) in fresh.items():
            self._new[name] = row_of(Entry(name, b"", found), key, files=False).raw

    def made(self, names: Iterable[str]) -> None:
        """Remember new documents, of which the next command reads the text again."""
        new = [name for name in names if name not in self._old]
        found = (entry.read(self._state.parent, name) for name in new)
        rows = {one.path: row_of(one, _UNKNOWN, files=False) for one in found if _is_plain(one)}
        self._new |= {path: row.raw for path, row in rows.items()}
        self._doubt_snapshot(new)

    def _doubt_snapshot(self, names: Iterable[str]) -> None:
        """Remove the snapshot if it is older than a document."""
        if set(names) - self._old.keys():
            with contextlib.suppress(OSError):
                disk.unlink(self._state / SNAPSHOT)

    @property
    def keys(self) -> dict[str, Key]:
        """Return the keys of the documents and files that were read or need not be read.

        The result is empty if no snapshot is possible, because a file is missing or is a link.
        """
        if not self._is_whole:
            return {}
        keys = {name: row_in(raw).numbers() for name, raw in self._new.items()}
        for directory, beside in self._seen_files:
            keys |= {f"{directory}/{name}": key for name, key in beside.items()}
        return keys

    def save(self) -> None:
        """Store the index."""
        if self._new == self._old or self.moment() is None:
            return
        with contextlib.suppress(OSError):
            about = f"{self._about} {mark.made(self._state)}"
            told = hashlib.sha256()
            for piece in _pieces(about, self._new):
                told.update(piece)
            new, first = self._path.with_suffix(".new"), f"{told.hexdigest()}\n".encode()
            disk.keep(new, chain([first], _pieces(about, self._new)))
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


def outlines(
    root: Path, *, files: bool = False, whole: Callable[[str], bool] = lambda name: False
) -> Callable[[Path, str], Entry]:
    """Return how to read the documents of a mirror without their texts, and note nothing.

    `Mirror.whole` reads the text of a document. With `files`, an outline knows the attachments that
    the text shows. A document is read with its text if `whole` of its path is true.
    """
    index = Index(root, files=files)

    def outline(root: Path, name: str) -> Entry:
        if whole(name):
            return entry.read(root, name)
        return index.known(root, name) or entry.without_text(entry.read(root, name), files=files)

    return outline


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
    return not (found is None or found.modified or found.stamp is None)


def _pieces(about: str, rows: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield the bytes of an index without its digest. All of them at once take much memory."""
    yield about.encode()
    for some in batches(sorted(rows), _TOGETHER):
        yield b"".join(b"\n%s\t%s" % (json.dumps(name).encode(), rows[name]) for name in some)
