"""The reader of the server's current pages, for `compare`.

Servers answer from replicas. If a read is older than a known version, confsync reads again. If the
answer stays older, confsync accepts it, because deleting an old version renumbers the newer ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from confsync.document import storage_format
from confsync.errors import EVERYBODYS, APIAccessError, NotVisibleError, PermissionDeniedError
from confsync.model.page import Page, PageInfo, Space, Status, Version
from confsync.model.stamp import Local, Stamp, token, token_in
from confsync.sync import compare
from confsync.sync.compare import Absent, Decisions, Present
from confsync.workers import batches

if TYPE_CHECKING:
    from confsync.model.page import AttachmentHints, PropertyInfo
    from confsync.remote import Remote

Found = Page | Absent | APIAccessError
# Returns the stamps that git knows to be newer than one, the newest first.
Newer = Callable[[Stamp], tuple[Stamp, ...]]


class Newest(NamedTuple):
    """The stamps that git knows: `than` returns those newer than a given one, the newest first.

    `text` returns title and body of a stamp from this machine. `likely` is like `than`, but without
    stamps that the server did not confirm to an earlier pull. `merged` returns whether HEAD's
    history has the stamp. `sent` returns the tokens of texts that were sent over a stamp without an
    answer.
    """

    than: Newer = lambda stamp: ()
    text: Callable[[Stamp], tuple[str, str] | None] = lambda stamp: None
    likely: Newer = lambda stamp: ()
    merged: Callable[[Stamp], bool] = lambda stamp: True
    sent: Callable[[Stamp], frozenset[str]] = lambda stamp: frozenset()


PAUSES = (0.2, 0.5, 1.0, 2.0)
# Pages per request when a read is repeated.
ALONE = 50
# If the first so many pages of a failed bulk answer fail alone too, the whole answer has failed.
PROBED = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A stamped document beside its page, with the decisions.

    `newer` is the newer stamp of a document that was put back. `sent` is set if `newer` is the
    version of an earlier push that got no answer.
    """

    stamp: Stamp
    local: Local
    remote: compare.Remote
    decisions: Decisions
    newer: Stamp | None = None
    sent: bool = False

    @property
    def page(self) -> Page | None:
        """Return the current remote page, or None."""
        return self.remote.page if isinstance(self.remote, Present) else None

    @property
    def landed(self) -> int | None:
        """Return the version that a push of exactly this document made, or None."""
        if not isinstance(self.remote, Present):
            return None
        return compare.landed_as(self.stamp, self.local, self.remote)

    @property
    def move_ignored(self) -> bool:
        """Return whether a push made the current version, and the page is not where it wanted."""
        landed, page = self.landed, self.page
        current = page is not None and page.info.version.number == landed
        return current and self.decisions.parent is compare.Parent.MOVE


