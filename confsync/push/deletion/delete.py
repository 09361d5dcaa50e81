"""The deletion of pages: only if a person asked for it, and only into the trash or the archive.

No server compares a version before a deletion, so confsync checks the page directly before it. A
moment remains between this check and the request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from confsync.document.attachments import names as attachments
from confsync.errors import (
    EVERYBODYS,
    APIAccessError,
    Exit,
    FileError,
    NetworkError,
    NotVisibleError,
    ServerError,
    UnsettledError,
)
from confsync.mirror import attachment_files as files
from confsync.mirror.comments import files as comments
from confsync.mirror.committed.whereabouts import Whereabouts
from confsync.mirror.entry import read
from confsync.mirror.git.repository import stands
from confsync.model.event import Event
from confsync.model.hint import TRASH
from confsync.model.outcome import PageResult
from confsync.model.page import Page
from confsync.model.stamp import Local, Stamp
from confsync.push.deletion.archive import archive
from confsync.push.deletion.doomed import Doomed
from confsync.push.deletion.refusals import (
    archived_already,
    look_hint,
    not_archived,
    rejected,
    with_children,
)
from confsync.push.options import SpacePush
from confsync.push.planned import is_elsewhere, moved_since
from confsync.sync.compare import Absent, Content, Decisions
from confsync.sync.deletion import Disposal, deletion_refusal, is_archived
from confsync.sync.refusals import conflict_event, failed, refusal

_CHANGED = {Content.BEHIND: Content.DIVERGED, Content.EQUAL: Content.RESTAMPED}


class Deletions:
    """The deletions of one space; `whereabouts` searches for moved documents."""

    def __init__(self, space: SpacePush, whereabouts: Whereabouts) -> None:
        self._mirror = space.run.mirror
        self._report = space.run.report
        self._reader = space.reader
        self._scan = space.scan
        self._dry_run = space.options.dry_run
        self._since = space.options.since is not None
        self._planned = space.options.planned
        self._whereabouts = whereabouts
        self._gone: set[str] = set()

    def delete(self, doomed: Iterable[Doomed]) -> None:
        """Delete children before their parents. A page with other children stays."""
        waiting = sorted(doomed, key=lambda one: -one.path.count("/"))
        while waiting:
            ids = {one.page_id for one in waiting}
            later = [one for one in waiting if not self._one(one, ids)]
            # If every page waits for another one, the server's parents make a circle.
            waiting = later if len(later) < len(waiting) else []
            if not waiting:
                for one in later:
                    self._one(one, set())

    def _one(self, one: Doomed, waiting: set[str]) -> bool:
        """Report one page and return True, or return False if its children are `waiting`."""
        result = PageResult(
            one.path,
            one.disposal.outcome,
            one.page_id,
            base=one.stamp.version if one.stamp else one.version,
        )
        try:
            found = self._reader.current({one.page_id: result.base or 1})[one.page_id]
            if isinstance(found, APIAccessError):
                raise found
            told = self._refused(one, found, result)
            children = [] if told else self._children(one)
            if waiting.intersection(children):
                return False
            if children:
                told = with_children(self._scan, result, children, one.disposal)
            again = self._seen_again(one, result)
            if one.disposal.has(found) and not again and not self._dry_run:
                self._note_gone(one)
            told = told or again
            self._report.add(told or self._send(one, found, result))
        except EVERYBODYS as error:
            self._report.add(failed(result, error))
            raise
        except (APIAccessError, FileError) as error:
            self._report.add(failed(result, error))
        return True

    def _children(self, one: Doomed) -> list[str]:
        """Return the children that would be left. An archived one is no child of the tree."""
        found = [i for i in self._reader.remote.children(one.page_id) if i not in self._gone]
        if not found or one.disposal is Disposal.TRASH:
            return found
        states = self._reader.current(dict.fromkeys(found, 1))
        return [i for i in found if not is_archived(states[i])]

    def _refused(self, one: Doomed, found: Page | Absent, result: PageResult) -> PageResult | None:
        """Return the refusal of a page that must not be deleted in its present state, or None."""
        if one.entry and one.entry.document and one.entry.document.modified:
            hint = f"'confsync pull --theirs {{path}}' discards them; a copy goes to {TRASH}"
            return replace(rejected(result, "it has unpushed changes"), hint=hint)
        if told := self._unfit(one, found, result):
            return told
        if one.stamp is not None:
            return self._conflict(one, one.stamp, found, result)
        if isinstance(found, Absent):
            return rejected(result, f"the page is {found.words}")
        number = found.info.version.number
        if one.version == number:
            return None
        asked = f"not v{one.version}" if one.version else "but you named no version"
        told = rejected(result, f"'{found.info.title}' is at v{number}, {asked}")
        return replace(told, remote=number, hint=look_hint(one.page_id, number, one.disposal))

    def _unfit(self, one: Doomed, found: Page | Absent, result: PageResult) -> PageResult | None:
        """Return the result of a page that is there already, or of one that cannot go there."""
        disposal = one.disposal
        if disposal is Disposal.ARCHIVE and not self._reader.remote.archives:
            return not_archived(result, found)
        if disposal.has(found):
            return replace(result, error=f"the page is already {disposal.place}")
        if found is Absent.TRASHED:
            hint = f"'confsync restore {one.page_id}' brings it back from there"
            return replace(rejected(result, "the page is in the trash"), hint=hint)
        if is_archived(found):
            return archived_already(result, archives=self._reader.remote.archives)
        if isinstance(found, Page) and found.info.live:
            why = f"confsync only pulls live docs: {disposal.value} it in the browser"
            return rejected(result, why)
        return None

    def _conflict(
        self, one: Doomed, stamp: Stamp, found: Page | Absent, result: PageResult
    ) -> PageResult | None:
        """Return the refusal of a page that differs from the base of its document, or None."""
        local = Local("", "", stamp.digest, stamp.parent)
        case = self._reader.decide(stamp, local, found)
        content = case.decisions.content
        if self._planned and content is Content.UP_TO_DATE and is_elsewhere(case, extras=True):
            hint = look_hint(one.page_id, stamp.version, one.disposal)
            return replace(moved_since(result), hint=hint)
        if content is Content.UP_TO_DATE:
            return None
        if case.newer is not None and self._since:
            # The commits before the deletion may have an older stamp.
            return self._conflict(one, case.newer, found, result)
        if content in _CHANGED:
            # For an unmodified document this is an update; for a deleted document it is a conflict.
            case = replace(case, decisions=Decisions(_CHANGED[content]))
        if not self._dry_run:
            self._mirror.audit.add(conflict_event(one.path, case, self._reader.remote.who))
        told = replace(refusal(result, case), decision=case.decisions.content.value)
        if case.page is None:
            return told
        version = case.page.info.version
        hint = look_hint(one.page_id, version.number, one.disposal)
        return replace(told, hint=hint, version=version, remote=version.number)

    def _seen_again(self, one: Doomed, result: PageResult) -> PageResult | None:
        """Return the refusal of a page whose document came back or changed meanwhile, or None.

        The check comes directly before the request, because a person or git may do that at any
        moment.
        """
        if self._dry_run:
            return None
        again = "run the command again"
        if one.entry is not None:
            if read(self._mirror.root, one.path).raw == one.entry.raw:
                return None
            why = "its document was changed while confsync ran"
            return replace(rejected(result, why), hint=again)
        if one.known is not None and stands(self._mirror.root / one.path):
            return replace(rejected(result, "its document is here again"), hint=again)
        if one.page_id not in self._whereabouts.gone:
            return None  # a person named the page
        trace = self._whereabouts.look().get(one.page_id)
        if trace is None:
            return None
        outside = self._whereabouts.is_outside(trace.path)
        entry = self._whereabouts.gone[one.page_id]
        why, hint = deletion_refusal(trace, entry, outside=outside, disposal=one.disposal)
        return replace(rejected(result, why), hint=hint)

    def _send(self, one: Doomed, found: Page | Absent, result: PageResult) -> PageResult:
        """Delete or archive the page, then remove its document if that is still here."""
        page = found if isinstance(found, Page) else None
        version = page.info.version.number if page else None
        if not self._dry_run:
            self._dispose(one, version or 1)
        self._gone.add(one.page_id)
        if self._dry_run:
            return result
        digest = page.digest if page else None
        what, who = one.disposal.outcome.value, self._reader.remote.who
        event = Event(what, one.page_id, one.path, result.base, version, digest, None, who)
        self._mirror.audit.add(event)
        result = replace(result, title=page.info.title if page else "")
        self._note_gone(one)
        try:
            self._discard_files(one)
            comments.drop(self._mirror, one.path)
            if one.entry is not None:
                self._mirror.remove(one.entry.path, expected=one.entry.raw)
        except FileError as error:
            why = f"the page is {one.disposal.place}, but: {error.message}"
            return replace(result, error=why, exit=Exit.LOCAL)
        return result

    def _dispose(self, one: Doomed, version: int) -> None:
        """Ask the server to delete or archive a page. Raise APIAccessError if it did not."""
        if one.disposal is Disposal.ARCHIVE:
            archive(self._reader, one.page_id, version)
            return
        try:
            self._reader.remote.delete(one.page_id)
        except (NetworkError, ServerError, NotVisibleError) as error:
            self._look(one, error)

    def _note_gone(self, one: Doomed) -> None:
        """Note that the deletion of the document belongs to this run; the page is gone now."""
        if one.known is None:
            return
        directory = attachments.directory_of(one.path)
        attached = (f"{directory}/{each.file}" for each in one.known.attachments)
        for name in (one.path, *attached):
            self._mirror.note_gone(name)

    def _discard_files(self, one: Doomed) -> None:
        """Discard the attachments' files that have the stamps' digests."""
        known = one.known.attachments if one.known else ()
        digests = {attached.digest for attached in known}
        for file in files.files_of(self._mirror.root, one.path, known).values():
            if file.digest in digests:
                self._mirror.discard(file.path, expected=file.digest)

    def _look(self, one: Doomed, error: APIAccessError) -> None:
        """Raise the error unless the page is in the trash in spite of the failed answer."""
        try:
            now = self._reader.current({one.page_id: 1})[one.page_id]
        except APIAccessError as failure:
            raise UnsettledError(f"the deletion of page {one.page_id}", failure) from None
        if now is not Absent.TRASHED:
            raise error
