"""Rows of v2, each value checked before use."""

from __future__ import annotations

import re
from sys import intern

from confsync.model.page import AttachmentInfo, Folder, PageInfo, ParentKind, Status, Version
from confsync.model.stamp import ID
from confsync.remote import rows
from confsync.remote.rows import Row

_is_id = re.compile(ID).fullmatch
_CURRENT, _PAGE = Status.CURRENT, ParentKind.PAGE
_MOST_VERSIONS = 999_999_999  # nine digits, as `confsync.model.stamp.VERSION` has at most


def content(row: Row) -> PageInfo:
    """Return a page or blog post.

    A listing has thousands of rows. A row with the expected values is read in half the time.
    """
    return _expected(row) or checked(row)


def _expected(row: Row) -> PageInfo | None:
    """Return a current page below a page, or None if `checked` must look at each value."""
    told, made = row.get, row.get("version")
    if type(made) is not dict:
        return None
    page_id, space, title, parent = told("id"), told("spaceId"), told("title"), told("parentId")
    number, message = made.get("number"), made.get("message")
    author, when, position = made.get("authorId"), made.get("createdAt"), told("position")
    owner = told("ownerId") or ""
    if (
        type(page_id) is type(space) is type(title) is type(parent) is str
        and type(message) is type(author) is type(when) is type(owner) is str
        and type(number) is type(position) is int
        and _is_id(page_id)
        and _is_id(space)
        and _is_id(parent)
        and 0 < number <= _MOST_VERSIONS
        and title.isprintable()  # so it has no line break and no half character
        and not title.isspace()
        and title
        and message.isascii()
        and author.isascii()
        and owner.isascii()
        and when.isascii()
        and told("status") == "current"
        and told("parentType") == "page"
    ):
        minor, live = rows.is_minor(made), told("subtype") == "live"
        # A listing says the same few words thousands of times: each is kept once.
        page_id, space, parent = intern(page_id), intern(space), intern(parent)
        version = Version(number, message, intern(author), when, minor)
        place = (parent, _PAGE, _CURRENT, position)
        return PageInfo(page_id, space, title, version, *place, live, owner=intern(owner))
    return None


def checked(row: Row) -> PageInfo:
    """Return the page of any row, each value checked by itself. Raise RowError."""
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
        owner=rows.words_of(row, "ownerId"),
    )


def attachment(row: Row) -> AttachmentInfo:
    """Return an attachment, without its bytes."""
    made = version(rows.part_of(row, "version"))
    return AttachmentInfo(
        rows.attachment_id_of(row),
        rows.string_of(row, "title"),
        # The search of a space's attachments does not say whether an edit is minor.
        made._replace(message=rows.words_of(row, "comment") or made.message, minor=None),
        rows.size_of(row, "fileSize"),
        rows.media_type_of(row),
    )


def folder(row: Row) -> Folder:
    """Return a folder."""
    parent = rows.parent_of(row, "parentId")
    kind = parent_kind(row.get("parentType")) if parent else ParentKind.NONE
    return Folder(rows.id_of(row), rows.text_of(row, "title"), parent, kind)


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
        rows.is_minor(row),
    )
