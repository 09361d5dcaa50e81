"""confsync as a library: fetch a page by id, and write it only over the fetched version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from confsync.errors import (
    APIAccessError,
    DroppedCommentError,
    NotVisibleError,
    VersionConflictError,
    WriteRefusedError,
)
from confsync.model.page import Page, Space
from confsync.model.stamp import Local, Stamp, digest
from confsync.push.write_page import Landed, NoVersion, Remark, settled, writable, write
from confsync.remote import Credentials, Remote, open_remote
from confsync.sync.compare import Absent, Content
from confsync.sync.fetch import Case, Reader
from confsync.sync.people import people_of
from confsync.sync.refusals import log_conflict, read_only
from confsync.sync.threads import dropped


@dataclass(frozen=True, slots=True)
class WikiPage:
    """A page or blog post as the library fetched it.

    `content_storage` is its storage format, unchanged.

    `parent_id` is None for a page at the root of its space. `labels` are the global labels.
    """

    page_id: str
    title: str
    version: int
    content_storage: str
    space_key: str
    parent_id: str | None
    labels: tuple[str, ...]


def connect(
    url: str,
    *,
    token: str | None = None,
    user: str | None = None,
    flavor: str | None = None,
    drop_comments: bool = False,
) -> Wiki:
    """Return a connection to the Confluence at a base URL (``https://acme.atlassian.net/wiki``).

    With `user`, `token` is an API token or a password (Basic authentication). Without `user`, it is
    a personal access token or an OAuth token (Bearer). Without `token`, confsync reads ``.netrc``.
    `flavor` is "cloud" or "datacenter"; None asks the server. With `drop_comments`, a text may lack
    the markers of open comments. Raise APIAccessError.
    """
    credentials = Credentials(token, user) if token else None
    return Wiki(open_remote(url, credentials, flavor=flavor), drop_comments=drop_comments)


class Wiki:
    """A connection to one Confluence, which compares before each write.

    It remembers the content of each version that it fetched. So it also detects a change without a
    new version. It waits when the server limits the rate.
    """

    def __init__(self, remote: Remote, *, drop_comments: bool = False) -> None:
        self._remote = remote
        self._drop_comments = drop_comments
        self._known: dict[tuple[str, int], str] = {}
        # Maps an id to the reader that finds it: among the pages or among the blog posts.
        self._readers: dict[str, Reader] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._remote.close()

    def fetch_page(self, page_id: str) -> WikiPage:
        """Fetch the current page or blog post. Raise NotVisibleError or another APIAccessError."""
        reader, page = self._current(page_id, 1)
        self._remember(page)
        info = page.info
        return WikiPage(
            info.id,
            info.title,
            info.version.number,
            page.body,
            self._remote.space_key(info.space),
            info.parent,
            reader.remote.labels(page_id),
        )

    def update_page(
        self, *, page_id: str, title: str, content: str, version: int, message: str = ""
    ) -> int:
        """Write a page or blog post if it is still as it was at `version`.

        Return its new version number.

        If the server has this content already, or sees no change, return the number that it has.
        Raise VersionConflictError if the page changed meanwhile. Raise DroppedCommentError if the
        content lacks the marker of an open comment, unless the connection has `drop_comments`.
        Raise WriteRefusedError if the server refuses the content, or for a live doc. Raise
        UnsettledError if confsync cannot find out whether the write succeeded.
        """
        reader, now = self._current(page_id, version)
        known = self._known.get((page_id, version))
        if known is None:
            known = now.digest if version == now.info.version.number else ""
        stamp = Stamp(page_id, version, known, now.info.parent)
        local = Local(title, content, digest(title, content), now.info.parent)
        case = reader.decide(stamp, local, now)
        if case.decisions.content is Content.UP_TO_DATE:
            return version
        if why := read_only(case.page) if writable(case) else "":
            raise WriteRefusedError(f"page {page_id}: {why}")
        if not self._drop_comments:
            self._refuse_dropped(reader, case)
        done = settled(case) or (write(reader, case, Remark(message)) if writable(case) else case)
        match done:
            case Landed():
                # The base is now the content that the server stored, not the content that was sent.
                self._remember(self._current(page_id, done.version)[1])
                return done.version
            case NoVersion():
                return version
            case Case():
                raise self._conflict(done)

    def _current(self, page_id: str, least: int) -> tuple[Reader, Page]:
        """Return the current page and its reader. Ask again for a page older than version `least`.

        An id that no page has is looked for among the blog posts.
        """
        reader = self._readers.get(page_id) or _any_space(self._remote)
        found = reader.current({page_id: least})[page_id]
        if found is Absent.NOT_VISIBLE and page_id not in self._readers:
            posts = _any_space(self._remote.posts)
            found = posts.current({page_id: least})[page_id]
            reader = reader if found is Absent.NOT_VISIBLE else posts
        if isinstance(found, APIAccessError):
            raise found
        if not isinstance(found, Page):
            raise NotVisibleError(f"page {page_id} is {found.words}")
        self._readers[page_id] = reader
        return reader, found

    def _refuse_dropped(self, reader: Reader, case: Case) -> None:
        """Raise DroppedCommentError if a text that would be written drops an open comment.

        Ask for the comments of the page only if the text drops a marker.
        """
        if case.page is None or not writable(case):
            return
        found = dropped.open_there(reader.remote, case.page, case.local.body)
        if found:
            authors = {comment.version.author for comment, _ in found}
            people = people_of(reader.remote, authors)
            names = {account: user.name for account, user in people.items()}
            named = [(names.get(one.version.author, ""), words) for one, words in found]
            ids = tuple(comment.id for comment, _ in found)
            raise DroppedCommentError(case.stamp.id, ids, dropped.refusal(named))

    def _remember(self, page: Page) -> None:
        self._known[page.info.id, page.info.version.number] = page.digest

    def _conflict(self, case: Case) -> VersionConflictError:
        log_conflict(case, self._remote.who)
        now = case.page.info.version.number if case.page else None
        return VersionConflictError(case.stamp.id, case.stamp.version, now)


def _any_space(remote: Remote) -> Reader:
    return Reader(remote, Space("", "", "", None))
