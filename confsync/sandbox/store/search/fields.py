"""The fields of a query as SQL over the columns of `hits.FOUND` (`f`)."""

from __future__ import annotations

_BELOW = (
    "f.id IN (WITH RECURSIVE down (id) AS (SELECT id FROM content WHERE parent_id = ?"
    " UNION ALL SELECT n.id FROM content n JOIN down ON n.parent_id = down.id)"
    " SELECT id FROM down)"
)
_LABELLED = (
    "f.id IN (SELECT content_id FROM content_labels cl JOIN labels l ON l.id = cl.label_id"
    " WHERE l.name = ?)"
)
_SPACE = "f.space_id IN (SELECT id FROM spaces WHERE key = ? COLLATE NOCASE)"
_CONTRIBUTED = (
    "f.id IN (SELECT content_id FROM versions WHERE author = ?1"
    " UNION ALL SELECT attachment_id FROM attachment_versions WHERE author = ?1)"
).replace("?1", "?")
_TEXT = (
    "(contains(?, f.title) OR EXISTS (SELECT 1 FROM versions v WHERE v.content_id = f.id"
    " AND v.number = f.version AND contains(?, v.body)))"
)

# Fields that are compared for equality
EQUAL = {
    "space": _SPACE,
    "space.key": _SPACE,
    "space.title": "f.space_id IN (SELECT id FROM spaces WHERE name = ? COLLATE NOCASE)",
    "space.type": "'global' = ?",
    "type": "f.type = ?",
    "title": "f.title_key = ?",
    "id": "f.id = ?",
    "content": "f.id = ?",
    "ancestor": _BELOW,
    "parent": "f.parent_id = ?",
    "container": "f.container_id = ?",
    "label": _LABELLED,
    "creator": "f.creator = ?",
    "contributor": _CONTRIBUTED,
}
IDS = frozenset({"id", "content", "ancestor", "parent", "container"})
PEOPLE = frozenset({"creator", "contributor"})
EXACT = frozenset({"space", "space.key", "space.title", *PEOPLE})
# Fields whose words are searched
TEXTS = {
    "title": "contains(?, f.title)",
    "text": _TEXT,
    "sitesearch": _TEXT,
}
DATES = {
    "created": "substr(f.created_at, 1, 16)",
    "lastmodified": "substr(f.modified_at, 1, 16)",
}
ORDERS = {
    "created": "f.created_at",
    "lastmodified": "f.modified_at",
    "title": "f.title_key",
    "type": "f.type",
    "id": "f.id",
    "space": "f.space_id",
    "space.key": "f.space_id",
}
