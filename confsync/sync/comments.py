"""New comments: a hint which pages to read, although no page has a new version.

A server lists its newest comments in one answer or two. The marker of an inline comment changes its
page's body without a new version, so a pull reads the pages of new comments. Nothing else follows
from the hint. If it fails or does not add up, the next pull looks at the same comments again.

Only the server's clock counts. A listing may lag, so the comments of the last minutes are known by
id and version.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from confsync.errors import APIAccessError
from confsync.mirror.state import seen_comments
from confsync.mirror.state.base_cache import STATE
from confsync.mirror.state.seen_comments import UNREAD, SeenComments, Text
from confsync.model.config import Comments
from confsync.model.moment import in_utc, moment
from confsync.model.page import Comment
from confsync.model.result import NewComment

if TYPE_CHECKING:
    from confsync.mirror.mirror import Mirror
    from confsync.model.stamp import Stamp
    from confsync.remote import Remote
    from confsync.sync.space_view import SpaceView

# A listing of a site's comments is followed for so many answers at most.
ANSWERS = 10
# A listing may lack the comments of the last minutes.
LAG = timedelta(minutes=5)
# A listing may be in the order of minutes.
ROUNDED = timedelta(minutes=1)
# No comment is older.
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class News(NamedTuple):
    """The newest comments, and those among them that no earlier pull has seen.

    `before` is what earlier pulls have seen. Without it, no comment is known to be new, and every
    page must be read once. `after` is what is seen once the pages are read; None if that is not
    known. `flaw` says why there may be more new comments.
    """

    before: SeenComments | None
    comments: tuple[Comment, ...] = ()
    after: SeenComments | None = None
    flaw: str = ""

    @property
    def pages(self) -> frozenset[str]:
        """Return the pages with new comments."""
        return frozenset(comment.page for comment in self.comments if comment.page)


def news_of(mirror: Mirror, remote: Remote) -> News | None:
    """Return the new comments, or None if the configuration does not ask for them."""
    if mirror.config.comments is Comments.OFF:
        return None
    before = seen_comments.read(mirror.root / STATE, mirror.config)
    listed = _Listed(before.until - LAG if before else None)
    flaws: list[str] = []
    failed = ""
    try:
        for listing in remote.newest_comments([space.key for space in mirror.config.spaces]):
            flaws += listed.follow(listing)
    except APIAccessError as error:
        failed = error.message
    now = _now(remote)
    if before and now and now < before.until - LAG:
        before = None  # the server's clock went back, so times say nothing about the past
    if before is None:
        return News(None, after=None if failed else listed.seen(None, now), flaw=failed)
    flaw = next(iter(filter(None, (failed, *flaws))), "")
    return News(before, listed.since(before), listed.seen(before, now), flaw)


class _Listed:
    """The comments of a server's listings, as far as they were followed.

    A listing is followed to the time `since`; without a time, for one answer.
    """

    def __init__(self, since: datetime | None) -> None:
        self._since = since
        self._found: list[tuple[datetime, Comment]] = []

    def follow(self, listing: Iterable[list[Comment]]) -> Iterator[str]:
        """Read one listing. Yield why it may lack comments. Raise APIAccessError."""
        earliest: datetime | None = None
        for number, answer in enumerate(listing, 1):
            for comment in answer:
                at = moment(comment.version.created_at)
                if comment.flaw or at is None:
                    yield comment.flaw or "the answer does not say when a comment was written"
                    continue
                if not comment.settled:
                    if earliest and at > earliest + ROUNDED:
                        yield "the newest comments are not listed first"
                        return
                    earliest = min(at, earliest or at)
                self._found.append((at, comment))
            if self._since is None or (earliest and earliest < self._since):
                return
            if number == ANSWERS:
                yield f"there are more new comments than {ANSWERS} answers of the server hold"
                return

    def since(self, before: SeenComments) -> tuple[Comment, ...]:
        """Return the comments that earlier pulls have not seen, the oldest first."""
        limit, known = before.until - LAG, before.recent
        fresh = {
            (comment.id, comment.version.number): (at, comment)
            for at, comment in reversed(self._found)
            if at >= limit and (comment.id, comment.version.number) not in known
        }
        return tuple(comment for _, comment in sorted(fresh.values(), key=lambda one: one[0]))

    def seen(self, before: SeenComments | None, now: datetime | None) -> SeenComments:
        """Return what is seen by now. No time is later than `now`, the server's clock."""
        newest = max((at for at, _ in self._found), default=_BEGINNING)
        until = max(min(newest, now or newest), before.until if before else _BEGINNING)
        recent = {(c.id, c.version.number) for at, c in self._found if at >= until - LAG}
        if before and before.until == until:
            recent |= before.recent
        return SeenComments(until, frozenset(recent), before.pages if before else {})


