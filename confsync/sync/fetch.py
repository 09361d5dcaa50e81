"""Asking the server for what it has now, so that `compare` can decide.

A read that is older than something already known is stale, and is read again: servers answer from
replicas. What stays older is believed in the end, since deleting an old version renumbers pages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from confsync.document import storage_format
from confsync.errors import EVERYBODYS, APIAccessError, NotVisibleError, PermissionDeniedError
from confsync.model.page import Page, PageInfo, Space, Status, Version
from confsync.model.stamp import Local, Stamp, token, token_in
from confsync.sync import compare
from confsync.sync.compare import Absent, Decisions, Present
from confsync.workers import batches

if TYPE_CHECKING:
    from confsync.remote import Remote

Found = Page | Absent | APIAccessError
# Answers the stamps that git knows to be newer than one, the newest first.
Newer = Callable[[Stamp], tuple[Stamp, ...]]


class Newest(NamedTuple):
    """The stamps that git knows: `than` answers those newer than a given one, the newest first.

    `text` finds title and body of a stamp here. `likely` answers as `than` does, without those that
    an earlier pull found not to be the server's. `merged` tells whether HEAD's own history has a
    stamp, and not only that of another revision. `sent` answers the tokens of the texts that were
    sent over a stamp and of which no answer came.
    """

    than: Newer = lambda stamp: ()
    text: Callable[[Stamp], tuple[str, str] | None] = lambda stamp: None
    likely: Newer = lambda stamp: ()
    merged: Callable[[Stamp], bool] = lambda stamp: True
    sent: Callable[[Stamp], frozenset[str]] = lambda stamp: frozenset()


PAUSES = (0.2, 0.5, 1.0, 2.0)
# Pages that are read once more at a time.
ALONE = 50
# So many pages are read by themselves to find out whether all of a bulk answer cannot be read.
PROBED = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A stamped document beside its page, decided.

    `newer` is the newer stamp that git knows, where the document is a restored one; `sent` says
    that it is the stamp of an earlier push, whose answer did not come.
    """

    stamp: Stamp
    local: Local
    remote: compare.Remote
    decisions: Decisions
    newer: Stamp | None = None
    sent: bool = False

    @property
    def page(self) -> Page | None:
        """The current remote page, where there is one."""
        return self.remote.page if isinstance(self.remote, Present) else None

    @property
    def landed(self) -> int | None:
        """The version that a push of exactly this document made, where there is one."""
        if not isinstance(self.remote, Present):
            return None
        return compare.landed_as(self.stamp, self.local, self.remote)


