"""check: what would be refused, and what Confluence would drop, without asking anybody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.errors import UsageError
from confsync.mirror.entry import Entry, read
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.model.lint import Finding, Severity
from confsync.model.result import Result
from confsync.model.stamp import Stamp
from confsync.sync.lint import Known, broken_folder, findings_of, gather_bases, unknown_to_cache

if TYPE_CHECKING:
    from confsync.mirror.index import Index

_LISTED = "'confsync status' lists what was edited; without a name every document is checked"


def check(mirror: Mirror, selection: Selection) -> Result:
    """Look at every document of the mirror, or at the named ones.

    What is named and no document is left out: hooks name every file of a kind. Raises UsageError
    for what is not there at all.
    """
    for name in selection.names:
        if not os.path.lexists(mirror.root / name):
            raise UsageError(f"{name}: there is no such file", hint=_LISTED)
    scans = mirror.scan(_reading(mirror, selection))
    titles = _titles(scans)
    entries = [e for scan in scans for e in scan.entries if selection.has(e.path)]
    committed = _committed(mirror, unknown_to_cache(mirror, entries))
    gather_bases(mirror, entries)
    findings: list[Finding] = []
    clean = 0
    if any(scan.unread for scan in scans):
        findings += _unread(mirror, scans, selection)
    for scan in scans:
        known = Known(scan.config.key, titles, committed)
        findings += [broken_folder(error) for error in scan.broken if selection.has(error.path)]
        for entry in scan.entries:
            if selection.has(entry.path):
                found = list(findings_of(mirror, entry, known))
                findings += found
                clean += not found
    return Result("check", findings=tuple(findings), clean=clean)


def _unread(
    mirror: Mirror, scans: tuple[SpaceScan, ...], selection: Selection
) -> Iterator[Finding]:
    """Yield a finding for each directory that cannot be read or is a link."""
    from confsync.sync.refusals import unreadable_directories  # hardly ever

    for scan in scans:
        for name in scan.unread:
            one = replace(scan, unread=(name,))
            for told in unreadable_directories(mirror.root, [one], selection):
                said = f"{told.message.removeprefix(name).strip('/ ')}: {told.hint}"
                yield Finding(name, 1, 1, Severity.ERROR, "directory", said)


def _reading(mirror: Mirror, selection: Selection) -> Callable[[Path, str], Entry] | None:
    """How documents are read: of those that are not meant, title and stamp are enough."""
    if selection.everything:
        return None
    index: Index | None = None

    def reading(root: Path, name: str) -> Entry:
        nonlocal index
        if selection.has(name):
            return read(root, name)
        if index is None:
            from confsync.mirror.index import Index  # a mirror of one document has no use for it

            index = Index(mirror.root)
        return index.known(root, name) or read(root, name)

    return reading


def _committed(mirror: Mirror, here: Mapping[str, bytes]) -> Mapping[str, Stamp]:
    """The stamps that some documents have in git, where there are any to ask about."""
    if not here:
        return {}
    from confsync.mirror.committed.deleted import committed_stamps

    return committed_stamps(mirror.root, mirror.config.spaces, here)


def _titles(scans: tuple[SpaceScan, ...]) -> dict[str, frozenset[str]]:
    """The titles of each space of which every page is here and can be read, without case."""
    scans = tuple(scan for scan in scans if not scan.config.posts)
    whole = {
        scan.config.key
        for scan in scans
        if scan.config.root is None and not scan.config.include and not scan.config.exclude
    }
    for scan in scans:
        if any(entry.document is None for entry in scan.entries):
            whole.discard(scan.config.key)
    return {
        key: frozenset(
            entry.document.title.casefold()
            for scan in scans
            if scan.config.key == key
            for entry in scan.entries
            if entry.document
        )
        for key in whole
    }
