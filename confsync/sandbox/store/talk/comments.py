"""Comments on pages and blog posts, with replies and versions of their own."""

from __future__ import annotations

from typing import Any

from ..database import Database
from ..queries import number
from ..rows import CommentRow

_SELECT = (
    "SELECT k.id, k.content_id, k.parent_id, k.kind, k.resolution, k.resolver, k.ref,"
    " k.selection, k.version, k.author, k.message, k.creator, k.created_at, k.modified_at,"
    " v.body, c.title, c.type, c.status, c.space_id, s.key"
    " FROM comments k JOIN content c ON c.id = k.content_id JOIN spaces s ON s.id = c.space_id"
    " JOIN versions v ON v.content_id = k.id AND v.number = k.version"
    " WHERE c.restricted = 0"
)


def _row(row: tuple[Any, ...]) -> CommentRow:
    above = None if row[2] is None else str(row[2])
    place = {"space_id": str(row[18]), "space_key": row[19]}
    return CommentRow(str(row[0]), str(row[1]), above, *row[3:18], **place)


def comments_of(
    database: Database,
    *,
    ids: tuple[str, ...] | None = None,
    pages: tuple[str, ...] | None = None,
    kind: str | None = None,
    parent: str | None = None,
) -> tuple[CommentRow, ...]:
    """Return the visible comments with these ids, on these pages, of this kind, below this one."""
    sql, values = _SELECT, []
    for column, wanted in (("k.id", ids), ("k.content_id", pages)):
        if wanted is not None:
            sql += f" AND {column} IN ({','.join('?' * len(wanted))})"
            values += [number(one) for one in wanted]
    for column, one in (("k.kind", kind), ("k.parent_id", parent)):
        if one is not None:
            sql += f" AND {column} = ?"
            values.append(one if column == "k.kind" else number(one))  # type: ignore[arg-type]
    return tuple(_row(row) for row in database.all(f"{sql} ORDER BY k.id", tuple(values)))
