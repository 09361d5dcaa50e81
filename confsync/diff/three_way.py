"""The three-way merge of texts, with conflict markers where a person must decide."""

from __future__ import annotations

from typing import NamedTuple

from confsync.diff import line_merge
from confsync.document import storage_format
from confsync.errors import FileError
from confsync.mirror.git import texts


class ThreeTexts(NamedTuple):
    """The texts of a merge, in lines."""

    base: str
    ours: str
    theirs: str


class MergedText(NamedTuple):
    """A merged text. `conflicted` says that it has conflict markers."""

    text: str
    conflicted: bool


def merge_texts(sides: ThreeTexts, labels: tuple[str, str]) -> MergedText:
    """Merge two texts by lines. `labels` name the sides at the markers.

    Neighbouring changes merge. Raise FileError without git.
    """
    return _merged(sides, labels, neighbours=True)


def merge_bodies(sides: ThreeTexts, labels: tuple[str, str]) -> MergedText:
    """Merge two bodies as `merge_texts` does.

    If neighbouring changes together are not well-formed, they are conflicts.
    """
    merged = _merged(sides, labels, neighbours=True)
    if merged.conflicted or storage_format.check(merged.text) is None:
        return merged
    return _merged(sides, labels, neighbours=False)


def _merged(sides: ThreeTexts, labels: tuple[str, str], *, neighbours: bool) -> MergedText:
    changes = texts.changes(sides.base, sides[1:])
    if changes is None:
        raise FileError("merging needs git", hint="install git")
    regions = line_merge.merge(texts.lines_of(sides.base), *changes, neighbours=neighbours)
    return MergedText(line_merge.text_of(regions, labels), line_merge.is_conflicted(regions))
