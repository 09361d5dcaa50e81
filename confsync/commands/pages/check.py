"""The command `check`: what a push would refuse, and what Confluence would drop. Asks no server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.document import document
from confsync.errors import UsageError
from confsync.mirror.entry import Entry, read
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.model.hint import mentioned
from confsync.model.lint import Finding, Severity
from confsync.model.result import Result
from confsync.model.stamp import Stamp
from confsync.sync.preflight.lint import (
    Known,
    broken_folder,
    findings_of,
    gather_bases,
    unknown_to_cache,
)
from confsync.sync.preflight.places import is_edited, refused_in

if TYPE_CHECKING:
    from confsync.mirror.index import Index

# So many files are named that are no documents.
_MOST = 3
_LISTED = "'confsync status' lists the edited documents"


def check(mirror: Mirror, selection: Selection, *, drop_comments: bool = False) -> Result:
    """Check every document of the mirror, or the named documents.

    With `drop_comments`, a text may drop open comments.

    A named file that is no document is told and no error, because hooks name every file of a kind.
    Raise UsageError for a name without a file.
    """
    for name in selection.names:
        if not os.path.lexists(mirror.root / name):
            raise UsageError(f"{mentioned(name)}: there is no such file", hint=_LISTED)
    scans = mirror.scan(_reading(mirror, selection))
    titles = _titles(scans)
    entries = [e for scan in scans for e in scan.entries if selection.has(e.path)]
    committed = _committed(mirror, unknown_to_cache(mirror, entries))
    gather_bases(mirror, entries)
    findings: list[Finding] = []
    clean = 0
    if any(scan.unread for scan in scans):
        findings += _unread(mirror, scans, selection)
    refused = refused_in(mirror, scans, selection)
    for scan in scans:
        edited = {e.path for e in scan.entries if e.path in refused and is_edited(mirror, scan, e)}
        flaws = {path: refused[path] for path in edited}
        known = Known(scan.config.key, titles, committed, flaws, _astray(scan), drop_comments)
        findings += [broken_folder(error) for error in scan.broken if selection.has(error.path)]
        for entry in scan.entries:
            if selection.has(entry.path):
                found = list(findings_of(mirror, _whole(mirror, entry), known))
                findings += found
                clean += not found
    notes = tuple(_no_documents(mirror, scans, selection))
    return Result("check", findings=tuple(findings), clean=clean, notes=notes)


def _astray(scan: SpaceScan) -> frozenset[str]:
    """Return the documents in directories of no page whose pages' parents have documents."""
    owners, ids = scan.tree.owners, scan.tree.ids
    return frozenset(
        entry.path
        for entry in scan.entries
        if not scan.config.posts
        and entry.document
        and (stamp := entry.document.stamp)
        and stamp.parent in ids
        and (directory := scan.inner(entry.path).rpartition("/")[0])
        and owners.get(directory) is None
    )


def _no_documents(
    mirror: Mirror, scans: tuple[SpaceScan, ...], selection: Selection
) -> Iterator[str]:
    """Yield a note for each of the first named files that is no document, and why."""
    paths = [entry.path for scan in scans for entry in scan.entries]
    paths += [error.path for scan in scans for error in scan.broken]
    unknown = selection.unknown_names(paths)
    if unknown:
        from confsync.mirror.left_out.named import why_no_document  # loads git; rarely needed

        for name in unknown[:_MOST]:
            yield f"{mentioned(name)}: {'; '.join(why_no_document(mirror, name))}"
        if unknown[_MOST:]:
            yield f"{len(unknown) - _MOST} more files are no documents"


def _outlined(entry: Entry) -> Entry:
    """Return an unmodified document without its text, so that memory does not grow with it."""
    found = entry.document
    if found is None or found.stamp is None or found.modified:
        return entry
    outline = document.outline(found.title, found.stamp, found.labels, found.listed)
    return Entry(entry.path, b"", outline)


def _whole(mirror: Mirror, entry: Entry) -> Entry:
    """Return a document with its text, which is only kept while it is checked."""
    return entry if entry.raw or entry.document is None else read(mirror.root, entry.path)


def _unread(
    mirror: Mirror, scans: tuple[SpaceScan, ...], selection: Selection
) -> Iterator[Finding]:
    """Yield a finding for each directory that cannot be read or is a link."""
    from confsync.sync.refusals import unreadable_directories  # rarely needed

    for scan in scans:
        for name in scan.unread:
            one = replace(scan, unread=(name,))
            for told in unreadable_directories(mirror.root, [one], selection):
                said = f"{told.message.removeprefix(mentioned(name)).strip('/ ')}: {told.hint}"
                yield Finding(name, 1, 1, Severity.ERROR, "directory", said)


def _reading(mirror: Mirror, selection: Selection) -> Callable[[Path, str], Entry]:
    """Return how to read documents.

    Title and stamp are enough for the others. In a check of everything they are enough at first:
    each text is read when it is checked.
    """
    index: Index | None = None

    def reading(root: Path, name: str) -> Entry:
        nonlocal index
        if selection.has(name) and not selection.everything:
            return read(root, name)
        if index is None:
            from confsync.mirror.index import Index  # not needed for a single document

            index = Index(mirror.root)
        if (known := index.known(root, name)) is not None:
            return known
        return _outlined(read(root, name)) if selection.everything else read(root, name)

    return reading


def _committed(mirror: Mirror, here: Mapping[str, bytes]) -> Mapping[str, Stamp]:
    """Return the stamps that some documents have in git. Ask git only if there are documents."""
    if not here:
        return {}
    from confsync.mirror.committed.deleted import committed_stamps

    return committed_stamps(mirror.root, mirror.config.spaces, here)


def _titles(scans: tuple[SpaceScan, ...]) -> dict[str, frozenset[str]]:
    """Return the casefolded titles of each space whose pages are all here and readable."""
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
