"""The settling of written pages: the stored text and the new stamp go to the file.

If a version is not shown yet, or a file was edited meanwhile, confsync reports it. The next push
recognises the version by its token.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from confsync.document.document import Fields
from confsync.errors import APIAccessError, ChangedMeanwhileError, ConfsyncError, Exit
from confsync.mirror.bulk_write import Writing, replace_all, settling
from confsync.mirror.entry import Entry, without_text
from confsync.mirror.state import unchanged
from confsync.mirror.state.base_cache import STATE
from confsync.model.hint import marked
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page
from confsync.model.stamp import digest, token
from confsync.push.extras import Extras
from confsync.push.options import SpacePush
from confsync.push.write_page import Landed, settled, writable
from confsync.sync import renames
from confsync.sync.compare import Absent, Content, Parent, Present
from confsync.sync.fetch import Case, Found
from confsync.sync.refusals import AFTER_IGNORED, MOVE_IGNORED, compared_result, refusal
from confsync.sync.renames import Renamed

# The document of a written page, its case, and what landed.
Written = tuple[Entry, Case, Landed]


def kept(entry: Entry, case: Case, made: Landed) -> Written:
    """Return what the settling needs of a written page: no text here, and no body there."""
    if isinstance(case.remote, Present):
        page = case.remote.page
        light = replace(case.remote, page=Page(page.info, "", page.digest))
        case = replace(case, remote=light)
    return without_text(entry, files=False), case, made


class Settling:
    """The settling of one push of one space. It reports the pages whose titles changed."""

    def __init__(self, space: SpacePush) -> None:
        self._space = space
        self._mirror = space.run.mirror
        self._report = space.run.report
        self._reader = space.reader
        self._scan = space.scan
        self._extras = space.extras
        # The documents whose move the server ignored.
        self._stayed: set[str] = set()
        # Whether the written versions are minor edits, by path.
        self._minor: dict[str, bool | None] = {}

    def settle(self, landed: list[Written]) -> list[PageResult]:
        """Read the stored pages back in bulk, and write them to the files."""
        if not landed:
            return []
        try:
            found = self._reader.current({case.stamp.id: made.version for _, case, made in landed})
        except APIAccessError:
            found = {}
        places = [(entry, case, found.get(case.stamp.id)) for entry, case, _ in landed]
        self._extras.reorder(places)
        told: dict[str, PageResult] = {}
        waiting: list[Written] = []

        def writes() -> Iterator[Writing]:
            for entry, case, made in landed:
                if case.page and writable(case):
                    old, new = case.page.info.title, case.local.title
                    config = self._scan.config
                    self._report.rename(Renamed(config.key, old, new, config.posts))
                found_now = self._settled(entry, case, made, found.get(case.stamp.id))
                if isinstance(found_now, PageResult):
                    told[entry.path] = found_now
                    continue
                waiting.append((entry, case, made))
                yield found_now

        workers = self._reader.remote.workers
        for (entry, case, made), error in zip(
            waiting, replace_all(self._mirror, writes(), workers), strict=True
        ):
            told[entry.path] = self._written(entry, case, made, error)
        return [told[entry.path] for entry, _, _ in landed]

    def _settled(
        self, entry: Entry, case: Case, made: Landed, answer: Found | None
    ) -> PageResult | Writing:
        """Return the new content of a file, or the result that says why it is not known."""
        result = sent_as(self._space, entry, case, made.version)
        if isinstance(answer, Absent):
            why = f"pushed as v{made.version}, but now the page is {answer.words}"
            return replace(result, error=why, exit=Exit.REFUSED)
        try:
            page = self._stored(case, made, answer)
            if page is not None:
                self._minor[entry.path] = page.info.version.minor
                whole = self._whole(entry, case, page)
                return self._writing(whole, case, page, self._parent(whole, case, made, page))
        except ConfsyncError as error:
            return _not_settled(result, made, error)
        why = f"pushed as v{made.version}, but the server does not show it yet"
        hint = "'confsync push' updates the file later"
        return replace(result, error=why, hint=hint, exit=Exit.REMOTE)

    def _whole(self, entry: Entry, case: Case, page: Page) -> Entry:
        """Return a sent document with its text. Cache the stored text even if the file changed.

        Raise ChangedMeanwhileError.
        """
        try:
            return self._mirror.whole(entry)
        except ChangedMeanwhileError:
            stamp = replace(case.stamp, version=page.info.version.number, digest=page.digest)
            self._mirror.bases.put(stamp, page.info.title, page.body)
            raise

    def _written(
        self, entry: Entry, case: Case, made: Landed, error: ConfsyncError | None
    ) -> PageResult:
        """Return the result of a document whose file was to be written."""
        result = sent_as(self._space, entry, case, made.version)
        if error is not None:
            return _not_settled(result, made, error)
        if entry.path in self._stayed:
            return not_moved(replace(result, old_path="", note=""), case)
        if result.outcome is Outcome.RESTAMPED and made.parent != case.local.wanted:
            why = "the stamp is new; the move is not sent yet: push again"
            return replace(result, error=why, exit=Exit.REFUSED)
        if left := self._extras.unfinished.get(entry.path):
            told = replace(result, outcome=Outcome.FAILED, error=left.why, hint=left.hint)
            return replace(told, exit=left.exit)
        if self._space.options.minor and was_sent(case):
            words = _said_of_minor(self._minor[entry.path], sent_now=writable(case))
            result = replace(result, note=", ".join(filter(None, (result.note, words))))
        if words := self._extras.number(entry):
            result = replace(result, note=", ".join(filter(None, (result.note, words))))
        return result

    def _parent(self, entry: Entry, case: Case, made: Landed, page: Page) -> str | None:
        """Return the parent for the stamp, without a move that the server ignored.

        Only the current version, written by this run, shows the place of its page: another person
        may have moved the page since.
        """
        mine = writable(case) and page.info.version.number == made.version
        if case.move_ignored:
            self._stayed.add(entry.path)
        if made.parent == case.stamp.parent or not mine:
            return made.parent
        parent = _shown_parent(case, page)
        if parent != made.parent:
            self._stayed.add(entry.path)
            now = replace(case.stamp, version=made.version, digest=page.digest)
            sent = replace(case.local, title=page.info.title, body=page.body)
            unchanged.note(
                self._mirror.root / STATE, token(now, sent)
            )  # a repeat would be ignored too
        return parent

    def _stored(self, case: Case, made: Landed, answer: Found | None) -> Page | None:
        """Return the landed version as the server stored it, or None if it is not shown yet."""
        if not isinstance(answer, Page) or answer.info.version.number < made.version:
            return None
        if answer.info.version.number == made.version:
            return answer
        return self._reader.remote.old_page(case.stamp.id, made.version)

    def _writing(self, entry: Entry, case: Case, page: Page, parent: str | None) -> Writing:
        labels, base = self._extras.labels(entry), self._extras.base_labels(entry)
        stamp = replace(
            case.stamp,
            version=page.info.version.number,
            digest=page.digest,
            parent=parent,
            labels=case.stamp.labels if base is None else base,
            attachments=self._extras.attached(entry, case.stamp),
            properties=self._extras.properties(entry, case.stamp),
            renamed=self._outdated(entry, case),
        )
        new = Fields(labels=labels, settings=self._extras.lines(entry))
        return settling(self._mirror, entry, stamp, page, new)

    def _outdated(self, entry: Entry, case: Case) -> bool:
        """Return whether the file is named after the title that this push changed."""
        old = case.page.info.title if case.page and writable(case) else None
        return renames.outdated(self._mirror, entry.path, case.stamp, case.local.title, old)


def sent_as(space: SpacePush, entry: Entry, case: Case, version: int | None = None) -> PageResult:
    """Return the result of a document that is sent, or that the server has already.

    A dry run says the same, without the new `version`.
    """
    result = compared_result(entry, case)
    result = replace(result, remote=version or result.remote)
    alone = leaves_text(space.extras, entry, case)
    words = space.extras.words(entry, alone=alone)
    if not was_sent(case):
        outcome = Outcome.UPDATED if alone or words else Outcome.RESTAMPED
        return replace(result, outcome=outcome, note=words)
    if not writable(case):
        note = ", ".join(filter(None, ("an earlier push sent the text", words)))
        return replace(result, outcome=Outcome.UPDATED, note=note)
    outcome, told = _change_of_page(case)
    note = ", ".join(part for part in (*told, words) if part)
    return replace(result, outcome=outcome, note=note, old_path=space.scan.former_path(entry))


def _change_of_page(case: Case) -> tuple[Outcome, tuple[str, ...]]:
    """Return the outcome of a write by what it changes: text, place or title; and more words."""
    old = case.page.info.title if case.page else case.local.title
    moved = case.decisions.parent is Parent.MOVE
    was = f"was '{old}'" if old != case.local.title else ""
    if digest(old, case.local.body) != case.stamp.digest:
        renamed = f"renamed, {was}" if was else ""
        return Outcome.UPDATED, ("moved" if moved else "", renamed)
    if moved:
        return Outcome.MOVED, (was,)
    return (Outcome.RENAMED, (was,)) if was else (Outcome.UPDATED, ())


def not_moved(result: PageResult, case: Case) -> PageResult:
    """Return the result of a page whose move the server ignored without an error."""
    text = case.decisions.content is not Content.UP_TO_DATE
    why = f"pushed as v{result.remote}, but {MOVE_IGNORED}" if text else MOVE_IGNORED
    outcome = Outcome.UPDATED if text else Outcome.UNCHANGED
    return replace(result, outcome=outcome, error=why, hint=AFTER_IGNORED, exit=Exit.REFUSED)


def not_sent(result: PageResult, case: Case) -> PageResult:
    """Return the result of a page that is not written: skipped or refused."""
    if case.decisions.content is Content.BEHIND and case.decisions.parent is not Parent.DIVERGED:
        behind = "the server has a newer version; 'confsync pull' brings it"
        if result.remote == result.base:
            pull = f"'confsync pull {marked(result.path)}'"
            behind = f"changed without a new version; {pull} brings the change"
        return replace(result, outcome=Outcome.SKIPPED, error=behind)
    if case.decisions.content is Content.UP_TO_DATE and case.decisions.parent is Parent.FOLLOW:
        moved = "the page has another place on the server; 'confsync pull' follows it"
        return replace(result, outcome=Outcome.SKIPPED, error=moved)
    return refusal(result, case)


def not_tried(result: PageResult) -> PageResult:
    """Return the result of a page that a run did not come to."""
    return replace(result, outcome=Outcome.SKIPPED, error="not tried")


def without_version(result: PageResult) -> PageResult:
    """Return the result of a text that the server considers equal to the page's."""
    why = "the server made no version, because it considers your text equal to the page's"
    hint = "'confsync pull --theirs {path}' takes the server's text; yours goes to the trash"
    return replace(result, outcome=Outcome.UNCHANGED, error=why, hint=hint, exit=Exit.REFUSED)


