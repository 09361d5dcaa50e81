"""The command `revert`: make documents say what an older version of their pages said.

It edits files only. A push then sends them, with its comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from confsync.document import document
from confsync.document.document import Fields
from confsync.errors import EVERYBODYS, ConfsyncError, Exit, NotVisibleError
from confsync.mirror.entry import Entry
from confsync.mirror.index import Index
from confsync.mirror.left_out.named import check_named
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.model.hint import mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Result
from confsync.progress import Progress, silent
from confsync.remote import Remote, about
from confsync.sync.refusals import failed, local_result
from confsync.sync.report import Report

_STEPS = ("confsync diff", "confsync push --dry-run")


def revert(
    mirror: Mirror,
    remote: Remote,
    selection: Selection,
    version: int | None,
    progress: Progress = silent,
) -> Result:
    """Write the title and the text of a version over those of the selected documents.

    `version` None means the version before the one that a document is based on. The stamp stays.
    Raise UsageError, FileError.
    """
    report = Report("revert")
    with mirror.lock(), report.run():
        scans = mirror.scan(Index(mirror.root).read)
        check_named(mirror, selection, (entry.path for scan in scans for entry in scan.entries))
        chosen = [
            (scan, entry) for scan in scans for entry in scan.entries if selection.has(entry.path)
        ]
        for done, (scan, entry) in enumerate(chosen, 1):
            try:
                report.add(_reverted(mirror, remote, scan, mirror.whole(entry), version))
            except EVERYBODYS:
                raise
            except ConfsyncError as error:
                report.add(failed(local_result(entry), error))
            progress("reverting", done, len(chosen))
    result = report.result()
    written = any(page.outcome is Outcome.MODIFIED for page in result.pages)
    return replace(result, steps=_STEPS if written else ())


def _reverted(
    mirror: Mirror, remote: Remote, scan: SpaceScan, entry: Entry, version: int | None
) -> PageResult:
    """Write one document, and return its result. Raise ConfsyncError."""
    found = entry.document
    if found is None:
        raise entry.error or ConfsyncError(f"{mentioned(entry.path)}: unreadable")
    result = local_result(entry)
    if found.stamp is None:
        return _refused(result, "it has no page on the server yet", "")
    wanted = found.stamp.version - 1 if version is None else version
    for why, hint in _objections(found.stamp.version, wanted):
        return _refused(result, why, hint)
    asked = about(remote, scan.config)
    try:
        page = asked.old_page(found.stamp.id, wanted)
    except NotVisibleError:
        hint = "'confsync log {path}' lists the versions that the server has"
        return _refused(result, f"the server does not show v{wanted}", hint)
    data = document.update(found, found.stamp, Fields(page.info.title, page.body), found.layout)
    if data == entry.raw:
        note = f"it says what v{wanted} said already"
        return replace(result, outcome=Outcome.UNCHANGED, note=note)
    if found.modified:
        hint = "'confsync diff {path}' shows them; 'confsync pull --theirs {path}' discards them"
        return _refused(result, "it has edits that are not pushed", hint)
    mirror.write(entry.path, data, expected=entry.raw)
    return replace(result, outcome=Outcome.MODIFIED, note=f"says what v{wanted} said")


def _objections(base: int, wanted: int) -> Iterator[tuple[str, str]]:
    """Yield why a document cannot say what version `wanted` said, and what helps."""
    if wanted < 1:
        yield "its page has no version before v1", "'confsync log {path}' lists the versions"
    if wanted > base:
        yield f"it is based on v{base}", "'confsync pull {path}' brings a newer version"


def _refused(result: PageResult, why: str, hint: str) -> PageResult:
    return replace(result, error=why, hint=hint, exit=Exit.REFUSED)
