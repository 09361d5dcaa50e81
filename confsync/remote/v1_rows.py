"""Rows of v1, each value checked before use: content of Data Center, attachments of both."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from sys import intern

from confsync.document.settings.restrictions import GROUP, OPERATIONS, USER, Names
from confsync.errors import RowError
from confsync.model.page import AttachmentInfo, PageInfo, ParentKind, PropertyInfo, Status, Version
from confsync.remote import rows
from confsync.remote.rows import Row


def content(row: Row, space: str) -> PageInfo:
    """Return a page or blog post. `space` is the key if the row has none."""
    above = rows.last_of(row, "ancestors")
    parent = rows.id_of(above) if above else None
    return PageInfo(
        id=rows.id_of(row),
        space=str(rows.part_of(row, "space").get("key") or space),
        title=rows.title_of(row),
        version=version(rows.part_of(row, "version")),
        parent=parent,
        parent_kind=ParentKind.PAGE if parent else ParentKind.NONE,
        status=rows.status_of(row) if row.get("status") is not None else Status.CURRENT,
        position=rows.position_of(rows.part_of(row, "extensions")),
    )


def version(row: Row) -> Version:
    """Return a version. Its author is a display name already."""
    by = rows.part_of(row, "by")
    return Version(
        rows.number_of(row),
        rows.words_of(row, "message"),
        intern(rows.words_of(by, "displayName", "username")),
        rows.words_of(row, "when"),
        rows.is_minor(row),
    )


def attachment(row: Row) -> AttachmentInfo:
    """Return an attachment of a v1 row."""
    version = rows.part_of(row, "version")
    by = rows.part_of(version, "by")
    metadata, extensions = rows.part_of(row, "metadata"), rows.part_of(row, "extensions")
    comment = rows.words_of(metadata, "comment")
    return AttachmentInfo(
        rows.attachment_id_of(row),
        rows.string_of(row, "title"),
        Version(
            rows.number_of(version),
            comment or rows.words_of(version, "message"),
            rows.words_of(by, "accountId", "displayName"),
            rows.words_of(version, "when"),
        ),
        rows.size_of(extensions, "fileSize"),
        rows.media_type_of(metadata, extensions),
    )


# Keys that a nested part of an answer names beyond doubt. There, `-` is written `_`, and a dot
# begins a part of the part.
_IN_EXPAND = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def content_property(row: Row) -> PropertyInfo:
    """Return a content property of a v1 row."""
    return rows.property_of(row, rows.text_of(row, "key"), version(rows.part_of(row, "version")))


def expand_of(keys: Collection[str]) -> str:
    """Return the `expand` that shows properties beside their pages; empty if a key forbids it."""
    if not all(_IN_EXPAND.fullmatch(key) for key in keys):
        return ""
    names = (key.replace("-", "_") for key in sorted(keys))
    return ",".join(f"metadata.properties.{name}.version" for name in names)


def properties_in(row: Row, keys: Collection[str]) -> tuple[PropertyInfo, ...] | None:
    """Return the properties of a page's row; None if the row may lack some. Raise RowError."""
    metadata = rows.part_of(row, "metadata")
    if not isinstance(metadata.get("properties"), dict):
        return None
    part = rows.part_of(metadata, "properties")
    waiting = {name.replace("_", "-") for name in rows.part_of(part, "_expandable")}
    if waiting.intersection(keys):
        return None
    return tuple(content_property(rows.part_of(part, key)) for key in sorted(keys) if key in part)


# -- restrictions ----------------------------------------------------------------------------------

_PARTS = tuple(f"{one}.restrictions.{kind}" for one in OPERATIONS for kind in (USER, GROUP))
RESTRICTIONS = ",".join(_PARTS)
# The same beside a page
RESTRICTIONS_OF_PAGES = ",".join(f"restrictions.{part}" for part in _PARTS)


def restrictions_in(answer: Row, user: Callable[[Row], str]) -> Names | None:
    """Return the names that alone may read or update; None if the answer may lack some.

    `user` returns the name of a user's row. Raise RowError for a row without a name.
    """
    found: dict[str, frozenset[str]] = {}
    for operation in OPERATIONS:
        inner = rows.part_of(rows.part_of(answer, operation), "restrictions")
        names: list[str] = []
        for kind, name in ((USER, user), (GROUP, group_name)):
            part = rows.part_of(inner, kind)
            some = rows.results_of(part, "restrictions") if part else None
            if some is None or len(some) >= rows.limit_of(part):
                return None
            names += (f"{kind}:{name(row)}" for row in some)
        if names:
            found[operation] = frozenset(names)
    return found


def group_name(row: Row) -> str:
    return _named(row, "name")


def _named(row: Row, key: str) -> str:
    """Return a name that a line of front matter can hold. Raise RowError without one."""
    name = rows.text_of(row, key)
    if not name or name != name.strip() or not name.isprintable():
        raise RowError(f"the answer has no usable {key}")
    return name


def account_id(row: Row) -> str:
    """Return the name of a user on Cloud."""
    return _named(row, "accountId")


def username(row: Row) -> str:
    """Return the name of a user on Data Center."""
    return _named(row, "username")
