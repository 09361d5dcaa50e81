"""The files of a mirror that a push leaves out, as `status` and `push` list them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from confsync.document.attachments.names import directory_of, document_of, managed, shown
from confsync.errors import ConfsyncError
from confsync.mirror import attachment_files as files
from confsync.mirror import walk
from confsync.mirror.git import trees
from confsync.model.config import FILE_NAME
from confsync.model.filenames import ATTACHMENTS, SUFFIX
from confsync.model.hint import marked
from confsync.model.left_out import LeftOut, Reason

if TYPE_CHECKING:
    from confsync.mirror.committed.deleted_files import DeletedFiles
    from confsync.mirror.entry import Entry
    from confsync.mirror.mirror import Mirror
    from confsync.mirror.scan import SpaceScan
    from confsync.mirror.selection import Selection


_DELETE = "'confsync push --delete' deletes the attachment, too"


def left_out(
    mirror: Mirror, scans: Iterable[SpaceScan], outside: Iterable[Entry], selection: Selection
) -> tuple[LeftOut, ...]:
    """Return the selected files that no push sends, without those that git ignores.

    `outside` are new documents outside every space's directory.
    """
    if selection.among is not None:
        return ()
    found = [*_other_files(mirror), *_outside(mirror, outside)]
    if mirror.config.attachments:
        found += beside_documents(mirror, scans)
    found = [one for one in found if selection.has(document_of(one.path) or one.path)]
    if not found:
        return ()
    ignored = trees.ignored(mirror.root, [one.path for one in found])
    return tuple(sorted(one for one in found if one.path not in ignored))


def beside_documents(mirror: Mirror, scans: Iterable[SpaceScan]) -> list[LeftOut]:
    """Return the files beside documents that are no attachments of their pages."""
    passed = mirror.index.as_stamped if mirror.index else ()
    entries = (entry for scan in scans for entry in scan.entries if entry.path not in passed)
    return [one for entry in entries for one in _beside(mirror, entry)]


def deleted_attachments(
    mirror: Mirror, scans: Iterable[SpaceScan], deleted: DeletedFiles, selection: Selection
) -> Iterator[LeftOut]:
    """Yield the attachments' files that were deleted here, and that stay on the server."""
    passed = mirror.index.as_stamped if mirror.index else ()
    for scan in scans:
        for entry in scan.entries:
            stamp = entry.document.stamp if entry.document else None
            if stamp is None or not stamp.attachments or entry.path in passed:
                continue
            if not selection.has(entry.path):
                continue
            try:
                gone = deleted.beside(entry.path, stamp.id, stamp.attachments)
            except ConfsyncError:
                continue  # the state of the document says it
            files = (one.file for one in stamp.attachments if one.name in gone)
            directory = directory_of(entry.path)
            yield from (LeftOut(f"{directory}/{file}", Reason.DELETED, _DELETE) for file in files)


def _is_of_attachments(path: str) -> bool:
    """Return whether a path of `walk.other_files` is a directory of attachments."""
    return path.endswith(f"{ATTACHMENTS}/")


def other_file(path: str) -> LeftOut:
    """Return why a file in a space's directory is no document."""
    if _is_of_attachments(path):
        hint = f"'attachments: true' in {FILE_NAME} mirrors attachments"
        return LeftOut(path, Reason.NOT_MIRRORED, hint)
    if path.casefold().endswith(SUFFIX):
        hint = f"'mv {{path}} {marked(path[: -len(SUFFIX)] + SUFFIX)}' makes it a document"
        return LeftOut(path, Reason.SUFFIX, hint)
    return LeftOut(path, Reason.NO_DOCUMENT)


def outside_of_spaces(mirror: Mirror, path: str) -> LeftOut:
    """Return the place to which a document outside every space's directory can move."""
    space = marked(mirror.config.spaces[0].path)
    return LeftOut(path, Reason.OUTSIDE, f"'mv {{path}} {space}/' moves it to a space")


def _other_files(mirror: Mirror) -> Iterator[LeftOut]:
    """Yield the files in the spaces' directories that are no documents."""
    for space in mirror.config.spaces:
        for path in walk.other_files(mirror.root, space):
            if not (mirror.config.attachments and _is_of_attachments(path)):
                yield other_file(path)


def _outside(mirror: Mirror, entries: Iterable[Entry]) -> Iterator[LeftOut]:
    yield from (outside_of_spaces(mirror, entry.path) for entry in entries)


def _has_only(directory: str, known: set[str]) -> bool:
    """Return whether a directory has no other files, or does not exist. Nearly all are so."""
    try:
        return known.issuperset(os.listdir(directory))  # noqa: PTH208 - thousands of them
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def _beside(mirror: Mirror, entry: Entry) -> Iterator[LeftOut]:
    """Yield the files beside a document that are no attachments of its page."""
    found = entry.document
    directory = directory_of(entry.path)
    attached = found.stamp.attachments if found and found.stamp else ()
    known = {one.file for one in attached} | {one.name for one in attached}
    if found is None or _has_only(f"{mirror.root}{os.sep}{directory}", known):
        return
    wanted = (shown(found.body) if found.shown is None else found.shown) | set(found.listed)
    try:
        here = files.names(mirror.root, entry.path, attached)
        here |= files.unfit(mirror.root, entry.path, attached)
    except ConfsyncError:
        return  # the state of the document says it
    for name in sorted(here - known):
        if name not in wanted:
            hint = f"'attachments: [{name}]' in the front matter of its document sends it"
            yield LeftOut(f"{directory}/{name}", Reason.NOT_SHOWN, hint)
        elif not managed(name, mirror.config.attachments):
            yield LeftOut(f"{directory}/{name}", Reason.NO_PATTERN)
