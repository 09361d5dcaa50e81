"""The content that a query finds: pages, blog posts, attachments and comments, in its order.

The hits of the last queries are remembered until a write, because a client asks for them page by
page.
"""

from __future__ import annotations

from typing import NamedTuple

from ..database import Database
from ..rows import PAGE, POST
from .cql import Query

ATTACHMENT = "attachment"
COMMENT = "comment"
KINDS = (PAGE, POST, ATTACHMENT, COMMENT)
REMEMBERED = 16
# One row for everything that can be found; `container_id` is of an attachment or a comment
FOUND = (
    "SELECT c.id, c.type, c.space_id, c.title, c.title_key, c.status, c.parent_id,"
    " NULL AS container_id, c.created_at, c.modified_at, c.creator, c.restricted, c.version"
    " FROM content c"
    " UNION ALL SELECT a.id, 'attachment', p.space_id, a.title, lower(a.title), p.status,"
    " NULL, a.content_id, first.created_at, last.created_at, first.author, p.restricted, a.version"
    " FROM attachments a JOIN content p ON p.id = a.content_id"
    " JOIN attachment_versions first ON first.attachment_id = a.id AND first.number = 1"
    " JOIN attachment_versions last ON last.attachment_id = a.id AND last.number = a.version"
    " UNION ALL SELECT k.id, 'comment', p.space_id, 'Re: ' || p.title, 're: ' || p.title_key,"
    " p.status, k.parent_id, k.content_id, k.created_at, k.modified_at, k.creator, p.restricted,"
    " k.version FROM comments k JOIN content p ON p.id = k.content_id"
)


class Hit(NamedTuple):
    """Found content: the number of its id, and its kind."""

    id: int
    kind: str


def hits(database: Database, query: Query, statuses: tuple[str, ...]) -> tuple[Hit, ...]:
    """Return all that a query finds in these statuses (none: any), in its order."""
    key = ("hits", database.state(), query, statuses)
    with database.lock:
        held = database.remembered.get(key)
        if held is None:
            held = _searched(database, query, statuses)
            while len(database.remembered) >= REMEMBERED:
                database.remembered.pop(next(iter(database.remembered)))
            database.remembered[key] = held
    return held


def _searched(database: Database, query: Query, statuses: tuple[str, ...]) -> tuple[Hit, ...]:
    marks = ",".join("?" * len(KINDS))
    sql = f"SELECT f.id, f.type FROM ({FOUND}) f WHERE f.type IN ({marks}) AND f.restricted = 0"  # noqa: S608 - constants and question marks
    if statuses:
        sql += f" AND f.status IN ({','.join('?' * len(statuses))})"
    # what is equal in this order goes by age in its direction, so that the newest stays the newest
    last = "f.id DESC" if query.order.endswith(" DESC") else "f.id"
    sql += f" AND ({query.where}) ORDER BY {query.order + ', ' if query.order else ''}{last}"
    rows = database.all(sql, (*KINDS, *statuses, *query.values))
    return tuple(Hit(int(str(row[0])), str(row[1])) for row in rows)
