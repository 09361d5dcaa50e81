"""The scan: every document of a mirror, read once, and the meaning of their places.

A bad file is an entry with an error; it never stops the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.document import paths
from confsync.document.document import Document
from confsync.errors import DocumentError, PointerError
from confsync.mirror import walk
from confsync.mirror.entry import Entry, read, unread
from confsync.mirror.state import regular
from confsync.model.config import FILE_NAME, SpaceConfig
from confsync.model.filenames import BLOG, MOVING
from confsync.model.hint import marked, mentioned
from confsync.model.stamp import Stamp

if TYPE_CHECKING:
    from confsync.model.page import Folder

_WAITING = re.compile(rf"{MOVING}/(?P<wanted>\d+)-[^/]+(?=/)")


@dataclass(frozen=True, slots=True)
class SpaceScan:
    """The contents of one space's directory. `folders` maps directories to folders.

    `foreign` maps documents that seem to come from another space to that space's directory.
    `broken` are the errors of folder files. `unread` are directories that cannot be read, as mirror
    paths.
    """

    config: SpaceConfig
    entries: tuple[Entry, ...]
    folders: Mapping[str, Folder]
    tree: paths.Tree
    foreign: Mapping[str, str] = field(default_factory=dict)
    broken: tuple[DocumentError, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def lost(self) -> list[Entry]:
        """Return the documents that cannot be read and whose page is not known."""
        return [e for e in self.entries if e.is_unreadable and e.claimed_id is None]

    def inner(self, path: str) -> str:
        """Return a mirror path relative to the space's directory."""
        return path.removeprefix(f"{self.config.path}/")

    def outer(self, path: str) -> str:
        """Return a path in the space's directory relative to the mirror; ``.`` is the directory."""
        return self.config.path if path == "." else f"{self.config.path}/{path}"

    def moves(self, entry: Entry) -> bool:
        """Return whether a stamped document is below another parent or day than its stamp."""
        stamp = entry.document.stamp if entry.document else None
        if stamp is None:
            return False
        return self.wanted(entry) != stamp.parent or self.misdated(entry)

    def former_path(self, entry: Entry) -> str:
        """Return the path that a moved document had below its stamp's parent.

        The result is empty if the document did not move, or if the parent has no document here.
        """
        stamp = entry.document.stamp if entry.document else None
        if stamp is None or stamp.parent is None or not self.moves(entry):
            return ""
        directory = self.directory_of(stamp.parent)
        return f"{directory}/{entry.path.rpartition('/')[2]}" if directory else ""

    def directory_of(self, parent: str) -> str:
        """Return the directory of a parent's pages, or an empty text if none here means it."""
        if parent == self.tree.home:
            return self.config.path
        owned = (place for place, owner in self.tree.owners.items() if owner == parent)
        directory = next(owned, None)
        return self.outer(directory) if directory else ""

    def misdated(self, entry: Entry) -> bool:
        """Return whether a blog post's document is below another day than its stamp says."""
        stamp = entry.document.stamp if entry.document else None
        if stamp is None or stamp.posted is None:
            return False
        return paths.day_of(self.inner(entry.path)) != stamp.posted

    @property
    def has_orphans(self) -> bool:
        """Return whether a document at the top has a parent that has no document here."""
        stamps = (
            e.document.stamp for e in self.entries if e.document and "/" not in self.inner(e.path)
        )
        return any(stamp and stamp.parent and stamp.parent not in self.tree.ids for stamp in stamps)

    @property
    def has_stand_ins(self) -> bool:
        """Return whether pointer files stand for documents, so that some ids are not known."""
        return any(isinstance(entry.error, PointerError) for entry in self.entries)

    def new_parent(self, entry: Entry, home: str | None) -> str | None:
        """Return the parent for a document's new page, or None if there is none yet."""
        return paths.new_parent(self.inner(entry.path), self.tree, home)

    def wanted(self, entry: Entry) -> str | None:
        """Return the parent that a document's place means."""
        stamp = entry.document.stamp if entry.document else None
        base = stamp.parent if stamp else None
        top = stamp is not None and stamp.top
        return paths.wanted_parent(self.inner(entry.path), base, self.tree, top=top)


def with_made(scan: SpaceScan, made: Mapping[str, str]) -> SpaceScan:
    """Return the scan with the ids of pages that were created meanwhile: path to id."""
    owners = {scan.inner(path).removesuffix(paths.SUFFIX): i for path, i in made.items()}
    tree = scan.tree
    tree = tree._replace(owners={**tree.owners, **owners}, ids=tree.ids | set(made.values()))
    return replace(scan, tree=tree)


