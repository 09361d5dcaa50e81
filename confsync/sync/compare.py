"""The decisions: what a document and its page are to each other.

Total and pure. Status, pull and push all ask here and nowhere else. Read `_content` beside the
table of the design: the rows stand in its order, and the first that holds decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from confsync.document.markup import Kind, Lexeme, tags
from confsync.model.page import Page, Version
from confsync.model.stamp import Local, Stamp, digest, folded, is_newer, token, token_in


class Content(Enum):
    """The decision on title and body, one for each row of the table."""

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
Labelled = tuple[str, ...] | None


def compare(
    stamp: Stamp | None, local: Local, remote: Remote | None, newer: Stamp | None = None
) -> Decisions:
    """What to do about one page, from the stamp S, the local side L and the remote side R.

    `remote` is None only for a document without a stamp. Raises ValueError otherwise. `newer` is
    the newer stamp N that git knows, if the server confirms it.
    """
    if stamp is None:
        return Decisions(Content.UNTRACKED)
    if remote is None:
        raise ValueError(f"page {stamp.id} has a stamp and was not asked for")
    if isinstance(remote, Absent):
        return Decisions(_absent(remote))
    info = remote.page.info
    if newer is not None and went_back(stamp, local, remote, newer):
        return Decisions(Content.RESTORED)  # 2d, whatever parent and labels are
    return Decisions(
        _content(stamp, local, remote),
        parent(local.wanted, stamp.parent, info.parent),
        labels(stamp.labels, local.labels, info.labels),
    )


def differs(local: Local, title_and_body: str, parent: str | None, theirs: Labelled) -> bool:
    """Return whether a document says something else than a page with this digest and parent.

    Labels count where both sides have them.
    """
    labelled = local.labels is not None and theirs is not None
    return (
        local.digest != title_and_body
        or local.wanted != parent
        or (labelled and folded(local.labels) != folded(theirs))
    )


def went_back(stamp: Stamp, local: Local, remote: Present, newer: Stamp) -> bool:
    """Return whether git gave a document back that is not what the server has (row 2d).

    A document is not older than N if N is the version that a push of exactly this document made.
    """
    info = remote.page.info
    if not differs(local, remote.page.digest, info.parent, info.labels):
        return False
    return landed_as(stamp, local, remote) != newer.version


def seems_restored(stamp: Stamp, local: Local, newer: Stamp) -> bool:
    """Return whether a document is a restored one as far as git alone can tell."""
    if not is_newer(newer, stamp):
        return False
    return differs(local, newer.digest, newer.parent, newer.labels)


def confirms(page: Page, newer: Stamp, known: frozenset[str]) -> bool:
    """Return whether a page, or an old version of one, is what a stamp says.

    Inline comments may have been added since; `known` are the references of those that the stamp's
    text has.
    """
    if page.digest == newer.digest:
        return True
    return digest(page.info.title, without_new_markers(page.body, known)) == newer.digest


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


def parent(wanted: str | None, base: str | None, current: str | None) -> Parent:
    """Return what to do about a place: the wanted one beside the base's and the server's."""
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
    before, mine, theirs = (folded(side) or frozenset() for side in (base, local, current))
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


def _markers(body: str) -> Iterator[Lexeme]:
    return (tag for tag in tags(body, named=_MARKER) if tag.name == _MARKER)
