"""The documents and attachments that a push sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from confsync.document.document import Document
from confsync.errors import ConfsyncError, Exit, FileError
from confsync.mirror.attachment_files import MISNAMED
from confsync.mirror.entry import Entry, sealed
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.model.hint import marked, mentioned
from confsync.model.outcome import PageResult
from confsync.model.result import Problem
from confsync.push.options import PushRun, Unfit
from confsync.push.scan import MirrorScan
from confsync.push.send import lots
from confsync.remote import Remote
from confsync.sync import scope
from confsync.sync.attachments import beside
from confsync.sync.attachments.beside import Beside
from confsync.sync.preflight.places import is_edited
from confsync.sync.preflight.text import Flaw, flaw_of, gather_bases
from confsync.sync.refusals import failed, local_result
from confsync.sync.report import Report


def flaw_finder(mirror: Mirror, remote: Remote, *, dry_run: bool) -> Unfit:
    """Return the function that tells why a document must not be sent.

    It checks each document once.
    """
    known: dict[str, PageResult | None] = {}
    probed: set[Path] = set()

    def unfit(entry: Entry) -> PageResult | None:
        if entry.path not in known:
            known[entry.path] = refused(entry)
        return known[entry.path]

    def refused(entry: Entry) -> PageResult | None:
        try:
            if flaw := flaw_of(mirror, mirror.whole(entry), remote):
                return _flawed(entry, flaw)
            mirror.check_writable(entry.path, probed, probe=not dry_run)
        except FileError as error:
            return failed(local_result(entry), error)
        return None

    return unfit


def _flawed(entry: Entry, flaw: Flaw) -> PageResult:
    hint = "'confsync check {path}' shows where; correct it, then 'confsync push {path}'"
    if flaw.doubt:
        hint = "'confsync pull --theirs {path}' takes the server's text and keeps a copy of yours"
    if flaw.hint:
        return _refused(entry, flaw.message, flaw.hint)
    return _refused(entry, str(flaw), hint)


def _refused(entry: Entry, why: str, hint: str) -> PageResult:
    return replace(local_result(entry), error=why, hint=hint, exit=Exit.REFUSED)


# -- attachments -----------------------------------------------------------------------------------


def changed_files(
    run: PushRun, here: MirrorScan, scan: SpaceScan, *, delete: bool
) -> dict[str, Beside]:
    """Return the changed attachments by document.

    With `delete`, a deleted file counts as a change. If a file of a document cannot be read or
    sent, the document is reported instead.
    """
    found: dict[str, Beside] = {}
    if not run.mirror.config.attachments:
        return found
    for entry in scan.entries:
        if entry.document is None or not here.selection.has(entry.path):
            continue
        if beside.are_known_as_stamped(run.mirror, entry.path, entry.document, here.newest_files):
            continue
        try:
            files = _files_of(run.mirror, here, entry.path, entry.document)
        except FileError as error:
            run.report.add(failed(local_result(entry), error))
            continue
        if files.is_as_stamped:
            continue
        if refused := _unfit_files(entry, files):
            run.report.add(refused)
        elif files.changed(delete=delete) or files.put_back():
            found[entry.path] = files
    return found


def _files_of(mirror: Mirror, here: MirrorScan, path: str, found: Document) -> Beside:
    return beside.beside(mirror, path, found, here.deleted_files, here.newest_files)


def _unfit_files(entry: Entry, files: Beside) -> PageResult | None:
    """Return the refusal of a document with files that cannot be sent, or None."""
    if files.misnamed:
        why = f"{scope.few(files.misnamed)}: {MISNAMED}"
        return _refused(entry, why, "rename the file and the attachment in the page")
    if files.ambiguous:
        why = f"{scope.few(files.ambiguous)}: servers read %22, %0A and %0D as other characters"
        return _refused(entry, why, "rename the file and the attachment in the page")
    if files.stand_ins:
        return _refused(entry, *beside.told_of_stand_ins(files))
    if emptied := files.emptied:
        return _refused(
            entry,
            f"{mentioned(emptied[0])} is empty, but was not before",
            f"'confsync pull --theirs {marked(emptied[0])}' brings it back; "
            "to send it empty, delete it, 'confsync push --delete {path}', then add it again",
        )
    return None


# -- documents -------------------------------------------------------------------------------------


def outgoing_in(
    run: PushRun, here: MirrorScan, scan: SpaceScan, files: Iterable[str], unfit: Unfit
) -> list[Entry]:
    """Return the documents that differ from their base and can be sent, without their texts.

    Report the others.

    `files` are the paths of documents whose attachments differ. Edited documents after the first
    batch are checked for problems while the batch before theirs is written.
    """
    permitted: list[Entry] = []

    def documents() -> Iterator[Document | None]:
        changed = _changed_in(run, here, scan, frozenset(files))
        for entry in _permitted(run.report, here.refused, changed):
            permitted.append(sealed(entry, files=bool(run.mirror.config.attachments)))
            yield entry.document

    gather_bases(run.mirror, documents())
    fit = _fit(run.report, permitted, unfit)
    return list(_as_staged(run.report, here, fit))


def _changed_in(
    run: PushRun, here: MirrorScan, scan: SpaceScan, files: frozenset[str]
) -> Iterator[Entry]:
    """Yield the selected documents that differ from their base, with their texts.

    Report those that cannot be read, or changed since the scan.
    """
    told = run.report.told()
    for entry in scan.entries:
        if not here.selection.has(entry.path) or entry.path in told:
            continue
        if entry.document is None:
            error = entry.error or ConfsyncError(f"{mentioned(entry.path)}: unreadable")
            run.report.refuse(Problem.of(error))
        elif entry.path in files or _is_changed(run.mirror, here, scan, entry):
            try:
                yield run.mirror.whole(entry)
            except ConfsyncError as error:
                run.report.add(failed(local_result(entry), error))


def _is_changed(mirror: Mirror, here: MirrorScan, scan: SpaceScan, entry: Entry) -> bool:
    """Return whether a document differs from its base, as far as this side can tell."""
    # If a document was moved to another space's directory, the server decides whether it belongs
    # there.
    if entry.path in scan.foreign or entry.path in here.restored:
        return True
    return is_edited(mirror, scan, entry)


def _permitted(
    report: Report, refused: Mapping[str, Flaw], changed: Iterable[Entry]
) -> Iterator[Entry]:
    """Yield the documents that may be sent from their places. Report the others."""
    for entry in changed:
        if entry.path in refused:
            report.add(_flawed(entry, refused[entry.path]))
        else:
            yield entry


def _fit(report: Report, entries: list[Entry], unfit: Unfit) -> list[Entry]:
    """Return the documents without a problem, as far as checked now. Report the others."""
    now, *later = lots(entries) or [[]]
    new = [entry for lot in later for entry in lot if entry.page_id is None]
    unsent = {entry.path: refused for entry in (*now, *new) if (refused := unfit(entry))}
    report.add(*unsent.values())
    return [entry for entry in entries if entry.path not in unsent]


def _as_staged(report: Report, here: MirrorScan, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the documents that are the same in git's index. Report the others."""
    for entry in entries:
        if entry.path in here.unstaged:
            why = "the file differs from its staged version"
            report.add(
                _refused(entry, why, "'git add {path}' stages the file; or push without --staged")
            )
        else:
            yield entry
