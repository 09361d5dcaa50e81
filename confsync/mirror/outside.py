"""Documents outside every space's directory, for example in the directory of an earlier `path:`.

No scan finds them. Without a warning, edits in them would never be pushed.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from confsync.document.attachments.names import shown
from confsync.document.document import Document
from confsync.document.paths import HOME, SUFFIX
from confsync.document.settings.values import changed
from confsync.errors import FileError
from confsync.mirror import attachment_files as files
from confsync.mirror import walk
from confsync.mirror.committed.deleted_files import DeletedFiles
from confsync.mirror.entry import Entry, read
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.mirror.scan import scan as scan_spaces
from confsync.model.config import FILE_NAME, SpaceConfig
from confsync.model.hint import marked, mentioned
from confsync.model.stamp import folded


class Outside(NamedTuple):
    """The documents outside every space's directory, and the notes about them.

    `edited` are documents that differ from their stamps in title, text, labels, place or
    attachments, and new documents in the directory of an earlier `path:`. `new` are new documents
    elsewhere.
    """

    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    edited: tuple[Entry, ...] = ()
    new: tuple[Entry, ...] = ()


def documents_outside(
    mirror: Mirror, scans: Iterable[SpaceScan], told: Collection[str | None] = ()
) -> Outside:
    """Return the documents below a mirror that are outside every space's directory.

    If a page also has a document in its space, only an edited document counts. Documents of the
    page ids `told` are left out, because the caller reports them. XHTML without a title in its
    front matter is no document.
    """
    found = tuple(read(mirror.root, path) for path in sorted(_paths(mirror)))
    if not found:
        return Outside()
    here = {entry.page_id: entry for scan in scans for entry in scan.entries if entry.page_id}
    olds = _old_directories(found)
    deleted = _deleted_files(mirror, olds)
    pending = (e.path for e in found if _is_pending(mirror, e, olds, deleted))
    edited = {*_moved(mirror, olds), *pending}
    entries = tuple(
        entry
        for entry in found
        if (entry.path in edited or (entry.page_id and entry.page_id not in here))
        and not (entry.page_id and entry.page_id in told)
    )
    changed = tuple(entry for entry in entries if entry.path in edited)
    notes = _notes(mirror.root, _Places(entries, changed, olds), mirror.config.spaces, here)
    new = (e for e in found if e.document and e.document.stamp is None and e.path not in edited)
    return Outside(entries, tuple(notes), changed, tuple(new))


class _Places(NamedTuple):
    """Documents outside the spaces, the edited ones, and `_old_directories`."""

    entries: tuple[Entry, ...]
    edited: tuple[Entry, ...]
    olds: Mapping[str, str]


def _old_directories(found: Iterable[Entry]) -> dict[str, str]:
    """Return the possible old directories of spaces, by directory at the mirror's top.

    Such a directory holds all stamped documents below the same directory at the top.
    """
    above: dict[str, list[str]] = {}
    for entry in found:
        if entry.page_id:
            directory = entry.path.rpartition("/")[0]
            above.setdefault(directory.partition("/")[0], []).append(directory)
    return {
        top: os.path.commonpath(some).replace(os.sep, "/") for top, some in above.items() if top
    }


def _is_edited(entry: Entry) -> bool:
    """Return whether title or text differ from the stamp."""
    return entry.document is not None and entry.document.modified


def _deleted_files(mirror: Mirror, olds: Mapping[str, str]) -> DeletedFiles:
    """Return the attachments that were deleted in the directories of earlier paths."""
    if not mirror.config.attachments:
        return DeletedFiles()
    key = mirror.config.spaces[0].key  # any key: only the directories count
    return DeletedFiles(mirror.root, [SpaceConfig(key, old) for old in olds.values()])


def _is_pending(
    mirror: Mirror, entry: Entry, olds: Mapping[str, str], deleted: DeletedFiles
) -> bool:
    """Return whether a document differs from its stamp, labels, settings and attachments too."""
    found = entry.document
    if found is None:
        return False
    if found.stamp is None:
        old = olds.get(entry.path.partition("/")[0])
        return old is not None and entry.path.startswith(f"{old}/")
    if found.modified:
        return True
    labels = mirror.config.labels and found.labels is not None
    if labels and folded(found.labels) != folded(found.stamp.labels or ()):
        return True
    if changed(found.settings, found.stamp, mirror.config.settings):
        return True
    if not mirror.config.attachments:
        return False
    gone = deleted.beside(entry.path, found.stamp.id, found.stamp.attachments)
    return bool(gone) or _has_own_files(mirror, entry.path, found)


def _has_own_files(mirror: Mirror, path: str, found: Document) -> bool:
    """Return whether files beside a document differ from its stamp and would be sent."""
    attached = found.stamp.attachments if found.stamp else ()
    bases = files.by_name(attached)
    wanted = files.Wanted(shown(found.body) | set(found.listed), mirror.config.attachments)
    try:
        here = files.files_of(mirror.root, path, attached)
    except FileError:
        return True  # one of the files may differ
    return any(
        wanted.has(name, bases) and (name not in bases or bases[name].digest != file.digest)
        for name, file in here.items()
    )


def _moved(mirror: Mirror, olds: Mapping[str, str]) -> Iterator[str]:
    """Yield the documents that are below another page than their stamps say.

    Only a directory with a home page was a space's. Documents in other directories were copied
    there.
    """
    key = mirror.config.spaces[0].key
    for old in olds.values():
        if (mirror.root / old / f"{HOME}{SUFFIX}").is_file():
            (scan,) = scan_spaces(mirror.root, [SpaceConfig(key, old)])
            for entry in scan.entries:
                stamp = entry.document.stamp if entry.document else None
                if stamp and stamp.posted is None and scan.moves(entry):
                    yield entry.path


def _paths(mirror: Mirror) -> Iterator[str]:
    directories = mirror.config.directories
    for inner, names, _ in walk.look_outside(os.fspath(mirror.root), directories):
        yield from (f"{inner}/{name}" if inner else name for name in names)


def _notes(
    root: Path, places: _Places, spaces: Iterable[SpaceConfig], here: Mapping[str, Entry]
) -> Iterator[str]:
    """Yield the note about documents outside the spaces, with the command that helps.

    `here` maps page ids to the documents in the spaces.
    """
    entries = places.entries
    if not entries:
        return
    named = ", ".join(mentioned(entry.path) for entry in entries[:3])
    more = f" and {len(entries) - 3} more" if entries[3:] else ""
    yield (
        f"outside every space's directory in {FILE_NAME}, so neither pulled nor pushed: "
        f"{named}{more}; " + _way_back(root, places, tuple(spaces), here)
    )


def _way_back(
    root: Path,
    places: _Places,
    spaces: tuple[SpaceConfig, ...],
    here: Mapping[str, Entry],
) -> str:
    """Return the command that brings the documents, or the first edited one, back into a space."""
    entries = places.entries
    for entry in entries:
        if (known := here.get(entry.page_id or "")) and _is_edited(entry):
            names = f"{marked(entry.path)} {marked(known.path)}"
            if _is_edited(known):  # a move would replace it
                return f"'diff {names}' shows two edits of one page"
            return f"'mv {names}' brings the edit to its space"
    above = [entry.path.rpartition("/")[0] for entry in entries]
    old = os.path.commonpath(above).replace(os.sep, "/")
    if places.edited:  # each edited document may be deep in the directory
        top = places.edited[0].path.partition("/")[0]
        old = places.olds.get(top, old)
    if not old:  # with several top directories, use the first
        old = above[0].partition("/")[0]
    missing = [space.path for space in spaces if not (space.posts or (root / space.path).exists())]
    if not old:
        first, space = marked(entries[0].path), marked(spaces[0].path)
        return f"'mv {first} {space}/' moves the first one to a space"
    if len(missing) == 1 and not missing[0].startswith(f"{old}/"):
        parent = missing[0].rpartition("/")[0]
        make = "" if (root / parent).is_dir() else f"mkdir -p {marked(parent)} && "
        return f"'{make}mv {marked(old)} {marked(missing[0])}' moves them to their space"
    return f"'path: {old}' in {FILE_NAME} makes that a space's directory again"
