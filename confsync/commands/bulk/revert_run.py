"""The command `revert --run`: take back in the documents what a push wrote.

It edits and moves files only. A push then sends them, with its comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from confsync.bulk.runs import ARCHIVED, CREATED, DELETED, Change, Run, WrittenPage
from confsync.commands.bulk.reversal import (
    EDITED,
    LOG,
    Refusal,
    Reverted,
    Versions,
    reverted,
    settings_left,
)
from confsync.commands.bulk.reversal_files import FileStep, file_steps
from confsync.commands.bulk.reversal_places import Moving, Places, in_order
from confsync.commands.bulk.runs import runs
from confsync.document.document import Document
from confsync.errors import EVERYBODYS, ConfsyncError, Exit, UsageError
from confsync.mirror.entry import Entry
from confsync.mirror.index import Index
from confsync.mirror.left_out.named import check_named
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.mirror.state import merges
from confsync.model.filenames import STATE
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Result
from confsync.model.stamp import Stamp, run_in
from confsync.progress import Progress, silent
from confsync.remote import Remote, about
from confsync.sync import labels, merge_base
from confsync.sync.deletion import from_archive
from confsync.sync.preflight.text import RESOLVE
from confsync.sync.refusals import failed, local_result
from confsync.sync.report import Report
from confsync.sync.settings import beside as settings

LAST = "last"
# The first version is of the run: it created the page, or older versions were deleted.
_FIRST = "first"
_STEPS = ("confsync diff", "confsync push --dry-run")
_PULL = "'confsync pull' brings the pages that the server has"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The push to take back, by its id or as `LAST`, and the documents among it."""

    run: str
    selection: Selection


def revert_run(
    mirror: Mirror, remote: Remote, options: RunOptions, progress: Progress = silent
) -> Result:
    """Take back a push in the documents that it wrote. Raise UsageError, FileError."""
    report = Report("revert")
    with mirror.lock(), report.run():
        scans = mirror.scan(Index(mirror.root).read)
        entries = [entry for scan in scans for entry in scan.entries]
        check_named(mirror, options.selection, (entry.path for entry in entries))
        run = _known(mirror, options.run) or _told_by_server(remote, scans, options)
        if run is None:
            raise _unknown(options)
        reversal = _Reversal(mirror, remote, run, scans)
        pages = [page for page in run.pages if options.selection.has(reversal.path(page))]
        merge_base.gather(mirror, reversal.bases(pages))
        try:
            for done, page in enumerate(pages, 1):
                reversal.take_back(page)
                progress("reverting", done, len(pages))
            reversal.move()
        finally:
            report.add(*reversal.results())
    result = report.result()
    written = any(page.outcome in (Outcome.MODIFIED, Outcome.MOVED) for page in result.pages)
    return replace(result, steps=_STEPS if written else ())


def _known(mirror: Mirror, run_id: str) -> Run | None:
    """Return a push by its id, or the newest one, as the mirror knows it. Raise FileError."""
    found = runs(mirror).runs
    if run_id == LAST:
        return found[-1] if found else None
    return next((run for run in found if run.run == run_id), None)


def _unknown(options: RunOptions) -> UsageError:
    """Return the error for an id that nothing here knows."""
    hint = "'confsync log --runs' lists the pushes"
    if not options.selection.names:
        hint += "; name documents, too, and confsync looks at the versions of their pages"
    what = "no push" if options.run == LAST else f"no push with the id '{options.run}'"
    return UsageError(f"{what} is known here", hint=hint)


def _told_by_server(remote: Remote, scans: Iterable[SpaceScan], options: RunOptions) -> Run | None:
    """Return a run by the messages of the named pages' versions, or None. Raise APIAccessError."""
    if not options.selection.names:
        return None
    pages = [
        page
        for scan in scans
        for entry in scan.entries
        if entry.page_id and options.selection.has(entry.path)
        for page in _versions_of_run(about(remote, scan.config), entry, options.run)
    ]
    return Run(options.run, "", tuple(pages)) if pages else None


def _versions_of_run(remote: Remote, entry: Entry, run: str) -> Iterator[WrittenPage]:
    """Yield a page if its versions name a run."""
    every = remote.versions_after(entry.page_id or "", 0)
    found = sorted(version.number for version in every if run_in(version.message) == run)
    if found and found[0] == 1:
        yield WrittenPage(entry.page_id or "", entry.path, _FIRST, None, found[-1])
    elif found:
        text = Change(None, None)
        yield WrittenPage(entry.page_id or "", entry.path, "updated", found[0] - 1, found[-1], text)


@dataclass(frozen=True, slots=True)
class _Target:
    """A page of a run, and its document here."""

    page: WrittenPage
    scan: SpaceScan
    entry: Entry
    document: Document
    stamp: Stamp

    @property
    def moving(self) -> Moving:
        return Moving(self.scan, self.entry, self.page)


