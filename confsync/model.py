"""The values that everything else speaks in: page, version, stamp, digest, token.

Pure: standard library only. All values are frozen; dictionaries live only where YAML and JSON
are read and written.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import Enum

DIGEST_LENGTH = 32
TOKEN_LENGTH = 12

_TOKEN = re.compile(rf"\[confsync ([0-9a-f]{{{TOKEN_LENGTH}}})\]")


def digest(title: str, body: str) -> str:
    """The identity of a page's content: 32 hex digits of SHA-256 over title, NUL, body.

    CRLF counts as LF, so that a checkout with other line ends is the same content.
    """
    content = f"{title}\0{body}".replace("\r\n", "\n")
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


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


class Layout(Enum):
    """How a document's body is written: in lines, or exactly as the server holds it."""

    LINES = "lines"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Space:
    """A space: its id as the API wants it, its key, and its home page."""

    id: str
    key: str
    name: str
    home: str | None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody the server knows. `email` is empty where it does not tell."""

    id: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A Cloud folder: a parent without a body."""

    id: str
    title: str
    parent: str | None
    parent_kind: ParentKind = ParentKind.PAGE


@dataclass(frozen=True, slots=True)
class Other:
    """Something in a space that no mirror holds: a whiteboard, a database, an embed."""

    id: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a page. `created_at` is ISO 8601 as the server wrote it."""

    number: int
    message: str = ""
    author: str = ""
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Restrictions:
    """The names of the people and groups that alone may read or edit a page; empty: everybody."""

    read: tuple[str, ...] = ()
    update: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageInfo:
    """A page or blog post as a listing shows it: everything but the body.

    `posted` is the day of a blog post, `YYYY-MM-DD` in UTC; empty where the answer to a write does
    not say it, and None for a page.
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


@dataclass(frozen=True, slots=True)
class AttachmentInfo:
    """An attachment as a page's listing shows it. `size` is in bytes."""

    id: str
    name: str
    version: Version
    size: int


@dataclass(frozen=True, slots=True)
class Attached:
    """The base of one attachment: its version, the digest of its bytes, and its file's name."""

    name: str
    version: int
    digest: str
    file: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The base of a document: the page as it was when content and stamp were last written.

    `labels` is None where labels are not managed. `top` says that confsync put the document at the
    space's top because its parent has no place in the mirror: standing there, it wants that parent
    still, also should the parent's document turn up some other way. `attachments` are by name.
    `renamed` says that the file is called after an earlier title, until a pull renames it.
    `posted` is the day of a blog post, `YYYY-MM-DD`, and None for a page: the two are asked for at
    different places, and neither becomes the other.
    """

    id: str
    version: int
    digest: str
    parent: str | None = None
    labels: tuple[str, ...] | None = None
    top: bool = False
    attachments: tuple[Attached, ...] = ()
    renamed: bool = False
    posted: str | None = None


@dataclass(frozen=True, slots=True)
class Local:
    """What a document wants its page to be. `wanted` is the parent that its place means."""

    title: str
    body: str
    digest: str
    wanted: str | None
    labels: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the audit trail: a write to the server, or a conflict.

    `what` is an outcome, or "conflict: " and the decision. `base` and `version` are numbers: what
    the document was based on, and what the server has now. `before` and `after` are digests: of the
    base, and of what was written or, in a conflict, of what the server has.
    """

    what: str
    page: str
    path: str
    base: int | None
    version: int | None
    before: str | None
    after: str | None
    user: str
    time: str = ""


def token(stamp: Stamp | None, local: Local) -> str:
    """The mark of one push: 12 hex digits over everything that the push rests on.

    Looks only at what the file itself holds, so that a push repeated after a lost answer
    recognises its own version on the server, and nobody else's.
    """
    parts = (
        stamp.id if stamp else "",
        str(stamp.version) if stamp else "",
        stamp.digest if stamp else "",
        local.wanted or "",
        local.title,
        local.body.replace("\r\n", "\n"),
    )
    content = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:TOKEN_LENGTH]


def message_with_token(mark: str, message: str) -> str:
    """The version message that carries a token; the token stands first, so no limit cuts it."""
    return f"[confsync {mark}] {message}".rstrip()


def token_in(message: str) -> str | None:
    """The token of a version message, or None when confsync did not write it."""
    found = _TOKEN.match(message)
    return found[1] if found else None


def message_without_token(message: str) -> str:
    """A version message as a person wants to read it."""
    return _TOKEN.sub("", message, count=1).strip() if token_in(message) else message
