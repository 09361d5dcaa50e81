"""check: what would be refused, and what Confluence would drop, without asking anybody."""

from __future__ import annotations

from confsync.checking import Known, findings_of
from confsync.mirror import Mirror
from confsync.result import Result
from confsync.selection import Selection


def check(mirror: Mirror, selection: Selection) -> Result:
    """Look at every document of the mirror, or at the named ones."""
    scans = mirror.scan()
    titles = {
        scan.config.key: frozenset(
            entry.document.title.casefold() for entry in scan.entries if entry.document
        )
        for scan in scans
        if scan.config.root is None and not scan.config.posts
    }
    findings = []
    clean = 0
    for scan in scans:
        known = Known(scan.config.key, titles)
        for entry in scan.entries:
            if selection.has(entry.path):
                found = list(findings_of(mirror, entry, known))
                findings += found
                clean += not found
    return Result("check", findings=tuple(findings), clean=clean)