class _Reversal:
    """The reversal of one run in a mirror."""

    def __init__(
        self, mirror: Mirror, remote: Remote, run: Run, scans: tuple[SpaceScan, ...]
    ) -> None:
        self._mirror = mirror
        self._remote = remote
        self._run = run
        self._here = {
            (e.page_id or e.claimed_id): (scan, e) for scan in scans for e in scan.entries
        }
        self._places = Places(mirror)
        self._results: list[PageResult] = []
        self._moving: list[Moving] = []

    def path(self, page: WrittenPage) -> str:
        """Return the path of a page's document, or its last known one."""
        found = self._here.get(page.page)
        return found[1].path if found else page.path

    def bases(self, pages: Iterable[WrittenPage]) -> Iterator[Stamp]:
        """Yield the stamps whose texts the reversal needs."""
        for page in pages:
            if page.text and page.text.before and page.base:
                yield Stamp(page.page, page.base, page.text.before)

    def take_back(self, page: WrittenPage) -> None:
        """Take back what the run did to one page, except for its place."""
        self._results.append(self._of(page))

    def move(self) -> None:
        """Move the documents back, each after the documents above its former place."""
        at_page = {result.id: at for at, result in enumerate(self._results)}
        for moving in in_order(self._moving):
            at = at_page[moving.page.page]
            result = self._results[at]
            try:
                path = self._places.move(moving)
            except EVERYBODYS:
                raise
            except ConfsyncError as error:
                self._results[at] = failed(result, error)
                continue
            if path != result.path:
                outcome = result.outcome
                outcome = Outcome.MOVED if outcome is Outcome.UNCHANGED else outcome
                self._results[at] = replace(result, outcome=outcome, old_path=result.path)

    def results(self) -> Iterator[PageResult]:
        """Yield the results of all pages, each with the path that its document has now."""
        for result in self._results:
            yield replace(result, path=self._places.now(result.path))

    def _of(self, page: WrittenPage) -> PageResult:
        scan, entry = self._here.get(page.page, (None, None))
        if page.what in (CREATED, DELETED, ARCHIVED, _FIRST):
            return _listed(page, self.path(page), entry)
        if scan is None or entry is None:
            result = PageResult(page.path, Outcome.REJECTED, page.page, base=page.base)
            return Refusal("its document is not here", _PULL).of(result)
        result = local_result(entry)
        if entry.document is None or entry.document.stamp is None:
            return Refusal("cannot be read", "'confsync check {path}' says why").of(result)
        try:
            return self._changed(result, self._target(page, scan, entry))
        except EVERYBODYS:
            raise
        except ConfsyncError as error:
            return failed(result, error)

    def _target(self, page: WrittenPage, scan: SpaceScan, entry: Entry) -> _Target:
        """Return a page with its whole document. Raise ChangedMeanwhileError."""
        whole = self._mirror.whole(entry)
        if whole.document is None or whole.document.stamp is None:
            raise ValueError(f"{entry.path} has no stamp")
        return _Target(page, scan, whole, whole.document, whole.document.stamp)

    def _changed(self, result: PageResult, target: _Target) -> PageResult:
        """Write a document and its attachments. Raise ConfsyncError."""
        page, stamp, found = target.page, target.stamp, target.document
        if page.version is not None and stamp.version < page.version:
            why = f"it is based on v{stamp.version}, and that push wrote v{page.version}"
            return Refusal(why, "'confsync pull {path}' brings it").of(result)
        versions = Versions(self._mirror, about(self._remote, target.scan.config), self._run.run)
        made = reverted(versions, page, found, stamp)
        if isinstance(made, Refusal):
            return made.of(result)
        if refusal := self._refusal(made, target):
            return refusal.of(result)
        return self._written(result, target, made)

    def _refusal(self, made: Reverted, target: _Target) -> Refusal | None:
        """Return why a document must stay as it is, or None."""
        found, chosen = target.document, self._mirror.config.settings
        edited = found.modified or labels.changed(found) or bool(settings.changed(found, chosen))
        if edited and made.data != target.entry.raw:
            return EDITED
        if made.flaw:
            why = f"without the changes of that push it would not be well-formed: {made.flaw}"
            return Refusal(why, LOG)
        return self._places.refusal(target.moving)

    def _written(self, result: PageResult, target: _Target, made: Reverted) -> PageResult:
        """Write what differs, and note the document if it has to move. Raise ConfsyncError."""
        mirror, entry, page = self._mirror, target.entry, target.page
        steps = list(file_steps(mirror, entry.path, target.stamp, page))
        changed = made.data != entry.raw
        if changed:
            if made.conflicted:
                merges.keep(mirror.root / STATE, target.stamp, entry.raw)
            mirror.write(entry.path, made.data, expected=entry.raw)
        done = [step.carry_out(mirror) for step in steps if isinstance(step, FileStep)]
        self._moving.append(target.moving)
        outcome = Outcome.MODIFIED if changed or done else Outcome.UNCHANGED
        result = replace(result, outcome=outcome, note="; ".join(done))
        left = [step for step in steps if isinstance(step, Refusal)]
        left += filter(None, [settings_left(page, target.document)])
        if made.conflicted:
            return _conflicted(result)
        if left:
            why = "; ".join(one.why for one in left)
            return replace(result, error=why, hint=left[0].hint, exit=Exit.REFUSED)
        return result


def _listed(page: WrittenPage, path: str, entry: Entry | None) -> PageResult:
    """Return the result of a page that the run created, deleted or archived.

    Its file stays as it is.
    """
    result = PageResult(path, Outcome.SKIPPED, page.page, base=page.base)
    if page.what == DELETED:
        hint = f"'confsync restore {page.page}' brings the page back"
        return replace(result, error="that push deleted its page", hint=hint)
    if page.what == ARCHIVED:
        why = "that push archived its page"
        return replace(result, error=why, hint=from_archive(page.page))
    if page.what == _FIRST:
        why = "v1 is of that push: it created the page, or older versions were deleted"
        return replace(result, error=why, hint=LOG)
    stamp = entry.document.stamp if entry and entry.document else None
    number = stamp.version if stamp else page.version
    hint = f"'confsync push --delete {page.page}@{number}' deletes the page"
    return replace(result, error="that push created its page", hint=hint)


def _conflicted(result: PageResult) -> PageResult:
    """Return the result of a document with conflict markers."""
    why = "the page changed at the same place after that push; resolve the markers, then push"
    hint = f"{RESOLVE}; 'confsync pull --abort {{path}}' takes the merge back"
    return replace(result, outcome=Outcome.CONFLICTED, error=why, hint=hint, exit=Exit.REFUSED)
