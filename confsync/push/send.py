"""The sending of a space's edited documents: check, write and settle, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby

from confsync.errors import (
    APIAccessError,
    ConfsyncError,
    CredentialsError,
    Exit,
    NetworkError,
    UnsettledError,
    WriteRefusedError,
)
from confsync.mirror.entry import Entry, with_body_alone
from confsync.mirror.scan import ids_in
from confsync.mirror.state import in_doubt, unchanged
from confsync.mirror.state.base_cache import STATE
from confsync.model.outcome import Outcome, PageResult
from confsync.model.stamp import digest, token
from confsync.push.options import SpacePush
from confsync.push.planned import is_elsewhere, moved_since
from confsync.push.unfit import page as unfit_page
from confsync.push.write_back import (
    Settling,
    Written,
    kept,
    leaves_text,
    not_moved,
    not_sent,
    not_tried,
    sent_as,
    without_version,
)
from confsync.push.write_page import (
    Landed,
    NoVersion,
    Remark,
    events_of,
    settled,
    writable,
    write,
)
from confsync.sync.compare import Content, Parent
from confsync.sync.fetch import Case
from confsync.sync.refusals import (
    compared_result,
    conflict_event,
    failed,
    local_result,
    log_conflict,
    title_taken,
)
from confsync.sync.space_view import sides_of
from confsync.workers import batches

# The time of the comparison, the document, and its case.
Checked = tuple[float, Entry, Case]

BATCH = 250
# The first batch is small, so that writing begins soon. The last batch is small, so that the run
# ends soon after the last write.
FEW = 50
# Seconds. An older check is repeated before the write.
CHECK_LASTS = 60.0


def lots(entries: list[Entry]) -> list[list[Entry]]:
    """Return the batches of documents that are checked, put and written back together."""
    if len(entries) <= BATCH:
        return [entries] if entries else []
    return [entries[:FEW], *batches(entries[FEW:-FEW], BATCH), entries[-FEW:]]


class Sending:
    """The edited documents of one round of a space's push."""

    def __init__(self, space: SpacePush) -> None:
        self._space = space
        self._run = space.run
        self._mirror = space.run.mirror
        self._report = space.run.report
        self._options = space.options
        self._reader = space.reader
        self._scan = space.scan
        self._extras = space.extras
        self._who = space.reader.remote.who
        self._ended: APIAccessError | None = None
        self._begun: set[str] = set()
        self._landed: dict[str, Written] = {}
        self._settling = Settling(space)
        self._unchanged = frozenset(unchanged.read(self._mirror.root / STATE))

    def push(self, entries: list[Entry]) -> None:
        """Check a batch, put it, and write it back; then the next one.

        Raise the error that ended the run.
        """
        doing = f"pushing {self._scan.config.key}"
        try:
            if self._options.dry_run:
                for lot in lots(entries):
                    self._rehearse(lot)
                return
            done = 0
            for number in self._batches(lots(entries)):
                done += number
                self._run.progress(doing, done, len(entries))
        finally:
            told = self._report.told()
            self._report.add(*(self._untold(entry) for entry in entries if entry.path not in told))

    def _untold(self, entry: Entry) -> PageResult:
        """Return the result of a page that was not settled before the run ended."""
        if entry.path in self._landed:
            _, case, made = self._landed[entry.path]
            why = f"pushed as v{made.version}; the next push updates the file"
            result = replace(compared_result(entry, case), outcome=Outcome.UPDATED, error=why)
            return replace(result, remote=made.version)
        if entry.path in self._begun:
            why = "was sent; the next push finds out whether the server has it"
            return replace(local_result(entry), outcome=Outcome.FAILED, error=why, exit=Exit.REMOTE)
        return not_tried(local_result(entry))

    def _rehearse(self, entries: list[Entry]) -> None:
        cases, failures = self._check(entries)
        self._report.add(*failures)
        for _, entry, case in cases:
            if told := self._foreseen(entry, case):
                self._report.add(told)
            elif leaves_text(self._extras, entry, case) or settled(case) or writable(case):
                self._report.add(sent_as(self._space, entry, case))
            else:
                self._report.add(not_sent(compared_result(entry, case), case))

    def _foreseen(self, entry: Entry, case: Case) -> PageResult | None:
        """Return the refusal of a document as it would be sent now, or None."""
        if not (leaves_text(self._extras, entry, case) or settled(case) or writable(case)):
            return None
        try:
            if told := self._unfit(entry, case):
                return told
            taken = writable(case) and self._taken(entry, case, ids_in((self._scan,)))
            return taken or self._extras.refusal(entry, case.stamp.id)
        except APIAccessError as error:
            return failed(compared_result(entry, case), error)

    def _batches(self, waiting: list[list[Entry]]) -> Iterator[int]:
        """Check, put and write back batch by batch. Yield 1 for each finished document.

        While a batch is put, the next one is checked and the last one is written back. A check that
        becomes too old is repeated.
        """
        workers = self._reader.remote.workers
        cases = map(self._check, waiting)
        checks = workers.early(cases) if workers.jobs > 1 else cases

        def ready() -> Iterator[tuple[int, Checked]]:
            for number, (found, failures) in enumerate(checks):
                self._report.add(*failures)
                if self._ended:
                    return
                yield from ((number, one) for one in found)

        def put(given: tuple[int, Checked]) -> tuple[int, PageResult | None]:
            return given[0], self._put(given[1])

        # The next batch begins while the last documents of this batch are under way.
        done = workers.ahead(put, ready(), at_most=workers.jobs, window=2 * workers.jobs)
        landed: list[Written] = []
        with workers.aside() as aside:
            try:
                for number, results in groupby(done, key=lambda one: one[0]):
                    for _, result in results:
                        self._report.add(*filter(None, (result,)))
                        yield 1
                    self._report.add(*aside.taken())
                    landed = self._landed_among(waiting[number], landed)
                    aside.put(partial(self._settling.settle, landed))
            except Exception:
                self._report.add(*aside.taken())
                raise
            self._report.add(*aside.taken())
        if self._ended:
            raise self._ended

    def _landed_among(self, entries: list[Entry], told: list[Written]) -> list[Written]:
        """Return what landed of a batch. What is told of the last batch goes, with its texts."""
        for entry, *_ in told:
            del self._landed[entry.path]
        return [self._landed[one.path] for one in entries if one.path in self._landed]

    def _check(self, entries: list[Entry]) -> tuple[list[Checked], list[PageResult]]:
        """Compare documents with their pages. Return the cases, and the results of the others."""
        looked_at = [self._looked_at(entry) for entry in entries]
        fit = [one for one in looked_at if isinstance(one, Entry)]
        failures = [one for one in looked_at if isinstance(one, PageResult)]
        checked = self._run.clock()
        sides = {entry.path: sides_of(self._scan, entry) for entry in fit}
        found = self._reader.current({stamp.id: stamp.version for stamp, _ in sides.values()})
        cases = []
        for entry in fit:
            stamp, local = sides[entry.path]
            answer = found[stamp.id]
            case = self._reader.decided(stamp, local, answer)
            if isinstance(case, APIAccessError):
                failures.append(failed(local_result(entry), case))
            elif self._options.planned and is_elsewhere(case, extras=self._extras.any(entry)):
                failures.append(moved_since(compared_result(entry, case)))
            elif self._is_unchanged(entry, case):
                failures.append(replace(compared_result(entry, case), outcome=Outcome.CLEAN))
            else:
                cases.append((checked, entry, case))
        return cases, failures

    def _looked_at(self, entry: Entry) -> Entry | PageResult:
        """Return a document with its body, or the result of one that cannot be sent."""
        try:
            whole = self._mirror.whole(entry)
        except ConfsyncError as error:
            return failed(local_result(entry), error)
        return self._space.unfit(whole) or with_body_alone(whole)

    def _is_unchanged(self, entry: Entry, case: Case) -> bool:
        """Return whether a document only seemed to be restored, and has nothing else to send."""
        edited = entry.document is not None and entry.document.modified
        sent = edited or self._scan.moves(entry) or entry.path in self._scan.foreign
        # No server confirms or denies that a document was restored if its page cannot be read.
        restored = case.decisions.content is Content.RESTORED or case.page is None
        return not (sent or restored or self._extras.any(entry))

    def _put(self, checked: Checked) -> PageResult | None:
        """Do what the decisions say about one page. Return None if it must be written back."""
        at, entry, case = checked
        if self._ended:
            return not_tried(compared_result(entry, case))
        try:
            if self._run.clock() - at > CHECK_LASTS:
                case = self._reader.again(case, case.stamp.version)
            return self._done(entry, case)
        except APIAccessError as error:
            if isinstance(error, CredentialsError | NetworkError | UnsettledError):
                # Nothing more can succeed. Other requests under way still finish.
                self._ended = error.failure if isinstance(error, UnsettledError) else error
            if isinstance(error, UnsettledError) and entry.path in self._begun:
                in_doubt.note(
                    self._mirror.root / STATE, in_doubt.edit(entry.path, case.stamp, case.local)
                )
            return self._of_title(entry, case, error) or failed(compared_result(entry, case), error)

    def _of_title(self, entry: Entry, case: Case, error: APIAccessError) -> PageResult | None:
        """Return the refusal that names the page with the wanted title, or None."""
        if not isinstance(error, WriteRefusedError):
            return None
        try:
            return self._taken(entry, case, frozenset())
        except APIAccessError:
            return None  # the server's own message is enough

    def _taken(self, entry: Entry, case: Case, but: frozenset[str]) -> PageResult | None:
        """Return the refusal if a page, `but` none of these ids, has the new title, or None.

        Raise APIAccessError.
        """
        title = case.local.title
        if case.page and case.page.info.title == title:
            return None
        found = self._reader.remote.titled(self._reader.space, title)
        # Titles of blog posts are unique within a day.
        # Of pages with documents here, the mirror knows which titles they give up.
        strange = (o for o in found if o.id != case.stamp.id and o.id not in but)
        others = [o for o in strange if o.posted == case.stamp.posted]
        return title_taken(compared_result(entry, case), others[0]) if others else None

    def _done(self, entry: Entry, case: Case) -> PageResult | None:
        result = compared_result(entry, case)
        if told := self._unfit(entry, case):
            return told
        what: Landed | NoVersion | Case | None = settled(case)
        alone = leaves_text(self._extras, entry, case)
        if alone:
            what = Landed(case.stamp.version, case.stamp.parent)
        if what is None and not writable(case):
            return self._refused(result, case)
        if told := self._extras.upload(entry, case.stamp.id, self._options.message):
            return told
        owner = self._extras.owner(entry)
        if what is None or (alone and owner):
            if digest(case.local.title, case.local.body) != case.local.digest:  # an outline
                raise ValueError(f"{entry.path} is to be sent, and was not read")
            self._begun.add(entry.path)
            what = self._written(case, owner)
        match what:
            case Landed():
                if not leaves_text(self._extras, entry, case):
                    self._note(entry, case, what)
                self._landed[entry.path] = kept(entry, case, what)
                self._extras.finish(entry, case, what.version)
                self._extras.delete(entry)
                return None
            case NoVersion():
                moves = case.decisions.parent is Parent.MOVE
                moved = moves and case.decisions.content is Content.UP_TO_DATE
                return not_moved(result, case) if moved else without_version(result)
            case Case():
                return self._refused(compared_result(entry, what), what)

    def _written(self, case: Case, owner: str | None) -> Landed | NoVersion | Case:
        """Send a text, unless the server took the same text before without a new version.

        A server may also take a new `owner` without a new version.
        """
        mark = token(case.stamp, case.local)
        if owner is None and mark in self._unchanged:
            return NoVersion()
        what = write(self._reader, case, Remark(self._options.message, self._options.minor, owner))
        if isinstance(what, NoVersion):
            if owner and not writable(case):
                return Landed(case.stamp.version, case.stamp.parent)
            unchanged.note(self._mirror.root / STATE, mark)
        return what

    def _unfit(self, entry: Entry, case: Case) -> PageResult | None:
        """Return the refusal of a page that is only pulled, or that loses a comment, or None."""
        sends = writable(case) or leaves_text(self._extras, entry, case)
        return unfit_page.refused(self._space, case, compared_result(entry, case), sends=sends)

    def _refused(self, result: PageResult, case: Case) -> PageResult:
        told = not_sent(result, case)
        if told.outcome is Outcome.REJECTED:
            log_conflict(case, self._who)
            self._mirror.audit.add(conflict_event(result.path, case, self._who))
            if case.page:
                # Store the page that the refusal names, so that `pull --ours --at` can give it up.
                page, number = case.page, case.page.info.version.number
                seen = replace(case.stamp, version=number, digest=page.digest)
                self._mirror.bases.put(seen, page.info.title, page.body)
        return told

    def _note(self, entry: Entry, case: Case, made: Landed) -> None:
        """Record a write of this run, or a write whose answer an earlier run did not get."""
        if not writable(case) and case.landed is None:
            return
        minor = self._options.minor and writable(case)
        for event in events_of(case, made, entry.path):
            self._mirror.audit.add(event._replace(user=self._who, minor=minor))
