"""Rows of JSON answers, each value checked before use. Both APIs' rows are read here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from sys import intern
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, urlsplit

from confsync.document.frontmatter import is_title
from confsync.document.settings.values import canonical
from confsync.errors import EVERYBODYS, APIAccessError, RowError, ServerError
from confsync.model.moment import moment
from confsync.model.page import PageInfo, ParentKind, PropertyInfo, Resolution, Status, Version
from confsync.model.stamp import ATTACHMENT_ID, ID, VERSION

Row = Mapping[str, Any]

_ID = re.compile(ID)
_VERSION = re.compile(VERSION)
_ATTACHMENT_ID = re.compile(ATTACHMENT_ID)
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127}(?: *;[ -~]{1,127})?", re.ASCII)
_RESOLUTIONS = {state.value: state for state in Resolution}
_STATUSES = {status.value: status for status in Status}


def id_of(row: Row) -> str:
    """Return an id that a stamp can hold. Ids also become part of file names."""
    return id_in(row.get("id"))


def id_in(value: object) -> str:
    """Return a JSON value as an id that a stamp can hold. Equal ids are one object."""
    found = str(value)
    if not _ID.fullmatch(found):
        raise RowError("the answer has no valid page id")
    return intern(found)


def attachment_id_of(row: Row) -> str:
    """Return an attachment's id: digits, perhaps with three letters before them."""
    value = str(row.get("id", ""))
    if not _ATTACHMENT_ID.fullmatch(value):
        raise RowError("the answer has no attachment id")
    return value


def size_of(row: Row, key: str) -> int:
    """Return a file's size in bytes."""
    size = row.get(key)
    if not _is_number(size) or size < 0:
        raise RowError("the answer does not say how large the attachment is")
    return size


def media_type_of(*parts: Row) -> str:
    """Return the first media type that a row's parts name; empty if there is none.

    The next version of the attachment is sent with this type, in a header of its own.
    """
    found = (str(part.get("mediaType") or "") for part in parts)
    return next((kind for kind in found if _MEDIA_TYPE.fullmatch(kind)), "")


def string_of(row: Row, key: str) -> str:
    """Return a required text, with any content."""
    value = row.get(key)
    if not isinstance(value, str):
        raise RowError(f"the answer has no {key}")
    return value


def text_of(row: Row, key: str) -> str:
    """Return a required text. A file must be able to hold it."""
    value = string_of(row, key)
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise RowError(f"the {key} contains half a character, which no file can hold")
    return value


def title_of(row: Row) -> str:
    """Return a page's title. It must be one line and not empty, so that a document can have it."""
    title = text_of(row, "title")
    if not is_title(title):
        raise RowError("the title is empty or has more than one line")
    return title


def words_of(row: Row, *keys: str) -> str:
    """Return the first text among some keys that is not empty. It is for people; never raise."""
    for key in keys:
        if value := row.get(key):
            found = str(value)
            return found if found.isascii() else found.encode("utf-8", "replace").decode()
    return ""


def is_minor(version: Row) -> bool | None:
    """Return whether a version is a minor edit, or None if the row does not say it."""
    value = version.get("minorEdit")
    return value if isinstance(value, bool) else None


def parent_of(row: Row, key: str) -> str | None:
    """Return the id of a row's parent; None if it is null or absent."""
    value = row.get(key)
    return None if value is None or value == "" else id_in(value)


def told(row: Row, parse: Callable[[Row], PageInfo]) -> PageInfo:
    """Return a page of a listing. If its row is unreadable, return a flawed page.

    So one bad row does no harm to the other pages of the listing.
    """
    try:
        return parse(row)
    except EVERYBODYS:
        raise
    except APIAccessError as error:
        return flawed(row, error)


def flawed(row: Row, error: APIAccessError) -> PageInfo:
    """Return a page for an unusable row: its id and title if they are readable, and the flaw."""
    try:
        page_id = id_of(row)
    except RowError:
        page_id = ""
    title = row.get("title")
    named = words_of(row, "title") if isinstance(title, str) else ""
    return PageInfo(
        page_id, "", named, Version(0), None, ParentKind.NONE, Status.OTHER, flaw=error.message
    )


def number_of(version: Row) -> int:
    """Return a version's number, which a stamp can hold."""
    number = version.get("number")
    if not _is_number(number) or not _VERSION.fullmatch(str(number)):
        raise RowError("the answer has no valid version number")
    return number


def _is_number(value: object) -> TypeGuard[int]:
    """Return whether a JSON value is a whole number; `true` is not."""
    return type(value) is int


def day_of(when: object) -> str:
    """Return the day of a time, `YYYY-MM-DD` in UTC, so that it is the same in all time zones."""
    time = moment(str(when))
    if time is None:
        raise RowError("the answer does not say when the blog post was created")
    return time.date().isoformat()


def position_of(row: Row, key: str = "position") -> int | None:
    """Return a page's number among its siblings, None if it has none."""
    position = row.get(key)
    return position if _is_number(position) else None


def property_of(row: Row, key: str, version: Version) -> PropertyInfo:
    """Return a content property. Raise RowError if front matter cannot hold its value."""
    try:
        value = canonical(row.get("value"))
    except ValueError as error:
        raise RowError(f"the property '{key}' has no usable value: {error}") from None
    return PropertyInfo(id_of(row), key, version, value)


def status_of(row: Row) -> Status:
    """Return a page's status. An unknown status becomes OTHER."""
    status = row.get("status")
    if not isinstance(status, str):
        raise RowError("the answer has no status")
    return _STATUSES.get(status, Status.OTHER)


def resolution_of(value: object) -> Resolution:
    """Return the state of an inline comment. An unknown state counts as open."""
    return _RESOLUTIONS.get(str(value), Resolution.OPEN)


def body_of(row: Row) -> str | None:
    """Return the storage value; None if the answer has none."""
    value = part_of(part_of(row, "body"), "storage").get("value")
    return value if isinstance(value, str) else None


def part_of(row: Row, key: str) -> Row:
    """Return a nested object; empty if it is absent or null."""
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def last_of(row: Row, key: str) -> Row | None:
    """Return the last row of a list; None if the list is empty."""
    found = row.get(key)
    if not isinstance(found, list) or not found:
        return None
    if not isinstance(found[-1], Mapping):
        raise RowError(f"the answer has no {key}")
    return found[-1]


def results_of(answer: Row, path: str) -> list[Row]:
    """Return the rows of a listing.

    A value that is not a row becomes an empty row without an id.
    """
    found = answer.get("results")
    if not isinstance(found, list):
        raise ServerError(f"{path}: the answer is not a listing")
    return [row if isinstance(row, Mapping) else {} for row in found]


def limit_of(answer: Row) -> int:
    """Return the most rows that a listing has.

    Return 0, which is always reached, if it does not say.
    """
    limit = answer.get("limit")
    return limit if _is_number(limit) else 0


def query_of(link: object) -> dict[str, str]:
    """Return the parameters of a link."""
    return dict(parse_qsl(urlsplit(str(link)).query)) if link else {}


def labels_to_add(names: Iterable[str]) -> list[dict[str, str]]:
    """Return the body of a request that adds global labels, for both servers."""
    return [{"prefix": "global", "name": name} for name in names]


def allows_update(operations: object) -> bool:
    """Return whether a list of operations has the one that edits a page."""
    return isinstance(operations, list) and any(
        isinstance(row, Mapping)
        and row.get("operation") == "update"
        and row.get("targetType") in ("page", "blogpost", "content")
        for row in operations
    )
