"""One page that a person names by its id or its document, optionally with a version."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from confsync.errors import NotVisibleError, UsageError
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.remote import Remote

Answer = TypeVar("Answer")

# A 404 does not tell which of the two it is.
_UNSEEN = "'confsync doctor' checks what you may see; the page is missing, or not visible to you"

_ID = re.compile(r"[1-9][0-9]{0,19}")
_VERSION = re.compile(r"(?P<page>.+)@(?P<version>[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Target:
    """A page's id, its document if the mirror has one, and the named version.

    `base` is the version that the document is based on. `post` tells whether it is a blog post,
    None if only the server knows.
    """

    page_id: str
    path: str | None = None
    version: int | None = None
    base: int | None = None
    post: bool | None = None

    def asked(self, remote: Remote, ask: Callable[[Remote], Answer]) -> Answer:
        """Return the result of `ask` for the page or, if there is none, for the blog post.

        Raise NotVisibleError if there is neither, and any other APIAccessError.
        """
        try:
            return ask(remote.posts if self.post else remote)
        except NotVisibleError as error:
            if self.post is None:
                with contextlib.suppress(NotVisibleError):
                    return ask(remote.posts)
            error.hint = error.hint or _UNSEEN
            raise


def is_id(text: str) -> bool:
    """Return whether a text is a page id as servers write it."""
    return _ID.fullmatch(text) is not None


def divided(text: str) -> tuple[str, int | None]:
    """Return the page and the version of a text such as ``98310@7``."""
    found = _VERSION.fullmatch(text)
    return (found["page"], int(found["version"])) if found else (text, None)


def parse(root: Path, start: Path, scans: Iterable[SpaceScan], text: str) -> Target:
    """Return the page that is named by an id or by a path typed in `start`. Raise UsageError."""
    name, version = divided(text)
    entries = [entry for scan in scans for entry in scan.entries]
    if is_id(name):
        here = next((entry for entry in entries if entry.page_id == name), None)
    else:
        path = "".join(Selection.of(root, start, (name,)).names)
        here = next((entry for entry in entries if entry.path == path), None)
        if here is None or here.page_id is None:
            why = "no document there" if here is None else "no page on the server yet"
            raise UsageError(f"{name}: {why}", hint="name a document, or a page by its id")
    if here is None or here.document is None or here.document.stamp is None:
        return Target(name, None, version)
    stamp = here.document.stamp
    return Target(stamp.id, here.path, version, stamp.version, stamp.posted is not None)
