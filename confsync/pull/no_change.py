"""A pull that finds nothing new from the listing alone, without reading documents.

A plan depends on the documents, the listing, the configuration and git. If all of these stay the
same after a pull without work, the next pull has no work either. With attachments, the plan also
depends on their files and on the hint about them. It counts only if no page differed from it.
confsync never writes because of this check: after the smallest difference it reads everything.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from confsync.document.settings.names import OF_PAGE, key_of
from confsync.document.settings.of_page import settings_of
from confsync.errors import EVERYBODYS, ConfsyncError
from confsync.mirror.snapshot import Snapshot
from confsync.model.config import Comments
from confsync.model.filenames import STATE
from confsync.model.page import AttachmentHints, PageInfo, ParentKind, PropertyInfo, Space
from confsync.remote import about

if TYPE_CHECKING:
    from pathlib import Path

    from confsync.mirror.entry import Entry
    from confsync.mirror.index import Index
    from confsync.mirror.mirror import Mirror
    from confsync.mirror.scan import SpaceScan
    from confsync.model.config import SpaceConfig
    from confsync.remote import Remote
    from confsync.sync.comments import News
    from confsync.sync.fetch import Reader
    from confsync.workers import Aside


class _ListedSpace(NamedTuple):
    """The listed pages of a space, and a digest of all that a plan depends on.

    The digest is empty if the listing does not contain everything.
    """

    space: Space
    pages: tuple[PageInfo, ...]
    digest: bytes
    hints: AttachmentHints | None = None
    labels: Mapping[str, tuple[str, ...]] | None = None
    properties: Mapping[str, tuple[PropertyInfo, ...]] | None = None


class _ListingDigest:
    """A digest of a listing, computed while the next pages arrive.

    It depends on the order of the pages. If a server changes the order each time, each pull reads
    the documents.
    """

    def __init__(self, space: Space, keys: frozenset[str]) -> None:
        self._hashed = hashlib.sha256(repr(space).encode())
        self._own = keys & OF_PAGE
        self._is_all = True

    def add(self, info: PageInfo) -> None:
        self._hashed.update(_row_bytes(info))
        if self._own:
            held = [(one.key, one.value) for one in settings_of(info, self._own)]
            self._hashed.update(marshal.dumps(held, 2))
        if info.parent_kind is ParentKind.FOLDER:
            self._is_all = False  # a folder's name needs its own request

    def add_hints(self, hints: AttachmentHints | None) -> None:
        """Add the attachments of all pages. Without a hint, the listing is incomplete."""
        if hints is None:
            self._is_all = False
            return
        for page_id, infos in sorted(hints.known.items()):
            files = [(info.id, info.name, info.version.number, info.size) for info in infos]
            self._hashed.update(marshal.dumps((page_id, files), 2))

    def add_properties(self, hints: Mapping[str, tuple[PropertyInfo, ...]] | None) -> None:
        """Add the managed properties of all pages. Without a hint, the listing is incomplete."""
        if hints is None:
            self._is_all = False
            return
        for page_id, infos in sorted(hints.items()):
            held = [(info.key, info.version.number, info.value) for info in infos]
            self._hashed.update(marshal.dumps((page_id, held), 2))

    @property
    def digest(self) -> bytes:
        return self._hashed.digest() if self._is_all else b""


class Unchanged:
    """The knowledge of earlier pulls, for a `plain` pull."""

    def __init__(self, mirror: Mirror, remote: Remote, *, plain: bool) -> None:
        self.plain = plain
        self._mirror = mirror
        self._remote = remote
        self._spaces = mirror.config.spaces
        self._simple = _is_simple(mirror)
        self._with_files = bool(mirror.config.attachments)
        self._keys = frozenset(map(key_of, mirror.config.settings))
        self._properties = self._keys - OF_PAGE
        # A snapshot is about the whole mirror.
        whole = self._simple and not mirror.config.every
        self._snapshot = Snapshot(mirror.root) if whole else None
        self._aside: Aside[bool] | None = None
        self._given_up = False
        self._comments = mirror.config.comments is not Comments.OFF
        self._listings: dict[SpaceConfig, _ListedSpace] = {}

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Ask for the listings in the background, if there may be nothing new.

        If the caller leaves early, it waits for one answer at most.
        """
        if not (self.plain and self._snapshot and self._snapshot.pulled):
            yield
            return
        with self._remote.workers.aside() as self._aside:
            self._aside.put(self._ask_all)  # the listings are needed in any case
            try:
                yield
            finally:
                self._given_up = True

    def nothing_new(self) -> bool:
        """Return whether the listings and the documents show nothing to pull."""
        if self._snapshot is None or self._aside is None:
            return False
        unchanged = self._snapshot.unchanged()
        told = self._aside.taken()
        if not unchanged or not all(told):
            return False
        same = self._digest(map(self._listings.get, self._spaces)) == self._snapshot.pulled
        return same and not self._has_comments()

    def _has_comments(self) -> bool:
        """Return whether new comments may concern a listed page."""
        if self.news is None:
            return False
        from confsync.sync import comments

        listed = {info.id for space in self._listings.values() for info in space.pages}
        return comments.concerns(self.news, listed)

    def keep_comments(self) -> None:
        """Note that the new comments concern no listed page."""
        if self.news:
            from confsync.sync import comments

            comments.keep(self._mirror, comments.Notice(self.news).after())

    @cached_property
    def news(self) -> News | None:
        """Return the new comments, asked for once; None if the mirror does not look for them."""
        if not self._comments:
            return None
        from confsync.sync import comments

        return comments.news_of(self._mirror, self._remote)

    @cached_property
    def readers(self) -> dict[SpaceConfig, Reader]:
        """Return the readers of spaces that are already listed."""
        from confsync.sync.fetch import Reader

        found = {}
        for space, listing in self._listings.items():
            remote = about(self._remote, space)
            found[space] = Reader(remote, listing.space, archived=space.archived)
            found[space].listed = listing.pages
            found[space].hints = listing.hints
            found[space].label_hints = listing.labels
            found[space].property_hints = listing.properties
        return found

    @cached_property
    def _index(self) -> Index | None:
        from confsync.mirror.index import Index

        if not self._simple:
            return None
        part = self._mirror.config.part_name
        index = Index(self._mirror.root, files=self._with_files, part=part)
        self._mirror.index = index if self._with_files else None
        return index

    def read(self, root: Path, name: str) -> Entry:
        """Read a document as far as needed, and remember the result.

        The steps that need the text of an unmodified document read it again.
        """
        index = self._index
        if index is None:
            from confsync.mirror import entry

            return entry.read(root, name)
        return index.read(root, name)

    def wrote(self) -> None:
        """Note that a pull has read every document and written some."""
        if self._index:
            self._index.wrote(self._mirror.fresh)
            self._index.save()

    def note(self, scans: Iterable[SpaceScan], readers: Mapping[SpaceConfig, Reader]) -> None:
        """Note that a full pull had nothing to do and nothing to report."""
        if self._mirror.config.every:
            self.wrote()
            return
        from confsync.mirror.committed.deleted import has_new_lines
        from confsync.mirror.left_out import files
        from confsync.mirror.outside import documents_outside
        from confsync.mirror.snapshot import key_of_removals
        from confsync.sync import scope
        from confsync.sync.preflight.places import is_edited

        root = self._mirror.root
        agreed = all(reader.agreed or not self._with_files for reader in readers.values())
        settings = bool(self._mirror.config.settings)
        agreed &= all(reader.agreed_settings or not settings for reader in readers.values())
        if not agreed or not all(reader.agreed_labels for reader in readers.values()):
            return  # nothing is recorded if a page differed from its hint
        digest = self._digest(self._listing(space, readers.get(space)) for space in self._spaces)
        clean = not any(
            one.folders
            or one.foreign
            or scope.excluded(one)
            or any(is_edited(self._mirror, one, entry) for entry in one.entries)
            for one in scans
        )
        simple = self._index and self._snapshot and digest and clean
        if not (self._index and self._snapshot and simple):
            return
        outside = documents_outside(self._mirror, scans)
        hidden = self._with_files and files.beside_documents(self._mirror, scans)
        if not (outside.entries or outside.new) and not hidden:
            self._index.save()
            keys, began = self._index.keys, self._index.moment()
            known = None if has_new_lines(root) else key_of_removals(root)
            self._snapshot.note(self._mirror.config, keys, began, digest, known)

    def _ask_all(self) -> list[bool]:
        """Ask for each listing and for new comments. Return for each whether it succeeded."""
        told = [self._ask(space) for space in self._spaces]
        return [*told, self.news is not None] if self._comments and all(told) else told

    def _ask(self, space: SpaceConfig) -> bool:
        remote = about(self._remote, space)
        pages = []
        try:
            found = remote.space(space.key)
            told = _ListingDigest(found, self._keys)
            labels = remote.label_hints(found) if self._mirror.config.labels else None
            own = self._mirror.config.labels and labels is None
            for info in remote.listing(found, labels=own, archived=space.archived):
                pages.append(info)
                told.add(info._replace(labels=labels.get(info.id)) if labels is not None else info)
                if self._given_up:
                    return False
            hints = remote.attachment_hints(found) if self._with_files else None
            if self._with_files:
                told.add_hints(hints)
            asked = self._properties
            properties = remote.property_hints(found, asked) if asked else None
            if asked:
                told.add_properties(properties)
        except EVERYBODYS:
            raise
        except ConfsyncError:
            return False  # the pull reports it with its space
        known = (hints, labels, properties)
        self._listings[space] = _ListedSpace(found, tuple(pages), told.digest, *known)
        return True

    def _digest(self, listings: Iterable[_ListedSpace | None]) -> str:
        """Return a digest of all listings, or an empty text if one is incomplete.

        It is empty, too, if a page must be read for a comment.
        """
        digests = [listing.digest if listing else b"" for listing in listings]
        about = self._seen_comments()
        if about is None or not all(digests):
            return ""
        return hashlib.sha256(b"".join([*digests, about])).hexdigest()

    def _seen_comments(self) -> bytes | None:
        """Return what a plan depends on besides: the texts that were read for comments."""
        if not self._comments:
            return b""
        from confsync.mirror.state import seen_comments

        seen = seen_comments.read(self._mirror.root / STATE, self._mirror.config)
        return seen.key if seen else None

    def _listing(self, space: SpaceConfig, reader: Reader | None) -> _ListedSpace | None:
        """Return the listing of a space, of this check or of a reader, or None."""
        if known := self._listings.get(space):
            return known
        if reader is None or reader.listed is None:
            return None
        told = _ListingDigest(reader.space, self._keys)
        labels = reader.label_hints
        for info in reader.listed:
            told.add(info._replace(labels=labels.get(info.id)) if labels is not None else info)
        if self._with_files:
            told.add_hints(reader.attachment_hints())
        if self._properties:
            told.add_properties(reader.property_hints)
        return _ListedSpace(reader.space, tuple(reader.listed), told.digest)


def _row_bytes(info: PageInfo) -> bytes:
    """Return the values of a row that a plan depends on, as bytes. Equal values are equal bytes."""
    page_id, space, title, version, parent, kind, status, _, live, labels, posted, flaw, _ = info
    # `.value` would take twice the time of all the rest.
    known = (page_id, space, title, kind._value_, status._value_, version.number)
    return marshal.dumps((*known, parent, live, labels, posted, flaw), 2)


def _is_simple(mirror: Mirror) -> bool:
    """Return whether a plan depends only on listings, hints, documents and their files."""
    spaces = mirror.config.spaces
    return len({(space.key.casefold(), space.posts) for space in spaces}) == len(spaces)
