"""Two texts of a page as a diff: by git's engine, or by the standard library's without git."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from confsync.diff.difference import Difference
from confsync.mirror.git import texts as gittext
from confsync.model.result import Change


@dataclass(frozen=True, slots=True)
class Style:
    """The style of a diff: in colour, or by words.

    `shown` makes a text safe for a terminal. Its default changes nothing.
    """

    color: bool = False
    words: bool = False
    shown: Callable[[str], str] = str


def unified(found: Difference, style: Style = Style()) -> str:
    """Return the diff with the names of both sides; empty if they are equal."""
    return all_unified([found], style)[0]


def all_unified(found: Sequence[Difference], style: Style = Style()) -> list[str]:
    """Return the diff of each difference."""
    shown = style.shown
    pairs = [(shown(old), shown(new)) for old, new in (one.texts for one in found)]
    hunks = gittext.diffs(pairs, words=style.words, color=style.color) if pairs else []
    if hunks is None:
        hunks = [_hunks(old, new) for old, new in pairs]
    return [
        _head(one, style) + text if text else "" for one, text in zip(found, hunks, strict=True)
    ]


def _head(found: Difference, style: Style) -> str:
    bold, plain = ("\x1b[1m", "\x1b[m") if style.color else ("", "")
    names = zip(("---", "+++"), found.names, strict=True)
    lines = ((mark, " ".join(style.shown(name).splitlines())) for mark, name in names)
    return "".join(f"{bold}{mark} {name}{plain}\n" for mark, name in lines)


def counted(found: Difference, text: str) -> Change:
    """Return how many lines a difference inserts and deletes. `text` is its plain diff by lines."""
    firsts = [line[:1] for line in text.split("\n")[2:]]
    added, removed = firsts.count("+"), firsts.count("-")
    return Change(found.path, found.page_id, added, removed, found.fields)


def _hunks(old: str, new: str) -> str:
    """Return a unified diff from the first hunk on."""
    lines = list(difflib.unified_diff(gittext.lines_of(old), gittext.lines_of(new)))[2:]
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
