"""Attachments whose document was moved without them: by a person, or by a run that was killed."""

from __future__ import annotations

from collections.abc import Iterable

from confsync import attachments, files
from confsync.mirror import Mirror
from confsync.scan import Entry, SpaceScan


def find(mirror: Mirror, scans: Iterable[SpaceScan]) -> dict[str, str]:
    """Directories without a document, each with the one document that certainly owns it."""
    scans = tuple(scans)
    if not mirror.config.attachments:
        return {}
    documents = frozenset(entry.path for scan in scans for entry in scan.entries)
    alone = [
        directory
        for scan in scans
        for directory in files.orphans(mirror.root, scan.config.path, documents)
    ]
    bare = [entry for scan in scans for entry in scan.entries if _is_bare(mirror, entry)]
    owners = {directory: _owners(mirror, directory, bare) for directory in alone}
    found = {directory: owner[0] for directory, owner in owners.items() if len(owner) == 1}
    taken = list(found.values())
    return {directory: owner for directory, owner in found.items() if taken.count(owner) == 1}


def _is_bare(mirror: Mirror, entry: Entry) -> bool:
    """Whether a document has attachments by its stamp, and no directory for them."""
    stamp = entry.document.stamp if entry.document else None
    directory = mirror.root / attachments.directory_of(entry.path)
    return stamp is not None and bool(stamp.attachments) and not directory.exists()


def _owners(mirror: Mirror, directory: str, bare: list[Entry]) -> list[str]:
    """The documents whose stamps know one of the files that stand there, byte for byte."""
    standing = files.standing(mirror.root, attachments.document_of(directory) or "", ())
    here = {(file.path.rpartition("/")[2], file.digest) for file in standing.values()}
    return [
        entry.path
        for entry in bare
        if entry.document
        and entry.document.stamp
        and here & {(one.file, one.digest) for one in entry.document.stamp.attachments}
    ]