class Reader:
    """A reader of the current pages of one space, or of any space if `space` has no id.

    With `archived`, an archived page counts as current. `newest` are the newest stamps that git
    knows.
    """

    def __init__(
        self,
        remote: Remote,
        space: Space,
        *,
        archived: bool = False,
        newest: Newest | None = None,
    ) -> None:
        self.remote = remote
        self.space = space
        self.archived = archived
        self.newest = newest or Newest()
        # Stamps that the server does not confirm.
        self.refuted: list[Stamp] = []
        # The listing of this run, so that it is requested once.
        self.listed: Sequence[PageInfo] | None = None
        # Hints about all pages, which may be out of date. None if not requested.
        self.hints: AttachmentHints | None = None
        self.label_hints: Mapping[str, tuple[str, ...]] | None = None
        self.property_hints: Mapping[str, tuple[PropertyInfo, ...]] | None = None
        # Set if the hints of this run differ from the stamp of no page.
        self.agreed = self.agreed_labels = self.agreed_settings = False

    def attachment_hints(self) -> AttachmentHints | None:
        """Return the hints about the space's attachments, requested once a run."""
        if self.hints is None:
            self.hints = self.remote.attachment_hints(self.space)
        return self.hints

    def current(
        self, least: Mapping[str, int], bases: Mapping[str, Stamp] = MappingProxyType({})
    ) -> dict[str, Found]:
        """Return the current pages of some ids, at the given version or later if possible.

        If a page cannot be read, its value is the error. The other pages are still read. A page
        that is exactly its stamp in `bases` has no body here, only its digest.
        """
        found: dict[str, Found] = {}
        waiting = dict(least)
        for pause in (*PAUSES, None):
            found.update(self._read(waiting, bases))
            waiting = {i: least[i] for i in waiting if _older(found[i], least[i])}
            if not waiting or pause is None:
                break
            time.sleep(pause)
        return found

    def arriving(self, least: Mapping[str, int]) -> Iterator[dict[str, Found]]:
        """Yield what `current` returns in parts, as the server answers, to keep memory small."""
        waiting = dict(least)
        for pages in self._bodies(least):
            fresh: dict[str, Found] = {}
            for page in pages:
                page_id, found = page.info.id, self.placed(page)
                if page_id in waiting and not _older(found, least[page_id]):
                    fresh[page_id] = found
                    del waiting[page_id]
            yield fresh
        for some in batches(waiting, ALONE):
            yield self.current({page_id: waiting[page_id] for page_id in some})

    def _bodies(self, page_ids: Iterable[str]) -> Iterator[list[Page]]:
        """Yield the bulk answers until one fails. The caller reads the rest in smaller batches."""
        try:
            yield from self.remote.bodies(self.space, page_ids)
        except EVERYBODYS:
            raise
        except APIAccessError:
            return

    def _read(self, page_ids: Iterable[str], bases: Mapping[str, Stamp]) -> dict[str, Found]:
        wanted = list(page_ids)
        try:
            answers = chain.from_iterable(self.remote.bodies(self.space, wanted))
            pages = {page.info.id: _light(page, bases) for page in answers}
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            return self._one_by_one(wanted, error)
        return {i: self.placed(pages[i]) if i in pages else self._alone(i) for i in wanted}

    def _one_by_one(self, page_ids: list[str], error: APIAccessError) -> dict[str, Found]:
        """Return pages read one by one: one bad page may have failed the bulk answer.

        Raise `error` if the first few pages fail too.
        """
        first, rest = page_ids[:PROBED], page_ids[PROBED:]
        found = {page_id: self._alone(page_id) for page_id in first}
        if rest and all(isinstance(answer, APIAccessError) for answer in found.values()):
            raise error
        answers = self.remote.workers.each(self._alone, rest)
        return found | dict(zip(rest, answers, strict=True))

    def _alone(self, page_id: str) -> Found:
        """Return a page that the bulk answer lacks. It may be trashed or not visible."""
        try:
            return self.placed(self.remote.page(page_id))
        except (NotVisibleError, PermissionDeniedError):
            return Absent.NOT_VISIBLE
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            return error

    def placed(self, page: Page) -> Page | Absent:
        """Return the page if it is current and in this space, else why it is absent."""
        if page.info.status is Status.TRASHED:
            return Absent.TRASHED
        if page.info.status is Status.ARCHIVED and not self.archived:
            return Absent.ARCHIVED
        if self.space.id and page.info.space != self.space.id:
            return Absent.MOVED_OUT
        return page

    def decided(self, stamp: Stamp, local: Local, found: Found) -> Case | APIAccessError:
        """Return the case, or the error that prevents the decisions about this page."""
        if isinstance(found, APIAccessError):
            return found
        try:
            return self.decide(stamp, local, found)
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            return error

    def decide(self, stamp: Stamp, local: Local, found: Page | Absent) -> Case:
        """Return the case of one stamped document."""
        if isinstance(found, Absent):
            return Case(stamp, local, found, compare.compare(stamp, local, found))
        remote = Present(found)
        if compare.needs_later(stamp, local, found):
            remote = Present(found, self.remote.versions_after(stamp.id, stamp.version))
        newer = self._newer(stamp, local, remote)
        sent = None if newer else self._sent(stamp, local, found)
        decisions = compare.compare(stamp, local, remote, newer or sent)
        if newer is not None and not self.newest.merged(newer):
            # Git put nothing back: another branch has the newer stamp, and it is not merged yet.
            return Case(stamp, local, remote, Decisions(compare.Content.DIVERGED))
        return Case(stamp, local, remote, decisions, newer or sent, sent is not None)

    def _sent(self, stamp: Stamp, local: Local, page: Page) -> Stamp | None:
        """Return the stamp of an earlier push's version, if the file does not have its text.

        That push got no answer, so the document still has the base's text and stamp, or has them
        again.
        """
        marks = self.newest.sent(stamp)
        if not marks or (local.digest, local.wanted) != (stamp.digest, stamp.parent):
            return None
        versions: tuple[Version, ...] = (page.info.version,)
        if page.info.version.number > stamp.version + 1:
            versions += self.remote.versions_after(stamp.id, stamp.version)
        landed = (v.number for v in versions if token_in(v.message) in marks)
        number = next((n for n in landed if n > stamp.version), None)
        if number is None:
            return None
        current = number == page.info.version.number
        made = page if current else self.remote.old_page(stamp.id, number)
        return replace(stamp, version=number, digest=made.digest, parent=made.info.parent)

    def _newer(self, stamp: Stamp, local: Local, remote: Present) -> Stamp | None:
        """Return the newer stamp N that git knows, if it makes this a restored document.

        If there are several, the newest one that the server confirms counts. After a renumbering,
        the server may never have had the newest one under its number. Stamps in HEAD's history come
        first.
        """
        for newer in sorted(self.newest.than(stamp), key=self.newest.merged, reverse=True):
            if remote.page.info.version.number < newer.version:
                self.refuted.append(newer)
            elif not compare.went_back(stamp, local, remote, newer):
                return None
            elif self._confirms(newer, local, remote.page):
                return newer
            else:
                self.refuted.append(newer)
        return None

    def _confirms(self, newer: Stamp, local: Local, page: Page) -> bool:
        """Return whether the server has, or had, the version of a stamp.

        A version that is gone counts as confirmed: confsync refuses rather than guesses. An old
        version is read only if it decides.
        """
        if page.info.version.number > newer.version and page.digest != newer.digest:
            try:
                page = self.remote.old_page(newer.id, newer.version)
            except (NotVisibleError, PermissionDeniedError):
                return True
        if page.digest == newer.digest:
            return True
        # An inline comment may have changed that version without a new number.
        _, body = self.newest.text(newer) or ("", local.body)
        return compare.confirms(page, newer, compare.marker_refs(body))

    def me(self) -> tuple[str, ...]:
        """Return the id and the name of the user; empty if the server does not tell."""
        try:
            me = self.remote.whoami()
        except APIAccessError:
            return ()
        return me.id, me.name

    def first_version(self, info: PageInfo) -> Version:
        """Return the first version of a page, or the current one if the first is not listed."""
        if info.version.number == 1:
            return info.version
        versions = self.remote.versions_after(info.id, 0)
        return next((one for one in versions if one.number == 1), info.version)

    def again(self, case: Case, least: int) -> Case:
        """Return the case of the same document, read again at `least` or later if possible."""
        answer = self.current({case.stamp.id: least})[case.stamp.id]
        if isinstance(answer, APIAccessError):
            raise answer
        return self.decide(case.stamp, case.local, answer)


def _light(page: Page, bases: Mapping[str, Stamp]) -> Page:
    """Return the page without its body if it is exactly a stamp, else as it is."""
    base = bases.get(page.info.id)
    same = base and (page.info.version.number, page.digest) == (base.version, base.digest)
    return Page(page.info, "", page.digest) if same else page


def _older(found: Found, least: int) -> bool:
    return isinstance(found, Page) and found.info.version.number < least


def is_creation(reader: Reader, local: Local, found: PageInfo, known: frozenset[str]) -> bool:
    """Return whether an earlier push of exactly this new document created the page.

    The token decides. If the server dropped the token, author, parent and text decide. A page that
    already has a document never counts, because a copy of that document would match.
    """
    if found.id in known or found.version.number != 1 or found.status is not Status.CURRENT:
        return False
    mark = token_in(found.version.message)
    if mark is not None or found.version.message:
        return mark == token(None, local)
    try:
        page: Page = reader.remote.page(found.id)
    except APIAccessError:
        return False
    return (
        found.version.author in reader.me()
        and found.parent == local.wanted
        and page.info.title == local.title
        and storage_format.equivalent(page.body, local.body)
    )
