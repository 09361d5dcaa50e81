"""The commands `push --plan` and `push --apply`: what a push would do, and exactly that."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from confsync.bulk import plan as plans
from confsync.bulk.plan import Action, Base, Plan, PlanError, PlannedPage, Refused
from confsync.document.document import Document
from confsync.document.paths import is_unborn
from confsync.errors import ConfsyncError, Exit, FileError
from confsync.mirror.committed.deleted_files import DeletedFiles
from confsync.mirror.entry import Entry
from confsync.mirror.index import Index
from confsync.mirror.mirror import Mirror, file_error
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.mirror.state import disk, regular
from confsync.model.hint import MIRROR, marked, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem, Result
from confsync.progress import Progress, silent
from confsync.push.options import DeleteOptions, PushOptions, PushRun
from confsync.push.run import push_mirror
from confsync.remote import Remote
from confsync.sync.attachments.beside import beside
from confsync.sync.report import Report

_ACTIONS = {
    Outcome.CREATED: Action.CREATE,
    Outcome.UPDATED: Action.UPDATE,
    Outcome.RENAMED: Action.UPDATE,
    Outcome.MOVED: Action.MOVE,
    Outcome.DELETED: Action.DELETE,
}
_DONE = "as planned already"
_SHOW = "'confsync diff {path}' shows the file; 'confsync push --plan new-plan.json' plans anew"


_NOTHING = Problem(
    "not-as-planned",
    "nothing was sent: --all-or-nothing is set, and a part of the plan would be refused",
    exit=Exit.REFUSED,
)


class NotAsPlannedError(ConfsyncError):
    """A document is not what the plan says."""

    exit = Exit.REFUSED
    code = "not-as-planned"


# -- making a plan ---------------------------------------------------------------------------------


def plan(
    mirror: Mirror,
    remote: Remote,
    options: PushOptions,
    file: Path,
    progress: Progress = silent,
) -> Result:
    """Write what a push with these options would do to a file. Send nothing.

    Raise UsageError, FileError.
    """
    refuse_other(file)
    options = replace(options, dry_run=True, commit=False)
    here = ScannedMirror(mirror)
    result = push_mirror(PushRun(here, remote, Report("push", dry_run=True), progress), options)
    found = Plan(
        mirror.config.url,
        tuple(_planned(here, result.pages)),
        tuple(_refused(result)),
        deletes=options.delete is not None,
    )
    if result.interrupted:
        return result
    _write(file, plans.written(found))
    return replace(result, notes=(*result.notes, f"the plan is in {mentioned(str(file))}"))


class ScannedMirror(Mirror):
    """A mirror that remembers the documents of its last scan, each with its space."""

    def __init__(self, mirror: Mirror) -> None:
        super().__init__(mirror.root, mirror.config)
        self.here: dict[str, tuple[SpaceScan, Entry]] = {}

    def scan(self, reading: Callable[[Path, str], Entry] | None = None) -> tuple[SpaceScan, ...]:
        """Read every document once, as `Mirror.scan` does."""
        scans = super().scan(reading)
        self.here = {entry.path: (scan, entry) for scan in scans for entry in scan.entries}
        return scans


def _planned(mirror: ScannedMirror, pages: Iterable[PageResult]) -> Iterator[PlannedPage]:
    """Yield the planned state of the pages that a push would write."""
    for page in pages:
        action = _ACTIONS.get(page.outcome)
        if action is None or page.exit is not Exit.DONE:
            continue
        if action is Action.DELETE:
            base = Base(page.base or page.remote or 0, "")
            yield PlannedPage(page.path, action, page.id, base, page.title)
        elif page.path in mirror.here:
            scan, entry = mirror.here[page.path]
            if entry.document:
                found = _page(mirror, scan, page.path, entry.document)
                yield found._replace(action=action)


def _refused(result: Result) -> Iterator[Refused]:
    told = result.typed(MIRROR)
    for page in told.pages:
        if page.exit is not Exit.DONE:
            yield Refused(page.path, page.error or page.outcome.value)
    for error in told.errors:
        yield Refused("", error.message)


def _page(mirror: Mirror, scan: SpaceScan, path: str, found: Document) -> PlannedPage:
    """Return the page that a document describes."""
    stamp = found.stamp
    wanted = scan.wanted(Entry(path, b"", found)) if stamp else None
    return PlannedPage(
        path,
        Action.UPDATE if stamp else Action.CREATE,
        stamp.id if stamp else None,
        Base(stamp.version, stamp.digest) if stamp else None,
        found.title,
        found.digest,
        None if is_unborn(wanted) else wanted,
        tuple(sorted(found.labels or ())) if mirror.config.labels else None,
        _attachments(mirror, path, found),
    )


def _attachments(mirror: Mirror, path: str, found: Document) -> Mapping[str, str] | None:
    if not mirror.config.attachments:
        return None
    files = beside(mirror, path, found, DeletedFiles()).files
    return {name: file.digest for name, file in sorted(files.items())}


def refuse_other(file: Path) -> None:
    """Raise FileError if a file exists and is not a plan."""
    if not os.path.lexists(file):
        return
    try:
        plans.read(_text(file), file.name)
    except PlanError:
        hint = f"'confsync push --plan {marked(f'{file}.json')}' writes another file"
        why = f"{mentioned(str(file))} exists and is not a plan; confsync did not change it"
        raise FileError(why, hint=hint) from None


def _write(file: Path, text: str) -> None:
    try:
        disk.replace(file, text.encode(), lambda: refuse_other(file), durable=False)
    except OSError as error:
        raise file_error(str(file), "cannot be written", error) from None


def _text(file: Path) -> str:
    """Return the text of a plan's file. Raise FileError, PlanError."""
    try:
        return regular.read(file, regular.STATE_BYTES).decode()
    except UnicodeDecodeError:
        raise PlanError(f"{file.name}: is not a plan of confsync") from None
    except OSError as error:
        raise file_error(str(file), "cannot be read", error) from None


