"""The evidence of a clone about the past of a page: its cache, audit trail, and git's objects.

The server is not asked, because git merges offline.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from confsync.document.document import Document
from confsync.errors import FileError
from confsync.merge.documents import Witness
from confsync.mirror.committed.newest_stamps import index_of_head
from confsync.mirror.git import history, repository
from confsync.mirror.git.branch.trailers import tokens_of
from confsync.mirror.mirror import Mirror
from confsync.model.outcome import Outcome
from confsync.model.stamp import Stamp, token
from confsync.sync import merge_base

# The events of the audit trail that name a text which the server took.
_TOOK = (Outcome.CREATED.value, Outcome.UPDATED.value, "landed earlier")


class Landing(NamedTuple):
    """A text that a push sent, and the version that the server made of it.

    `base` is the digest of the stamp that the text was based on, None for a new page. This says the
    same as the token of a version, which the server has.
    """

    page: str
    base: str | None
    text: str
    version: int


class Evidence:
    """The evidence about our document, which has a path in a mirror and its bytes in HEAD."""

    def __init__(self, mirror: Mirror, path: str, raw: bytes) -> None:
        self._mirror = mirror
        self._path = path
        self._raw = raw

    @property
    def witness(self) -> Witness:
        """Return the evidence as the merge of two documents asks for it."""
        return Witness(self._page, self._had, self._has_landed)

    def _page(self, stamp: Stamp) -> tuple[str, str] | None:
        """Return title and body of a page from the cache or from git."""
        with suppress(FileError):
            return merge_base.find_here(self._mirror, stamp)
        return None

    def _had(self, document: Document) -> bool:
        """Return whether our document is HEAD's, and HEAD's history has another document.

        During `git checkout --merge`, HEAD is not the branch that our document comes from.
        """
        root, directories = self._mirror.root, self._mirror.config.directories
        with suppress(FileError):
            blob = self._is_of_head() and repository.blob_id(
                document.text.encode(), len(self._blob)
            )
            if not blob:
                return False
            index = index_of_head(root, directories)
            if document.stamp is not None:
                return blob in index.by_blob()
            named = history.named_at(root, index.scene.commit, [self._path])
            return any(one.id == blob for one in named)
        return False

    def _is_of_head(self) -> bool:
        return bool(self._blob) and self._blob == repository.blob_id(self._raw, len(self._blob))

    @cached_property
    def _blob(self) -> str:
        """Return git's id of HEAD's document, or an empty text."""
        with repository.quiet(self._mirror.root) as command:
            listed = repository.listed_at(command, "HEAD", [self._path]) if command else {}
        return listed.get(self._path, "")

    def _has_landed(self, document: Document, at: Stamp) -> bool:
        """Return whether a push made a version of a document's text, up to a stamp's version."""
        own = document.stamp
        base, began = (own.digest, own.version) if own else (None, 0)
        sent = (at.id, base, document.digest)
        pushed = (one.version for one in self._landings if (one.page, one.base, one.text) == sent)
        versions = chain(pushed, self._recorded(document, at))
        return any(began < version <= at.version for version in versions)

    def _recorded(self, document: Document, at: Stamp) -> Iterator[int]:
        """Yield the versions that `confsync history` recorded with the token of a document.

        Any clone may have pushed them.
        """
        own = document.stamp
        mark = token(own, document.local((own or at).parent))
        with suppress(FileError):
            yield from (
                one.version for one in tokens_of(self._mirror.root, at.id) if one.token == mark
            )

    @cached_property
    def _landings(self) -> tuple[Landing, ...]:
        return tuple(_landings_in(self._mirror))


def _landings_in(mirror: Mirror) -> Iterator[Landing]:
    """Yield the texts that this clone pushed, as its audit trail has them."""
    for event in mirror.audit.read():
        if event.what in _TOOK and event.after is not None and event.version is not None:
            yield Landing(event.page, event.before, event.after, event.version)