class Reader:
    """Reads current pages of one space; of any, where the space has no id.

    With `archived` an archived page is one to read, and not gone. `newest` are the newest stamps
    that git knows, by page id.
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
        # The stamps that the server was found not to confirm.
        self.refuted: list[Stamp] = []
        # What was listed already; a listing of thousands is not asked for twice.
        self.listed: Sequence[PageInfo] | None = None

    def current(self, least: Mapping[str, int]) -> dict[str, Found]:
        """The current pages of some ids, each at the given version or later if that is to be had.

        One page that cannot be read is an error in its place; it does not stop the others.
        """
        found: dict[str, Found] = {}
        waiting = dict(least)
        for pause in (*PAUSES, None):
            found.update(self._read(waiting))
            waiting = {i: least[i] for i in waiting if _older(found[i], least[i])}
            if not waiting or pause is None:
                break
            time.sleep(pause)
        return found

    def arriving(self, least: Mapping[str, int]) -> Iterator[dict[str, Found]]:
        """What `current` answers, as the server answers it: for more than memory should hold."""
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
        """The bulk answers, as far as they come; the rest is read in smaller lots."""
        try:
            yield from self.remote.bodies(self.space, page_ids)
        except EVERYBODYS:
            raise
        except APIAccessError:
            return

    def _read(self, page_ids: Iterable[str]) -> dict[str, Found]:
        wanted = list(page_ids)
        try:
            pages = self.remote.pages(self.space, wanted)
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            return self._one_by_one(wanted, error)
        return {i: self.placed(pages[i]) if i in pages else self._alone(i) for i in wanted}

    def _one_by_one(self, page_ids: list[str], error: APIAccessError) -> dict[str, Found]:
        """What pages are of which no bulk answer comes: one of them alone may be to blame.

        Raises `error` if the first few cannot be read by themselves either.
        """
        first, rest = page_ids[:PROBED], page_ids[PROBED:]
        found = {page_id: self._alone(page_id) for page_id in first}
        if rest and all(isinstance(answer, APIAccessError) for answer in found.values()):
            raise error
        answers = self.remote.workers.each(self._alone, rest)
        return found | dict(zip(rest, answers, strict=True))

    def _alone(self, page_id: str) -> Found:
        """What a page is that the bulk answer does not have: trashed, hidden, or a hiccup."""
        try:
            return self.placed(self.remote.page(page_id))
        except (NotVisibleError, PermissionDeniedError):
            return Absent.NOT_VISIBLE
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            return error

    def placed(self, page: Page) -> Page | Absent:
        """A page, if it is one that the space has and the mirror shall have."""
        if page.info.status is Status.TRASHED:
            return Absent.TRASHED
        if page.info.status is Status.ARCHIVED and not self.archived:
            return Absent.ARCHIVED
        if self.space.id and page.info.space != self.space.id:
            return Absent.MOVED_OUT
        return page

    def decided(self, stamp: Stamp, local: Local, found: Found) -> Case | APIAccessError:
        """The decisions, or why they cannot be made about this page; others have their turn."""
        if isinstance(found, APIAccessError):
            return found
        try:
            return self.decide(stamp, local, found)
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            return error

    def decide(self, stamp: Stamp, local: Local, found: Page | Absent) -> Case:
        """The decisions about one stamped document."""
        if isinstance(found, Absent):
            return Case(stamp, local, found, compare.compare(stamp, local, found))
        remote = Present(found)
        if compare.needs_later(stamp, local, found):
            remote = Present(found, self.remote.versions_after(stamp.id, stamp.version))
        newer = self._newer(stamp, local, remote)
        sent = None if newer else self._sent(stamp, local, found)
        decisions = compare.compare(stamp, local, remote, newer or sent)
        if newer is not None and not self.newest.merged(newer):
            # Git put nothing back: what another branch has is not merged into this one yet.
            return Case(stamp, local, remote, Decisions(compare.Content.DIVERGED))
        return Case(stamp, local, remote, decisions, newer or sent, sent is not None)

    def _sent(self, stamp: Stamp, local: Local, page: Page) -> Stamp | None:
        """Return the stamp of a version that an earlier push wrote, if the file took it back.

        No answer came to that push, so the document has the base's text and stamp still, or again.
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

        Of several the newest that the server confirms counts: after versions were renumbered, the
        newest of all may be one that the server never had under that number. Those of HEAD's own
        history come first.
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
        """Return whether the server has a version now, or had it.

        A version that is gone counts as confirmed: refuse rather than guess. An old version is read
        only where it decides.
        """
        if page.info.version.number > newer.version and page.digest != newer.digest:
            try:
                page = self.remote.old_page(newer.id, newer.version)
            except (NotVisibleError, PermissionDeniedError):
                return True
        if page.digest == newer.digest:
            return True
        # An inline comment may have changed that version since, without a new number.
        _, body = self.newest.text(newer) or ("", local.body)
        return compare.confirms(page, newer, compare.marker_refs(body))

    def me(self) -> tuple[str, ...]:
        """The id and the name of the user; nothing, if the server does not say them."""
        try:
            me = self.remote.whoami()
        except APIAccessError:
            return ()
        return me.id, me.name

    def first_version(self, info: PageInfo) -> Version:
        """The first version of a page; the current one, where the server does not know it."""
        if info.version.number == 1:
            return info.version
        versions = self.remote.versions_after(info.id, 0)
        return next((one for one in versions if one.number == 1), info.version)

    def again(self, case: Case, least: int) -> Case:
        """The same document beside what the server has now, at a version or later if possible."""
        answer = self.current({case.stamp.id: least})[case.stamp.id]
        if isinstance(answer, APIAccessError):
            raise answer
        return self.decide(case.stamp, case.local, answer)


def _older(found: Found, least: int) -> bool:
    return isinstance(found, Page) and found.info.version.number < least


def is_creation(reader: Reader, local: Local, found: PageInfo, known: frozenset[str]) -> bool:
    """Return whether an earlier try of exactly this creation made the page.

    By its token; where the server dropped that, by author, parent and text. Not one that has a
    document already: a copy of that without its stamp would make the same.
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
