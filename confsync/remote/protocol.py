"""What the rest of confsync asks of a server. One contract suite holds every implementation to it.

Compare-and-swap is part of the interface: nothing can write a page without saying which version
its text is based on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO, Protocol

from confsync.model.page import (
    AttachmentInfo,
    Folder,
    NewVersion,
    Other,
    Page,
    PageInfo,
    Restrictions,
    Space,
    User,
    Version,
)

if TYPE_CHECKING:
    from confsync.model.config import SpaceConfig
    from confsync.workers import Workers


class Sink(Protocol):
    """Where a download goes, piece by piece; what came of it earlier is there already."""

    @property
    def size(self) -> int:
        """How many bytes it has."""

    def restart(self) -> None:
        """Forget what is there."""

    def write(self, piece: bytes) -> None:
        """Add to the end. Raises OSError."""


class Remote(Protocol):
    """A Confluence. Every method raises APIAccessError or a subclass, and nothing else.

    May be used by as many threads as it has `workers`.
    """

    flavor: str
    workers: Workers
    who: str

    @property
    def url(self) -> str:
        """The base URL that requests go to."""

    @property
    def posts(self) -> Remote:
        """The blog posts of the same server, for which everything here is what it is for pages.

        Neither finds the other's: a page's id is no blog post's. A post has no parent, nothing
        stands below it, and `PageInfo.posted` is its day. Once a `space` was asked for, its posts
        are to be had without asking for it again.
        """

    @property
    def seen(self) -> Mapping[str, str]:
        """The headers of the last answer: its date, and what it says of limits."""

    def whoami(self) -> User:
        """Who the credentials belong to. Raises CredentialsError for nobody."""

    def may_write(self, page_id: str) -> bool:
        """Whether the credentials allow to edit a page."""

    def space(self, key: str) -> Space:
        """The space of a key. Raises SpaceNotFoundError."""

    def listing(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[PageInfo]:
        """All current pages of a space, without bodies, in no order.

        Archived ones are certainly among them with `archived`; without it, where they come along.

        With `labels` each has its global labels, sorted; on Cloud that costs a request or more for
        each label of the space, not for each page.
        """

    def contents(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[list[tuple[PageInfo, Page | None]]]:
        """What `listing` answers, each beside its page as `bodies` does, as the answers come.

        For whoever wants all of a space: both at once, in as few requests as the server allows.
        None stands for a page whose body is not to be had with the others, or is not asked for: an
        archived one, without `archived`.
        """

    def pages(self, space: Space, page_ids: Iterable[str]) -> dict[str, Page]:
        """Pages of a space with bodies, in as few requests as the server allows.

        One that is not visible or trashed is not in the answer.
        """

    def bodies(self, space: Space, page_ids: Iterable[str]) -> Iterator[list[Page]]:
        """The same as `pages`, one answer of the server after the other.

        However many there are and however slowly they are taken: three at most are in memory.
        """

    def page(self, page_id: str) -> Page:
        """One page with its body, whatever its status. Raises NotVisibleError."""

    def old_page(self, page_id: str, version: int) -> Page:
        """A page as it was at a version. Raises NotVisibleError."""

    def versions_after(self, page_id: str, version: int) -> tuple[Version, ...]:
        """The versions with a higher number, newest first."""

    def others(self, space: Space) -> tuple[Other, ...]:
        """What stands directly below a space's home page and is neither page nor folder."""

    def folder(self, folder_id: str) -> Folder | None:
        """A folder, or None when it is not visible."""

    def put(self, page_id: str, new: NewVersion, *, base: int) -> PageInfo:
        """Write version base + 1, if the page is still at `base`.

        A page in the trash comes back from it.

        Raises VersionConflictError when it is not, WriteRefusedError for what the server does not
        take, NetworkError or ServerError when it may or may not have landed. Never tries twice.
        """

    def create(
        self, space: Space, *, title: str, body: str, message: str, parent: str | None
    ) -> PageInfo:
        """Create a page; without `parent` at the root of the space. Some servers drop the message.

        Raises WriteRefusedError for what the server does not take, such as a title that is taken,
        NetworkError or ServerError when it may or may not have landed. Never tries twice.
        """

    def children(self, page_id: str) -> tuple[str, ...]:
        """The ids of what stands directly below a page: pages, folders, whatever the server has."""

    def delete(self, page_id: str) -> None:
        """Put a page into the trash. No server compares a version here: look first.

        Raises NotVisibleError for one that is not there, or in the trash already, NetworkError or
        ServerError when it may or may not have been deleted. Never tries twice.
        """

    def titled(self, space: Space, title: str) -> tuple[PageInfo, ...]:
        """What has a title, in whatever case, archived pages included.

        A title is that of one page at most, and perhaps of a blog post on each of several days.
        """

    def space_key(self, space_id: str) -> str:
        """The key of the space that `PageInfo.space` names."""

    def labels(self, page_id: str) -> tuple[str, ...]:
        """A page's global labels, sorted."""

    def restrictions(self, page_id: str) -> Restrictions:
        """Who alone may read or edit a page, by name."""

    def add_labels(self, page_id: str, names: Iterable[str]) -> None:
        """Give a page labels; one that it has already does no harm."""

    def remove_label(self, page_id: str, name: str) -> None:
        """Take a label from a page; one that it does not have does no harm."""

    def attachments(self, page_id: str) -> tuple[AttachmentInfo, ...]:
        """A page's attachments, without their bytes."""

    def download(self, page_id: str, info: AttachmentInfo, into: Sink) -> None:
        """Bring the bytes of exactly that version, behind what is there of it already.

        Raises ServerError for more or fewer than `info` says.
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

        The next version keeps the media type of the attachment, as the listing says it. `file`
        opens the file, for each try anew.

        No server compares a version here: look first. Raises WriteRefusedError for a new one whose
        name is taken, NetworkError or ServerError when it may or may not have landed. Never tries
        twice.
        """

    def delete_attachment(self, page_id: str, attachment_id: str) -> None:
        """Delete an attachment: into the trash, on Cloud. No server compares a version here."""

    def people(self, account_ids: Iterable[str]) -> Mapping[str, User]:
        """People by what `Version.author` holds; an unknown one is not in the answer."""

    def close(self) -> None:
        """Let go of the connections."""


def about(remote: Remote, space: SpaceConfig) -> Remote:
    """What is asked about a mirror's space: the server's pages, or its blog posts."""
    return remote.posts if space.posts else remote
