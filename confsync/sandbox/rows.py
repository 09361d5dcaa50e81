"""The values that a store hands out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import Enum

_USERS = uuid.UUID("6f4c9a52-8b0e-4c63-9d0e-5a4f1f0a7c11")


class Root(Enum):
    """The place of a page without a parent."""

    ROOT = "root"


ROOT = Root.ROOT
Parent = str | Root | None


def account_id(name: str) -> str:
    """The stable account id of a display name."""
    return f"712020:{uuid.uuid5(_USERS, name)}"


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


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page as it is now; `body` is empty in a listing without bodies.

    `author`, `message` and `modified_at` are those of the current version, `creator` and
    `created_at` those of the page.
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


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a page; `body` is empty in a listing without bodies."""

    number: int
    title: str
    body: str
    author: str
    message: str
    created_at: str


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder, whiteboard or other parent that has no body. `type` says which."""

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
class LabelRow:
    """A global label."""

    id: str
    name: str
