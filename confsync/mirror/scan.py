"""The scan: every document of a mirror, read once, and what their places mean.

A bad file is an entry with an error: it never stops the others.
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
from confsync.mirror.entry import MOVING, Entry, read, unread
from confsync.mirror.state import regular
from confsync.model.config import FILE_NAME, SpaceConfig
from confsync.model.filenames import BLOG
from confsync.model.stamp import Stamp

if TYPE_CHECKING:
    from confsync.model.page import Folder

_WAITING = re.compile(rf"{MOVING}/(?P<wanted>\d+)-[^/]+(?=/)")


@dataclass(frozen=True, slots=True)
class SpaceScan:
    """What stands in one space's directory. `folders` maps directories to folders.

    `foreign` maps documents that seem to have been moved here from another space to its directory.
    `broken` tells of the folder files that cannot be read, `unread` are the directories that cannot
    be read themselves, as mirror paths.
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
        """Return the documents that cannot be read, and whose page is not known."""
        return [e for e in self.entries if e.is_unreadable and e.claimed_id is None]

    def inner(self, path: str) -> str:
        """A mirror path as one relative to the space's directory."""
        return path.removeprefix(f"{self.config.path}/")

    def outer(self, path: str) -> str:
        """A path relative to the space's directory as one relative to the mirror."""
        return f"{self.config.path}/{path}"

    def moves(self, entry: Entry) -> bool:
        """Whether a stamped document stands below another parent, or day, than it did."""
        stamp = entry.document.stamp if entry.document else None
        if stamp is None:
            return False
        return self.wanted(entry) != stamp.parent or self.misdated(entry)

    def misdated(self, entry: Entry) -> bool:
        """Whether a blog post's document does not stand below the day that its stamp says."""
        stamp = entry.document.stamp if entry.document else None
        if stamp is None or stamp.posted is None:
            return False
        return paths.day_of(self.inner(entry.path)) != stamp.posted

    @property
    def has_orphans(self) -> bool:
        """Whether something at the top was below a page that has no document here."""
        stamps = (
            e.document.stamp for e in self.entries if e.document and "/" not in self.inner(e.path)
        )
        return any(stamp and stamp.parent and stamp.parent not in self.tree.ids for stamp in stamps)

    @property
    def has_stand_ins(self) -> bool:
        """Whether files stand in the place of documents, of which ids are not known therefore."""
        return any(isinstance(entry.error, PointerError) for entry in self.entries)

    def new_parent(self, entry: Entry, home: str | None) -> str | None:
        """Under which page a document without a stamp is to be created; None when nowhere yet."""
        return paths.new_parent(self.inner(entry.path), self.tree, home)

    def wanted(self, entry: Entry) -> str | None:
        """The parent that a document's place means."""
        stamp = entry.document.stamp if entry.document else None
        base = stamp.parent if stamp else None
        top = stamp is not None and stamp.top
        return paths.wanted_parent(self.inner(entry.path), base, self.tree, top=top)


def with_made(scan: SpaceScan, made: Mapping[str, str]) -> SpaceScan:
    """The scan, told which pages new documents have become meanwhile: path to id."""
    owners = {scan.inner(path).removesuffix(paths.SUFFIX): i for path, i in made.items()}
    tree = scan.tree
    tree = tree._replace(owners={**tree.owners, **owners}, ids=tree.ids | set(made.values()))
    return replace(scan, tree=tree)


def scan(
    root: Path, spaces: Iterable[SpaceConfig], reading: Callable[[Path, str], Entry] | None = None
) -> tuple[SpaceScan, ...]:
    """Read every document of the spaces, once; `reading` reads one, if not `read` is to."""
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
    """Documents below no page of their own space, by their stamps, but below one of another's."""
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
    """The ids of documents that stand in the directories of other spaces."""
    return frozenset(
        entry.claimed_id
        for scan in scans
        if scan is not here
        for entry in scan.entries
        if entry.claimed_id
    )


def knowing(scans: Iterable[SpaceScan], deleted: Iterable[str]) -> tuple[SpaceScan, ...]:
    """The scans, told which pages' documents were deleted here on purpose.

    What stood below such a page and stands at the top now was moved there.
    """
    ids = frozenset(deleted)
    return tuple(
        replace(scan, tree=scan.tree._replace(ids=scan.tree.ids | ids)) if ids else scan
        for scan in scans
    )


def paths_of(scans: Iterable[SpaceScan]) -> frozenset[str]:
    """Where documents stand."""
    return frozenset(entry.path for scan in scans for entry in scan.entries)


