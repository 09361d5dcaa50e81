"""One space's directory for a history: what the server lists there, and what a document needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from confsync.document import document, folder_file
from confsync.document.document import Laid
from confsync.document.paths import Tree
from confsync.history.recorded import Kept
from confsync.history.space_tree import Frame, Item, circles_of
from confsync.mirror.scan import SpaceScan
from confsync.model.config import SpaceConfig
from confsync.model.moment import moment
from confsync.model.page import PageInfo, PastVersion, Version, is_later
from confsync.model.stamp import Layout, Stamp, digest
from confsync.remote import Remote
from confsync.sync.fetch import Reader
from confsync.sync.space_pages import Listing, listing_of
from confsync.sync.space_view import reader_of


class Ask(Enum):
    """The request about a page."""

    NOTHING = "nothing"
    NEWEST = "its current version"
    HISTORY = "its versions"


@dataclass(frozen=True, slots=True)
class Area:
    """The pages or blog posts of a space that have documents, as the server lists them now.

    `tops` are pages at the top, because their parent has no place here.
    """

    config: SpaceConfig
    reader: Reader
    listing: Listing
    tops: frozenset[str]
    layout: Layout

    @classmethod
    def of(cls, remote: Remote, config: SpaceConfig, layout: Layout) -> Area:
        """List a space as a fresh clone lists it. Raise SpaceNotFoundError."""
        nothing = SpaceScan(config, (), {}, Tree({}, None, frozenset()))
        reader = reader_of(remote, nothing)
        listing = listing_of(reader, nothing, labels=False)
        placeable = {None, listing.home, *listing.current, *listing.folders}
        tops = {i for i, info in listing.current.items() if info.parent not in placeable}
        return cls(config, reader, listing, frozenset(tops - {str(listing.home)}), layout)

    def folder_texts(self) -> dict[str, bytes]:
        """Return the folders' files by id."""
        return {i: folder_file.render(folder) for i, folder in self.listing.folders.items()}

    def frame(self, texts: Mapping[str, str]) -> Frame:
        """Return what stays for all commits; `texts` are git's ids of the folders' files."""
        listing = self.listing
        parents = {i: info.parent for i, info in listing.current.items()}
        parents |= {i: folder.parent for i, folder in listing.folders.items()}
        circles = frozenset() if self.config.posts else circles_of(parents, listing.home)
        return Frame(self.config.path, listing.home, listing.folders, texts, circles)

    def text(self, info: PageInfo, past: PastVersion, laid: Laid) -> bytes:
        """Return a page's document at a version, as `git add` stores it. Raise NotUnicodeError.

        The page stands where it is now. `laid` is the version's body in its layout.
        """
        stamp = self._stamp(info, past.version.number, laid.digest)
        raw = document.render_laid(past.title, laid, stamp)
        # A search for one character takes a fortieth of the time.
        return raw.replace(b"\r\n", b"\n") if b"\r" in raw else raw

    def body(self, past: PastVersion) -> tuple[str, str, Layout]:
        """Return what `document.lay_series` lays out."""
        return digest(past.title, past.body), past.body, self.layout

    def restamped(self, info: PageInfo, kept: Kept, raw: bytes) -> bytes:
        """Return a recorded document with the number and the place that its page has now."""
        stamp = self._stamp(info, info.version.number, kept.stamp.digest)
        return document.update(document.parse(raw, kept.path), stamp)

    def stands(self, info: PageInfo, kept: Kept) -> bool:
        """Return whether a recorded document has the number and the place of its page."""
        mine = (kept.stamp.version, kept.stamp.parent, kept.stamp.top, kept.stamp.posted)
        return mine == (info.version.number, info.parent, info.id in self.tops, info.posted)

    def _stamp(self, info: PageInfo, number: int, digest: str) -> Stamp:
        """Return the stamp of a version with a digest, at the place where its page is now."""
        top = info.id in self.tops
        return Stamp(info.id, number, digest, info.parent, top=top, posted=info.posted)


def item_of(info: PageInfo, title: str, content: str) -> Item:
    """Return a page for a tree, at the place where it is now."""
    return Item(info.id, title, info.parent, content, info.posted)


def asked(
    info: PageInfo, kept: Kept | None, last: Version | None, since: datetime | None = None
) -> Ask:
    """Return what to ask about a page of the listing; `last` is its newest recorded version.

    `since` is the beginning of the history, for a page that has none yet.
    """
    now = info.version
    if last is None:
        old = since is not None and is_before(now, since)
        return Ask.NEWEST if now.number == 1 or old else Ask.HISTORY
    if is_later(now, last):
        return Ask.NEWEST if now.number == last.number + 1 else Ask.HISTORY
    if kept is None or kept.title != info.title:
        return Ask.NEWEST
    return Ask.NOTHING


def is_before(version: Version, since: datetime) -> bool:
    """Return whether a version is older than a moment."""
    written = moment(version.created_at)
    return written is not None and written < since
