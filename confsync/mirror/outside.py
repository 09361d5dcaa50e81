"""Documents in directories that no space has, such as that of an earlier `path:`.

No scan finds them: without a word, the edits in them would wait for ever.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from confsync.mirror import walk
from confsync.mirror.entry import Entry, read
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.model.config import FILE_NAME, SpaceConfig


class Outside(NamedTuple):
    """The documents that stand in no space's directory, and what is said of all of them."""

    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def edited(self) -> Iterator[Entry]:
        """The documents that hold what their pages, as their stamps say, do not."""
        return filter(_is_edited, self.entries)


def documents_outside(
    mirror: Mirror, scans: Iterable[SpaceScan], told: Collection[str | None] = ()
) -> Outside:
    """Return the stamped documents below a mirror that stand in no space's directory.

    Of a page that has a document in its space only an edited document counts. Documents of the
    pages `told`, which are ids, are left out: the caller speaks of these itself.
    """
    found = tuple(read(mirror.root, path) for path in sorted(_paths(mirror)))
    if not found:
        return Outside()
    here = {entry.page_id: entry for scan in scans for entry in scan.entries if entry.page_id}
    entries = tuple(
        entry
        for entry in found
        if entry.page_id is not None
        and entry.page_id not in told
        and (_is_edited(entry) or entry.page_id not in here)
    )
    return Outside(entries, tuple(_notes(mirror.root, entries, mirror.config.spaces, here)))


def _is_edited(entry: Entry) -> bool:
    return entry.document is not None and entry.document.modified


def _paths(mirror: Mirror) -> Iterator[str]:
    directories = mirror.config.directories
    for inner, names, _ in walk.look_outside(os.fspath(mirror.root), directories):
        yield from (f"{inner}/{name}" if inner else name for name in names)


def _notes(
    root: Path, entries: tuple[Entry, ...], spaces: Iterable[SpaceConfig], here: Mapping[str, Entry]
) -> Iterator[str]:
    """Say which documents stand in no space's directory, and the command that helps.

    `here` maps the ids of pages to the documents that these have in their spaces.
    """
    if not entries:
        return
    named = ", ".join(entry.path for entry in entries[:3])
    more = f" and {len(entries) - 3} more" if entries[3:] else ""
    yield (
        f"in no space's directory by {FILE_NAME}, and neither pulled nor pushed: {named}{more}; "
        + _way_back(root, entries, tuple(spaces), here)
    )


def _way_back(
    root: Path,
    entries: tuple[Entry, ...],
    spaces: tuple[SpaceConfig, ...],
    here: Mapping[str, Entry],
) -> str:
    """The command after which the documents, or the first edited one, are in a space again."""
    from shlex import quote

    for entry in entries:
        if known := here.get(entry.page_id or ""):
            names = f"{quote(entry.path)} {quote(known.path)}"
            if _is_edited(known):  # which a move would replace
                return f"'diff {names}' shows two edits of one page"
            return f"'mv {names}' brings what was edited in that one"
    above = [entry.path.rpartition("/")[0] for entry in entries]
    old = os.path.commonpath(above).replace(os.sep, "/")
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
