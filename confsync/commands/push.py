"""push: send edited pages back, each only if the server still has exactly what its stamp says.

Version N + 1 is written only from a file stamped N. What became of a write is found out by one
routine, whether its answer came, was lost, or said no: success and recovery are the same code.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from confsync import compare, document
from confsync.compare import Content, Parent
from confsync.errors import (
    APIAccessError,
    ChangedMeanwhileError,
    ConfsyncError,
    CredentialsError,
    Exit,
    NetworkError,
    ServerError,
    VersionConflictError,
)
from confsync.flaws import flaw_of
from confsync.mirror import Mirror
from confsync.model import Page, Stamp, message_with_token, token
from confsync.progress import Progress, silent
from confsync.reading import Case, Reader
from confsync.rejection import refusal, with_names
from confsync.remote import Remote
from confsync.result import Outcome, PageResult, Problem, Result
from confsync.scan import Entry, SpaceScan
from confsync.selection import Selection
from confsync.view import local_of

BATCH = 250
# A check older than this is made again before the write.
CHECK_LASTS = 60.0
_SENDABLE = (Parent.SAME, Parent.FOLLOW, Parent.MOVE, Parent.DONE)


@dataclass(frozen=True, slots=True)
class Landed:
    """A version that this push made, or found made: what the file is settled with.

    `parent` is the parent that the write carried, or None when it carried none.
    """

    case: Case
    version: int
    parent: str | None


def push(
    mirror: Mirror,
    remote: Remote,
    selection: Selection,
    *,
    message: str = "",
    dry_run: bool = False,
    progress: Progress = silent,
    clock: Callable[[], float] = time.monotonic,
) -> Result:
    """Push every edited document of the mirror, or the named ones."""
    with contextlib.nullcontext() if dry_run else mirror.lock():
        scans = mirror.scan()
        selection.check(entry.path for scan in scans for entry in scan.entries)
        pages: list[PageResult] = []
        errors: list[Problem] = []
        try:
            for scan in scans:
                waiting = _outgoing(mirror, scan, selection, pages, errors)
                if waiting:
                    reader = Reader(remote, remote.space(scan.config.key))
                    run = _Run(mirror, reader, message, dry_run, pages, progress, clock)
                    run.push(scan, waiting)
        except ConfsyncError as error:
            errors.append(Problem.of(error))
    return Result("push", with_names(remote, pages), tuple(errors), dry_run=dry_run)


# -- before any request ----------------------------------------------------------------------------


def _outgoing(
    mirror: Mirror,
    scan: SpaceScan,
    selection: Selection,
    pages: list[PageResult],
    errors: list[Problem],
) -> list[Entry]:
    """The documents that differ from their base and can be sent; adds the others to the result."""
    outgoing: list[Entry] = []
    for entry in scan.entries:
        if not selection.has(entry.path):
            continue
        if entry.document is None:
            errors.append(Problem.of(entry.error or ConfsyncError(f"{entry.path}: unreadable")))
            continue
        stamp = entry.document.stamp
        if stamp and not entry.document.modified and scan.wanted(entry) == stamp.parent:
            continue
        flaw = flaw_of(mirror, entry)
        if flaw:
            pages.append(replace(_blank(entry), error=flaw, exit=Exit.REFUSED))
        elif stamp is None:
            why = "has no stamp: this version of confsync does not create pages yet"
            pages.append(replace(_blank(entry), outcome=Outcome.SKIPPED, error=why))
        else:
            outgoing.append(entry)
    return outgoing


def _blank(entry: Entry) -> PageResult:
    """The result of a document of which nothing is known but itself."""
    found = entry.document
    return PageResult(
        entry.path,
        Outcome.REJECTED,
        entry.page_id,
        found.title if found else "",
        base=found.stamp.version if found and found.stamp else None,
    )


# -- the run ---------------------------------------------------------------------------------------


class _Run:
    """One push of one space."""

    def __init__(
        self,
        mirror: Mirror,
        reader: Reader,
        message: str,
        dry_run: bool,
        pages: list[PageResult],
        progress: Progress,
        clock: Callable[[], float],
    ) -> None:
        self._mirror = mirror
        self._reader = reader
        self._message = message
        self._dry_run = dry_run
        self._pages = pages
        self._progress = progress
        self._clock = clock

    def push(self, scan: SpaceScan, entries: list[Entry]) -> None:
        """Check a batch, write it, settle it; then the next one."""
        for start in range(0, len(entries), BATCH):
            self._progress(f"pushing {scan.config.key}", start, len(entries))
            try:
                self._push_batch(scan, entries[start : start + BATCH])
            except APIAccessError:
                told = {page.path for page in self._pages}
                self._pages.extend(
                    replace(_blank(entry), outcome=Outcome.SKIPPED, error="not tried")
                    for entry in entries
                    if entry.path not in told
                )
                raise

    def _push_batch(self, scan: SpaceScan, entries: list[Entry]) -> None:
        landed: list[Landed] = []
        try:
            checked = self._clock()
            for case in self._cases(scan, entries):
                if self._clock() - checked > CHECK_LASTS:
                    case = self._again(case, case.stamp.version) or case
                made = self._handle(case)
                if made:
                    landed.append(made)
        finally:
            # What landed is settled even when a later page ends the run.
            self._settle(landed)

    def _cases(self, scan: SpaceScan, entries: list[Entry]) -> Iterator[Case]:
        stamps = {e.path: e.document.stamp for e in entries if e.document and e.document.stamp}
        found = self._reader.current({stamp.id: stamp.version for stamp in stamps.values()})
        for entry in entries:
            answer = found[stamps[entry.path].id]
            if isinstance(answer, APIAccessError):
                self._fail(_blank(entry), answer)
            else:
                yield self._reader.decide(entry, local_of(scan, entry), answer)

    def _handle(self, case: Case) -> Landed | None:
        """Do what the decision says; answers what is to be settled afterwards."""
        result = _result(case)
        if case.decisions.parent not in _SENDABLE:
            self._pages.append(refusal(result, case))
            return None
        match case.decisions.content:
            case Content.LANDED:
                return self._found(case)
            case Content.EQUAL if case.page:
                return Landed(case, case.page.info.version.number, None)
            case Content.AHEAD:
                return self._send(case)
            case Content.UP_TO_DATE:
                if case.decisions.parent is Parent.MOVE:
                    return self._send(case)
                # Moved back, or moved on the server: the next pull puts the file right.
                self._pages.append(replace(result, outcome=Outcome.SKIPPED, error="pull moves it"))
            case Content.BEHIND:
                behind = "the server has a newer version; 'confsync pull' brings it"
                self._pages.append(replace(result, outcome=Outcome.SKIPPED, error=behind))
            case _:
                self._pages.append(refusal(result, case))
        return None

    def _found(self, case: Case) -> Landed | None:
        version = compare.landed_as(case.stamp, case.local, _present(case))
        moved = case.page and case.page.info.parent == case.local.wanted
        return Landed(case, version, case.local.wanted if moved else None) if version else None

    # -- writing -----------------------------------------------------------------------------------

    def _send(self, case: Case, *, again: bool = True) -> Landed | None:
        """PUT S + 1 and find out what became of it. `again` allows one more try, never two."""
        result = _result(case)
        if case.page and case.page.info.live:
            self._pages.append(
                replace(result, error="a live doc, which confsync does not push", exit=Exit.REFUSED)
            )
            return None
        if self._dry_run:
            self._pages.append(replace(result, outcome=Outcome.UPDATED))
            return None
        parent = case.local.wanted if case.decisions.parent is Parent.MOVE else None
        try:
            answer = self._reader.remote.put(
                case.stamp.id,
                base=case.stamp.version,
                title=case.local.title,
                body=case.local.body,
                message=message_with_token(token(case.stamp, case.local), self._message),
                parent=parent,
            )
        except (VersionConflictError, NetworkError, ServerError) as error:
            return self._after_failure(case, error, again)
        except CredentialsError:
            raise
        except APIAccessError as error:
            self._fail(result, error)
            return None
        if answer.version.number > case.stamp.version:
            return Landed(case, answer.version.number, parent)
        return self._after_no_version(case)

    def _after_failure(self, case: Case, error: APIAccessError, again: bool) -> Landed | None:
        """No proof that the write landed, or the server's no: look, and decide anew."""
        least = case.stamp.version
        if isinstance(error, VersionConflictError) and error.current_version:
            least = error.current_version
        try:
            now = self._again(case, least)
        except APIAccessError as failure:
            self._fail(_result(case), failure, "; whether it landed, the next push finds out")
            raise
        if now is None:
            self._fail(_result(case), error)
            return None
        if now.decisions.content in (Content.AHEAD, Content.UP_TO_DATE):
            if again and now.decisions.parent in _SENDABLE:
                return self._send(now, again=False)
            self._fail(_result(case), error)
            return None
        return self._handle(now)

    def _after_no_version(self, case: Case) -> Landed | None:
        """A good answer that still names S: the server saw no change, or answers of the past."""
        now = self._again(case, case.stamp.version)
        if now is None or now.decisions.content is Content.AHEAD:
            why = "the server made no version: to it the page is the same"
            self._pages.append(
                replace(_result(case), outcome=Outcome.UNCHANGED, error=why, exit=Exit.REFUSED)
            )
            return None
        return self._handle(now) if now.decisions.content is not Content.UP_TO_DATE else None

    def _again(self, case: Case, least: int) -> Case | None:
        """The same document beside what the server has now; None when that cannot be told."""
        answer = self._reader.current({case.stamp.id: least})[case.stamp.id]
        if isinstance(answer, APIAccessError):
            raise answer
        if isinstance(answer, Page) and answer.info.version.number < least:
            return None
        return self._reader.decide(case.entry, case.local, answer)

    # -- settling ----------------------------------------------------------------------------------

    def _settle(self, landed: list[Landed]) -> None:
        """Read back in bulk what the server stored, and write it to the files."""
        if not landed:
            return
        if self._dry_run:
            self._pages.extend(
                replace(_result(made.case), outcome=Outcome.RESTAMPED) for made in landed
            )
            return
        least = {made.case.stamp.id: made.version for made in landed}
        try:
            found: Mapping[str, object] = self._reader.current(least)
        except APIAccessError:
            found = {}
        for made in landed:
            self._pages.append(self._settled(made, found.get(made.case.stamp.id)))

    def _settled(self, made: Landed, answer: object) -> PageResult:
        case = made.case
        sent = case.decisions.content in (Content.AHEAD, Content.UP_TO_DATE, Content.LANDED)
        result = replace(
            _result(case),
            outcome=Outcome.UPDATED if sent else Outcome.RESTAMPED,
            remote=made.version,
        )
        try:
            page = self._stored(made, answer)
            if page is None:
                return replace(
                    result,
                    error=f"landed as v{made.version}, but the server does not show it yet",
                    hint="'confsync push' settles the file later",
                    exit=Exit.REMOTE,
                )
            stamp = Stamp(
                case.stamp.id,
                page.info.version.number,
                page.digest,
                made.parent or case.stamp.parent,
                case.stamp.labels,
            )
            self._mirror.bases.put(stamp, page.info.title, page.body)
            self._write(case.entry, stamp, page)
        except ChangedMeanwhileError:
            why = f"landed as v{made.version}; the file was edited meanwhile and is left alone"
            return replace(result, error=why, exit=Exit.LOCAL)
        except ConfsyncError as error:
            why = f"landed as v{made.version}, but: {error.message}"
            return replace(result, error=why, exit=error.exit)
        return replace(result, remote=page.info.version.number)

    def _stored(self, made: Landed, answer: object) -> Page | None:
        """The version that landed, as the server stored it; None while it does not show it."""
        if not isinstance(answer, Page) or answer.info.version.number < made.version:
            return None
        if answer.info.version.number == made.version:
            return answer
        return self._reader.remote.old_page(made.case.stamp.id, made.version)

    def _write(self, entry: Entry, stamp: Stamp, page: Page) -> None:
        if entry.document is None:
            return
        data = document.update(
            entry.document,
            stamp,
            title=page.info.title,
            body=page.body,
            how=self._mirror.config.layout,
        )
        self._mirror.write(entry.path, data, expected=entry.raw)

    def _fail(self, result: PageResult, error: APIAccessError, more: str = "") -> None:
        refused = error.exit is Exit.REFUSED
        self._pages.append(
            replace(
                result,
                outcome=Outcome.REJECTED if refused else Outcome.FAILED,
                error=error.message + more,
                hint=error.hint,
                exit=error.exit,
            )
        )


def _result(case: Case) -> PageResult:
    version = case.page.info.version if case.page else None
    return replace(
        _blank(case.entry),
        decision=case.decisions.content.value,
        remote=version.number if version else None,
        version=version,
    )


def _present(case: Case) -> compare.Present:
    if not isinstance(case.remote, compare.Present):
        raise ValueError(f"page {case.stamp.id} is not there")
    return case.remote
