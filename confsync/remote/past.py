"""The versions of a page, as both servers have them."""

from __future__ import annotations

from confsync.model.moment import moment
from confsync.model.page import Page, PastVersion, User, Version


def is_later(version: Version, other: Version | None) -> bool:
    """Return whether a version was written after another one; `other` is None for the beginning.

    Deleting an old version lowers the numbers of the newer ones, but never raises a number. So a
    higher number is later for certain, and among equal or lower numbers the time decides.
    """
    if other is None or version.number > other.number:
        return True
    mine, theirs = moment(version.created_at), moment(other.created_at)
    return mine is not None and theirs is not None and mine > theirs


def as_past(page: Page) -> PastVersion:
    """Return a page as one of its versions, if its author is told by an id."""
    version = page.info.version
    return PastVersion(version, User(version.author, ""), page.info.title, page.body)
