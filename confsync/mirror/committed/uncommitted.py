"""The files that confsync wrote and that git's HEAD lacks: the debt of a run with `--commit`.

A commit can fail because of a hook, a lock or a merge in progress. The written document is known by
its stamp: the document equals its stamp, and the rest equals HEAD. A person's own changes stay
uncommitted and are reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from confsync.document import document, folder_file, paths
from confsync.document.attachments import names as attachments
from confsync.document.document import Document, Fields
from confsync.document.settings.values import changed
from confsync.errors import FileError
from confsync.mirror import attachment_files as files
from confsync.mirror.committed.deleted import deleted_pages
from confsync.mirror.entry import Entry, parsed
from confsync.mirror.git import removals, worktree
from confsync.mirror.git import repository as gitrepo
from confsync.mirror.index import outlines
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.model.filenames import REMOVED
from confsync.model.hint import mentioned
from confsync.model.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Owed:
    """A document that confsync wrote or removed, and the files that belong to it.

    `before` is the version in HEAD, `after` the version here; each is None without a document.
    `mixed` means that a person changed the document too. `page_id` is empty for a folder file.
    """

    path: str
    names: frozenset[str]
    page_id: str
    title: str
    before: int | None
    after: int | None
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class _Committed:
    """A document in HEAD."""

    path: str
    document: Document
    stamp: Stamp


def owed(mirror: Mirror, dirty: frozenset[str], *, own_files: bool) -> Iterator[Owed]:
    """Yield what confsync wrote among the `dirty` files, which differ from HEAD.

    With `own_files`, a new document that was pushed counts as a whole, including a person's own
    keys. Raise FileError.
    """
    scans = mirror.scan(outlines(mirror.root, whole=dirty.__contains__))
    look = _Look(mirror, scans, dirty, own_files=own_files)
    moved = look.moved_by_confsync()
    for scan in scans:
        for entry in scan.entries:
            if entry.path in dirty and entry.page_id:
                yield from look.documents(scan, entry, moved)
    yield from look.removed()
    yield from look.folders()


def ignored(mirror: Mirror) -> dict[str, frozenset[str]]:
    """Return the documents of pages that git ignores, with the files that HEAD has instead.

    A removal of those files must not be committed without the new file. Raise FileError.
    """
    unknown = worktree.ignored(mirror.root, mirror.config.directories)
    if not unknown:
        return {}
    entries = [entry for scan in mirror.scan(outlines(mirror.root)) for entry in scan.entries]
    ids = {e.path: e.page_id for e in entries if e.path in unknown and e.page_id}
    here = frozenset(entry.path for entry in entries)
    gone = deleted_pages(mirror.root, mirror.config.spaces, here) if ids else {}
    return {path: frozenset({gone[i]} if i in gone else ()) for path, i in ids.items()}


class _Look:
    """The comparison of the documents here with those in HEAD."""

    def __init__(
        self,
        mirror: Mirror,
        scans: tuple[SpaceScan, ...],
        dirty: frozenset[str],
        *,
        own_files: bool,
    ) -> None:
        self._mirror = mirror
        self._scans = scans
        self._dirty = dirty
        self._own_files = own_files
        self._entries = {e.path: e for scan in scans for e in scan.entries}
        directories = mirror.config.directories
        here = frozenset(self._entries)
        changed = {path: e.raw for path, e in self._entries.items() if path in dirty}
        same = gitrepo.committed(mirror.root, directories, changed)
        gone = gitrepo.deleted_documents(mirror.root, directories, here=here)
        self._same = dict(_committed(same))
        self._gone = dict(_committed(gone))
        self._gone_by_id = {one.stamp.id: one for one in self._gone.values()}

    def moved_by_confsync(self) -> frozenset[str]:
        """Return the paths of documents that a pull moved, or a push settled at a new place.

        A line in `.confsync.removed` proves a move. Otherwise the name must be HEAD's or the
        title's, and the place must be the stamp's. A document follows the page above it only if
        confsync moved that page's document too.
        """
        found: set[str] = set()
        noted = {(i, move.path) for i, move in removals.read(self._mirror.root).moves.items()}
        for scan in self._scans:
            for entry in sorted(scan.entries, key=lambda e: e.path.count("/")):
                old = self._gone_by_id.get(entry.page_id or "")
                if old is None or scan.moves(entry):
                    continue
                if (old.stamp.id, entry.path) in noted or self._is_own_move(
                    entry, old, self._follows(scan, entry, old, found)
                ):
                    found.add(entry.path)
        return frozenset(found)

    def _follows(self, scan: SpaceScan, entry: Entry, old: _Committed, moved: set[str]) -> bool:
        """Return whether the page above a document is new, or was moved by confsync."""
        stamp, _ = _known(entry)
        above = entry.path.rpartition("/")[0]
        folder = scan.folders.get(scan.inner(above))
        if folder is not None and folder.id == stamp.parent:
            named = paths.named_after(above.rpartition("/")[2], folder.title, folder.id)
        else:
            named = False
        return named or f"{above}{paths.SUFFIX}" in moved or stamp.parent != old.stamp.parent

    def _is_own_move(self, entry: Entry, old: _Committed, follows: bool) -> bool:
        stamp, title = _known(entry)
        directory, _, name = _stem(entry.path).rpartition("/")
        was, _, before = _stem(old.path).rpartition("/")
        named = paths.named_after(name, title, stamp.id)
        if directory == was:
            return title != old.document.title and named
        return follows and (name == before or named)

    def documents(self, scan: SpaceScan, entry: Entry, moved: frozenset[str]) -> Iterator[Owed]:
        """Yield what is owed of a document that is here."""
        stamp, title = _known(entry)
        old = self._same.get(entry.path)
        if old is not None and old.stamp.id != stamp.id:
            old = None
        if old is None:
            old = self._gone_by_id.get(stamp.id)
        elsewhere = old is not None and old.path != entry.path
        if old is not None and old.stamp == stamp and entry.path not in moved:
            return  # a person's own edit or rename
        good = self._says_no_more(entry, old) and not scan.moves(entry) and not entry.waits
        if elsewhere:
            good = good and entry.path in moved
        names = {entry.path, *self._files(entry)}
        if old is not None and elsewhere:
            deleted = self._deleted_files(entry, old)
            names |= {old.path, *(n for n in self._gone_files(old.path) if n not in deleted)}
        names |= set(self._gone_files(entry.path)) if good else set()
        before = old.stamp.version if old else None
        yield Owed(
            entry.path, frozenset(names), stamp.id, title, before, stamp.version, mixed=not good
        )

    def _says_no_more(self, entry: Entry, old: _Committed | None) -> bool:
        """Return whether a document equals its stamp, and the rest equals HEAD."""
        found = entry.document
        if found is None or found.stamp is None or found.modified:
            return False
        if found.stamp.labels is not None and found.labels not in (None, found.stamp.labels):
            return False
        chosen = self._mirror.config.settings
        if changed(found.settings, found.stamp, chosen):
            return False
        if old is None and self._own_files:
            return True
        how, title, body = self._mirror.config.layout, found.title, found.body
        if old is None:
            made = document.render(title, body, found.stamp, labels=found.labels, how=how)
        else:
            settings = {n: found.settings[n] for n in chosen if n in found.settings}
            fields = Fields(title, body, found.labels, settings)
            made = document.update(old.document, found.stamp, fields, how)
        wanted = document.parse(made, entry.path)
        # The digests prove equal bodies; their layout does not matter.
        return _front(wanted) == _front(found)

    def _files(self, entry: Entry) -> Iterator[str]:
        """Yield the attachment files of a document that have their stamps' digests."""
        stamp, _ = _known(entry)
        directory = attachments.directory_of(entry.path)
        for one in stamp.attachments:
            name = f"{directory}/{one.file}"
            path = self._mirror.root / name
            stands = name in self._dirty and path.is_file()
            if stands and files.digest_of(path, name)[0] == one.digest:
                yield name

    def _gone_files(self, path: str) -> Iterator[str]:
        """Yield the attachment files in HEAD that are missing here and in no stamp here."""
        directory = f"{attachments.directory_of(path)}/"
        entry = self._entries.get(path)
        stamped = entry.document if entry else None
        known = stamped.stamp.attachments if stamped and stamped.stamp else ()
        kept = {f"{directory}{one.file}" for one in known}
        for name in self._dirty:
            if name.startswith(directory) and name not in kept and self._is_absent(name):
                yield name

    def _deleted_files(self, entry: Entry, old: _Committed) -> frozenset[str]:
        """Return HEAD's files of attachments that a person deleted before their document moved.

        They stay in HEAD as the evidence of the deletion.
        """
        stamp, _ = _known(entry)
        was, now = (attachments.directory_of(path) for path in (old.path, entry.path))
        absent = {one.name for one in stamp.attachments if self._is_absent(f"{now}/{one.file}")}
        return frozenset(f"{was}/{one.file}" for one in old.stamp.attachments if one.name in absent)

    def _is_absent(self, name: str) -> bool:
        path = self._mirror.root / name
        return not (path.is_symlink() or path.exists())

    def removed(self) -> Iterator[Owed]:
        """Yield the documents that pulls removed because their pages are gone."""
        here = {entry.claimed_id for entry in self._entries.values()}
        noted = removals.read(self._mirror.root)
        note = {REMOVED} & self._dirty
        for path, old in self._gone.items():
            if old.stamp.id not in here and noted.cover(old.stamp):
                names = frozenset({path, *self._gone_files(path), *note})
                title = old.document.title
                yield Owed(path, names, old.stamp.id, title, old.stamp.version, None)

    def folders(self) -> Iterator[Owed]:
        """Yield the folder files, including those of removed folders."""
        known = {
            f"{scan.outer(directory)}/{paths.FOLDER_FILE}": folder
            for scan in self._scans
            for directory, folder in scan.folders.items()
        }
        broken = {error.path for scan in self._scans for error in scan.broken}
        for name in sorted(self._dirty):
            if not name.endswith(f"/{paths.FOLDER_FILE}") or name in broken:
                continue
            path, folder = self._mirror.root / name, known.get(name)
            if folder is not None and path.read_bytes() == folder_file.render(folder):
                yield Owed(name, frozenset([name]), "", folder.title, None, None)
            elif self._is_absent(name) and not self._is_used(name.rpartition("/")[0]):
                yield Owed(name, frozenset([name]), "", "", None, None)

    def _is_used(self, directory: str) -> bool:
        inside = f"{directory}/"
        return any(path.startswith(inside) for path in self._entries)


def _committed(found: Mapping[str, bytes]) -> Iterator[tuple[str, _Committed]]:
    for path, raw in found.items():
        read = parsed(path, raw).document
        if read is not None and read.stamp is not None:
            yield path, _Committed(path, read, read.stamp)


def _known(entry: Entry) -> tuple[Stamp, str]:
    if entry.document is None or entry.document.stamp is None:
        raise FileError(f"{mentioned(entry.path)}: has no stamp")
    return entry.document.stamp, entry.document.title


def _front(found: Document) -> str:
    return found.text[: found.body_start].replace("\r\n", "\n")


def _stem(path: str) -> str:
    return path.removesuffix(paths.SUFFIX)
