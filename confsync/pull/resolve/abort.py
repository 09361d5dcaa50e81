"""The way back from a merge: the document as it was before, as `git merge --abort` does."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from confsync.document import document
from confsync.errors import ConfsyncError, Exit, FileError, UsageError
from confsync.mirror.entry import Entry
from confsync.mirror.git import index
from confsync.mirror.index import outlines
from confsync.mirror.left_out.named import check_named
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.mirror.state import merges
from confsync.model.filenames import STATE
from confsync.model.hint import TRASH
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Result
from confsync.sync.refusals import failed, local_result

_NO_MERGE = "there is no merge to take back since the last push or pull of this page"
_UNDONE = f"the merge is taken back; a copy of the merged text is in {TRASH}"


def abort(mirror: Mirror, selection: Selection, *, dry_run: bool = False) -> Result:
    """Take back the last merge of the named documents. Raise UsageError, FileError.

    The server is not asked. A document whose stamp changed since its merge is refused.
    """
    if not selection.names:
        raise UsageError("--abort needs paths: the documents whose merge you take back")
    with contextlib.ExitStack() as lock:
        if not dry_run:
            lock.enter_context(mirror.lock())
        scans = mirror.scan(outlines(mirror.root, whole=selection.has))
        entries = [entry for scan in scans for entry in scan.entries]
        check_named(mirror, selection, (entry.path for entry in entries))
        chosen = [entry for entry in entries if selection.meant_itself(entry.path)]
        results = (_aborted(mirror, entry, dry_run=dry_run) for entry in chosen)
        pages = [page for page in results if page.exit is Exit.DONE or page.path in selection.names]
    return Result("pull", tuple(pages), dry_run=dry_run)


def _aborted(mirror: Mirror, entry: Entry, *, dry_run: bool) -> PageResult:
    """Put the document of before the merge in place. Return its result."""
    before = _before(mirror, entry)
    result = replace(local_result(entry), exit=Exit.REFUSED, error=_NO_MERGE)
    if before is None or before == entry.raw:
        return result
    result = replace(result, outcome=Outcome.KEPT, exit=Exit.DONE, error=_UNDONE)
    if dry_run:
        return result
    try:
        mirror.check(entry.path, mirror.inside(entry.path), entry.raw)
        mirror.keep_in_trash(entry.path, entry.raw)
        mirror.write(entry.path, before, expected=entry.raw)
    except ConfsyncError as error:
        return failed(result, error)
    with contextlib.suppress(FileError):
        index.settle_conflict(mirror.root, entry.path, before)
    return result


def _before(mirror: Mirror, entry: Entry) -> bytes | None:
    """Return the document before its merge, with the attachments of now; None without a merge."""
    stamp = entry.document.stamp if entry.document else None
    before = merges.find(mirror.root / STATE, stamp) if stamp else None
    if stamp is None or before is None:
        return None
    found = document.parse(before, entry.path)
    if found.stamp is None or found.stamp.attachments == stamp.attachments:
        return before
    return document.update(found, replace(found.stamp, attachments=stamp.attachments))
