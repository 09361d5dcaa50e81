"""The snapshot, which shows whether a document changed: `.confsync/snapshot`.

It has every document's name, size, inode and times, including documents outside every space's
directory, and the names of other files beside them. It has the attachments' files, too, if
attachments are configured. It also has the configuration, and git's state and HEAD commit of that
moment. confsync never writes because of a snapshot: after the smallest difference, it reads
everything. A corrupt, foreign or incompatible snapshot is ignored.
"""

from __future__ import annotations

import contextlib
import marshal
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from confsync.mirror import walk
from confsync.mirror.git import head as githead
from confsync.mirror.state import mark, regular
from confsync.model.filenames import CONFIG, FOLDER_FILE, REMOVED, SNAPSHOT, STATE
from confsync.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from confsync.mirror.state.disk import Key
    from confsync.mirror.walk import Seen
    from confsync.model.config import Config

NAME = SNAPSHOT
FORMAT = 6
# Not known. git never answers this.
_UNKNOWN = b"?"
_WITH_FILES = b"files"


class Snapshot:
    """The last state without anything to report of a document.

    `pulled` is a digest of the listing of a pull that had nothing to do, or empty. `has_others`
    tells after `unchanged` whether there are other files, which only a closer look can report.
    """

    def __init__(self, root: Path | str) -> None:
        self._root = os.fspath(root)
        self._state = os.path.join(self._root, STATE)
        self._path = os.path.join(self._state, NAME)
        self._config = _read(os.path.join(self._root, CONFIG), regular.CONFIG_BYTES)
        self._directories: list[str] = []
        self._commit = self._trees = self._seen = b""
        self._files = self.has_others = False
        self._removed = self.pulled = ""
        word = mark.known(self._state)
        known = _read(self._path, regular.STATE_BYTES) if word and self._config else b""
        about = self._about(word)
        with contextlib.suppress(ValueError):
            if known.startswith(about):
                parts = known[len(about) :].split(b"\n", 6)
                files, pulled, removed, directories, commit, trees, seen = parts
                self._files = files == _WITH_FILES
                self.pulled, self._removed = pulled.decode(), removed.decode()
                self._directories = directories.decode().split("\0")
                self._commit, self._trees, self._seen = commit, trees, seen

    def _about(self, word: str) -> bytes:
        """Return what a snapshot is valid for: this version, this clone, and this configuration."""
        about = f"confsync {__version__} snapshot {FORMAT} {word}, {len(self._config)}\n"
        return about.encode() + self._config

    def unchanged(self) -> int | None:
        """Return the document count if nothing changed since the snapshot, else None.

        HEAD must have no other documents.
        """
        if not self._seen:
            return None
        head = githead.commit_of_head(self._root)
        count = self._count()
        commit = head()
        if count is None:
            return None
        # If nothing is committed, git has no other documents and no newer stamps.
        known = commit in (b"", self._commit)
        return count if known or self._holds_for(commit) else None

    def _holds_for(self, commit: bytes | None) -> bool:
        """Return whether the snapshot is valid for another HEAD.

        The other HEAD must have no other document and no newer stamp.
        """
        trees = githead.trees_of_head(self._root, self._directories)()
        if trees != self._trees and not self._has_all_of_head():
            return False
        found = self._knows_nothing_newer()
        if found and commit and githead.commit_of_head(self._root)() == commit:
            self._commit = commit
            self._save()
        return found is not None

    def _knows_nothing_newer(self) -> bool | None:
        """Return True if git knows no newer stamp of any document, and None if it does or may.

        Return False if git must be asked again: the history of a shallow or partial clone may grow
        with the same HEAD.
        """
        from pathlib import Path

        from confsync.mirror.committed import newest_stamps
        from confsync.mirror.index import Index

        seen = self._look(self._directories, files=self._files)
        known = newest_stamps.collect(Path(self._root), self._directories)
        newer_than = newest_stamps.likely(Path(self._root), known)
        index = Index(Path(self._root))
        for name in walk.documents(seen or []) if known.stamps else ():
            entry = index.known(Path(self._root), name)
            stamp = entry.document.stamp if entry and entry.document else None
            if stamp is None or newer_than(stamp):
                return None
            if any(known.newer_attached(stamp.id, one) for one in stamp.attachments):
                return None
            if any(known.newer_property(stamp.id, one) for one in stamp.properties):
                return None
        return not known.may_grow

    def _count(self) -> int | None:
        """Return the document count if all keys are those of the snapshot, else None."""
        count, known = 0, _packed(self._directories)
        place = len(known)
        if not self._seen.startswith(known):
            return None
        with contextlib.suppress(OSError):
            for seen in walk.look(self._root, self._directories, files=self._files):
                known = _packed(seen)
                if not self._seen.startswith(known, place):
                    return None
                place += len(known)
                inner, names, _ = seen
                if names and not walk.is_attached(inner):
                    count += len(names) - names.count(FOLDER_FILE)
                elif inner.endswith(walk.OTHER):
                    self.has_others = True
            beside = b"".join(map(_packed, walk.look_outside(self._root, self._directories)))
            if not self._seen.startswith(beside, place):
                return None
            place += len(beside)
            return count if place == len(self._seen) else None
        return None

    def _has_all_of_head(self) -> bool:
        """Return whether the work tree has all documents of HEAD. This check is slower."""
        seen = self._look(self._directories, files=self._files)
        beside = self._look_outside(self._directories)
        if seen is None or beside is None:
            return False
        if _noted(self._directories, [*seen, *beside]) != self._seen:
            return False
        here = walk.documents(seen)
        committed = githead.documents_of_head(self._root, self._directories)
        if committed is not None and here.issuperset(committed.ids):
            self._trees = committed.trees
            self._save()
            return True
        from pathlib import Path

        from confsync.mirror.committed.deleted import deleted_entries
        from confsync.mirror.config_file import parse

        spaces = parse(self._config.decode()).spaces
        return not deleted_entries(Path(self._root), spaces, here=here)

    def knows_removals(self) -> bool:
        """Return whether git has `.confsync.removed` as it is now, or there is no such file."""
        return self._removed == key_of_removals(self._root)

    def note(
        self,
        config: Config,
        read: Mapping[str, Key],
        began: int | None,
        pulled: str = "",
        removed: str | None = None,
    ) -> None:
        """Record that all documents and files, which are those in `read`, gave nothing to report.

        `began` is when the first one was read, by its file system's clock. A later change may keep
        the file's times, so such a snapshot is not stored. `pulled` is the listing of a pull that
        had nothing to do. `removed` is the key of a `.confsync.removed` that git has. If the
        configuration is not `config` any more, nothing is stored. The caller also found nothing to
        report outside the spaces' directories.
        """
        if began is None or not self._means(config):
            return
        with_files = bool(config.attachments)
        seen = self._look(config.directories, files=with_files)
        beside = self._look_outside(config.directories)
        # The attachments of documents outside the spaces have no keys.
        if seen is None or beside is None or (with_files and beside):
            return
        good = _is_settled([*seen, *beside], began) and _is_all(read, seen)
        noted = _noted(config.directories, [*seen, *beside]) if good else b""
        known = self._seen if self._directories == config.directories else b""
        pulled = pulled or (self.pulled if noted and noted == known else "")
        removed = self._removed if removed is None else removed
        if (noted, pulled, removed) == (known, self.pulled, self._removed):
            return
        if noted != known:
            # The next check finds out whether git has other documents.
            self._directories, self._seen = config.directories, noted
            self._files = with_files
            self._trees = self._commit = _UNKNOWN
        self.pulled, self._removed = pulled, removed
        self._save()

    def _look(self, directories: list[str], *, files: bool) -> list[Seen] | None:
        try:
            return list(walk.look(self._root, directories, files=files))
        except OSError:
            return None

    def _look_outside(self, directories: list[str]) -> list[Seen] | None:
        try:
            return list(walk.look_outside(self._root, directories))
        except OSError:
            return None

    def _means(self, config: Config) -> bool:
        """Return whether the configuration file still means `config`."""
        from confsync.errors import ConfigError
        from confsync.mirror.config_file import parse

        try:
            return parse(self._config.decode()) == config
        except (ConfigError, UnicodeDecodeError):
            return False

    def _save(self) -> None:
        from pathlib import Path

        from confsync.mirror.state import disk

        directories = "\0".join(self._directories).encode()
        files = _WITH_FILES if self._files else b""
        first = (files, self.pulled.encode(), self._removed.encode(), directories)
        told = (*first, self._commit, self._trees, self._seen)
        noted = b"\n".join(told)
        with contextlib.suppress(OSError):
            about = self._about(mark.made(self._state))
            # Replace the file as a whole: status takes no lock, and two mixed halves would be
            # wrong.
            disk.replace(Path(self._path), about + noted, lambda: None, durable=False)


