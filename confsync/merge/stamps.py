"""The stamp of a merged document, and the base of its text. Pure.

The newer stamp wins. The merge of the texts begins where the older side began, so that the merged
text has everything that the newer stamp says. Where that cannot be known, there is no plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple, TypeVar

from confsync.document.document import Document
from confsync.model.stamp import Attached, Property, Stamp

# A part of a page that has versions of its own.
_Part = TypeVar("_Part", bound=Attached | Property)
# The fields of a stamp that a server may change without a new version.
_UNVERSIONED = ("parent", "top", "posted", "labels", "renamed")


class Side(Enum):
    """One side of a merge, as git names it."""

    OURS = "ours"
    THEIRS = "theirs"


class Base(Enum):
    """The base of a merge, if it is not the page at a stamp."""

    ANCESTOR = "the text of the common ancestor"
    NONE = "the text that both sides began with is unknown"


@dataclass(frozen=True, slots=True)
class Sides:
    """The three documents of a merge. `ancestor` is None if both sides added the document."""

    ancestor: Document | None
    ours: Document
    theirs: Document

    def of(self, side: Side) -> Document:
        """Return the document of a side."""
        return self.ours if side is Side.OURS else self.theirs


class Plan(NamedTuple):
    """The stamp of the merged document, and the base of its text.

    `older` is the side with the older stamp. The server may have its text already, and then the
    newer side has it, too.
    """

    stamp: Stamp
    base: Stamp | Base = Base.ANCESTOR
    older: Side | None = None


def plan_of(sides: Sides, had: Callable[[Document], bool]) -> Plan | None:
    """Return the plan of a merge, or None if the stamps do not tell.

    `had` returns whether our branch had the ancestor's document. git also runs a merge driver for a
    cherry-pick, and then our branch may never have had it.
    """
    ours, theirs = sides.ours.stamp, sides.theirs.stamp
    if ours is None or theirs is None:
        return _of_new_document(sides, had)
    if ours.id != theirs.id:
        return None
    ancestor = sides.ancestor.stamp if sides.ancestor else None
    if ancestor is not None and ancestor.id != ours.id:
        ancestor = None
    attachments = _each(_attachments, _attached, (ancestor, ours, theirs))
    properties = _each(_properties, _property, (ancestor, ours, theirs))
    if ours.labels is None or theirs.labels is None:
        # One side does not know the labels, such as a document of `confsync history`.
        labels = theirs.labels if ours.labels is None else ours.labels
        ours, theirs = replace(ours, labels=labels), replace(theirs, labels=labels)
    behind = ancestor is not None and ours.version < ancestor.version
    if behind and sides.ancestor and not had(sides.ancestor):
        # Our document lacks versions that theirs rests on. It gets their change, not their stamp.
        return Plan(replace(ours, attachments=attachments, properties=properties))
    newer = _newer(ancestor, ours, theirs)
    stamp = newer or _combined(ancestor, ours, theirs)
    if stamp is None:
        return None
    side, older = (Side.THEIRS, theirs) if newer is ours else (Side.OURS, ours)
    # If the ancestor has a newer stamp, the older side went back. A merge that began at the older
    # page would undo this.
    base = Base.ANCESTOR if ancestor and ancestor.version > older.version else older
    stamp = replace(stamp, attachments=attachments, properties=properties)
    return Plan(stamp, base, side if newer else None)


def _of_new_document(sides: Sides, had: Callable[[Document], bool]) -> Plan | None:
    """Return the plan if one side has no stamp: its page was not created yet, or git went back."""
    ours, theirs, ancestor = sides.ours.stamp, sides.theirs.stamp, sides.ancestor
    stamp = ours or theirs
    if stamp is None:
        return None
    began = ancestor.stamp if ancestor else None
    if ours is None:
        known = ancestor is not None and began is None and had(ancestor)
        return Plan(stamp, Base.ANCESTOR if known else Base.NONE, Side.OURS)
    known = ancestor is not None and (began is None or began.id == stamp.id)
    return Plan(stamp, Base.ANCESTOR if known else Base.NONE, Side.THEIRS)


def _newer(ancestor: Stamp | None, ours: Stamp, theirs: Stamp) -> Stamp | None:
    """Return the newer stamp, or None if both name the same content or do not tell."""
    if ours.version != theirs.version:
        return max(ours, theirs, key=lambda stamp: stamp.version)
    if ours.digest == theirs.digest or ancestor is None or ancestor.version != ours.version:
        return None
    # A comment changes a page without a new version. The side that differs has seen it.
    if ancestor.digest == ours.digest:
        return theirs
    return ours if ancestor.digest == theirs.digest else None


def _combined(ancestor: Stamp | None, ours: Stamp, theirs: Stamp) -> Stamp | None:
    """Return the stamp of two sides with the same content, or None if they contradict each other.

    The side that differs from the ancestor has seen a change.
    """
    if ours.digest != theirs.digest:
        return None
    values = {}
    for name in _UNVERSIONED:
        mine, yours = getattr(ours, name), getattr(theirs, name)
        was = getattr(ancestor, name) if ancestor else mine if mine == yours else ...
        if mine != yours and was not in (mine, yours):
            return None
        values[name] = yours if was == mine else mine
    return replace(ours, **values)


def _each(
    parts: Callable[[Stamp], Mapping[str, _Part]],
    merged: Callable[[_Part | None, _Part | None, _Part | None], _Part | None],
    sides: tuple[Stamp | None, Stamp, Stamp],
) -> tuple[_Part, ...]:
    """Return the stamps of the parts of a page, each decided by itself.

    `sides` are the ancestor, ours and theirs. `parts` returns the parts of one by name.
    """
    was, mine, yours = (parts(stamp) if stamp else {} for stamp in sides)
    names = sorted(mine.keys() | yours.keys())
    found = (merged(was.get(name), mine.get(name), yours.get(name)) for name in names)
    return tuple(one for one in found if one is not None)


def _attachments(stamp: Stamp) -> dict[str, Attached]:
    return {one.name: one for one in stamp.attachments}


def _properties(stamp: Stamp) -> dict[str, Property]:
    return {one.key: one for one in stamp.properties}


def _attached(
    was: Attached | None, mine: Attached | None, yours: Attached | None
) -> Attached | None:
    """Return the stamp of one attachment, as `_part` does. Two ids are two attachments.

    A file without a stamp counts as new, and a push never replaces the server's file with it.
    """
    others = mine and yours and mine.id and yours.id and mine.id != yours.id
    if others and yours != was:
        return yours if mine == was else None
    return _part(was, mine, yours)


def _property(
    was: Property | None, mine: Property | None, yours: Property | None
) -> Property | None:
    """Return the stamp of one content property, as `_part` does."""
    return _part(was, mine, yours)


def _part(was: _Part | None, mine: _Part | None, yours: _Part | None) -> _Part | None:
    """Return the stamp of one part: the newer one. None if the stamps do not tell.

    A value without a stamp counts as new. If the server has another value, it is refused.
    """
    if mine == yours or yours == was:
        return mine
    if mine is None or yours is None:
        return yours if mine == was else None
    if was and mine.version < was.version:
        return mine  # theirs rests on versions that our document lacks
    if mine.version == yours.version:
        return yours if mine == was else None
    return max(mine, yours, key=lambda one: one.version)
