"""The values that a store returns."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

PAGE = "page"
POST = "blogpost"
# Content with a body and versions. All other content is only a place in the tree.
WRITTEN = (PAGE, POST)

_USERS = uuid.UUID("6f4c9a52-8b0e-4c63-9d0e-5a4f1f0a7c11")


class Root(Enum):
    """The place of a page without a parent."""

    ROOT = "root"


ROOT = Root.ROOT
Parent = str | Root | None


@cache
def account_id(name: str) -> str:
    """Return the stable account id of a display name."""
    return f"712020:{uuid.uuid5(_USERS, name)}"


@cache
def user_key(name: str) -> str:
    """Return Data Center's stable key of a display name."""
    return uuid.uuid5(_USERS, name).hex


def file_id(attachment_id: str) -> str:
    """Return the id that a Cloud's media service has for an attachment."""
    return str(uuid.uuid5(_USERS, attachment_id))


def username(name: str) -> str:
    """Return the name with which a user logs in to Data Center."""
    return "".join(c for c in name.lower() if c.isalnum()) or user_key(name)


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user. `token` is None for a colleague who only uses the browser."""

    name: str
    account_id: str
    email: str
    token: str | None


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """A space. Times are ISO 8601 in UTC with milliseconds and Z."""

    id: str
    key: str
    name: str
    homepage_id: str
    creator: str
    created_at: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class PageRow:
    """The current state of a page or blog post (`type`).

    `body` is empty in a listing without bodies.

    `author`, `message` and `modified_at` belong to the current version, `creator`, `created_at` and
    `owner` to the page.
    """

    id: str
    space_id: str
    space_key: str
    title: str
    status: str
    parent_id: str | None
    parent_type: str | None
    position: int
    version: int
    body: str
    author: str
    message: str
    created_at: str
    labels: tuple[str, ...]
    subtype: str | None
    creator: str
    modified_at: str
    restricted: bool
    read_only: bool = False
    minor: bool = False
    type: str = PAGE
    owner: str = ""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a page. `body` is empty in a listing without bodies."""

    number: int
    title: str
    body: str
    author: str
    message: str
    created_at: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder, a whiteboard or another parent without a body. `type` names its kind."""

    id: str
    type: str
    space_id: str
    space_key: str
    title: str
    status: str
    parent_id: str | None
    parent_type: str | None
    position: int
    creator: str
    created_at: str


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A page, folder or whiteboard as its parent's listing shows it."""

    id: str
    type: str
    space_id: str
    title: str
    status: str
    position: int


@dataclass(frozen=True, slots=True)
class BelowRow:
    """A page, folder or whiteboard as the listing of descendants shows it."""

    id: str
    type: str
    title: str
    status: str
    parent_id: str
    position: int
    depth: int


def place_of(row: PageRow | FolderRow | NodeRow | BelowRow) -> int | None:
    """Return the number of content among its siblings. In the order of titles it has none."""
    return row.position if row.position > 0 else None


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A global label."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class AncestorRow:
    """An ancestor of a page."""

    id: str
    type: str
    title: str
    status: str
    space_key: str


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """The current state of a page's file.

    `author`, `comment` and `created_at` are its version's.
    """

    id: str
    page_id: str
    title: str
    media_type: str
    version: int
    author: str
    comment: str
    created_at: str
    size: int


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A content property. `value` is parsed JSON."""

    id: str
    page_id: str
    key: str
    value: Any
    version: int
    author: str
    created_at: str


@dataclass(frozen=True, slots=True)
class CommentRow:
    """The current state of a comment on a page or blog post (`page_id`), or of a reply.

    `kind` is footer or inline. An inline comment has the reference of its marker (`ref`) and the
    text under it (`selection`). `resolution` is open, resolved, reopened or dangling.
    """

    id: str
    page_id: str
    parent_id: str | None
    kind: str
    resolution: str
    resolver: str | None
    ref: str | None
    selection: str | None
    version: int
    author: str
    message: str
    creator: str
    created_at: str
    modified_at: str
    body: str
    page_title: str
    page_type: str
    status: str
    space_id: str
    space_key: str

    @property
    def title(self) -> str:
        return f"Re: {self.page_title}"