def _is_settled(seen: list[Seen], began: int) -> bool:
    """Return whether a later change of each file would show."""
    from confsync.mirror.state import disk

    return all(disk.is_settled(key, began) for key in walk.keys(seen).values())


def _is_all(read: Mapping[str, Key], seen: list[Seen]) -> bool:
    """Return whether the documents that were read are those that are here, unchanged."""
    keys = walk.keys(seen)
    same = all(key == keys.get(name) for name, key in read.items())
    return same and len(read) == sum(map(walk.is_document, keys))


def clean(root: Path | str) -> int | None:
    """Return the document count if `status` has nothing to report, else None."""
    found = Snapshot(root)
    count = found.unchanged()
    told = found.has_others or not found.knows_removals()
    return None if told else count or None


def key_of_removals(root: Path | str) -> str:
    """Return what identifies the present content of `.confsync.removed`; empty without the file."""
    try:
        seen = os.lstat(os.path.join(os.fspath(root), REMOVED))
    except OSError:
        return ""
    return f"{seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns} {seen.st_ino}"


def _read(path: str, limit: int) -> bytes:
    """Return a file's content, or nothing if it cannot be read."""
    try:
        return regular.read(path, limit)
    except OSError:
        return b""


def _noted(directories: list[str], seen: list[Seen]) -> bytes:
    return _packed(directories) + b"".join(map(_packed, seen))


def _packed(seen: Seen | list[str]) -> bytes:
    """Return unique bytes for the given data. They are only compared, never unpacked.

    Format 2 of `marshal` gives equal bytes for equal values.
    """
    return marshal.dumps(seen, 2)
