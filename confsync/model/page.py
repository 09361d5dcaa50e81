"""The answers of a server, as values: spaces, pages, versions, people.

Pure: standard library only. All values are frozen. Only code that reads or writes JSON uses
dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple

from confsync.model.moment import moment
from confsync.model.stamp import digest


class Status(Enum):
    """A page's status as the server answers it. An absent page has none."""

    CURRENT = "current"
    ARCHIVED = "archived"
    TRASHED = "trashed"
    OTHER = "other"


class ParentKind(Enum):
    """The kind of a page's parent. Only pages and folders have a place in a mirror."""

    NONE = "none"
    PAGE = "page"
    FOLDER = "folder"
    OTHER = "other"


class Space(NamedTuple):
    """A space: its id in the API, its key, its name, and the id of its home page."""

    id: str
    key: str
    name: str
    home: str | None


class User(NamedTuple):
    """A user of the server. `email` is empty if the server does not tell it."""

    id: str
    name: str
    email: str = ""


class NewVersion(NamedTuple):
    """The content of a page's next version. A `parent` also moves the page.

    An `owner` is the account id of the page's new owner. Only Cloud knows owners. Watchers get no
    mail about a `minor` version.
    """

    title: str
    body: str
    message: str
    parent: str | None = None
    minor: bool = False
    owner: str | None = None


class Folder(NamedTuple):
    """A Cloud folder: a parent without a body."""

    id: str
    title: str
    parent: str | None
    parent_kind: ParentKind = ParentKind.PAGE


class Other(NamedTuple):
    """A piece of content that no mirror holds: a whiteboard, a database, an embed."""

    id: str
    kind: str
    title: str


class Version(NamedTuple):
    """One version of a page. `created_at` is ISO 8601 as the server wrote it.

    `minor` is None if the server does not say whether it is a minor edit.
    """

    number: int
    message: str = ""
    author: str = ""
    created_at: str = ""
    minor: bool | None = None


def is_later(version: Version, other: Version | None) -> bool:
    """Return whether a version was written after another one; `other` is None for the beginning.

    Deleting an old version lowers the numbers of the newer ones, but never raises a number. So a
    higher number is later for certain, and among equal or lower numbers the time decides.
    """
    if other is None or version.number > other.number:
        return True
    mine, theirs = moment(version.created_at), moment(other.created_at)
    return mine is not None and theirs is not None and mine > theirs


class PastVersion(NamedTuple):
    """A page as it was at one version. `author` is empty if the server does not say who wrote it.

    The author's id never changes. `Version.author` may be a display name.
    """

    version: Version
    author: User
    title: str
    body: str


class Restrictions(NamedTuple):
    """The names of the people and groups that alone may read or edit a page.

    Empty means everyone.
    """

    read: tuple[str, ...] = ()
    update: tuple[str, ...] = ()


Beside = Literal["before", "after"]


class Sibling(NamedTuple):
    """A page among the pages of its parent. It may have no number for its place."""

    id: str
    position: int | None


class PageInfo(NamedTuple):
    """A page or blog post as a listing shows it: everything but the body.

    `posted` is the day of a blog post, `YYYY-MM-DD` in UTC. It is None for a page, and empty if the
    answer to a write does not say it. `flaw` says why the server's row is unusable. With a `flaw`,
    only the id and the title are valid, and each is empty if the row lacks it. `position` is the
    number among the siblings, None if the page has none. `owner` is an account id, and empty if the
    server does not tell it.
    """

    id: str
    space: str
    title: str
    version: Version
    parent: str | None
    parent_kind: ParentKind = ParentKind.PAGE
    status: Status = Status.CURRENT
    position: int | None = None
    live: bool = False
    labels: tuple[str, ...] | None = None
    posted: str | None = None
    flaw: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its body, byte for byte as the server holds it.

    With `known`, only its digest counts.
    """

    info: PageInfo
    body: str
    known: str | None = None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        found = digest(self.info.title, self.body) if self.known is None else self.known
        object.__setattr__(self, "digest", found)


class AttachmentInfo(NamedTuple):
    """An attachment as a page's listing shows it. `size` is in bytes.

    `media_type` is empty if the listing does not say it.
    """

    id: str
    name: str
    version: Version
    size: int
    media_type: str = ""


class PropertyInfo(NamedTuple):
    """A content property of a page. `value` is canonical JSON, as `document.settings` writes it.

    Each property has its own versions. Cloud changes a property by `id`, Data Center by `key`.
    """

    id: str
    key: str
    version: Version
    value: str


class Comment(NamedTuple):
    """A comment as a server lists it, without its text.

    `page` is the page or blog post; it is empty for other content. `version` is the comment's own.
    `marker` is the reference of its marker in the page's body, if the body must have one. If a
    comment was `settled`, that is resolved or reopened, its place in a listing may be by that time.
    `flaw` says why the row is unusable; then nothing else is valid.
    """

    id: str
    page: str
    version: Version
    inline: bool = False
    marker: str = ""
    settled: bool = False
    flaw: str = ""


class Resolution(Enum):
    """The state of an inline comment. A dangling one has lost its marker in the page's body."""

    OPEN = "open"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    DANGLING = "dangling"

    @property
    def is_open(self) -> bool:
        """Return whether the page's body must have the comment's marker."""
        return self in (Resolution.OPEN, Resolution.REOPENED)


class PageComment(NamedTuple):
    """A comment with its text, as its page's own list has it.

    `body` is in storage format. `version` is the comment's own. `by` is the id of its author, as
    `User.id`. A reply is `below` another comment. An inline comment is about some `words` of the
    page, which the marker with the reference `marker` encloses.
    """

    id: str
    version: Version
    by: str
    body: str
    below: str = ""
    inline: bool = False
    state: Resolution = Resolution.OPEN
    words: str = ""
    marker: str = ""


class Said(NamedTuple):
    """A comment or a reply: its author's name, its time in UTC, and its text."""

    id: str
    author: str
    time: str
    text: str


class Thread(NamedTuple):
    """A comment with its replies, the oldest first.

    An inline comment has a `state`, the `words` of the page that it is about, and the reference of
    its `marker`.
    """

    said: Said
    replies: tuple[Said, ...] = ()
    state: Resolution | None = None
    words: str = ""
    marker: str = ""

    @property
    def is_open(self) -> bool:
        """Return whether it is an inline comment whose marker the page must have."""
        return self.state is not None and self.state.is_open

    def as_json(self) -> dict[str, object]:
        """Return the thread's part of the JSON envelope."""
        return {
            **self.said._asdict(),
            "kind": "footer" if self.state is None else "inline",
            "state": self.state.value if self.state else None,
            "words": self.words,
            "replies": [reply._asdict() for reply in self.replies],
        }


class Task(NamedTuple):
    """A task of the server. If it is finished and not `successful`, `message` says why."""

    finished: bool
    successful: bool = False
    message: str = ""


class AttachmentHints(NamedTuple):
    """The attachments of a space's pages, as far as a server tells them all at once.

    They may be older than the pages. If they are `is_whole`, a page that they lack has none.
    """

    known: Mapping[str, tuple[AttachmentInfo, ...]]
    is_whole: bool

    def of(self, page_id: str) -> tuple[AttachmentInfo, ...] | None:
        """Return the attachments of a page, or None if they are not known."""
        return self.known.get(page_id, () if self.is_whole else None)
