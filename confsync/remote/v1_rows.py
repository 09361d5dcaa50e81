"""Rows of v1, read with suspicion: content as Data Center has it, attachments as both have."""

from __future__ import annotations

from confsync.model.page import AttachmentInfo, PageInfo, ParentKind, Status, Version
from confsync.remote import rows
from confsync.remote.rows import Row


def content(row: Row, space: str) -> PageInfo:
    """A page or blog post; `space` is the key where the row has none."""
    above = rows.last_of(row, "ancestors")
    parent = rows.id_of(above) if above else None
    extensions = rows.part_of(row, "extensions")
    position = extensions.get("position")
    return PageInfo(
        id=rows.id_of(row),
        space=str(rows.part_of(row, "space").get("key") or space),
        title=rows.text_of(row, "title"),
        version=version(rows.part_of(row, "version")),
        parent=parent,
        parent_kind=ParentKind.PAGE if parent else ParentKind.NONE,
        status=rows.status_of(row) if row.get("status") else Status.CURRENT,
        position=position if isinstance(position, int) else 0,
    )


def version(row: Row) -> Version:
    """A version; its author is a display name already."""
    by = rows.part_of(row, "by")
    return Version(
        rows.number_of(row),
        str(row.get("message") or ""),
        str(by.get("displayName") or by.get("username") or ""),
        str(row.get("when") or ""),
    )


def attachment(row: Row) -> AttachmentInfo:
    """An attachment as v1 shows it."""
    version = rows.part_of(row, "version")
    by = rows.part_of(version, "by")
    metadata, extensions = rows.part_of(row, "metadata"), rows.part_of(row, "extensions")
    comment = metadata.get("comment") or version.get("message")
    return AttachmentInfo(
        rows.attachment_id_of(row),
        rows.text_of(row, "title"),
        Version(
            rows.number_of(version),
            str(comment or ""),
            str(by.get("accountId") or by.get("displayName") or ""),
            str(version.get("when") or ""),
        ),
        rows.size_of(extensions, "fileSize"),
        rows.media_type_of(metadata, extensions),
    )
