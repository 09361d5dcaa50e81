"""Documents in directories that no space has, such as that of an earlier `path:`.

No scan finds them: without a word, the edits in them would wait for ever.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from confsync.document.attachments.names import shown
from confsync.document.document import Document
from confsync.document.paths import HOME, SUFFIX
from confsync.errors import FileError
from confsync.mirror import attachment_files as files
from confsync.mirror import walk
from confsync.mirror.entry import Entry, read
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.mirror.scan import scan as scan_spaces
from confsync.model.config import FILE_NAME, SpaceConfig
from confsync.model.stamp import folded


class Outside(NamedTuple):
    """The documents that stand in no space's directory, and what is said of all of them.

    `edited` are those that hold what their pages, as their stamps say, do not: by title, text,
    labels, place or attachments; and new documents among these.
    """

    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    edited: tuple[Entry, ...] = ()


def documents_outside(
    mirror: Mirror, scans: Iterable[SpaceScan], told: Collection[str | None] = ()
) -> Outside:
    """Return the documents below a mirror that stand in no space's directory.

    Of a page that has a document in its space only an edited document counts. Documents of the
    pages `told`, which are ids, are left out: the caller speaks of these itself. A document without
    a stamp counts where stamped ones stand: it is one of an earlier `path:`.
    """
    found = tuple(read(mirror.root, path) for path in sorted(_paths(mirror)))
    if not found:
        return Outside()
    here = {entry.page_id: entry for scan in scans for entry in scan.entries if entry.page_id}
    olds = _old_directories(found)
    edited = {*_moved(mirror, olds), *(e.path for e in found if _is_pending(mirror, e, olds))}
    entries = tuple(
        entry
        for entry in found
        if (entry.path in edited or (entry.page_id and entry.page_id not in here))
        and not (entry.page_id and entry.page_id in told)
    )
    pending = tuple(entry for entry in entries if entry.path in edited)
    notes = _notes(mirror.root, _Places(entries, pending, olds), mirror.config.spaces, here)
    return Outside(entries, tuple(notes), pending)


class _Places(NamedTuple):
    """Documents outside, those of them that are edited, and `_old_directories`."""

    entries: tuple[Entry, ...]
    edited: tuple[Entry, ...]
    olds: Mapping[str, str]


def _old_directories(found: Iterable[Entry]) -> dict[str, str]:
    """Return the directories that may have been spaces': what stands at the mirror's top to them.

    These are the ones that hold all stamped documents below the same directory at the top.
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
    """Return whether title or text are not those of the page, as the stamp says."""
    return entry.document is not None and entry.document.modified


def _is_pending(mirror: Mirror, entry: Entry, olds: Mapping[str, str]) -> bool:
    """Return whether a document, labels or attachments included, has what its page has not."""
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
    return bool(mirror.config.attachments) and _has_own_files(mirror, entry.path, found)


def _has_own_files(mirror: Mirror, path: str, found: Document) -> bool:
    """Return whether files beside a document are not what its stamp says, and would be sent."""
    attached = found.stamp.attachments if found.stamp else ()
    bases = files.by_name(attached)
    wanted = files.Wanted(shown(found.body) | set(found.listed), mirror.config.attachments)
    try:
        here = files.files_of(mirror.root, path, attached)
    except FileError:
        return True  # it may be one
    return any(
        wanted.has(name, bases) and (name not in bases or bases[name].digest != file.digest)
        for name, file in here.items()
    )


def _moved(mirror: Mirror, olds: Mapping[str, str]) -> Iterator[str]:
    """Yield the documents that stand below another page than their stamps say.

    Only a directory with a home page was a space's: documents in any other were copied there.
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
    """Say which documents stand in no space's directory, and the command that helps.

    `here` maps the ids of pages to the documents that these have in their spaces.
    """
    entries = places.entries
    if not entries:
        return
    named = ", ".join(entry.path for entry in entries[:3])
    more = f" and {len(entries) - 3} more" if entries[3:] else ""
    yield (
        f"in no space's directory by {FILE_NAME}, and neither pulled nor pushed: {named}{more}; "
        + _way_back(root, places, tuple(spaces), here)
    )


def _way_back(
    root: Path,
    places: _Places,
    spaces: tuple[SpaceConfig, ...],
    here: Mapping[str, Entry],
) -> str:
    """The command after which the documents, or the first edited one, are in a space again."""
    from shlex import quote

    entries = places.entries
    for entry in entries:
        if (known := here.get(entry.page_id or "")) and _is_edited(entry):
            names = f"{quote(entry.path)} {quote(known.path)}"
            if _is_edited(known):  # which a move would replace
                return f"'diff {names}' shows two edits of one page"
            return f"'mv {names}' brings what was edited in that one"
    above = [entry.path.rpartition("/")[0] for entry in entries]
    old = os.path.commonpath(above).replace(os.sep, "/")
    if places.edited:  # of which each may stand deep in it
        top = places.edited[0].path.partition("/")[0]
        old = places.olds.get(top, old)
    if not old:  # of several, the first one's
        old = above[0].partition("/")[0]
    missing = [space.path for space in spaces if not (space.posts or (root / space.path).exists())]
    if not old:
        return f"'mv {quote(entries[0].path)} {quote(spaces[0].path)}/' brings that one to a space"
    if len(missing) == 1 and not missing[0].startswith(f"{old}/"):
        parent = missing[0].rpartition("/")[0]
        make = "" if (root / parent).is_dir() else f"mkdir -p {quote(parent)} && "
        return f"'{make}mv {quote(old)} {quote(missing[0])}' brings them to their space"
    return f"'path: {old}' in {FILE_NAME} makes that a space's directory again"
