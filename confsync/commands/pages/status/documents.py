"""The state of documents, from the work tree and from git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from confsync.document.paths import SUFFIX
from confsync.errors import Exit
from confsync.mirror.committed.whereabouts import Trace, Whereabouts
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.model.event import Event
from confsync.model.hint import marked, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.stamp import Stamp
from confsync.sync import labels
from confsync.sync.deletion import FINISH, TAKE_ALL, deletion_refusal, from_archive
from confsync.sync.preflight.text import RESOLVE, Marker, flaw_of_marker, marker_in

_ASK = "'confsync status --remote {path}' asks the server and lists the commands to choose from"


def local_state(mirror: Mirror, scan: SpaceScan, entry: Entry) -> PageResult:
    """Return the state of a document without asking git or the server."""
    found = entry.document
    if found is None:
        return _invalid(entry)
    page = PageResult(
        entry.path,
        Outcome.CLEAN,
        entry.page_id,
        found.title,
        base=found.stamp.version if found.stamp else None,
    )
    if found.stamp is None:
        return replace(page, outcome=Outcome.UNTRACKED)
    marker = marker_in(mirror, found)
    if marker:
        return _with_marker(mirror, page, marker)
    if found.modified:
        return replace(page, outcome=Outcome.MODIFIED)
    if mirror.config.labels and labels.changed(found):
        return replace(page, outcome=Outcome.MODIFIED, error="labels")
    return _with_place(page, scan, entry, found.stamp.posted)


def _invalid(entry: Entry) -> PageResult:
    """Return the state of a document that cannot be read."""
    error = entry.error
    return PageResult(
        entry.path,
        Outcome.INVALID,
        error=f"line {error.line}: {error.problem}" if error else "",
        hint=error.hint if error else "",
        exit=Exit.LOCAL,
    )


def _with_marker(mirror: Mirror, page: PageResult, marker: Marker) -> PageResult:
    """Return the state of a document with a conflict marker, or with similar text."""
    flaw = flaw_of_marker(mirror, marker)
    if not flaw.doubt:
        return replace(page, outcome=Outcome.CONFLICTED, error=str(flaw), hint=RESOLVE)
    return replace(page, outcome=Outcome.MODIFIED, error=str(flaw))


def _with_place(page: PageResult, scan: SpaceScan, entry: Entry, posted: str | None) -> PageResult:
    """Return the state of an unmodified document from its place."""
    if entry.waits:
        why = "a move was interrupted; 'confsync pull' puts the file in its place"
        return replace(page, outcome=Outcome.MOVED, error=why)
    if entry.path in scan.foreign:
        why = f"from {mentioned(scan.foreign[entry.path])}/; confsync moves no page between spaces"
        return replace(page, outcome=Outcome.MOVED, error=why)
    if scan.misdated(entry):
        why = f"posted on {posted}: blog posts do not move"
        hint = "'confsync pull' moves the file back to its day"
        return replace(page, outcome=Outcome.MOVED, error=why, hint=hint)
    return replace(page, outcome=Outcome.MOVED) if scan.moves(entry) else page


def by_git(page: PageResult, newer: Stamp | None) -> PageResult:
    """Return the local state, or RESTORED if git knows a newer stamp."""
    if newer is None or page.outcome is Outcome.CONFLICTED:
        return page
    told = f"git has v{newer.version}, the file is based on v{page.base}"
    return replace(page, outcome=Outcome.RESTORED, error=told, hint=_ASK)


def absent_states(
    mirror: Mirror, scans: tuple[SpaceScan, ...], gone: Mapping[str, Entry]
) -> Iterator[PageResult]:
    """Yield the pages whose documents git has, but the work tree lacks or has elsewhere."""
    entries = [entry for scan in scans for entry in scan.entries]
    sight = Whereabouts(mirror.root, mirror.config.spaces, entries, gone)
    traces = sight.look()
    removed = _removed_here(mirror) if gone else {}
    for page_id, entry in gone.items():
        trace = traces.get(page_id)
        if trace is None:
            yield _deleted(entry, page_id, removed)
            continue
        why, _ = deletion_refusal(trace, entry, outside=sight.is_outside(trace.path))
        if trace.certain:
            way = _way_back(mirror, trace, entry.path)
            yield PageResult(entry.path, Outcome.MOVED, page_id, error=why, hint=way)
        else:
            yield PageResult(entry.path, Outcome.DELETED, page_id, error=why)


def _way_back(mirror: Mirror, trace: Trace, path: str) -> str:
    """Return the command that brings a document back to its path. No push sends it elsewhere."""
    if trace.left_out:
        return TAKE_ALL
    if trace.unmerged:
        return FINISH
    old, new, directory = marked(trace.path), marked(path), path.rpartition("/")[0]
    if (mirror.root / directory).is_dir():
        return f"'mv {old} {new}' moves it back"
    return f"'mkdir -p {marked(directory)} && mv {old} {new}' moves it back"


def _deleted(entry: Entry, page_id: str, removed: Mapping[str, Event]) -> PageResult:
    """Return the state of a document that was deleted here, and perhaps its page, too."""
    page = PageResult(entry.path, Outcome.DELETED, page_id)
    event = removed.get(page_id)
    stamp = entry.document.stamp if entry.document else None
    if event is None or stamp is None or (event.path, event.base) != (entry.path, stamp.version):
        return page
    if event.what == Outcome.ARCHIVED.value:
        return replace(page, error="this mirror archived its page", hint=from_archive(page_id))
    hint = f"'confsync restore {page_id}' brings the page back"
    return replace(page, error="this mirror put its page into the trash", hint=hint)


def _removed_here(mirror: Mirror) -> dict[str, Event]:
    """Return the pages that this mirror deleted or archived last, each with that event."""
    told = (e for e in mirror.audit.read() if e.what == "restored" or e.path.endswith(SUFFIX))
    last = {event.page: event for event in told}
    return {page: event for page, event in last.items() if event.is_removal}