def ids_in(scans: Iterable[SpaceScan]) -> frozenset[str]:
    """The ids of the pages whose documents stand, as far as these can be told."""
    return frozenset(i for scan in scans for entry in scan.entries if (i := entry.claimed_id))


def _scan_space(root: Path, space: SpaceConfig, reading: Callable[[Path, str], Entry]) -> SpaceScan:
    unread: list[str] = []
    # Directory by directory: what ends a part of a path comes before all that can be in one.
    found = walk.files(root, space, unread)
    names = sorted(found, key=lambda name: name.replace("/", "\0"))
    # Before the folder files: with the first of these an index notes when it began to look.
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
        return unread(root, name, error)
    except DocumentError as error:
        return error
    return Folder(page_id, title, None)


def _claimed_twice(entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """The ids that more than one document carries, with the documents."""
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
    # Of one that is known without its text nobody knows the line.
    found = entry if entry.raw else read(root, entry.path)
    others = ", ".join(name for name in twice[entry.page_id] if name != entry.path)
    problem = DocumentError(
        entry.path,
        _line_of_id(found.document),
        f"has the same page id {entry.page_id} as {others}",
        hint="remove one of them; a copy that shall become a new page must lose its "
        "confluence block",
    )
    return replace(entry, document=None, error=problem, refused=entry.page_id)


def refuse_misplaced(entry: Entry, space: SpaceConfig) -> Entry:
    """A page in a blog, or a blog post anywhere else, is nothing that the server could be told."""
    stamp = entry.document.stamp if entry.document else None
    if stamp is None or (stamp.posted is not None) == space.posts:
        return entry
    if space.posts:
        why = f"is page {stamp.id}, and stands in a blog: a page does not become a blog post"
        hint = "move it back among the pages; a copy without its confluence block is a new post"
    elif entry.path.startswith(f"{space.path}/{BLOG}/"):
        why = f"is blog post {stamp.id}, and the blog of {space.key} is not mirrored"
        hint = f"'blog: true' for {space.key} in {FILE_NAME} mirrors it; or remove the file"
    else:
        where = f"{BLOG}/{paths.place_of_day(stamp.posted or '')}/"
        why = f"is blog post {stamp.id}, and stands outside {where}: blog posts do not move"
        hint = f"move it back to {where}; a copy without its confluence block is a new page"
    problem = DocumentError(entry.path, 1, why, hint=hint)
    return replace(entry, document=None, error=problem, refused=stamp.id)


def tree_of(
    space: SpaceConfig, entries: tuple[Entry, ...], folders: Mapping[str, Folder]
) -> paths.Tree:
    """Return what the places of a space's documents and folder files mean."""
    if space.posts:  # which stand below days, and not below one another
        return paths.Tree({}, None, frozenset(e.page_id for e in entries if e.page_id))
    own = {entry.path: entry.page_id for entry in entries}
    readable = frozenset(own.values())
    # What stands below a document that cannot be read, and was moved there, is below it still.
    for entry in entries:
        if entry.is_unreadable and entry.claimed_id not in readable:
            own[entry.path] = entry.claimed_id
    owners: dict[str, str | None] = {
        directory: folder.id for directory, folder in folders.items() if directory != "."
    }
    home: str | None = None
    for entry in entries:
        stem = entry.path.removeprefix(f"{space.path}/").removesuffix(paths.SUFFIX)
        waiting = _WAITING.match(stem)
        if waiting:
            owners[waiting[0]] = waiting["wanted"]
        elif stem == paths.HOME:
            home = own[entry.path]
        else:
            # A directory that says of itself which folder it is belongs to no page of that name.
            new = entry.document is not None and entry.page_id is None
            owners.setdefault(stem, paths.unborn(entry.path) if new else own[entry.path])
    inner = (entry.path.removeprefix(f"{space.path}/").rpartition("/")[0] for entry in entries)
    owners |= paths.alike(owners, inner)
    ids = {folder.id for folder in folders.values()} | set(own.values())
    return paths.Tree(owners, home, frozenset(i for i in ids if i))


def stamps_in(scans: Iterable[SpaceScan]) -> Iterator[Stamp | None]:
    """Yield the stamps of all documents that can be read."""
    return (entry.document.stamp for scan in scans for entry in scan.entries if entry.document)


def new_in(entries: Iterable[Entry]) -> dict[str, tuple[str, str]]:
    """Return title and digest of each document without a stamp, by path."""
    return {
        entry.path: (found.title, found.digest)
        for entry in entries
        if (found := entry.document) and found.stamp is None
    }
