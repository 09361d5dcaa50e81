"""The command `revert`: make documents say what an older version of their pages said.

It edits files only. A push then sends them, with its comparison.
"""

from __future__ import annotations

from dataclasses import replace

from confsync.commands.bulk.reversal import EDITED, Refusal, without_later_comments
from confsync.diff.three_way import ThreeTexts, merge_towards
from confsync.document import document, layout, storage_format
from confsync.document.document import Fields
from confsync.errors import EVERYBODYS, ConfsyncError, NotVisibleError
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
from confsync.sync.compare import marker_refs, without_new_markers
from confsync.sync.refusals import failed, local_result
from confsync.sync.report import Report

_STEPS = ("confsync diff", "confsync push --dry-run")
_LIST = "'confsync log {path}' lists the versions"


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
        return Refusal("it has no page on the server yet").of(result)
    wanted = found.stamp.version - 1 if version is None else version
    if refusal := _refusal(found.stamp.version, wanted):
        return refusal.of(result)
    asked = about(remote, scan.config)
    try:
        page = asked.old_page(found.stamp.id, wanted)
    except NotVisibleError:
        hint = "'confsync log {path}' lists the versions that the server has"
        return Refusal(f"the server does not show v{wanted}", hint).of(result)
    body = _with_later_comments(found.body, page.body)
    data = document.update(found, found.stamp, Fields(page.info.title, body), found.layout)
    if data == entry.raw:
        note = f"it already has the text of v{wanted}"
        return replace(result, outcome=Outcome.UNCHANGED, note=note)
    if found.modified:
        return EDITED.of(result)
    mirror.write(entry.path, data, expected=entry.raw)
    return replace(result, outcome=Outcome.MODIFIED, note=_note(wanted, found.body, body))


def _with_later_comments(now: str, old: str) -> str:
    """Return an old body with the later inline comments of `now` on text that both bodies have."""
    texts = without_later_comments(ThreeTexts(now, now, old))
    if texts.base == now:
        return old
    body = layout.unlay(merge_towards(ThreeTexts(*map(layout.lay, texts))))
    is_same = without_new_markers(body, marker_refs(old)) == old
    return body if is_same and storage_format.check(body) is None else old


def _note(wanted: int, now: str, body: str) -> str:
    """Return what became of a document, and the number of comments that it lost."""
    lost = len(marker_refs(now) - marker_refs(body))
    some = "1 inline comment lost its" if lost == 1 else f"{lost} inline comments lost their"
    more = f"; {some} text" if lost else ""
    return f"it has the text of v{wanted} now{more}"


def _refusal(base: int, wanted: int) -> Refusal | None:
    """Return why a document cannot say what version `wanted` said, or None."""
    if wanted < 1:
        why = "its page has no version before v1"
        return Refusal(why, _LIST)
    if wanted > base:
        why = f"the document is based on v{base}, and v{wanted} is newer"
        return Refusal(why, f"{_LIST}; 'confsync pull {{path}}' brings a newer version")
    return None
