"""The decisions: how a document and its page relate.

This module is total and pure, and the only source of decisions for status, pull and push. The rows
in `_content` have the order and the numbers of the decision table. The first row that holds
decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from confsync.document.markup import Kind, Lexeme, tags
from confsync.model.page import Page, Version
from confsync.model.stamp import (
    Local,
    Stamp,
    digest,
    folded,
    is_newer,
    merged_labels,
    token,
    token_in,
)


class Content(Enum):
    """The decision on title and body, with one member for each row of the table."""

    UNTRACKED = "untracked"
    GONE = "gone"
    NOT_VISIBLE = "not-visible"
    MOVED_OUT = "moved-out"
    RESTORED = "restored"
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
    """The decision on labels: the combined labels, and what to add to and remove from the page.

    `result` is None if labels are not managed.
    """

    result: tuple[str, ...] | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """The three decisions. They are independent of each other."""

    content: Content
    parent: Parent = Parent.SAME
    labels: Labels = Labels()


class Absent(Enum):
    """The reason why there is no current page to compare with."""

    TRASHED = "trashed"
    ARCHIVED = "archived"
    NOT_VISIBLE = "not-visible"
    MOVED_OUT = "moved-out"

    @property
    def words(self) -> str:
        """Return the reason as it follows "the page is" in a sentence."""
        return "in another space" if self is Absent.MOVED_OUT else self.value.replace("-", " ")


@dataclass(frozen=True, slots=True)
class Present:
    """The current remote page R.

    `later` holds versions after the stamp's version, if `needs_later` asked for them. It need not
    include R. `digest` is R's. If the listing shows no change, the page is not fetched, and the
    stamp's digest stands for it.
    """

    page: Page
    later: tuple[Version, ...] = ()


Remote = Present | Absent
Labelled = tuple[str, ...] | None


def compare(
    stamp: Stamp | None, local: Local, remote: Remote | None, newer: Stamp | None = None
) -> Decisions:
    """Return the decisions about a page, from the stamp S, the local side L and the remote side R.

    `remote` is None only for a document without a stamp; otherwise raise ValueError. `newer` is the
    newer stamp N that git knows, if the server confirms it.
    """
    if stamp is None:
        return Decisions(Content.UNTRACKED)
    if remote is None:
        raise ValueError(f"page {stamp.id} has a stamp and was not asked for")
    if isinstance(remote, Absent):
        return Decisions(_absent(remote))
    info = remote.page.info
    if newer is not None and went_back(stamp, local, remote, newer):
        return Decisions(Content.RESTORED)  # row 2d, for any parent and labels
    return Decisions(
        _content(stamp, local, remote),
        parent(local.wanted, stamp.parent, info.parent),
        labels(stamp.labels, local.labels, info.labels),
    )


def differs(local: Local, title_and_body: str, parent: str | None, theirs: Labelled) -> bool:
    """Return whether a document differs from a page with this digest, parent and labels.

    Labels count only if both sides have them.
    """
    labelled = local.labels is not None and theirs is not None
    return (
        local.digest != title_and_body
        or local.wanted != parent
        or (labelled and folded(local.labels) != folded(theirs))
    )


def went_back(stamp: Stamp, local: Local, remote: Present, newer: Stamp) -> bool:
    """Return whether git put an older document back, and the server has something else (row 2d).

    If a push of exactly this document made version N, the document is not older than N.
    """
    info = remote.page.info
    if not differs(local, remote.page.digest, info.parent, info.labels):
        return False
    return landed_as(stamp, local, remote) != newer.version


def seems_restored(stamp: Stamp, local: Local, newer: Stamp) -> bool:
    """Return whether git alone suggests that the document was put back."""
    if not is_newer(newer, stamp):
        return False
    return differs(local, newer.digest, newer.parent, newer.labels)


def confirms(page: Page, newer: Stamp, known: frozenset[str]) -> bool:
    """Return whether a page, or an old version of it, matches a stamp.

    Inline comments may have been added since. `known` are the comment references in the stamp's
    text.
    """
    if page.digest == newer.digest:
        return True
    return digest(page.info.title, without_new_markers(page.body, known)) == newer.digest


def needs_later(stamp: Stamp, local: Local, page: Page) -> bool:
    """Return whether the decisions depend on versions between the stamp's and the current one."""
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
    """Return the version, R or S+1, that a push of exactly this document made, or None."""
    current = remote.page.info.version
    for version in (current, *remote.later):
        counts = version.number in (current.number, stamp.version + 1)
        mark = token_in(version.message) if counts else None
        if mark is not None and mark == token(stamp, local):
            return version.number
    return None


def parent(wanted: str | None, base: str | None, current: str | None) -> Parent:
    """Return the decision on the parent, from the wanted, the base's and the server's parent."""
    if wanted == base:
        return Parent.SAME if current == base else Parent.FOLLOW
    if current == base:
        return Parent.MOVE
    return Parent.DONE if current == wanted else Parent.DIVERGED


def labels(
    base: tuple[str, ...] | None, local: tuple[str, ...] | None, current: tuple[str, ...] | None
) -> Labels:
    """Return the decision on labels: both sides' changes combine, in lower case."""
    if local is None or current is None:
        return Labels()
    before, mine, theirs = (folded(side) or frozenset() for side in (base, local, current))
    result = merged_labels(before, mine, theirs)
    return Labels(
        tuple(sorted(result)), tuple(sorted(result - theirs)), tuple(sorted(theirs - result))
    )


# An inline comment adds its marker to the current body without a new version.
_MARKER = "ac:inline-comment-marker"


def _only_commented(stamp: Stamp, local: Local, page: Page) -> bool:
    """Return whether R equals the base after the markers that the local body lacks are removed."""
    stripped = without_new_markers(page.body, marker_refs(local.body))
    return digest(page.info.title, stripped) == stamp.digest


def marker_refs(body: str) -> frozenset[str]:
    """Return the references of the inline-comment markers in a body."""
    return frozenset(ref for tag in _markers(body) if (ref := tag.get("ac:ref")))


def without_new_markers(body: str, known: frozenset[str]) -> str:
    """Return the body without the inline-comment markers whose reference is not in `known`.

    All other bytes stay the same.
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


def _markers(body: str) -> Iterator[Lexeme]:
    return (tag for tag in tags(body, named=_MARKER) if tag.name == _MARKER)
