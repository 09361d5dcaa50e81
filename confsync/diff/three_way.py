"""The three-way merge of texts, with conflict markers where a person must decide."""

from __future__ import annotations

from typing import NamedTuple

from confsync.diff import line_merge
from confsync.document import storage_format
from confsync.errors import FileError
from confsync.mirror.git import texts
from confsync.mirror.git.texts import Hunk


class ThreeTexts(NamedTuple):
    """The texts of a merge, in lines."""

    base: str
    ours: str
    theirs: str


class MergedText(NamedTuple):
    """A merged text. `conflicted` says that it has conflict markers.

    `apart` says that neighbouring changes are conflicts, too.
    """

    text: str
    conflicted: bool
    apart: bool = False


def merge_texts(sides: ThreeTexts, labels: tuple[str, str]) -> MergedText:
    """Merge two texts by lines. `labels` name the sides at the markers.

    Neighbouring changes merge. Raise FileError without git.
    """
    return _merged(sides, _changes(sides), labels)


def merge_bodies(sides: ThreeTexts, labels: tuple[str, str]) -> MergedText:
    """Merge two bodies as `merge_texts` does.

    If neighbouring changes together are not well-formed, they are conflicts.
    """
    changes = _changes(sides)
    merged = _merged(sides, changes, labels)
    if merged.conflicted or storage_format.check(merged.text) is None:
        return merged
    return _merged(sides, changes, labels, apart=True)


def merge_titles(sides: ThreeTexts) -> str | None:
    """Return the title after a merge, or None if both sides changed it."""
    base, ours, theirs = sides
    if ours in (base, theirs):
        return theirs
    return ours if theirs == base else None


def _changes(sides: ThreeTexts) -> list[list[Hunk]]:
    changes = texts.changes(sides.base, sides[1:])
    if changes is None:
        raise FileError("merging needs git", hint="install git")
    return changes


def _merged(
    sides: ThreeTexts, changes: list[list[Hunk]], labels: tuple[str, str], *, apart: bool = False
) -> MergedText:
    lines = texts.lines_of(sides.base)
    regions = line_merge.merge(lines, *changes, neighbours=not apart)
    return MergedText(line_merge.text_of(regions, labels), line_merge.is_conflicted(regions), apart)
