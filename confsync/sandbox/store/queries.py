"""The reads of the store, by SQL. A listing takes one query, and reads bodies only if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import Missing
from .database import Database
from .rows import (
    PAGE,
    POST,
    WRITTEN,
    BelowRow,
    FolderRow,
    NodeRow,
    PageRow,
    UserRow,
    VersionRow,
)

SORTS = {
    "id": "c.id",
    "created-date": "c.created_at",
    "modified-date": "c.modified_at",
    "title": "c.title_key",
    "child-position": "c.position",
}
_BODIES = (
    "SELECT c.id, v.body FROM content c JOIN versions v"
    " ON v.content_id = c.id AND v.number = c.version WHERE c.id IN "
)
_AT_ONCE = 500  # SQLite limits the number of values in a query
_LABELS = (
    "(SELECT group_concat(name, ' ') FROM (SELECT l.name FROM content_labels cl"
    " JOIN labels l ON l.id = cl.label_id WHERE cl.content_id = c.id ORDER BY l.name))"
)
_PAGE = (
    "c.id, c.space_id, s.key, c.title, c.status, c.parent_id, p.type, c.position, c.version,"
    " '', c.author, c.message, c.created_at, {labels}, c.subtype, c.creator, c.modified_at,"
    " c.restricted, c.read_only, c.minor, c.type, COALESCE(c.owner, c.creator)"
)
_NODE = (
    "c.id, c.type, c.space_id, s.key, c.title, c.status, c.parent_id, p.type, c.position,"
    " c.creator, c.created_at"
)
_FROM = (
    " FROM content c JOIN spaces s ON s.id = c.space_id LEFT JOIN content p ON p.id = c.parent_id"
)
_VERSIONS = (
    "SELECT number, title, body, author, message, created_at, minor FROM versions"
    " WHERE content_id = ? AND (? IS NULL OR number = ?) ORDER BY number"
)
LIVE = ("current", "archived")


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of pages: a filter, an order, and a place to continue from.

    `after` is the (sort value, id) of the last row already seen. `limit` 0 means all. `where` is a
    further condition in SQL, with its values. `types` are kinds of content; empty means all kinds.
    `day` is the day on which a blog post was created.
    """

    space_ids: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    statuses: tuple[str, ...] = LIVE
    title: str | None = None
    subtype: str | None = None
    label_id: str | None = None
    parent_id: str | None = None
    root_only: bool = False
    types: tuple[str, ...] = (PAGE,)
    day: str | None = None
    hidden: bool = False
    sort: str = "id"
    after: tuple[str | int, int] | None = None
    offset: int = 0
    limit: int = 0
    where: tuple[str, tuple[object, ...]] | None = None
    bodies: bool = False
    labels: bool = False


