"""The commits of a space's past: which versions, in which order, with which files. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from confsync.history.space_tree import Changes, Item, SpaceTree
from confsync.mirror.git.branch.trailers import NUMBER, PAGE, TIME, TOKEN
from confsync.model.moment import moment
from confsync.model.page import PastVersion, User, Version
from confsync.model.stamp import message_without_token, token_in

# The author of commits about changes that no version has.
CONFLUENCE = User("confluence", "Confluence")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Edit(NamedTuple):
    """One version of a page, with its document. `area` says in which of the trees it stands.

    `time` is when it was written, but not before the version below it: clocks go back.
    """

    time: datetime
    area: int
    item: Item
    version: Version
    author: User


class Fix(NamedTuple):
    """A change that no version has, such as a move; without an `item`, the page is gone.

    `why` is the message of its commit. `version` is the version of the page's document.
    """

    area: int
    key: str
    item: Item | None
    why: str
    version: Version | None = None


class Commit(NamedTuple):
    """A commit: its author, its time in seconds since 1970, its message, and its files."""

    author: str
    seconds: int
    message: str
    changes: Changes


def edits_of(
    area: int, past: Sequence[tuple[PastVersion, Item]], last: Version | None
) -> list[Edit]:
    """Return the edits of one page; `past` is newest first, `last` what is recorded already."""
    found: list[Edit] = []
    time = _time(last) if last else _BEGINNING
    for one, item in reversed(past):
        time = max(time, _time(one.version))
        found.append(Edit(time, area, item, one.version, one.author))
    return found


def _time(version: Version) -> datetime:
    return max(moment(version.created_at) or _BEGINNING, _BEGINNING)


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits in the order of their commits: by time, then by page and version."""
    return sorted(
        edits, key=lambda one: (one.time, one.area, _number(one.item.key), one.version.number)
    )


def _number(key: str) -> tuple[int, str]:
    return len(key), key


def commits(trees: Sequence[SpaceTree], edits: Iterable[Edit]) -> Iterator[Commit]:
    """Yield a commit for each edit; `trees` take them over."""
    for edit in edits:
        tree = trees[edit.area]
        message = message_of(edit, tree.item(edit.item.key))
        tree.put(edit.item)
        who = edit.author.id or "unknown"
        yield Commit(who, int(edit.time.timestamp()), message, tree.changes())


def fixes(trees: Sequence[SpaceTree], wanted: Iterable[Fix], now: datetime) -> Iterator[Commit]:
    """Yield a commit for each change without a version; `trees` take them over."""
    for fix in wanted:
        tree = trees[fix.area]
        if fix.item is None:
            tree.remove(fix.key)
        else:
            tree.put(fix.item)
        trailers = {PAGE: fix.key} | (_told(fix.version) if fix.version else {})
        message = _message(fix.why, trailers)
        yield Commit(CONFLUENCE.id, int(now.timestamp()), message, tree.changes())


def message_of(edit: Edit, before: Item | None) -> str:
    """Return the message of a version's commit: the page, its own message, and trailers."""
    title, own = edit.item.title, _plain(message_without_token(edit.version.message))
    subject, _, more = own.partition("\n")
    if not subject and before is not None and before.title != title:
        subject = f"renamed from {_plain(before.title)}"
    told = f"{_plain(title)}: {subject or f'version {edit.version.number}'}"
    token = token_in(edit.version.message)
    trailers = {PAGE: edit.item.key, **_told(edit.version)} | ({TOKEN: token} if token else {})
    return _message(f"{told}\n{more}" if more else told, trailers)


def _told(version: Version) -> dict[str, str]:
    return {NUMBER: str(version.number), TIME: version.created_at}


def _message(text: str, trailers: Mapping[str, str]) -> str:
    """Return a message with trailers in a paragraph of their own, which git reads back."""
    subject, _, more = text.partition("\n")
    paragraphs = [subject, *([more.strip("\n")] if more.strip() else [])]
    lines = (f"{name}: {_plain(value)}" for name, value in trailers.items() if value)
    return "\n\n".join([*paragraphs, "\n".join(lines)]) + "\n"


def _plain(text: str) -> str:
    """Return a server's text without characters that a commit message cannot have."""
    if text.isprintable():
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(c for c in line if c.isprintable()).strip() for line in lines).strip()
