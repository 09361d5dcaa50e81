"""Queries for parts of many pages, one query for all of them."""

from __future__ import annotations

import json
from typing import Any

from .database import Database
from .queries import number
from .rows import AncestorRow, AttachmentRow, LabelRow, PropertyRow

PREFIX = "att"  # of an attachment's id
ATTACHMENTS = (
    "SELECT a.id, a.content_id, a.title, a.media_type, v.number, v.author, v.comment,"
    " v.created_at, length(v.data) FROM attachments a"
    " JOIN attachment_versions v ON v.attachment_id = a.id AND v.number = a.version"
)


def attachment_row(row: tuple[Any, ...]) -> AttachmentRow:
    """Return the value of a row of `ATTACHMENTS`."""
    return AttachmentRow(f"{PREFIX}{row[0]}", str(row[1]), *row[2:])


def _marks(ids: tuple[str, ...]) -> str:
    return ",".join("?" * len(ids))


def lineages(database: Database, ids: tuple[str, ...]) -> dict[str, tuple[AncestorRow, ...]]:
    """Return the ancestors of each of `ids`, topmost first."""
    found: dict[str, list[AncestorRow]] = {one: [] for one in ids}
    rows: list[tuple[Any, ...]] = database.all(
        "WITH RECURSIVE up (start, id, parent_id, depth) AS ("  # noqa: S608 - question marks
        f" SELECT id, id, parent_id, 0 FROM content WHERE id IN ({_marks(ids)})"
        " UNION ALL SELECT start, c.id, c.parent_id, depth + 1 FROM content c"
        " JOIN up ON c.id = up.parent_id)"
        " SELECT start, c.id, c.type, c.title, c.status, s.key FROM up"
        " JOIN content c ON c.id = up.id JOIN spaces s ON s.id = c.space_id"
        " WHERE depth > 0 ORDER BY depth DESC",
        tuple(number(one) for one in ids),
    )
    for start, above, *rest in rows:
        found[str(start)].append(AncestorRow(str(above), *rest))
    return {one: tuple(above) for one, above in found.items()}


def space_keys(database: Database, ids: tuple[str, ...]) -> dict[str, str]:
    """Return the key of the space of each of `ids`."""
    rows = database.all(
        "SELECT c.id, s.key FROM content c JOIN spaces s ON s.id = c.space_id"  # noqa: S608 - question marks
        f" WHERE c.id IN ({_marks(ids)})",
        tuple(number(one) for one in ids),
    )
    return {str(row[0]): str(row[1]) for row in rows}


def labels_of(database: Database, ids: tuple[str, ...]) -> dict[str, tuple[LabelRow, ...]]:
    """Return the labels of each of `ids`."""
    found: dict[str, list[LabelRow]] = {one.removeprefix(PREFIX): [] for one in ids}
    rows = database.all(
        "SELECT cl.content_id, l.id, l.name FROM content_labels cl JOIN labels l"  # noqa: S608 - question marks
        f" ON l.id = cl.label_id WHERE cl.content_id IN ({_marks(ids)})"
        " ORDER BY l.name",
        tuple(number(one) for one in found),
    )
    for page, label, name in rows:
        found[str(page)].append(LabelRow(str(label), str(name)))
    return {one: tuple(found[one.removeprefix(PREFIX)]) for one in ids}


def attachments_of(
    database: Database, ids: tuple[str, ...]
) -> dict[str, tuple[AttachmentRow, ...]]:
    """Return the files of each page of `ids`, oldest first."""
    found: dict[str, list[AttachmentRow]] = {one: [] for one in ids}
    sql = f"{ATTACHMENTS} WHERE a.content_id IN ({_marks(ids)}) ORDER BY a.id"
    for row in database.all(sql, tuple(number(one) for one in ids)):
        found[str(row[1])].append(attachment_row(row))
    return {one: tuple(given) for one, given in found.items()}


def attachments(database: Database, ids: tuple[str, ...]) -> tuple[AttachmentRow, ...]:
    """Return the files with these ids, which are `att` and a number."""
    sql = f"{ATTACHMENTS} WHERE a.id IN ({_marks(ids)})"
    rows = database.all(sql, tuple(number(one.removeprefix("att")) for one in ids))
    return tuple(attachment_row(row) for row in rows)


def properties_of(database: Database, ids: tuple[str, ...]) -> dict[str, tuple[PropertyRow, ...]]:
    """Return the properties of each of `ids`."""
    found: dict[str, list[PropertyRow]] = {one: [] for one in ids}
    rows: list[tuple[Any, ...]] = database.all(
        "SELECT id, content_id, key, value, version, author, created_at FROM properties"  # noqa: S608 - question marks
        f" WHERE content_id IN ({_marks(ids)}) ORDER BY id",
        tuple(number(one) for one in ids),
    )
    for new, page, key, value, *rest in rows:
        found[str(page)].append(PropertyRow(str(new), str(page), key, json.loads(value), *rest))
    return {one: tuple(given) for one, given in found.items()}