# -- applying it -----------------------------------------------------------------------------------


class PlannedMirror(ScannedMirror):
    """A mirror that gives a push only documents that are as planned.

    The push reads all documents that it sends with `whole`, right before it asks the server.
    """

    def __init__(self, mirror: Mirror, planned: Plan) -> None:
        super().__init__(mirror)
        self._planned = {page.path: page for page in planned.pages}

    def whole(self, entry: Entry) -> Entry:
        """Return a document with its text. Raise NotAsPlannedError, ChangedMeanwhileError."""
        found = super().whole(entry)
        wrong = self.differences(found)
        if wrong:
            hint = _SHOW.replace("{path}", marked(entry.path))
            raise NotAsPlannedError(f"not as planned: {', '.join(wrong)}", hint=hint)
        return found

    def differences(self, entry: Entry) -> list[str]:
        """Return what of a document is not as planned, in words."""
        planned, now = self._planned.get(entry.path), self._now(entry)
        if planned is None or now is None:
            return ["it is not in the plan" if now else "it cannot be read"]
        return list(plans.differences(planned, now))

    def now(self, path: str) -> list[str]:
        """Return what of the document at a path is not as planned, in words."""
        here = self.here.get(path)
        return self.differences(here[1]) if here else ["its document is not here"]

    def is_done(self, planned: PlannedPage) -> bool:
        """Return whether the document of a page says what was planned, without edits."""
        here = self.here.get(planned.path)
        now = self._now(here[1]) if here else None
        return now is not None and plans.is_done(planned, now)

    def _now(self, entry: Entry) -> PlannedPage | None:
        if entry.document is None:
            return None
        scan, _ = self.here[entry.path]
        return _page(self, scan, entry.path, entry.document)


@dataclass(frozen=True, slots=True)
class Application:
    """The application of the plan in a file.

    With `all_or_nothing`, a page that is not as planned refuses all of them.
    """

    file: Path
    options: PushOptions
    all_or_nothing: bool = False

    def run(self, mirror: Mirror, remote: Remote, progress: Progress = silent) -> Result:
        """Do what the plan says, and nothing else.

        A page whose document or version is not as planned is refused by name. Raise UsageError,
        FileError, PlanError.
        """
        planned = plans.read(_text(self.file), self.file.name)
        if planned.url != mirror.config.url:
            raise PlanError(f"{self.file.name}: is the plan of a mirror of {planned.url}")
        if self.all_or_nothing and not self.options.dry_run:
            trial = replace(self.options, dry_run=True)
            tried = _applied(mirror, remote, planned, trial, progress)
            if tried.exit is not Exit.DONE:
                return replace(tried, errors=(*tried.errors, _NOTHING))
        return _applied(mirror, remote, planned, self.options, progress)


def _applied(
    mirror: Mirror, remote: Remote, planned: Plan, options: PushOptions, progress: Progress
) -> Result:
    here = PlannedMirror(mirror, planned)
    paths = frozenset(page.path for page in planned.pages if page.action is not Action.DELETE)
    scans = here.scan(Index(here.root).read)
    documents = {entry.page_id: entry.path for scan in scans for entry in scan.entries}
    named = {
        page.page_id: page.base.version
        for page in planned.pages
        if page.action is Action.DELETE
        and page.page_id
        and page.base
        and page.page_id not in documents
    }
    deleting = DeleteOptions(named) if planned.deletes else None
    options = replace(options, selection=Selection(among=paths), delete=deleting)
    report = Report("push", dry_run=options.dry_run)
    result = push_mirror(PushRun(here, remote, report, progress), options)
    told = {page.path for page in result.pages} | {page.id for page in result.pages if page.id}
    rest = [page for page in planned.pages if not told & {page.path, page.page_id}]
    pages = [_as_planned(page) for page in result.pages]
    pages += [_unsent(here, page, documents) for page in rest]
    return replace(result, pages=tuple(pages))


def _as_planned(page: PageResult) -> PageResult:
    """Return the result of a planned page.

    What the server has as planned already is unchanged. What a push skips is refused.
    """
    if page.outcome is Outcome.FAILED and page.exit is Exit.REFUSED:
        return replace(page, outcome=Outcome.REJECTED)
    if page.exit is not Exit.DONE:
        return page
    if page.outcome is Outcome.SKIPPED:
        return replace(page, outcome=Outcome.REJECTED, exit=Exit.REFUSED)
    if page.outcome is Outcome.RESTAMPED or (page.outcome is Outcome.DELETED and page.error):
        return replace(page, outcome=Outcome.UNCHANGED, error="", note=_DONE)
    return page


def _unsent(
    mirror: PlannedMirror, planned: PlannedPage, documents: Mapping[str | None, str]
) -> PageResult:
    """Return the result of a planned page that the push had no reason to write."""
    version = planned.base.version if planned.base else None
    result = PageResult(
        planned.path, Outcome.REJECTED, planned.page_id, planned.title, base=version
    )
    if planned.action is Action.DELETE and planned.page_id in documents:
        why = f"not as planned: its document is here: {documents[planned.page_id]}"
    elif planned.action is Action.DELETE:
        return replace(result, error="was not tried", exit=Exit.REFUSED)
    elif mirror.is_done(planned):
        return replace(result, outcome=Outcome.UNCHANGED, note=_DONE)
    else:
        why = f"not as planned: {', '.join(mirror.now(planned.path)) or 'it is not edited'}"
    return replace(result, error=why, hint=_SHOW, exit=Exit.REFUSED)
