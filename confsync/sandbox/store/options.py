"""The optional parts of a write. Each key may be left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict


class Save(TypedDict, total=False):
    """The options of a new version.

    `author` is a name, by default a colleague's. `raw` stores the body byte for byte. Otherwise the
    store checks the body (`Malformed`) and rewrites it.
    """

    author: str
    message: str
    raw: bool


class NewSpace(Save, total=False):
    """The options of a new space: the body of its home page."""

    home_body: str


class NewPage(Save, total=False):
    """The options of a new page or blog post.

    `hidden` False refuses restricted parents and read-only spaces, as for a user of the API.
    `page_id` sets the page's id. `at` dates a blog post (ISO 8601 in UTC).
    """

    labels: Iterable[str]
    page_id: str | None
    subtype: str | None
    at: str | None
    hidden: bool


class Attach(TypedDict, total=False):
    """The options of a new file: its author and a comment."""

    author: str
    comment: str


class Update(TypedDict, total=False):
    """The options of a version that an API makes.

    `parent` None leaves the page in its place, and `owner` None with its owner.
    """

    parent: str | None
    owner: str | None
    author: str
    message: str
    minor: bool
    skip_identical: bool
