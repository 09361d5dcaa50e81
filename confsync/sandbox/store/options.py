"""What may be said about a write besides what is written. Each key may be left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict


class Save(TypedDict, total=False):
    """About any new version: who saves it, and what they say about it.

    `author` is a name, that of a colleague unless given. `raw` stores the body byte for byte;
    otherwise the store checks it (`Malformed`) and rewrites it.
    """

    author: str
    message: str
    raw: bool


class NewSpace(Save, total=False):
    """About a new space: the body of its home page."""

    home_body: str


class NewPage(Save, total=False):
    """About a new page or blog post.

    `hidden` False refuses restricted parents and read-only spaces, as for a user of the API.
    `page_id` gives the page an id of the caller's. `at` dates a blog post (ISO 8601 in UTC).
    """

    labels: Iterable[str]
    page_id: str | None
    subtype: str | None
    at: str | None
    hidden: bool


class Attach(TypedDict, total=False):
    """About a new file: who attaches it, and what they say about it."""

    author: str
    comment: str


class Update(TypedDict, total=False):
    """About a version that an API makes. `parent` None leaves the page where it is."""

    parent: str | None
    author: str
    message: str
    minor: bool
    skip_identical: bool