def scan(
    root: Path, spaces: Iterable[SpaceConfig], reading: Callable[[Path, str], Entry] | None = None
) -> tuple[SpaceScan, ...]:
    """Read every document of the spaces once; `reading` reads one, by default with `read`."""
    found = [_scan_space(root, space, reading or read) for space in spaces]
    twice = _claimed_twice(entry for here in found for entry in here.entries)
    scans = tuple(
        replace(here, entries=checked, tree=tree_of(here.config, checked, here.folders))
        for here in found
        for single in [tuple(_refuse_duplicate(root, entry, twice) for entry in here.entries)]
        for checked in [tuple(refuse_misplaced(entry, here.config) for entry in single)]
    )
    return tuple(replace(one, foreign=_foreign(one, scans)) for one in scans)


def _foreign(here: SpaceScan, scans: Iterable[SpaceScan]) -> dict[str, str]:
    """Return the documents whose parents are in another space, with that space's directory."""
    key = here.config.key.casefold()
    others = [one for one in scans if one.config.key.casefold() != key]
    found: dict[str, str] = {}
    for entry in here.entries if others else ():
        stamp = entry.document.stamp if entry.document else None
        if stamp is None or stamp.parent in here.tree.ids:
            continue
        for other in others:
            if stamp.parent in other.tree.ids:
                found[entry.path] = other.config.path
    return found


def claimed_elsewhere(scans: Iterable[SpaceScan], here: SpaceScan) -> frozenset[str]:
    """Return the ids of documents in the directories of other spaces."""
    return frozenset(
        entry.claimed_id
        for scan in scans
        if scan is not here
        for entry in scan.entries
        if entry.claimed_id
    )


def knowing(scans: Iterable[SpaceScan], deleted: Iterable[str]) -> tuple[SpaceScan, ...]:
    """Return the scans with the ids of pages whose documents were deleted here on purpose.

    A document below such a page that is now at the top was moved there.
    """
    ids = frozenset(deleted)
    return tuple(
        replace(scan, tree=scan.tree._replace(ids=scan.tree.ids | ids)) if ids else scan
        for scan in scans
    )


def paths_of(scans: Iterable[SpaceScan]) -> frozenset[str]:
    """Return the paths of all documents."""
    return frozenset(entry.path for scan in scans for entry in scan.entries)


def ids_in(scans: Iterable[SpaceScan]) -> frozenset[str]:
    """Return the page ids of all documents, as far as known."""
    return frozenset(i for scan in scans for entry in scan.entries if (i := entry.claimed_id))


def _scan_space(root: Path, space: SpaceConfig, reading: Callable[[Path, str], Entry]) -> SpaceScan:
    unread: list[str] = []
    # Sort by directory: a separator comes before every character of a name.
    found = walk.files(root, space, unread)
    names = sorted(found, key=lambda name: name.replace("/", "\0"))
    # Documents come before folder files: with the first document, an index notes when it began.
    entries = tuple(reading(root, name) for name in names if walk.is_document(name))
    folders: dict[str, Folder] = {}
    broken: list[DocumentError] = []
    for name in names:
        folder = None if walk.is_document(name) else _read_folder(root, name)
        if isinstance(folder, DocumentError):
            broken.append(folder)
        elif folder:
            folders[name.removeprefix(f"{space.path}/").rpartition("/")[0] or "."] = folder
    none = paths.Tree({}, None, frozenset())
    return SpaceScan(space, entries, folders, none, {}, tuple(broken), tuple(unread))


def _read_folder(root: Path, name: str) -> Folder | DocumentError:
    from confsync.document import folder_file  # most mirrors have no folder
    from confsync.model.page import Folder

    try:
        page_id, title = folder_file.parse(regular.read(root / name, folder_file.MAX_BYTES), name)
    except OSError as error:
        return unread(name, error)
    except DocumentError as error:
        return error
    return Folder(page_id, title, None)


