"""Documents whose pages went, in the browser, from one mirrored subtree of a space to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from confsync.mirror.scan import Entry, SpaceScan
from confsync.model.config import SpaceConfig
from confsync.model.result import each_space
from confsync.remote import Remote
from confsync.sync import scope
from confsync.sync.space_pages import folders_of
from confsync.sync.space_view import reader_of


@dataclass(frozen=True, slots=True)
class Stray:
    """A document, the subtree that its page belongs to now, and the parent that its stamp says."""

    entry: Entry
    space: SpaceConfig
    parent: str | None


def find(remote: Remote, scans: Iterable[SpaceScan]) -> list[Stray]:
    """The strays of a mirror. Costs a listing of each space that has several subtrees in it.

    One that was moved here, too, is none: both sides moved it, which its own subtree tells.
    """
    by_key: dict[str, list[SpaceScan]] = {}
    for scan in scans:
        if scan.config.posts:
            continue  # no page goes there, and no post comes from there
        by_key.setdefault(scan.config.key.casefold(), []).append(scan)
    found: list[Stray] = []
    for group in by_key.values():
        # What is wrong with one space is told when its turn comes, and stops no other.
        with each_space([]):
            found += _of(remote, group) if len(group) > 1 else ()
    return found


def _of(remote: Remote, group: list[SpaceScan]) -> Iterator[Stray]:
    reader = reader_of(remote, group[0])
    archived = any(scan.config.archived for scan in group)
    listed = {info.id: info for info in remote.listing(reader.space, archived=archived)}
    if any(info.flaw for info in listed.values()):
        return  # what stands above a page is not known for certain: none goes anywhere this time
    folders = folders_of(reader, listed).found
    owner: dict[str, SpaceConfig] = {}
    for scan in group:
        home = scan.config.root or reader.space.home
        infos, _ = scope.belonging(scan, home, listed, folders)
        owner |= dict.fromkeys(infos, scan.config)
    for scan in group:
        for entry in scan.entries:
            stamp = entry.document.stamp if entry.document else None
            space = owner.get(stamp.id) if stamp else None
            if stamp and space and space != scan.config and not scan.moves(entry):
                yield Stray(entry, space, stamp.parent)
