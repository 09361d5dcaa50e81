"""The search for a document that git shows as deleted, directly before a deletion.

A moved document is not deleted, even if confsync cannot read it at its new place or never looks
there. So each search covers the whole work tree: hidden directories, attachments, files outside the
mirror, and inner repositories. It skips only mirrors in inner repositories, such as another work
tree, and confsync's own files.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from confsync.document.attachments.names import document_of
from confsync.mirror import attachment_files as files
from confsync.mirror.comments.files import is_comments
from confsync.mirror.committed.work_tree import list_work_tree
from confsync.mirror.entry import Entry, parsed, read
from confsync.mirror.git import trees
from confsync.mirror.state import disk, regular
from confsync.mirror.state.disk import Key
from confsync.model.config import SpaceConfig
from confsync.model.filenames import SUFFIX

_ID = re.compile(rb"(?<![0-9])[0-9]{1,20}(?![0-9])")
# Nanoseconds. A file that changed within this time can change again without a new time (FAT counts
# in 2 s).
_MOMENT = 2_500_000_000


class Trace(NamedTuple):
    """A file that may be a page's document.

    `path` is relative to the mirror and may contain ``..``.

    `certain` means that the file names the page; otherwise confsync cannot read the file.
    `left_out` means that git has the file but a sparse checkout omits it. `unmerged` means that an
    unfinished merge has it.
    """

    path: str
    certain: bool
    left_out: bool = False
    unmerged: bool = False


class _Seen(NamedTuple):
    """The content of one file: the page that it names, and the ids in an unreadable file."""

    page_id: str | None
    readable: bool
    ids: frozenset[str] = frozenset()


class Whereabouts:
    """The search for the documents of some pages.

    `entries` are documents that were read already. `gone` are those that `revision` has and the
    work tree lacks, by page id.
    """

    def __init__(
        self,
        root: Path,
        spaces: Iterable[SpaceConfig],
        entries: Iterable[Entry],
        gone: Mapping[str, Entry],
        revision: str = "HEAD",
    ) -> None:
        self._root = root.resolve()
        self._spaces = tuple(spaces)
        self._entries = {entry.path: entry for entry in entries}
        self.gone = gone
        self._revision = revision
        self._top = trees.top_of(root) if gone else root
        self._known: dict[str, tuple[Key, _Seen]] = {}
        self._owners: dict[str, str | None] = {}
        self._renames: Mapping[str, str] | None = None

    def look(self) -> dict[str, Trace]:
        """Return the traces of the pages' documents in the present work tree, by page id."""
        if not self.gone:
            return {}
        tree = list_work_tree(self._top)
        found = {**self._left_out(), **self._under_other_names(tree.files)}
        found |= self._unmerged()
        unread = {self._named(path): _Seen(None, readable=False) for path in tree.closed}
        here: set[str] = set()
        for path, seen in self._documents(tree.files):
            if not seen.readable:
                unread[path] = seen
            elif seen.page_id:
                here.add(seen.page_id)
                if seen.page_id in self.gone:
                    found[seen.page_id] = Trace(path, certain=True)
        for path, owners in self._owners_of(unread, here).items():
            for page_id in owners:
                found.setdefault(page_id, Trace(path, certain=False))
        return found

    def is_outside(self, path: str) -> bool:
        """Return whether a path is outside every space's directory."""
        return not any(space.holds(path) for space in self._spaces)

    # -- files that are no documents here, and may be theirs ---------------------------------------

    def _left_out(self) -> dict[str, Trace]:
        """Return the documents in git at places that a sparse checkout omits."""
        found: dict[str, Trace] = {}
        for path, raw in trees.left_out(self._root, SUFFIX).items():
            page_id = parsed(path, raw).claimed_id or ""
            if page_id in self.gone:
                found[page_id] = Trace(path, certain=True, left_out=True)
        return found

    def _unmerged(self) -> dict[str, Trace]:
        """Return the documents in git's index for an unfinished merge."""
        found: dict[str, Trace] = {}
        for path, raw in trees.unmerged(self._root):
            page_id = parsed(path, raw).claimed_id or ""
            if page_id in self.gone:
                found[page_id] = Trace(path, certain=True, unmerged=True)
        return found

    def _under_other_names(self, files: Iterable[str]) -> dict[str, Trace]:
        """Return the documents with names that no document has, such as `guide.html`.

        These are files that git sees as renamed, and files that begin with a document's name and
        name its page.
        """
        found: dict[str, Trace] = {}
        names = {Path(entry.path).stem.casefold(): i for i, entry in self.gone.items()}
        by_path = {entry.path: page_id for page_id, entry in self.gone.items()}
        for new, old in self._renamed().items():
            if old in by_path and not new.casefold().endswith(SUFFIX):
                found[by_path[old]] = Trace(new, certain=True)
        for path in map(Path, files):
            stem, dot, _ = path.name.casefold().rstrip("~").partition(".")
            if dot and stem in names and _may_be_document(path):
                found |= self._named_in(path, self.gone[names[stem]])
        return found

    def _named_in(self, path: Path, entry: Entry) -> dict[str, Trace]:
        """Return the trace of a file with a name like a document's, if it may be that document."""
        name = self._named(path)
        seen = self._read(os.fspath(path), name)
        if seen is None:
            return {}
        if seen.page_id is not None and seen.page_id in self.gone:
            return {seen.page_id: Trace(name, certain=True)}
        ids = {i for i in seen.ids if i in self.gone}
        whole = Path(entry.path).name.casefold()
        if not (ids or seen.readable) and path.name.casefold().startswith(whole):
            ids = {entry.page_id or ""}  # compressed or encrypted, such as guide.xhtml.gz
        return {page_id: Trace(name, certain=False) for page_id in ids}

    # -- every file that may be a document ---------------------------------------------------------

    def _named(self, path: str | Path) -> str:
        """Return a path relative to the mirror."""
        return Path(os.path.relpath(path, self._root)).as_posix()

    def _documents(self, files: Iterable[str]) -> Iterator[tuple[str, _Seen]]:
        for path in files:
            if not path.casefold().endswith(SUFFIX):
                continue
            name = self._named(path)
            outline = self._entries.get(name)
            if outline and outline.document and not outline.raw:
                yield (
                    name,
                    _Seen(outline.page_id, readable=True),
                )  # the index knows it without its text
                continue
            key = disk.key(path)
            if key is None:
                continue
            known = self._known.get(name)
            if known and known[0] == key:
                yield name, known[1]
                continue
            began = time.time_ns()
            seen = self._read(path, name)
            if seen is None:
                continue
            if max(key[1], key[2]) + _MOMENT < began:
                self._known[name] = key, seen
            yield name, seen

    def _read(self, path: str, name: str) -> _Seen | None:
        """Return the content of one file, or None if it is gone."""
        try:
            raw = _content(path)
        except FileNotFoundError:
            return None
        except OSError:
            return _Seen(None, readable=False)
        known = self._entries.get(name)
        entry = known if known and known.raw == raw else parsed(name, raw)
        if entry.document or entry.refused or self._is_another_kind(name, raw):
            return _Seen(entry.claimed_id, readable=True)
        plain = raw.replace(b"\0", b"")  # UTF-16 then reads like ASCII
        claimed = entry.claimed_id or parsed(name, plain).claimed_id
        if claimed:
            return _Seen(claimed, readable=True)
        return _Seen(None, readable=False, ids=frozenset(i.decode() for i in _ID.findall(plain)))

    def _is_another_kind(self, name: str, raw: bytes) -> bool:
        """Return whether a file outside the spaces is other XHTML, such as an e-book."""
        return self.is_outside(name) and raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"

    # -- files that cannot be read -----------------------------------------------------------------

    def _owners_of(self, unread: Mapping[str, _Seen], here: set[str]) -> dict[str, frozenset[str]]:
        """Return the pages whose documents may be the unreadable files.

        If a document was there, it is its page. Otherwise it is the page that git sees renamed to
        there. Otherwise these are the pages whose ids are in the bytes, or all searched pages.
        """
        if not unread:
            return {}
        by_path = {entry.path: page_id for page_id, entry in self.gone.items()}
        found = {path: frozenset([by_path[path]]) for path in unread.keys() & by_path.keys()}
        left = unread.keys() - found.keys()
        self._ask_git(left)
        for path in left:
            owner = self._owners[path]
            if owner is not None and owner not in here:
                continue  # the commit's document at this path, and no other
            renamed = by_path.get(self._renamed().get(path, ""))
            named = unread[path].ids & self.gone.keys()
            found[path] = frozenset([renamed]) if renamed else named or frozenset(self.gone)
        return found

    def _ask_git(self, paths: Iterable[str]) -> None:
        """Read from git the committed content of files that were not asked for yet."""
        new = set(paths) - self._owners.keys()
        if not new:
            return
        had = trees.contents_at(self._root, self._revision, new)
        self._owners |= {path: _owner(path, had) for path in new}

    def _renamed(self) -> Mapping[str, str]:
        """Return the files that git sees under another name: new path to old path."""
        if self._renames is None:
            self._renames = trees.renames_since(self._root, self._revision)
        return self._renames