def leaves_text(extras: Extras, entry: Entry, case: Case) -> bool:
    """Return whether only labels, settings or attachments were changed here."""
    if case.decisions.content is not Content.UP_TO_DATE or writable(case) or settled(case):
        return False
    return extras.any(entry)


def was_sent(case: Case) -> bool:
    """Return whether this push, or an earlier one, wrote the version of a settled case."""
    return writable(case) or case.decisions.content is Content.LANDED


def _not_settled(result: PageResult, made: Landed, error: ConfsyncError) -> PageResult:
    if isinstance(error, ChangedMeanwhileError):
        why = f"pushed as v{made.version}; the file was edited meanwhile and stays unchanged"
        return replace(result, error=why, exit=Exit.LOCAL)
    why = f"pushed as v{made.version}, but: {error.message}"
    return replace(result, error=why, exit=error.exit)


def _said_of_minor(minor: bool | None, *, sent_now: bool) -> str:
    """Return whether the server took a version as a minor edit, in words.

    A version that an earlier push sent may have been sent without --minor.
    """
    if minor:
        return "minor edit"
    if not sent_now:
        return ""
    if minor is None:
        return "the server does not say whether it is a minor edit"
    return "no minor edit: the server ignored --minor"


def _shown_parent(case: Case, page: Page) -> str | None:
    """Return the parent for a stamp after a move, if `page` is the written version."""
    return case.stamp.parent if page.info.parent == case.stamp.parent else case.local.wanted