def number(text: str) -> int:
    """Return an id for SQLite. Text that is no decimal number finds nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def _page(row: tuple[Any, ...], body: str) -> PageRow:
    labels = tuple(str(row[13]).split(" ")) if row[13] else ()
    return PageRow(
        id=str(row[0]),
        space_id=str(row[1]),
        space_key=row[2],
        title=row[3],
        status=row[4],
        parent_id=_optional(row[5]),
        parent_type=row[6],
        position=row[7],
        version=row[8],
        body=body,
        author=row[10],
        message=row[11],
        created_at=row[12],
        labels=labels,
        subtype=row[14],
        creator=row[15],
        modified_at=row[16],
        restricted=bool(row[17]),
        read_only=bool(row[18]),
        minor=bool(row[19]),
        type=row[20],
        owner=row[21],
    )


def _in(column: str, values: tuple[str, ...], where: list[str], found: list[object]) -> None:
    if values:
        where.append(f"{column} IN ({','.join('?' * len(values))})")
        found.extend(values)


def _where(select: Selection) -> tuple[list[str], list[object]]:
    where: list[str] = []
    values: list[object] = []
    _in("c.type", select.types, where, values)
    _in("c.status", select.statuses, where, values)
    _in("c.space_id", select.space_ids, where, values)
    _in("c.id", select.ids, where, values)
    if not select.hidden:
        where.append("c.restricted = 0")
    if select.root_only:
        where.append("c.parent_id IS NULL")
    if select.title is not None:
        where.append("c.title_key = ?")
        values.append(select.title.lower())
    if select.day is not None:
        where.append("substr(c.created_at, 1, 10) = ?")
        values.append(select.day)
    if select.subtype is not None:
        where.append("coalesce(c.subtype, 'page') = ?")
        values.append(select.subtype)
    if select.parent_id is not None:
        where.append("c.parent_id = ?")
        values.append(number(select.parent_id))
    if select.label_id is not None:
        where.append("c.id IN (SELECT content_id FROM content_labels WHERE label_id = ?)")
        values.append(number(select.label_id))
    if select.where is not None:
        where.append(select.where[0])
        values.extend(select.where[1])
    return where, values


def sort_value(sort: str, row: PageRow | NodeRow) -> tuple[str | int, int]:
    """Return the place of `row` in a listing of this order, for the next `Selection.after`."""
    key: str | int = int(row.id)
    match sort.removeprefix("-"):
        case "title":
            key = row.title.lower()
        case "child-position":
            key = row.position
        case "created-date" if isinstance(row, PageRow):
            key = row.created_at
        case "modified-date" if isinstance(row, PageRow):
            key = row.modified_at
    return key, int(row.id)


def _select(columns: str, select: Selection) -> tuple[str, tuple[object, ...]]:
    where, values = _where(select)
    down = select.sort.startswith("-")
    column = SORTS[select.sort.removeprefix("-")]
    if select.after is not None:
        where.append(f"({column}, c.id) {'<' if down else '>'} (?, ?)")
        values.extend(select.after)
    way = " DESC" if down else ""
    sql = f"SELECT {columns}{_FROM} WHERE {' AND '.join(where or ['1'])}"
    sql += f" ORDER BY {column}{way}, c.id{way}"
    if select.limit:
        sql += " LIMIT ? OFFSET ?"
        values.extend((select.limit, select.offset))
    return sql, tuple(values)


def pages(database: Database, select: Selection) -> tuple[PageRow, ...]:
    """Return the selected pages.

    A second query reads their bodies, because SQLite sorts whole rows in the first one.
    """
    columns = _PAGE.format(labels=_LABELS if select.labels else "NULL")
    with database.lock:
        found = database.all(*_select(columns, select))
        if not select.bodies:
            return tuple(_page(row, "") for row in found)
        held = bodies(database, [str(row[0]) for row in found])
    return tuple(_page(row, held[str(row[0])]) for row in found)


def bodies(database: Database, page_ids: Sequence[str]) -> dict[str, str]:
    """Return the current body of each of these pages, by id."""
    held: dict[str, str] = {}
    for start in range(0, len(page_ids), _AT_ONCE):
        some = [number(one) for one in page_ids[start : start + _AT_ONCE]]
        marks = ",".join("?" * len(some))
        rows = database.all(f"{_BODIES}({marks})", tuple(some))
        held |= {str(row[0]): str(row[1]) for row in rows}
    return held


def nodes(database: Database, select: Selection) -> tuple[NodeRow, ...]:
    """Return the selected pages, folders and whiteboards, without bodies."""
    rows: list[tuple[Any, ...]] = database.all(
        *_select("c.id, c.type, c.space_id, c.title, c.status, c.position", select)
    )
    return tuple(NodeRow(str(row[0]), row[1], str(row[2]), *row[3:]) for row in rows)


def page(
    database: Database, page_id: str, *, hidden: bool = True, types: tuple[str, ...] = WRITTEN
) -> PageRow:
    """Return a page or blog post in any status, with body and labels.

    Raise `Missing` without one.
    """
    found = pages(
        database,
        Selection(
            ids=(str(number(page_id)),),
            statuses=(),
            types=types,
            hidden=hidden,
            bodies=True,
            labels=True,
        ),
    )
    if not found:
        raise Missing(POST if types == (POST,) else PAGE, page_id)
    return found[0]


def folder(database: Database, folder_id: str, kind: str | None = None) -> FolderRow:
    """Return a folder or whiteboard. Raise `Missing` if there is none of that kind."""
    rows: list[tuple[Any, ...]] = database.all(
        f"SELECT {_NODE}{_FROM} WHERE c.id = ? AND c.type NOT IN ('page', 'blogpost')",
        (number(folder_id),),
    )
    if not rows or (kind is not None and rows[0][1] != kind):
        raise Missing(kind or "folder", folder_id)
    (row,) = rows
    return FolderRow(
        id=str(row[0]),
        type=row[1],
        space_id=str(row[2]),
        space_key=row[3],
        title=row[4],
        status=row[5],
        parent_id=_optional(row[6]),
        parent_type=row[7],
        position=row[8],
        creator=row[9],
        created_at=row[10],
    )


def versions(
    database: Database, page_id: str, *, only: int | None = None, bodies: bool = True
) -> tuple[VersionRow, ...]:
    """Return a page's versions, oldest first, or the one with number `only`."""
    sql = _VERSIONS if bodies else _VERSIONS.replace(" body,", " '',")
    rows: list[tuple[Any, ...]] = database.all(sql, (number(page_id), only, only))
    return tuple(
        VersionRow(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6])) for row in rows
    )


