"""The command `push --apply`: do what a plan says, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from confsync.bulk import plan as plans
from confsync.bulk.plan import Action, Plan, PlanError, PlannedPage
from confsync.commands.bulk.plans import ScannedMirror, digest_here, page_of, text_of
from confsync.errors import APIAccessError, ConfsyncError, Exit
from confsync.mirror.entry import Entry
from confsync.mirror.index import Index
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.model.hint import marked
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem, Result
from confsync.progress import Progress, silent
from confsync.push.options import DeleteOptions, PushOptions, PushRun
from confsync.push.run import push_mirror
from confsync.remote import Remote
from confsync.sync.compare import Absent
from confsync.sync.deletion import Disposal
from confsync.sync.fetch import Found
from confsync.sync.report import Report
from confsync.sync.space_view import reader_of

_DONE = "already as planned"
_SHOW = (
    "'confsync diff {path}' shows the file; 'confsync push --plan new-plan.json' makes another plan"
)
_GONE = (Outcome.DELETED, Outcome.ARCHIVED)
_NOTHING = Problem(
    "not-as-planned",
    "nothing was sent: with --all-or-nothing, one refused page stops all pages",
    exit=Exit.REFUSED,
)


class NotAsPlannedError(ConfsyncError):
    """A document is not what the plan says."""

    exit = Exit.REFUSED
    code = "not-as-planned"


class PlannedMirror(ScannedMirror):
    """A mirror that gives a push only documents that are as planned.

    The push reads all documents that it sends with `whole`, right before it asks the server.
    """

    def __init__(self, mirror: Mirror, planned: Plan) -> None:
        super().__init__(mirror)
        self.pages = planned.pages
        self._planned = {page.path: page for page in planned.pages}

    def follow_posts(self) -> None:
        """Find the documents of new posts that an earlier application moved below their days."""
        self.pages = tuple(map(self._followed, self.pages))
        self._planned = {page.path: page for page in self.pages}

    def _followed(self, planned: PlannedPage) -> PlannedPage:
        if planned.action is not Action.CREATE or planned.path in self.here:
            return planned
        name = planned.path.rpartition("/")[2]
        for path, (scan, entry) in self.here.items():
            if not scan.config.posts or path.rpartition("/")[2] != name:
                continue
            now = self._now(entry)
            is_new = now is not None and now.page_id is None and now.digest == planned.digest
            if now and (is_new or self._has_landed(planned, now)):
                return planned._replace(path=path)
        return planned

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
        return list(plans.differences(planned, now, landed=self._has_landed(planned, now)))

    def now(self, path: str) -> list[str]:
        """Return what of the document at a path is not as planned, in words."""
        here = self.here.get(path)
        return self.differences(here[1]) if here else ["its document is not here"]

    def is_done(self, planned: PlannedPage) -> bool:
        """Return whether the document of a page says what was planned, without edits."""
        here = self.here.get(planned.path) or self._renamed(planned)
        now = self._now(here[1]) if here else None
        if now is None:
            return False
        return plans.is_done(planned, now, landed=self._has_landed(planned, now))

    def _renamed(self, planned: PlannedPage) -> tuple[SpaceScan, Entry] | None:
        """Return the document of a page whose file has another name now."""
        if planned.page_id is None:
            return None
        found = (one for one in self.here.values() if one[1].page_id == planned.page_id)
        return next(found, None)

    def _has_landed(self, planned: PlannedPage, now: PlannedPage) -> bool:
        """Return whether a document rests on the version that an application of the plan wrote.

        A server may store another text than it got: the audit trail tells what was sent.
        """
        base, version = now.base, plans.written_version(planned)
        if base is None or base.version != version:
            return False
        return base.digest == planned.digest or (now.page_id, version, planned.digest) in self._sent

    @cached_property
    def _sent(self) -> frozenset[tuple[str, int | None, str | None]]:
        """Return the texts that this mirror sent: page, version and digest."""
        events = filter(attrgetter("is_write"), self.audit.read())
        return frozenset((event.page, event.version, event.after) for event in events)

    def _now(self, entry: Entry) -> PlannedPage | None:
        if entry.document is None:
            return None
        scan, _ = self.here[entry.path]
        return page_of(self, scan, entry.path, entry.document)


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
        planned = plans.parse(text_of(self.file), self.file.name)
        if planned.url != mirror.config.url:
            raise PlanError(f"{self.file.name}: is a plan for another server, {planned.url}")
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
    scans = here.scan(Index(here.root).read)
    here.follow_posts()
    paths = frozenset(page.path for page in here.pages if not page.action.removes)
    documents = {entry.claimed_id: entry.path for scan in scans for entry in scan.entries}
    delete = _deletions(here, documents)
    named = delete.named
    deleting = delete if planned.deletes else None
    options = replace(options, selection=Selection(among=paths), delete=deleting, planned=True)
    report = Report("push", dry_run=options.dry_run)
    result = push_mirror(PushRun(here, remote, report, progress), options)
    told = {page.path for page in result.pages} | {page.id for page in result.pages if page.id}
    rest = [page for page in here.pages if not told & {page.path, page.page_id}]
    places = {page.page_id: page.path for page in here.pages if page.page_id in named}
    pages = [
        _as_planned(replace(page, path=places.get(page.id or "", page.path)))
        for page in result.pages
    ]
    pages += [_unsent(here, page, documents) for page in rest if page.page_id not in named]
    pages += [_undeleted(remote, scans, page) for page in rest if page.page_id in named]
    return replace(result, pages=tuple(pages))


def _deletions(here: PlannedMirror, documents: Mapping[str | None, str]) -> DeleteOptions:
    """Return the planned deletions whose documents are gone, or here as the plan says."""
    named, with_documents, archived = {}, set(), set()
    for page in here.pages:
        if not page.action.removes or not page.page_id or not page.base:
            continue
        if page.action is Action.ARCHIVE:
            archived.add(page.page_id)
        if page.page_id not in documents:
            named[page.page_id] = page.base.version
        elif page.digest and digest_here(here, page.path, page.page_id) == page.digest:
            named[page.page_id] = page.base.version
            with_documents.add(page.page_id)
    documents_too = frozenset(with_documents)
    return DeleteOptions(
        named, planned=True, with_documents=documents_too, archived=frozenset(archived)
    )


def _as_planned(page: PageResult) -> PageResult:
    """Return the result of a planned page.

    A page that already is as planned is unchanged. What a push skips is refused.
    """
    if page.outcome is Outcome.FAILED and page.exit is Exit.REFUSED:
        return replace(page, outcome=Outcome.REJECTED)
    if page.exit is not Exit.DONE:
        return page
    if page.outcome is Outcome.SKIPPED:
        return replace(page, outcome=Outcome.REJECTED, exit=Exit.REFUSED)
    if page.outcome is Outcome.RESTAMPED or (page.outcome in _GONE and page.error):
        return replace(page, outcome=Outcome.UNCHANGED, error="", note=_DONE)
    return page


def _unsent(
    mirror: PlannedMirror, planned: PlannedPage, documents: Mapping[str | None, str]
) -> PageResult:
    """Return the result of a planned page that the push had no reason to write."""
    result = _rejected(planned)
    if planned.action.removes:
        why = f"not as planned: its document is here: {documents.get(planned.page_id, 'no id')}"
    elif mirror.is_done(planned):
        return replace(result, outcome=Outcome.UNCHANGED, exit=Exit.DONE, note=_DONE)
    else:
        why = f"not as planned: {', '.join(mirror.now(planned.path)) or 'it is not edited'}"
    return replace(result, error=why, hint=_SHOW)


def _undeleted(remote: Remote, scans: Sequence[SpaceScan], planned: PlannedPage) -> PageResult:
    """Return the result of a planned deletion for which the push found no page and no document."""
    result, page_id = _rejected(planned), planned.page_id or ""
    found: Found | None = None
    # A page that never had a document here can be of any space.
    own = [scan for scan in scans if scan.config.holds(planned.path)]
    with contextlib.suppress(APIAccessError):  # the push told of it
        for scan in own or scans:
            found = reader_of(remote, scan).current({page_id: 1})[page_id]
            if _disposal(planned).has(found):
                return replace(result, outcome=Outcome.UNCHANGED, exit=Exit.DONE, note=_DONE)
    why = (
        f"the page is {found.words}"
        if isinstance(found, Absent)
        else "confsync did not try to delete the page"
    )
    return replace(result, error=why)


def _disposal(planned: PlannedPage) -> Disposal:
    return Disposal.ARCHIVE if planned.action is Action.ARCHIVE else Disposal.TRASH


def _rejected(planned: PlannedPage) -> PageResult:
    version = planned.base.version if planned.base else None
    return PageResult(
        planned.path,
        Outcome.REJECTED,
        planned.page_id,
        planned.title,
        base=version,
        exit=Exit.REFUSED,
    )