def _now(remote: Remote) -> datetime | None:
    """Return the time of the server's last answer, or None if it does not say it."""
    from email.utils import parsedate_to_datetime  # not needed without the server

    try:
        return in_utc(parsedate_to_datetime(remote.seen.get("Date", "")))
    except (ValueError, OverflowError):
        return None


class Notice:
    """The pages that a run reads for their comments, and what it knows afterwards.

    With `every`, the run reads every page in any case. With `files`, the comments of the pages must
    be written. Until that, each of these pages must be read again.
    """

    def __init__(self, news: News, *, every: bool = False, files: bool = False) -> None:
        self.news = news
        self._every = every or (news.before is None and not news.flaw)
        self._files = files
        self._known: Mapping[str, Text] = news.before.pages if news.before else {}
        self._texts: dict[str, Text | None] = {}
        # The pages whose comments must still be written.
        self._due: set[str] = set()
        # How many spaces were looked at.
        self.spaces = 0

    def wants(self, stamp: Stamp) -> bool:
        """Return whether the page of a document must be read, whatever its version."""
        if self._every or stamp.id in self.news.pages:
            return True
        text = self._known.get(stamp.id)
        return text is not None and (
            text == UNREAD or (text.version == stamp.version and text.digest != stamp.digest)
        )

    def saw(self, seen: SpaceView) -> None:
        """Note the texts of a space's commented pages, as they were read."""
        self.spaces += 1
        here = {entry.page_id for entry in seen.scan.entries if entry.page_id}
        mine = (here | seen.infos.keys()) - seen.excluded - seen.new.keys()
        read = {page_id for page_id, case in seen.cases.items() if case.page}
        followed = self.news.pages | self._known.keys() | (here if self._every else here - read)
        for page_id in mine & followed:
            self._texts[page_id] = self._text(seen, page_id)
        if self._files:
            self._due |= {i for i in seen.infos.keys() & mine if self._is_due(i)}
            self._due |= seen.new.keys()

    def _is_due(self, page_id: str) -> bool:
        """Return whether the comments of a page may be others than those in its file."""
        unread = self._known.get(page_id) == UNREAD
        return self._every or unread or page_id in self.news.pages

    def pages_due(self, page_ids: Collection[str]) -> set[str]:
        """Return those of some pages whose comments must still be written."""
        return self._due.intersection(page_ids)

    def wrote(self, page_id: str) -> None:
        """Note that the comments of a page were written."""
        self._due.discard(page_id)

    def _text(self, seen: SpaceView, page_id: str) -> Text | None:
        """Return a page's text as it was read; None if no document can lack any of it."""
        case, info = seen.cases.get(page_id), seen.infos.get(page_id)
        known = self._known.get(page_id)
        said = [comment for comment in self.news.comments if comment.page == page_id]
        if not said and known and info and info.version.number > known.version > 0:
            return None  # a document of an older version is read because of its version
        page = case.page if case else None
        if case is None or page is None or any(one.marker not in page.body for one in said):
            return UNREAD
        text = Text(page.info.version.number, page.digest)
        as_stamped = text == Text(case.stamp.version, case.stamp.digest)
        return None if as_stamped and not said and known is None else text

    def after(self) -> SeenComments | None:
        """Return what is seen after a run that looked at every space; None if it is not known."""
        found = self.news.before if self.news.flaw and not self._every else self.news.after
        if found is None:
            return None
        texts = {page: text for page, text in self._texts.items() if text}
        kept = {page: text for page, text in self._known.items() if page not in self._texts}
        if self.spaces:  # no document and no listing has the others
            kept = {page: text for page, text in kept.items() if text != UNREAD}
        return found._replace(pages=kept | texts | dict.fromkeys(self._due, UNREAD))

    def new_comments(self, paths: Mapping[str, str]) -> Iterator[NewComment]:
        """Yield the new comments on pages with documents; `paths` maps their ids."""
        for comment in self.news.comments:
            if comment.page in paths:
                made, kind = comment.version, "inline" if comment.inline else "footer"
                where = paths[comment.page], comment.page
                yield NewComment(*where, comment.id, kind, made.author, made.created_at)


def warning(flaw: str) -> str:
    """Return the words for a hint that may lack comments."""
    return f"comments: {flaw}; 'confsync pull --refresh' reads every page"


def keep(mirror: Mirror, seen: SeenComments | None) -> None:
    """Store what a run has seen, after it read the pages."""
    if seen is not None:
        seen_comments.note(mirror.root / STATE, mirror.config, seen)


def concerns(news: News, page_ids: Collection[str]) -> bool:
    """Return whether a pull with nothing else new must read a page, or say something."""
    return news.before is None or bool(news.flaw) or not news.pages.isdisjoint(page_ids)
