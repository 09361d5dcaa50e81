"""The decisions: what a document and its page are to each other.

Total and pure. Status, pull and push all ask here and nowhere else. Read `_content` beside the
table of the design: the rows stand in its order, and the first that holds decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from confsync.document.markup import Kind, Token, tags
from confsync.model.page import Page, Version
from confsync.model.stamp import Local, Stamp, digest, token, token_in


class Content(Enum):
    """The decision on title and body, one for each row of the table."""

    UNTRACKED = "untracked"
    GONE = "gone"
    NOT_VISIBLE = "not-visible"
    MOVED_OUT = "moved-out"
    UP_TO_DATE = "up-to-date"
    EQUAL = "equal"
    BEHIND = "behind"
    LANDED = "landed"
    STAMP_AHEAD = "stamp-ahead"
    COMMENTED = "commented"
    STAMP_MISMATCH = "stamp-mismatch"
    AHEAD = "ahead"
    RESTAMPED = "restamped"
    DIVERGED = "diverged"


class Parent(Enum):
    """The decision on the parent."""

    SAME = "same"
    FOLLOW = "follow"
    MOVE = "move"
    DONE = "done"
    DIVERGED = "diverged"


@dataclass(frozen=True, slots=True)
class Labels:
    """The decision on labels: what both sides combine to, and what each still lacks of it.

    `result` is None where labels are not managed.
    """

    result: tuple[str, ...] | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """The three decisions; none of them depends on another."""

    content: Content
    parent: Parent = Parent.SAME
    labels: Labels = Labels()


class Absent(Enum):
    """Why there is no current page to compare with."""

    TRASHED = "trashed"
    ARCHIVED = "archived"
    NOT_VISIBLE = "not-visible"
    MOVED_OUT = "moved-out"


@dataclass(frozen=True, slots=True)
class Present:
    """The current remote page R.

    `later` holds versions after the stamp's, where `needs_later` asked for them; R itself need
    not be among them. `digest` is R's, or, for a page that was not fetched because the listing
    shows nothing new, presumed to be the stamp's.
    """

    page: Page
    later: tuple[Version, ...] = ()


Remote = Present | Absent


def compare(stamp: Stamp | None, local: Local, remote: Remote | None) -> Decisions:
    """What to do about one page, from the stamp S, the local side L and the remote side R.

    `remote` is None only for a document without a stamp. Raises ValueError otherwise.
    """
    if stamp is None:
        return Decisions(Content.UNTRACKED)
    if remote is None:
        raise ValueError(f"page {stamp.id} has a stamp and was not asked for")
    if isinstance(remote, Absent):
        return Decisions(_absent(remote))
    info = remote.page.info
    return Decisions(
        _content(stamp, local, remote),
        _parent(local.wanted, stamp.parent, info.parent),
        labels(stamp.labels, local.labels, info.labels),
    )


def needs_later(stamp: Stamp, local: Local, page: Page) -> bool:
    """Whether the decisions depend on versions between the stamp's and the current one."""
    edited = local.digest not in (stamp.digest, page.digest)
    moved = local.wanted != stamp.parent
    return page.info.version.number > stamp.version + 1 and (edited or moved)


def _absent(remote: Absent) -> Content:
    match remote:
        case Absent.TRASHED | Absent.ARCHIVED:
            return Content.GONE  # 2a
        case Absent.NOT_VISIBLE:
            return Content.NOT_VISIBLE  # 2b
        case Absent.MOVED_OUT:
            return Content.MOVED_OUT  # 2c


def _content(stamp: Stamp, local: Local, remote: Present) -> Content:
    version, page = remote.page.info.version, remote.page
    same_version = version.number == stamp.version
    same_content = page.digest == stamp.digest
    if same_version and same_content and local.digest == stamp.digest:
        return Content.UP_TO_DATE  # 3
    if local.digest == page.digest:
        return Content.EQUAL  # 4
    if local.digest == stamp.digest:
        return Content.BEHIND  # 5
    if landed_as(stamp, local, remote) is not None:
        return Content.LANDED  # 6
    if version.number < stamp.version:
        return Content.STAMP_AHEAD  # 7
    if same_version and not same_content and _only_commented(stamp, local, page):
        return Content.COMMENTED  # 8
    if same_version and not same_content:
        return Content.STAMP_MISMATCH  # 9
    if same_version:
        return Content.AHEAD  # 10
    if same_content and not any(token_in(v.message) for v in (version, *remote.later)):
        return Content.RESTAMPED  # 11
    return Content.DIVERGED  # 12


def landed_as(stamp: Stamp, local: Local, remote: Present) -> int | None:
    """The number of the version, R or S+1, that a push of exactly this document made."""
    current = remote.page.info.version
    for version in (current, *remote.later):
        counts = version.number in (current.number, stamp.version + 1)
        mark = token_in(version.message) if counts else None
        if mark is not None and mark == token(stamp, local):
            return version.number
    return None


def _parent(wanted: str | None, base: str | None, current: str | None) -> Parent:
    if wanted == base:
        return Parent.SAME if current == base else Parent.FOLLOW
    if current == base:
        return Parent.MOVE
    return Parent.DONE if current == wanted else Parent.DIVERGED


def labels(
    base: tuple[str, ...] | None, local: tuple[str, ...] | None, current: tuple[str, ...] | None
) -> Labels:
    """Additions and removals of both sides combine; compared in lower case."""
    if local is None or current is None:
        return Labels()
    before, mine, theirs = (
        {label.lower() for label in side or ()} for side in (base, local, current)
    )
    result = (theirs | (mine - before)) - (before - mine)
    return Labels(
        tuple(sorted(result)), tuple(sorted(result - theirs)), tuple(sorted(theirs - result))
    )


# An inline comment writes its marker into the current body without making a version.
_MARKER = "ac:inline-comment-marker"


def _only_commented(stamp: Stamp, local: Local, page: Page) -> bool:
    """Whether R without the markers that the local body lacks is the base, by digest."""
    stripped = without_new_markers(page.body, marker_refs(local.body))
    return digest(page.info.title, stripped) == stamp.digest


def marker_refs(body: str) -> frozenset[str]:
    """Return the references of the inline comments that a body has markers of."""
    return frozenset(ref for tag in _markers(body) if (ref := tag.get("ac:ref")))


def without_new_markers(body: str, known: frozenset[str]) -> str:
    """Return the body without the inline-comment markers whose reference is not in `known`.

    What is left is byte for byte what stood there.
    """
    dropped: list[bool] = []
    kept: list[str] = []
    at = 0
    for tag in _markers(body):
        if tag.kind is Kind.CLOSE:
            drop = bool(dropped) and dropped.pop()
        else:
            drop = tag.get("ac:ref") not in known
            if tag.kind is Kind.OPEN:
                dropped.append(drop)
        if drop:
            kept.append(body[at : tag.start])
            at = tag.end
    return "".join((*kept, body[at:]))


def _markers(body: str) -> Iterator[Token]:
    return (tag for tag in tags(body, named=_MARKER) if tag.name == _MARKER)
