"""What a server answers, as values: spaces, pages, versions, people.

Pure: standard library only. All are frozen; dictionaries live only where JSON is read and written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from confsync.model.stamp import digest


class Status(Enum):
    """A page's status as the server answers it; an absent page has none."""

    CURRENT = "current"
    ARCHIVED = "archived"
    TRASHED = "trashed"
    OTHER = "other"


class ParentKind(Enum):
    """What a page hangs under. Only pages and folders have a place in a mirror."""

    NONE = "none"
    PAGE = "page"
    FOLDER = "folder"
    OTHER = "other"


class Space(NamedTuple):
    """A space: its id as the API wants it, its key, and its home page."""

    id: str
    key: str
    name: str
    home: str | None


class User(NamedTuple):
    """Somebody the server knows. `email` is empty where it does not tell."""

    id: str
    name: str
    email: str = ""


class NewVersion(NamedTuple):
    """What a page's next version is to say. A `parent` moves the page as well."""

    title: str
    body: str
    message: str
    parent: str | None = None


class Folder(NamedTuple):
    """A Cloud folder: a parent without a body."""

    id: str
    title: str
    parent: str | None
    parent_kind: ParentKind = ParentKind.PAGE


class Other(NamedTuple):
    """Something in a space that no mirror holds: a whiteboard, a database, an embed."""

    id: str
    kind: str
    title: str


class Version(NamedTuple):
    """One version of a page. `created_at` is ISO 8601 as the server wrote it."""

    number: int
    message: str = ""
    author: str = ""
    created_at: str = ""


class Restrictions(NamedTuple):
    """The names of the people and groups that alone may read or edit a page; empty: everybody."""

    read: tuple[str, ...] = ()
    update: tuple[str, ...] = ()


class PageInfo(NamedTuple):
    """A page or blog post as a listing shows it: everything but the body.

    `posted` is the day of a blog post, `YYYY-MM-DD` in UTC; empty where the answer to a write does
    not say it, and None for a page. `flaw` says why the server's row of a page cannot be used: then
    nothing holds but the id and the title, each empty if the row has none.
    """

    id: str
    space: str
    title: str
    version: Version
    parent: str | None
    parent_kind: ParentKind = ParentKind.PAGE
    status: Status = Status.CURRENT
    position: int = 0
    live: bool = False
    labels: tuple[str, ...] | None = None
    posted: str | None = None
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its body, byte for byte as the server holds it; or, `known`, by digest alone."""

    info: PageInfo
    body: str
    known: str | None = None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        found = digest(self.info.title, self.body) if self.known is None else self.known
        object.__setattr__(self, "digest", found)


class AttachmentInfo(NamedTuple):
    """An attachment as a page's listing shows it. `size` is in bytes.

    `media_type` is empty where the listing does not say it.
    """

    id: str
    name: str
    version: Version
    size: int
    media_type: str = ""