def _claimed_twice(entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """Return the ids that more than one document has, with the documents."""
    claims: dict[str, list[str]] = {}
    for entry in entries:
        if entry.page_id:
            claims.setdefault(entry.page_id, []).append(entry.path)
    return {page_id: tuple(names) for page_id, names in claims.items() if len(names) > 1}


def _line_of_id(document: Document | None) -> int:
    block = document.spans.get("confluence") if document else None
    if document is None or block is None:
        return 1
    at = document.text.find("id:", block.start, block.end)
    return document.text.count("\n", 0, max(at, block.start)) + 1


def _refuse_duplicate(root: Path, entry: Entry, twice: Mapping[str, tuple[str, ...]]) -> Entry:
    if entry.page_id is None or entry.page_id not in twice:
        return entry
    # A document without its text has no known line.
    found = entry if entry.raw else read(root, entry.path)
    others = ", ".join(mentioned(name) for name in twice[entry.page_id] if name != entry.path)
    problem = DocumentError(
        entry.path,
        _line_of_id(found.document),
        f"has the same page id {entry.page_id} as {others}",
        hint=f"if this is a copy, 'mv {marked(entry.path)} {marked(f'{entry.path}.txt')}' takes it "
        "out of the mirror; to make it a new page, delete its confluence block and change its "
        "title",
    )
    return replace(entry, document=None, error=problem, refused=entry.page_id)


def refuse_misplaced(entry: Entry, space: SpaceConfig) -> Entry:
    """Return the entry; it becomes an error for a page in a blog or a blog post elsewhere."""
    stamp = entry.document.stamp if entry.document else None
    if stamp is None or (stamp.posted is not None) == space.posts:
        return entry
    if space.posts:
        why = f"is page {stamp.id}, but stands in a blog: a page cannot become a blog post"
        hint = "move it back among the pages; to make it a new post, delete its confluence block"
    elif entry.path.startswith(f"{space.path}/{BLOG}/"):
        why = f"is blog post {stamp.id}, but the blog of {space.key} is not mirrored"
        hint = f"'blog: true' for {space.key} in {FILE_NAME} mirrors it; or remove the file"
    else:
        where = f"{BLOG}/{paths.place_of_day(stamp.posted or '')}/ of its space"
        why = f"is blog post {stamp.id}, but stands outside {where}: blog posts do not move"
        hint = f"move it back to {where}; to make it a new page, delete its confluence block"
    problem = DocumentError(entry.path, 1, why, hint=hint)
    return replace(entry, document=None, error=problem, refused=stamp.id)


def tree_of(
    space: SpaceConfig, entries: tuple[Entry, ...], folders: Mapping[str, Folder]
) -> paths.Tree:
    """Return the meaning of the places of a space's documents and folder files."""
    if space.posts:  # posts stand below days
        return paths.Tree({}, None, frozenset(e.page_id for e in entries if e.page_id))
    own = {entry.path: entry.page_id for entry in entries}
    readable = frozenset(own.values())
    # The documents below an unreadable document, and those moved there, stay below it.
    for entry in entries:
        if entry.is_unreadable and entry.claimed_id not in readable:
            own[entry.path] = entry.claimed_id
    owners: dict[str, str | None] = {
        directory: folder.id for directory, folder in folders.items() if directory != "."
    }
    home = top = _root_folder(space, folders)
    for entry in entries:
        stem = entry.path.removeprefix(f"{space.path}/").removesuffix(paths.SUFFIX)
        waiting = _WAITING.match(stem)
        if waiting:
            owners[waiting[0]] = waiting["wanted"]
        elif stem == paths.HOME and top is None:
            home = own[entry.path]
        else:
            # If a directory has a folder file, it belongs to no page of its name.
            new = entry.document is not None and entry.page_id is None
            owners.setdefault(stem, paths.unborn(entry.path) if new else own[entry.path])
    inner = (entry.path.removeprefix(f"{space.path}/").rpartition("/")[0] for entry in entries)
    owners |= paths.alike(owners, inner)
    ids = {folder.id for folder in folders.values()} | set(own.values())
    return paths.Tree(owners, home, frozenset(i for i in ids if i))


def _root_folder(space: SpaceConfig, folders: Mapping[str, Folder]) -> str | None:
    """Return the root of a mirrored folder, or None if the root is a page or a whole space."""
    folder = folders.get(".")
    return folder.id if folder and folder.id == space.root else None


def stamps_in(scans: Iterable[SpaceScan]) -> Iterator[Stamp | None]:
    """Return the stamps of all documents that can be read."""
    return (entry.document.stamp for scan in scans for entry in scan.entries if entry.document)


def new_in(entries: Iterable[Entry]) -> dict[str, tuple[str, str]]:
    """Return title and digest of each document without a stamp, by path."""
    return {
        entry.path: (found.title, found.digest)
        for entry in entries
        if (found := entry.document) and found.stamp is None
    }
