"""The three-way merge of texts, with conflict markers where a person must decide."""

from __future__ import annotations

from typing import NamedTuple

from confsync.diff import line_merge
from confsync.diff.line_merge import Markers
from confsync.document import document, layout, storage_format
from confsync.document.document import Document, Fields
from confsync.errors import FileError
from confsync.mirror.git import texts
from confsync.mirror.git.texts import Hunk
from confsync.model.stamp import Layout, Stamp


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


def merge_texts(sides: ThreeTexts, markers: Markers) -> MergedText:
    """Merge two texts by lines. `markers` are those of conflicts.

    Neighbouring changes merge. Raise FileError without git.
    """
    return _merged(sides, _changes(sides), markers)


def merge_bodies(sides: ThreeTexts, markers: Markers) -> MergedText:
    """Merge two bodies as `merge_texts` does.

    If neighbouring changes together are not well-formed, they are conflicts.
    """
    changes = _changes(sides)
    merged = _merged(sides, changes, markers)
    if merged.conflicted or storage_format.check(merged.text) is None:
        return merged
    return _merged(sides, changes, markers, apart=True)


def merge_towards(sides: ThreeTexts) -> str:
    """Merge two texts by lines. Where their changes are at one place, take `theirs`.

    Raise FileError without git.
    """
    regions = line_merge.merge(texts.lines_of(sides.base), *_changes(sides))
    return line_merge.theirs_of(regions)


def merge_titles(sides: ThreeTexts) -> str | None:
    """Return the title after a merge, or None if both sides changed it."""
    base, ours, theirs = sides
    if ours in (base, theirs):
        return theirs
    return ours if theirs == base else None


def with_body(
    found: Document, stamp: Stamp, fields: Fields, merged: MergedText, how: Layout
) -> bytes:
    """Return a document with a merged body. A body with conflict markers stays in lines."""
    if how is Layout.RAW and not merged.conflicted:
        whole = fields._replace(body=layout.unlay(merged.text))
        return document.update(found, stamp, whole, how)
    return document.update_laid(found, stamp, merged.text, fields)


def flaw_of(merged: MergedText) -> str:
    """Return why a merged body is not well-formed, or an empty text. Markers are no flaw."""
    flaw = None if merged.conflicted else storage_format.check(merged.text)
    return flaw.message if flaw else ""


def _changes(sides: ThreeTexts) -> list[list[Hunk]]:
    changes = texts.changes(sides.base, sides[1:])
    if changes is None:
        raise FileError("merging needs git", hint="install git")
    return changes


def _merged(
    sides: ThreeTexts, changes: list[list[Hunk]], markers: Markers, *, apart: bool = False
) -> MergedText:
    lines = texts.lines_of(sides.base)
    regions = line_merge.merge(lines, *changes, neighbours=not apart)
    return MergedText(
        line_merge.text_of(regions, markers), line_merge.is_conflicted(regions), apart
    )
