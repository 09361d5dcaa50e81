"""Rows of v2, each value checked before use."""

from __future__ import annotations

from confsync.model.page import AttachmentInfo, PageInfo, ParentKind, Version
from confsync.remote import rows
from confsync.remote.rows import Row


def content(row: Row) -> PageInfo:
    """Return a page or blog post."""
    parent = rows.parent_of(row, "parentId")
    return PageInfo(
        id=rows.id_of(row),
        space=rows.id_in(row.get("spaceId")),
        title=rows.title_of(row),
        version=version(rows.part_of(row, "version")),
        parent=parent,
        parent_kind=parent_kind(row.get("parentType")) if parent else ParentKind.NONE,
        status=rows.status_of(row),
        position=rows.position_of(row),
        live=row.get("subtype") == "live",
    )


def attachment(row: Row) -> AttachmentInfo:
    """Return an attachment, without its bytes."""
    made = version(rows.part_of(row, "version"))
    return AttachmentInfo(
        rows.attachment_id_of(row),
        rows.string_of(row, "title"),
        made._replace(message=rows.words_of(row, "comment") or made.message),
        rows.size_of(row, "fileSize"),
        rows.media_type_of(row),
    )


def parent_kind(kind: object) -> ParentKind:
    """Return the kind of a page's parent from its name in the API."""
    match kind:
        case "page" | None:
            return ParentKind.PAGE
        case "folder":
            return ParentKind.FOLDER
        case _:
            return ParentKind.OTHER


def version(row: Row) -> Version:
    """Return a version. Its author is an account id."""
    return Version(
        rows.number_of(row),
        rows.words_of(row, "message"),
        rows.words_of(row, "authorId"),
        rows.words_of(row, "createdAt"),
    )
