"""The pages of a space that a mirror includes: by root, `include` and `exclude`. Pure.

A rule of digits is a page id and means the page and all pages below it. Any other rule is a pattern
of the path below the space's directory, without suffix. ``*`` and ``?`` match within one name,
``**`` matches across names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from confsync.document import paths
from confsync.document.tree import Node, Post, place, place_posts
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan
from confsync.model.config import FILE_NAME, SpaceConfig
from confsync.model.filenames import BLOG
from confsync.model.hint import mentioned
from confsync.model.page import Folder, PageInfo


def selected(config: SpaceConfig, place: str | None, line: Iterable[str]) -> bool:
    """Return whether the rules include a page; `line` has its id and the ids of all pages above it.

    `place` is None if its path is unknown; then no pattern excludes it.
    """
    above = set(line)
    wanted = [_means(rule, place, above, unknown=True) for rule in config.include]
    unwanted = [_means(rule, place, above, unknown=False) for rule in config.exclude]
    return (any(wanted) or not wanted) and not any(unwanted)


def excluded(scan: SpaceScan) -> list[Entry]:
    """Return the documents that the rules exclude, as far as known without the server.

    If a parent has no document here, its own parents do not count. Some documents stand at the top
    only because they have no other place. No pattern counts for them and for documents below them.
    """
    if not (scan.config.include or scan.config.exclude):
        return []
    above: dict[str, str | None] = {
        folder.id: scan.tree.owners.get(directory.rpartition("/")[0])
        for directory, folder in scan.folders.items()
    }
    for entry in scan.entries:
        directory = scan.inner(entry.path).rpartition("/")[0]
        above[_key(entry)] = scan.wanted(entry) or scan.tree.owners.get(directory)
    tops = {entry.page_id for entry in scan.entries if _is_at_top_only(entry)}
    found = []
    for entry in scan.entries:
        line = _line(_key(entry), above)
        place = None if tops.intersection(line) else _place(scan, entry)
        if not selected(scan.config, place, line):
            found.append(entry)
    return found


def not_excluded(scans: Iterable[SpaceScan], deleted: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the deleted documents that the rules include, by page id.

    `pull --prune` removes documents of excluded pages; such a removal says nothing about the page.
    """
    found = dict(deleted)
    for scan in scans:
        inside = [e for e in deleted.values() if scan.config.holds(e.path)]
        there = replace(scan, entries=(*scan.entries, *inside))
        for entry in excluded(there):
            found.pop(entry.page_id or "", None)
    return found


def note(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the note about documents that are here although the rules exclude them."""
    named = sorted(entry.path for entry in entries)
    if not named:
        return ()
    return (
        f"excluded by {FILE_NAME} and left unchanged: {few([*map(mentioned, named)])}; "
        "'confsync pull --prune' removes the unmodified ones",
    )


def few(named: Sequence[str]) -> str:
    """Return the first names of a list, and the count of the others."""
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")


def belonging(
    scan: SpaceScan,
    home: str | None,
    listed: Mapping[str, PageInfo],
    folders: Mapping[str, Folder],
) -> tuple[dict[str, PageInfo], frozenset[str]]:
    """Return the listed pages of a mirror's space, and the ids of excluded pages.

    In a mirror of a subtree, all pages outside the subtree are excluded.
    """
    config = scan.config
    above = _above(listed, folders)
    inside = {i: info for i, info in listed.items() if _is_inside(config, _line(i, above))}
    outside = [i for i in listed if config.root and _is_outside(config, _line(i, above), above)]
    if not (config.include or config.exclude):
        return inside, frozenset(outside)
    places = _places(scan, home, inside, folders)
    wanted = {i: info for i, info in inside.items() if selected(config, places[i], _line(i, above))}
    return wanted, frozenset((inside.keys() - wanted.keys()) | set(outside))


def with_pages(
    scan: SpaceScan,
    infos: Mapping[str, PageInfo],
    listed: Mapping[str, PageInfo],
    folders: Mapping[str, Folder],
) -> dict[str, Folder]:
    """Return the folders that hold a page of `infos` at any depth, or that are still valid here."""
    known = {folder.id for folder in scan.folders.values()}
    above = _above(listed, folders)
    used = {one for page_id in infos for one in _line(page_id, above)}
    return {
        i: folder
        for i, folder in folders.items()
        if (i in used or i in known) and _is_inside(scan.config, _line(i, above))
    }


def _above(listed: Mapping[str, PageInfo], folders: Mapping[str, Folder]) -> dict[str, str | None]:
    above = {folder.id: folder.parent for folder in folders.values()}
    return above | {info.id: info.parent for info in listed.values()}


def _is_inside(config: SpaceConfig, line: list[str]) -> bool:
    """Return whether this space's root is the nearest mirrored root above."""
    for page_id in line:
        if page_id == config.root:
            return True
        if page_id in config.others:
            return False
    return config.root is None


def _is_outside(config: SpaceConfig, line: list[str], above: Mapping[str, str | None]) -> bool:
    """Return whether a page surely stands outside all roots: all its parents are visible."""
    return line[-1] in above and not {config.root, *config.others}.intersection(line)


def _places(
    scan: SpaceScan,
    home: str | None,
    inside: Mapping[str, PageInfo],
    folders: Mapping[str, Folder],
) -> dict[str, str]:
    """Return the place of each page as if none were excluded. Documents keep their names."""
    names = {entry.page_id: _place(scan, entry).rpartition("/")[2] for entry in scan.entries}
    if scan.config.posts:
        listed = inside.values()
        posts = [Post(i.id, i.title, i.posted or "", names.get(i.id)) for i in listed]
        return {key: f"{BLOG}/{at}" for key, at in place_posts(posts).items()}
    nodes = [Node(i.id, i.title, i.parent, names.get(i.id)) for i in inside.values()]
    nodes += [Node(folder.id, folder.title, folder.parent) for folder in folders.values()]
    return place(nodes, home)


def _line(key: str, above: Mapping[str, str | None]) -> list[str]:
    """Return a key and all keys above it, nearest first."""
    found: list[str] = []
    one: str | None = key
    while one is not None and one not in found:
        found.append(one)
        one = above.get(one)
    return found


def _place(scan: SpaceScan, entry: Entry) -> str:
    """Return a document's place as rules see it: below the space's directory, blog included."""
    place = scan.inner(entry.path).removesuffix(paths.SUFFIX)
    return f"{BLOG}/{place}" if scan.config.posts else place


def _is_at_top_only(entry: Entry) -> bool:
    return bool(entry.document and entry.document.stamp and entry.document.stamp.top)


def _key(entry: Entry) -> str:
    return entry.claimed_id or paths.unborn(entry.path)


def _means(rule: str, place: str | None, line: set[str], *, unknown: bool) -> bool:
    if rule.isdecimal():
        return rule in line
    if place is None:
        return unknown
    return _pattern(rule).fullmatch(unicodedata.normalize("NFC", place)) is not None


@cache
def _pattern(rule: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*|\?)", unicodedata.normalize("NFC", rule))
    words = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts), re.DOTALL)
