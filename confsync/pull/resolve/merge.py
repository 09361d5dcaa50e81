"""Resolving a page that both sides changed, when a person asked for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from confsync.diff.difference import Difference, Side
from confsync.diff.text import unified
from confsync.document import document, layout, storage_format
from confsync.document.document import Document, Fields
from confsync.errors import FileError
from confsync.mirror.entry import Entry
from confsync.mirror.git import texts
from confsync.mirror.mirror import Mirror
from confsync.model.page import Page
from confsync.model.stamp import Layout, Stamp
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.remote import Remote
from confsync.sync import merge_base
from confsync.sync.compare import Content

# The rows that refuse, and that a person may resolve.
REFUSED = (
    Content.RESTORED,
    Content.STAMP_AHEAD,
    Content.COMMENTED,
    Content.STAMP_MISMATCH,
    Content.DIVERGED,
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The new file, what it gives up (for the trash, and as a diff), and what is wrong with it.

    `sides` are base, ours and theirs of a conflict, laid out in lines.
    """

    data: bytes
    discarded: bytes | None = None
    shown: str = ""
    conflicted: bool = False
    flaw: str = ""
    sides: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """A document, the page that it is reconciled with, and their base; `stamp` is the page's.

    `base` is that of a merge: a newer one than the document's, where git has put that back.
    `labels` are the file's new ones; None leaves those that are there.
    """

    entry: Entry
    document: Document
    base: Stamp
    page: Page
    stamp: Stamp
    labels: tuple[str, ...] | None = None

    @property
    def is_edit(self) -> bool:
        """Return whether the document differs from both the base and the page."""
        return self.document.digest not in (self.base.digest, self.page.digest)

    @property
    def is_news(self) -> bool:
        """Return whether the page differs from both the document and the document's own base."""
        own = self.document.stamp
        known = (self.document.digest, own.digest if own else "")
        return self.page.digest not in known


def resolve(mirror: Mirror, remote: Remote, found: ThreeWay, asked: Resolution) -> Resolved:
    """Resolve one page. Raises FileError when it cannot be done that way."""
    page, stamp = found.page, found.stamp
    match asked.way:
        case Way.THEIRS:
            fields = Fields(page.info.title, page.body, found.labels)
            data = document.update(found.document, stamp, fields, mirror.config.layout)
            if not found.is_edit:
                return Resolved(data)
            return Resolved(data, found.entry.raw, _given_up(found, asked.way))
        case Way.OURS:
            check_seen(mirror, found.entry.path, page, asked.at)
            data = document.update(found.document, stamp)
            if not found.is_news:
                return Resolved(data)
            theirs = document.render(page.info.title, page.body, stamp)
            return Resolved(data, theirs, _given_up(found, asked.way))
        case Way.MERGE:
            return _merge(mirror, remote, found)


def _given_up(found: ThreeWay, way: Way) -> str:
    """Return a diff whose removed lines are what is given up."""
    page = found.page
    mine = Side("local", found.document.title, found.document.body)
    theirs = Side(f"server, v{page.info.version.number}", page.info.title, page.body)
    old, new = (mine, theirs) if way is Way.THEIRS else (theirs, mine)
    return unified(Difference(found.entry.path, page.info.id, old, new))


def check_seen(mirror: Mirror, path: str, page: Page, at: int | None) -> None:
    """Raise FileError unless the page still is the version that a person names, as they saw it.

    A number alone proves nothing: a comment changes a version, and deleting an old one renumbers
    the newer. What this mirror showed of that version is in the cache, by its digest.
    """
    now = page.info.version.number
    seen = {digest for number, digest in mirror.bases.versions(page.info.id) if number == at}
    if now == at and (not seen or page.digest in seen):
        return
    why = f"the server has v{now}, not v{at}" if now != at else f"v{at} is not what it was"
    raise FileError(
        f"{path}: {why}",
        hint="look at what it is with 'confsync diff --remote', then name it",
    )


def _merge(mirror: Mirror, remote: Remote, found: ThreeWay) -> Resolved:
    """Git's merge of the laid-out texts, stamped with what was merged in."""
    mine, page = found.document, found.page
    ways = (
        "'confsync pull --theirs {path}' takes the server's text, and keeps a copy of yours; "
        f"'confsync pull --ours {{path}} --at {page.info.version.number}' keeps yours, to be pushed"
    )
    base = merge_base.find(mirror, remote, found.base, mine.body, ways)
    title = _title(base[0], mine.title, page.info.title)
    if title is None:
        raise FileError(
            f"{found.entry.path}: both sides changed the title (here '{mine.title}', "
            f"on the server '{page.info.title}')",
            hint="give your file the server's title or the old one, then merge again",
        )
    number = page.info.version.number
    author = page.info.version.author
    labels = (
        f"local, based on v{found.base.version}",
        f"base, v{found.base.version}",
        f"server v{number}, {author}" if author else f"server v{number}",
    )
    before, ours, theirs = (layout.lay(body) for body in (base[1], mine.body, page.body))
    laid, conflicted = texts.merge(before, ours, theirs, labels)
    flaw = None if conflicted else storage_format.check(laid)
    if not conflicted and mirror.config.layout is Layout.RAW:
        fields = Fields(title, layout.unlay(laid), found.labels)
        data = document.update(mine, found.stamp, fields, mirror.config.layout)
    else:
        fields = Fields(title, labels=found.labels)
        data = document.update_laid(mine, found.stamp, laid, fields)
    sides = (before, ours, theirs) if conflicted else None
    return Resolved(data, conflicted=conflicted, flaw=flaw.message if flaw else "", sides=sides)


def _title(base: str, ours: str, theirs: str) -> str | None:
    """Return the title after a merge, or None if both sides changed it."""
    if ours in (base, theirs):
        return theirs
    return ours if theirs == base else None


def with_author(page: Page, name: str) -> Page:
    """Return the page with a person's name where the account id stood."""
    version = page.info.version._replace(author=name)
    return replace(page, info=page.info._replace(version=version))
