"""Rows of JSON answers, read with suspicion. Both APIs' rows are read with these."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, urlsplit

from confsync.document.frontmatter import is_title
from confsync.errors import EVERYBODYS, APIAccessError, RowError, ServerError
from confsync.model.moment import moment
from confsync.model.page import PageInfo, ParentKind, Status, Version
from confsync.model.stamp import ID, VERSION

Row = Mapping[str, Any]

_ID = re.compile(ID)
_VERSION = re.compile(VERSION)
_ATTACHMENT_ID = re.compile(r"(?:att)?[0-9]{1,20}")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127}(?: *;[ -~]{1,127})?", re.ASCII)
_STATUSES = {status.value: status for status in Status}


def id_of(row: Row) -> str:
    """An id that a stamp can say; ids become part of file names, too."""
    value = str(row.get("id", ""))
    if not _ID.fullmatch(value):
        raise RowError("the answer has no page id that can be used")
    return value


def attachment_id_of(row: Row) -> str:
    """An attachment's id: digits, with or without three letters before them."""
    value = str(row.get("id", ""))
    if not _ATTACHMENT_ID.fullmatch(value):
        raise RowError("the answer has no attachment id")
    return value


def size_of(row: Row, key: str) -> int:
    """A file's size in bytes."""
    size = row.get(key)
    if not _is_number(size) or size < 0:
        raise RowError("the answer does not say how large the attachment is")
    return size


def media_type_of(*parts: Row) -> str:
    """Return the first media type that a row's parts name; empty if there is none.

    The next version of the attachment is sent with this type: it stands in a header of its own.
    """
    found = (str(part.get("mediaType") or "") for part in parts)
    return next((kind for kind in found if _MEDIA_TYPE.fullmatch(kind)), "")


def string_of(row: Row, key: str) -> str:
    """A text that must be there, whatever it holds."""
    value = row.get(key)
    if not isinstance(value, str):
        raise RowError(f"the answer has no {key}")
    return value


def text_of(row: Row, key: str) -> str:
    """A text that must be there, and that a file can hold."""
    value = string_of(row, key)
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise RowError(f"the {key} has half a character, which no file can hold")
    return value


def title_of(row: Row) -> str:
    """A page's title that a document can have: one line, with something on it."""
    title = text_of(row, "title")
    if not is_title(title):
        raise RowError("the title is empty or has more than one line")
    return title


def words_of(row: Row, *keys: str) -> str:
    """The first text among some keys that says something: for people, and never an error."""
    for key in keys:
        if value := row.get(key):
            found = str(value)
            return found if found.isascii() else found.encode("utf-8", "replace").decode()
    return ""


def parent_of(row: Row, key: str) -> str | None:
    """The id of what a row stands below; None where that is null or absent."""
    value = row.get(key)
    return None if value is None or value == "" else id_of({"id": value})


def told(row: Row, parse: Callable[[Row], PageInfo]) -> PageInfo:
    """A page of a listing as `parse` has it; a flawed one where its row, or what belongs to it,
    cannot be read: the other pages of the listing are none the worse for it."""
    try:
        return parse(row)
    except EVERYBODYS:
        raise
    except APIAccessError as error:
        return flawed(row, error)


def flawed(row: Row, error: APIAccessError) -> PageInfo:
    """A page whose row cannot be used: its id and title as far as they can be read, and why not."""
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
    """A version's number, which a stamp can say."""
    number = version.get("number")
    if not _is_number(number) or not _VERSION.fullmatch(str(number)):
        raise RowError("the answer has no version number that can be used")
    return number


def _is_number(value: object) -> TypeGuard[int]:
    """Whether a value of JSON is a whole number; `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def day_of(when: object) -> str:
    """The day of a time, `YYYY-MM-DD` in UTC, so that it is the same for everybody."""
    time = moment(str(when))
    if time is None:
        raise RowError("the answer does not say when the blog post was created")
    return time.date().isoformat()


def position_of(row: Row) -> int:
    """Where a page stands among those beside it, which is nothing to fail for."""
    position = row.get("position")
    return position if _is_number(position) else 0


def status_of(row: Row) -> Status:
    """A page's status; what is neither current nor archived nor trashed is something else."""
    if not isinstance(row.get("status"), str):
        raise RowError("the answer has no status")
    return _STATUSES.get(str(row.get("status")), Status.OTHER)


def body_of(row: Row) -> str | None:
    """The storage value; None where the answer has none."""
    value = part_of(part_of(row, "body"), "storage").get("value")
    return value if isinstance(value, str) else None


def part_of(row: Row, key: str) -> Row:
    """A nested object; empty when it is absent or null."""
    value = row.get(key)
    return value if isinstance(value, Mapping) else {}


def last_of(row: Row, key: str) -> Row | None:
    """The last row of a list, None where it has none."""
    found = row.get(key)
    if not isinstance(found, list) or not found:
        return None
    if not isinstance(found[-1], Mapping):
        raise RowError(f"the answer has no {key}")
    return found[-1]


def results_of(answer: Row, path: str) -> list[Row]:
    """The rows of a listing; what is no row at all is an empty one, and has no id."""
    found = answer.get("results")
    if not isinstance(found, list):
        raise ServerError(f"{path}: the answer is not a listing")
    return [row if isinstance(row, Mapping) else {} for row in found]


def limit_of(answer: Row) -> int:
    """How many rows a listing has at most; 0, which is always reached, where it does not say so."""
    limit = answer.get("limit")
    return limit if _is_number(limit) else 0


def query_of(link: object) -> dict[str, str]:
    """The parameters of a link."""
    return dict(parse_qsl(urlsplit(str(link)).query)) if link else {}


def labels_to_add(names: Iterable[str]) -> list[dict[str, str]]:
    """What both servers take to add global labels."""
    return [{"prefix": "global", "name": name} for name in names]


def allows_update(operations: object) -> bool:
    """Whether a list of operations has the one that edits a page."""
    return isinstance(operations, list) and any(
        isinstance(row, Mapping)
        and row.get("operation") == "update"
        and row.get("targetType") in ("page", "blogpost", "content")
        for row in operations
    )
