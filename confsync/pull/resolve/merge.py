"""The resolution of a page that both sides changed, as a person chose."""

from __future__ import annotations

from dataclasses import dataclass, replace

from confsync.diff.difference import Difference, Side
from confsync.diff.line_merge import Markers
from confsync.diff.text import unified
from confsync.diff.three_way import (
    MergedText,
    ThreeTexts,
    flaw_of,
    merge_bodies,
    merge_titles,
    with_body,
)
from confsync.document import document, layout
from confsync.document.document import Document, Fields
from confsync.errors import FileError
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.hint import mentioned
from confsync.model.page import Page
from confsync.model.stamp import Stamp
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.remote import Remote
from confsync.sync import merge_base
from confsync.sync.compare import Content
from confsync.sync.preflight.text import marker_size

# The refused decisions that a person may resolve.
REFUSED = (
    Content.RESTORED,
    Content.STAMP_AHEAD,
    Content.COMMENTED,
    Content.STAMP_MISMATCH,
    Content.DIVERGED,
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The new file, the text that it gives up (for the trash, and as a diff), and its problem.

    `sides` are base, ours and theirs of a conflict, laid out in lines. `neighbours` says that
    neighbouring changes are conflicts, too.
    """

    data: bytes
    discarded: bytes | None = None
    shown: str = ""
    conflicted: bool = False
    neighbours: bool = False
    flaw: str = ""
    sides: ThreeTexts | None = None


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """A document, the page to reconcile it with, and their base; `stamp` is the page's.

    `base` is the base of a merge. If git put the document back, `base` is newer than the document's
    stamp. `labels` are the file's new labels, or None to keep them.
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
    """Resolve one page. Raise FileError if this way is not possible."""
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
    """Return a diff whose removed lines are given up."""
    page = found.page
    mine = Side("local", found.document.title, found.document.body)
    theirs = Side(f"server, v{page.info.version.number}", page.info.title, page.body)
    old, new = (mine, theirs) if way is Way.THEIRS else (theirs, mine)
    return unified(Difference(found.entry.path, page.info.id, old, new))


def check_seen(mirror: Mirror, path: str, page: Page, at: int | None) -> None:
    """Raise FileError unless the page is still the version that a person named and saw.

    A number alone proves nothing: a comment changes a version, and deleting an old version
    renumbers newer ones. The cache has the digests of the versions that this mirror showed.
    """
    now = page.info.version.number
    seen = {digest for number, digest in mirror.bases.versions(page.info.id) if number == at}
    if now == at and (not seen or page.digest in seen):
        return
    why = (
        f"the server has v{now}, not v{at}"
        if now != at
        else f"v{at} has changed since it was shown"
    )
    raise FileError(
        f"{mentioned(path)}: {why}",
        hint="'confsync diff --remote {path}' shows the server's version; then name it with --at",
    )


def _merge(mirror: Mirror, remote: Remote, found: ThreeWay) -> Resolved:
    """Merge the laid-out texts by lines, and stamp the result with the page's version."""
    mine, page = found.document, found.page
    ways = (
        "'confsync pull --theirs {path}' takes the server's text and keeps yours in the trash; "
        f"'confsync pull --ours {{path}} --at {page.info.version.number}' keeps your text"
    )
    base = merge_base.find(mirror, remote, found.base, mine.body, ways)
    title = merge_titles(ThreeTexts(base[0], mine.title, page.info.title))
    if title is None:
        raise FileError(
            f"{mentioned(found.entry.path)}: both sides changed the title (here '{mine.title}', "
            f"on the server '{page.info.title}')",
            hint="set the server's or the old title, then 'confsync pull --merge {path}'",
        )
    number = page.info.version.number
    author = page.info.version.author
    labels = Markers(
        f"local, based on v{found.base.version}",
        f"server v{number}, {author}" if author else f"server v{number}",
        marker_size(mirror),
    )
    sides = ThreeTexts(*(layout.lay(body) for body in (base[1], mine.body, page.body)))
    merged = _merged(sides, labels)
    fields = Fields(title, labels=found.labels)
    return Resolved(
        with_body(mine, found.stamp, fields, merged, mirror.config.layout),
        conflicted=merged.conflicted,
        neighbours=merged.apart,
        flaw=flaw_of(merged),
        sides=sides if merged.conflicted else None,
    )


def _merged(sides: ThreeTexts, labels: Markers) -> MergedText:
    """Return the merged text. Raise FileError without git."""
    try:
        return merge_bodies(sides, labels)
    except FileError as error:
        error.hint += ", or use --theirs or --ours"
        raise


def with_author(page: Page, name: str) -> Page:
    """Return the page with a person's name instead of the account id."""
    version = page.info.version._replace(author=name)
    return replace(page, info=page.info._replace(version=version))