def _owner(path: str, had: Mapping[str, bytes]) -> str | None:
    """Return the page of a document in a commit; empty if it names none, None if it is missing."""
    if path not in had:
        return None
    return parsed(path, had[path]).claimed_id or ""


def new_copies(root: Path, digest: str, size: int) -> Iterator[str]:
    """Yield the new files of the work tree that have an attachment's bytes.

    Neither HEAD nor a document's stamp has such a file. Paths are relative to the mirror. Raise
    FileError.
    """
    root = root.resolve()
    for path in list_work_tree(trees.top_of(root)).files:
        with contextlib.suppress(OSError):
            found = os.lstat(path)
            if not stat.S_ISREG(found.st_mode) or found.st_size != size:
                continue
            name = Path(os.path.relpath(path, root)).as_posix()
            same = files.digest_of(Path(path), name)[0] == digest
            if same and not _is_stamped(root, name, digest) and not trees.is_in_head(root, name):
                yield name


def _is_stamped(root: Path, name: str, digest: str) -> bool:
    """Return whether a file is an attachment with this digest in its document's stamp."""
    owner = document_of(name)
    found = read(root, owner).document if owner else None
    attached = found.stamp.attachments if found and found.stamp else ()
    return any(one.file == name.rpartition("/")[2] and one.digest == digest for one in attached)


def _may_be_document(path: Path) -> bool:
    """Return whether a file with another name may be a document; its page's comments are none."""
    return not (path.name.casefold().endswith(SUFFIX) or is_comments(path))


def _content(path: str) -> bytes:
    """Return a regular file's bytes. Raise OSError, also for a link or a file that is too large."""
    return regular.read(path, regular.DOCUMENT_BYTES)