def ancestors(database: Database, content_id: str) -> tuple[tuple[str, str], ...]:
    """Return (id, type) of all ancestors, topmost first."""
    rows = database.all(
        "WITH RECURSIVE up (id, type, parent_id, depth) AS ("
        " SELECT id, type, parent_id, 0 FROM content WHERE id = ?"
        " UNION ALL SELECT c.id, c.type, c.parent_id, depth + 1 FROM content c"
        " JOIN up ON c.id = up.parent_id)"
        " SELECT id, type FROM up WHERE depth > 0 ORDER BY depth DESC",
        (number(content_id),),
    )
    return tuple((str(row[0]), str(row[1])) for row in rows)


def descendants(database: Database, content_id: str) -> tuple[str, ...]:
    """Return the ids of all descendants."""
    rows = database.all(
        "WITH RECURSIVE down (id, depth) AS ("
        " SELECT id, 0 FROM content WHERE id = ?"
        " UNION ALL SELECT c.id, depth + 1 FROM content c JOIN down ON c.parent_id = down.id)"
        " SELECT id FROM down WHERE depth > 0",
        (number(content_id),),
    )
    return tuple(str(row[0]) for row in rows)


def below(database: Database, content_id: str, depth: int) -> tuple[BelowRow, ...]:
    """Return what is visible below content down to a depth, each level after the one above."""
    rows: list[tuple[Any, ...]] = database.all(
        "WITH RECURSIVE down (id, depth) AS ("
        " SELECT id, 0 FROM content WHERE id = ?"
        " UNION ALL SELECT c.id, depth + 1 FROM content c JOIN down ON c.parent_id = down.id"
        " WHERE depth < ? AND c.restricted = 0 AND c.status IN ('current', 'archived'))"
        " SELECT c.id, c.type, c.title, c.status, c.parent_id, c.position, d.depth"
        " FROM down d JOIN content c ON c.id = d.id WHERE d.depth > 0 ORDER BY d.depth, c.position",
        (number(content_id), depth),
    )
    return tuple(
        BelowRow(str(row[0]), row[1], row[2], row[3], str(row[4]), row[5], row[6]) for row in rows
    )


def users(database: Database) -> tuple[UserRow, ...]:
    """Return all users in the order of their creation."""
    rows: list[tuple[Any, ...]] = database.all(
        "SELECT name, account_id, email, token FROM users ORDER BY rowid"
    )
    return tuple(UserRow(*row) for row in rows)


def parents(database: Database, space_id: str) -> dict[str, str | None]:
    """Return the parent of each node of a space."""
    rows = database.all("SELECT id, parent_id FROM content WHERE space_id = ?", (number(space_id),))
    return {str(row[0]): _optional(row[1]) for row in rows}
