"""The stamp of a merged document, and the base of its text. Pure.

The newer stamp wins. The merge of the texts begins where the older side began, so that the merged
text has everything that the newer stamp says. Where that cannot be known, there is no plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from confsync.document.document import Document
from confsync.model.stamp import Attached, Property, Stamp

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
    attachments = tuple(_attachments(ancestor, ours, theirs))
    properties = tuple(_properties(ancestor, ours, theirs))
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


def _attachments(ancestor: Stamp | None, ours: Stamp, theirs: Stamp) -> Iterator[Attached]:
    """Yield the stamps of the attachments, each decided by itself."""
    was, mine, yours = (
        {one.name: one for one in (stamp.attachments if stamp else ())}
        for stamp in (ancestor, ours, theirs)
    )
    for name in sorted(mine.keys() | yours.keys()):
        found = _attached(was.get(name), mine.get(name), yours.get(name))
        if found is not None:
            yield found


def _attached(
    was: Attached | None, mine: Attached | None, yours: Attached | None
) -> Attached | None:
    """Return the stamp of one attachment: the newer one. None if the stamps do not tell.

    A file without a stamp counts as new, and a push never replaces the server's file with it.
    """
    if mine == yours or yours == was:
        return mine
    if mine is None or yours is None:
        return yours if mine == was else None
    if mine.id and yours.id and mine.id != yours.id:
        return yours if mine == was else None
    if was is not None and mine.version < was.version:
        return mine  # theirs rests on versions that our file lacks
    if mine.version == yours.version:
        return yours if mine == was else None
    return max(mine, yours, key=lambda one: one.version)


def _properties(ancestor: Stamp | None, ours: Stamp, theirs: Stamp) -> Iterator[Property]:
    """Yield the stamps of the content properties, each decided by itself."""
    was, mine, yours = (
        {one.key: one for one in (stamp.properties if stamp else ())}
        for stamp in (ancestor, ours, theirs)
    )
    for key in sorted(mine.keys() | yours.keys()):
        found = _property(was.get(key), mine.get(key), yours.get(key))
        if found is not None:
            yield found


def _property(
    was: Property | None, mine: Property | None, yours: Property | None
) -> Property | None:
    """Return the stamp of one property: the newer one. None if the stamps do not tell.

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
