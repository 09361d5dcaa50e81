"""The attachments, properties or restrictions of a whole space in the rows of its listing.

They are a hint: they only decide which pages are asked by themselves, because a nested list may be
cut.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from confsync.document.settings.restrictions import Names
from confsync.errors import RowError
from confsync.model.page import AttachmentHints, AttachmentInfo, PropertyInfo
from confsync.remote import rows, v1_rows
from confsync.remote.failures import or_none
from confsync.remote.rows import Row

NESTED = "children.attachment.version"


@or_none
def attachments_in(found: Iterable[Row]) -> AttachmentHints:
    """Return the attachments in the rows of a listing, without those of a page with a full list."""
    hints: dict[str, tuple[AttachmentInfo, ...]] = {}
    for row in found:
        part = rows.part_of(rows.part_of(row, "children"), "attachment")
        some = rows.results_of(part, NESTED) if part else None
        if some is not None and len(some) < rows.limit_of(part):
            try:
                hints[rows.id_of(row)] = tuple(map(v1_rows.attachment, some))
            except RowError:
                continue
    return AttachmentHints(hints, is_whole=False)


@or_none
def properties_in(
    found: Iterable[Row], keys: Collection[str]
) -> dict[str, tuple[PropertyInfo, ...]]:
    """Return the properties in the rows of a listing, without those of an unusable row."""
    hints: dict[str, tuple[PropertyInfo, ...]] = {}
    for row in found:
        try:
            held = v1_rows.properties_in(row, keys)
            if held is not None:
                hints[rows.id_of(row)] = held
        except RowError:
            continue
    return hints


@or_none
def restrictions_in(found: Iterable[Row], user: Callable[[Row], str]) -> dict[str, Names]:
    """Return the restrictions in the rows of a listing, without those of an unusable row."""
    hints: dict[str, Names] = {}
    for row in found:
        try:
            names = v1_rows.restrictions_in(rows.part_of(row, "restrictions"), user)
            if names is not None:
                hints[rows.id_of(row)] = names
        except RowError:
            continue
    return hints
