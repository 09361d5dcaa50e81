"""diff: what was changed here since the base or, with `--remote`, what the server changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from confsync import bases
from confsync.errors import APIAccessError, FileError
from confsync.mirror import Mirror
from confsync.model import Page
from confsync.remote import Remote
from confsync.result import Outcome, PageResult, Problem, Result
from confsync.scan import Entry, SpaceScan
from confsync.selection import Selection
from confsync.unified import Side, unified
from confsync.view import about, reader_of


def diff(mirror: Mirror, remote: Remote, selection: Selection, *, against_server: bool) -> Result:
    """Unified diffs of the laid-out text. Asks the server only for what is not here."""
    scans = mirror.scan()
    selection.check(
        (entry.path for scan in scans for entry in scan.entries), mirror.config.directories
    )
    pages: list[PageResult] = []
    errors: list[Problem] = []
    texts: list[str] = []
    for scan in scans:
        entries = [e for e in scan.entries if e.page_id and selection.has(e.path)]
        if not against_server:
            entries = [e for e in entries if e.document and e.document.modified]
        try:
            asked = about(remote, scan.config)
            for entry, text in _diffs(mirror, asked, scan, entries, against_server):
                texts.append(text)
                pages.append(PageResult(entry.path, Outcome.MODIFIED, entry.page_id))
        except (APIAccessError, FileError) as error:
            errors.append(Problem.of(error))
    return Result("diff", tuple(pages), tuple(errors), text="".join(texts))


def _diffs(
    mirror: Mirror, remote: Remote, scan: SpaceScan, entries: list[Entry], against_server: bool
) -> Iterator[tuple[Entry, str]]:
    stamps = {e.path: e.document.stamp for e in entries if e.document and e.document.stamp}
    found = {}
    if against_server and stamps:
        reader = reader_of(remote, scan)
        found = reader.current({stamp.id: stamp.version for stamp in stamps.values()})
    for entry in entries:
        stamp, local = stamps[entry.path], entry.document
        if local is None:
            continue
        base = bases.find(mirror, remote, stamp, local.body)
        other: Side = (local.title, local.body)
        name = f"{entry.path} (local)"
        if against_server:
            page = found[stamp.id]
            if not isinstance(page, Page):
                continue
            other = (page.info.title, page.body)
            # What was looked at can be given up by its number, while it is that.
            seen = replace(stamp, version=page.info.version.number, digest=page.digest)
            mirror.bases.put(seen, *other)
            name = f"{entry.path} (server, v{page.info.version.number})"
        text = unified(base, other, f"{entry.path} (base, v{stamp.version})", name)
        if text:
            yield entry, text
