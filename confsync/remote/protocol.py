"""The requests that confsync makes of a server. One contract suite tests every implementation.

Compare-and-swap is part of the interface: each write of a page names the version on which its text
is based.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO, Protocol

from confsync.model.page import (
    AttachmentHints,
    AttachmentInfo,
    Comment,
    Folder,
    NewVersion,
    Other,
    Page,
    PageComment,
    PageInfo,
    PastVersion,
    PropertyInfo,
    Restrictions,
    Space,
    Task,
    User,
    Version,
)

if TYPE_CHECKING:
    from confsync.model.config import SpaceConfig
    from confsync.remote.cloud.places import Places
    from confsync.remote.cloud.states import States
    from confsync.workers import Workers


class Sink(Protocol):
    """The target of a download, piece by piece. It keeps the bytes of an earlier try."""

    @property
    def size(self) -> int:
        """Return how many bytes it has."""

    def restart(self) -> None:
        """Delete its bytes."""

    def write(self, piece: bytes) -> None:
        """Append a piece. Raise OSError."""


class Threads(Protocol):
    """The comments of pages with their texts and replies. The methods raise APIAccessError."""

    def of(self, page_id: str) -> tuple[PageComment, ...]:
        """Return all comments on a page, with their replies, the oldest first.

        Cloud needs two requests, and one for each comment. Data Center needs one. Raise
        NotVisibleError if the page is not visible.
        """

    def reply(self, page_id: str, comment: PageComment, body: str) -> str:
        """Answer a comment, and return the id of the answer. Never try twice.

        Raise NetworkError or ServerError if the reply may or may not have been written.
        """

    def resolve(self, page_id: str, comment: PageComment) -> None:
        """Resolve an inline comment that is no reply. Never try twice.

        The caller must look afterwards, because a server may ignore it. Raise NetworkError or
        ServerError if the comment may or may not be resolved.
        """


class Remote(Protocol):
    """A Confluence. Every method raises APIAccessError or a subclass of it, and nothing else.

    As many threads as it has `workers` may use it. No page of the server has `missing_settings`.
    """

    flavor: str
    workers: Workers
    who: str
    missing_settings: frozenset[str]

    @property
    def threads(self) -> Threads:
        """Return the comments of the pages."""

    @property
    def url(self) -> str:
        """Return the base URL of the requests."""

    @property
    def tried(self) -> str:
        """Return whose credentials the requests have, and their source; empty without any."""

    @property
    def posts(self) -> Remote:
        """Return the blog posts of the same server, behind the same interface.

        A page's id never finds a blog post, nor the reverse. A post has no parent and no children,
        and `PageInfo.posted` is its day. After one request for a `space`, both sides know it.
        """

    @property
    def seen(self) -> Mapping[str, str]:
        """Return the headers of the last answer: its date, and its rate limits."""

    def whoami(self) -> User:
        """Return the user of the credentials. Raise CredentialsError for an anonymous request."""

    def may_write(self, page_id: str) -> bool:
        """Return whether the credentials allow editing a page."""

    def space(self, key: str) -> Space:
        """Return the space of a key. Raise SpaceNotFoundError."""

    def listing(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[PageInfo]:
        """Yield all current pages of a space, without bodies, in any order.

        With `archived`, archived pages are included. Without it, a server may still include them.

        With `labels`, each page has its global labels, sorted. On Cloud this costs at least one
        request for each label of the space, not for each page.
        """

    def contents(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[list[tuple[PageInfo, Page | None]]]:
        """Yield the rows of `listing`, each with its page as in `bodies`, as the answers come.

        This reads a whole space in as few requests as the server allows. The page is None if its
        body did not come with the others. It is also None for an archived page without `archived`.
        """

    def pages(self, space: Space, page_ids: Iterable[str]) -> dict[str, Page]:
        """Return pages of a space with bodies, in as few requests as the server allows.

        The result lacks a page that is not visible or is in the trash.
        """

    def bodies(self, space: Space, page_ids: Iterable[str]) -> Iterator[list[Page]]:
        """Yield the same as `pages`, one answer of the server after the other.

        At most three answers are in memory, whatever their number and however slow the caller is.
        """

    def trash(self, space: Space) -> Iterator[PageInfo]:
        """Yield the pages in the trash of a space, in any order."""

    def page(self, page_id: str) -> Page:
        """Return one page with its body, in any status. Raise NotVisibleError."""

    def old_page(self, page_id: str, version: int) -> Page:
        """Return a page as it was at a version. Raise NotVisibleError."""

    def versions_after(self, page_id: str, version: int) -> tuple[Version, ...]:
        """Return the versions with a higher number, newest first."""

    def history(self, page_id: str, after: Version | None = None) -> Iterator[PastVersion]:
        """Yield a page's versions with title and body, newest first, down to `after`.

        A version is later than another if its number is higher or its time is later, because
        deleting an old version renumbers the newer ones. The result lacks versions without a body.
        Raise NotVisibleError if the page is not visible.
        """

    def newest(self, space: Space, page_ids: Iterable[str]) -> Iterator[dict[str, PastVersion]]:
        """Yield the current versions of pages by id, in as few requests as the server allows.

        The result lacks a page that is not visible.
        """

    def others(self, space: Space) -> tuple[Other, ...]:
        """Return the content directly below a space's home page that is neither page nor folder."""

    def folder(self, folder_id: str) -> Folder | None:
        """Return a folder, or None if it is not visible."""

    def put(self, page_id: str, new: NewVersion, *, base: int) -> PageInfo:
        """Write version base + 1 if the page is still at `base`. Never try twice.

        This also restores a page from the trash. A server may ignore that the version is `minor`.

        Raise VersionConflictError if the page is not at `base`. Raise WriteRefusedError if the
        server refuses the content. Raise NetworkError or ServerError if the write may or may not
        have succeeded.
        """

    def create(
        self, space: Space, *, title: str, body: str, message: str, parent: str | None
    ) -> PageInfo:
        """Create a page, without `parent` at the root of the space. Never try twice.

        Some servers drop the message. Raise WriteRefusedError if the server refuses the content,
        such as a title that is taken. Raise NetworkError or ServerError if the write may or may not
        have succeeded.
        """

    def children(self, page_id: str) -> tuple[str, ...]:
        """Return the ids of all content directly below a page: pages, folders and other kinds."""

    def delete(self, page_id: str) -> None:
        """Move a page to the trash. Never try twice.

        No server compares a version here, so the caller must look first. Raise NotVisibleError for
        a page that is missing or in the trash already. Raise NetworkError or ServerError if the
        page may or may not have been deleted.
        """

    @property
    def archives(self) -> bool:
        """Return whether the server archives single pages. It archives no blog posts."""

    def archive(self, page_id: str) -> str:
        """Ask the server to archive a page, and return the id of its task. Never try twice.

        No server compares a version here, so the caller must look first, and afterwards, too. Raise
        WriteRefusedError if the server does not archive the page, such as one that is archived
        already. Raise NetworkError or ServerError if the task may or may not have begun.
        """

    def task(self, task_id: str) -> Task:
        """Return a task of the server. Raise NotVisibleError if the server does not show it."""

    def titled(self, space: Space, title: str) -> tuple[PageInfo, ...]:
        """Return the pages with a title, in any case, archived pages included.

        At most one page has a title. Blog posts of several days may share one.
        """

    def space_key(self, space_id: str) -> str:
        """Return the key of the space that `PageInfo.space` names."""

    def labels(self, page_id: str) -> tuple[str, ...]:
        """Return a page's global labels, sorted."""

    def label_hints(self, space: Space) -> Mapping[str, tuple[str, ...]] | None:
        """Return the labels of a space's pages by a search, or None if that is impossible.

        They may be out of date. Use them only to decide which pages to ask by `labels`. The result
        lacks archived pages, and is None if `listing` tells labels without further requests.
        """

    @property
    def places(self) -> Places | None:
        """Return the places of pages, or None if the server cannot change them."""

    @property
    def states(self) -> States | None:
        """Return the content states of pages, or None if the server has none."""

    def properties(self, page_id: str, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
        """Return those properties and restrictions of a page that have one of the keys."""

    def property_hints(
        self, space: Space, keys: Collection[str]
    ) -> Mapping[str, tuple[PropertyInfo, ...]] | None:
        """Return such properties of a space's pages in few requests, or None if that is impossible.

        They may be out of date. Use them only to decide which pages to ask by `properties`. The
        result lacks pages of which nothing is known.
        """

    def put_property(
        self, page_id: str, key: str, value: str, *, base: PropertyInfo | None
    ) -> PropertyInfo:
        """Write the next version of a property, if it is still at `base`. Never try twice.

        Without `base`, add the property; no server compares anything then, except that it may
        refuse a second property of this key. So the caller must look first, and afterwards, too.

        Raise VersionConflictError if the property is not at `base`. Raise NetworkError or
        ServerError if the write may or may not have succeeded.
        """

    def remove_property(self, page_id: str, info: PropertyInfo) -> None:
        """Remove a property. No server compares a version here. Never try twice."""

    def restrictions(self, page_id: str) -> Restrictions:
        """Return the names of the people and groups that alone may read or edit a page."""

    def my_names(self) -> frozenset[str]:
        """Return this user and the user's groups, as the setting `restrictions` names them."""

    def add_labels(self, page_id: str, names: Iterable[str]) -> None:
        """Add labels to a page. A label that the page has already does no harm."""

    def remove_label(self, page_id: str, name: str) -> None:
        """Remove a label from a page. A label that the page lacks does no harm."""

    def attachments(self, page_id: str) -> tuple[AttachmentInfo, ...]:
        """Return a page's attachments, without their bytes."""

    def attachment_hints(self, space: Space) -> AttachmentHints | None:
        """Return the attachments of a whole space in few requests, or None if that is impossible.

        They may be out of date. Use them only to decide which pages to ask by `attachments`.
        """

    def newest_comments(self, keys: Iterable[str]) -> Iterator[Iterator[list[Comment]]]:
        """Yield listings of comments, the newest first, each with its rows as they are answered.

        They cover the spaces of the keys. Cloud lists the comments of the whole site: the inline
        ones, then the others. They may be out of date. Use them only to decide which pages to read.
        """

    def download(self, page_id: str, info: AttachmentInfo, into: Sink) -> None:
        """Download exactly this version, behind the bytes in `into`.

        Raise ServerError if the number of bytes is not that of `info`.
        """

    def upload(
        self,
        page_id: str,
        name: str,
        file: Callable[[], BinaryIO],
        *,
        comment: str,
        replaces: AttachmentInfo | None = None,
    ) -> AttachmentInfo:
        """Attach a file, or make it the next version of the attachment that it `replaces`.

        The next version keeps the attachment's media type, as the listing says it. `file` opens the
        file anew for each try. Never try twice.

        No server compares a version here, so the caller must look first. Raise WriteRefusedError
        for a new attachment whose name is taken. Raise NetworkError or ServerError if the write may
        or may not have succeeded.
        """

    def delete_attachment(self, page_id: str, attachment_id: str) -> None:
        """Delete an attachment; Cloud moves it to the trash. No server compares a version here."""

    def people(self, account_ids: Iterable[str]) -> Mapping[str, User]:
        """Return people by the value of `Version.author`. The result lacks unknown people."""

    def close(self) -> None:
        """Close the connections."""


def about(remote: Remote, space: SpaceConfig) -> Remote:
    """Return the remote for a mirror's space: the server's pages, or its blog posts."""
    return remote.posts if space.posts else remote
