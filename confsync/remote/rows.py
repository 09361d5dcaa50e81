"""Rows of JSON answers, read with suspicion. Both APIs' rows are read with these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from confsync.errors import ServerError
from confsync.model.page import Status

Row = Mapping[str, Any]

_ATTACHMENT_ID = re.compile(r"(?:att)?[0-9]{1,20}")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127}(?: *;[ -~]{1,127})?", re.ASCII)
_STATUSES = {status.value: status for status in Status}


def id_of(row: Row) -> str:
    """An id, digits alone: ids become part of file names."""
    value = str(row.get("id", ""))
    if not (value.isascii() and value.isdecimal() and len(value) <= 20):
        raise ServerError("the answer has no page id")
    return value


def attachment_id_of(row: Row) -> str:
    """An attachment's id: digits, with or without three letters before them."""
    value = str(row.get("id", ""))
    if not _ATTACHMENT_ID.fullmatch(value):
        raise ServerError("the answer has no attachment id")
    return value


def size_of(row: Row, key: str) -> int:
    """A file's size in bytes."""
    size = row.get(key)
    if not isinstance(size, int) or size < 0:
        raise ServerError("the answer does not say how large the attachment is")
    return size


def media_type_of(*parts: Row) -> str:
    """Return the first media type that a row's parts name; empty if there is none.

    The next version of the attachment is sent with this type: it stands in a header of its own.
    """
    found = (str(part.get("mediaType") or "") for part in parts)
    return next((kind for kind in found if _MEDIA_TYPE.fullmatch(kind)), "")


def text_of(row: Row, key: str) -> str:
    """A text that must be there."""
    value = row.get(key)
    if not isinstance(value, str):
        raise ServerError(f"the answer has no {key}")
    return value


def number_of(version: Row) -> int:
    """A version's number."""
    number = version.get("number")
    if not isinstance(number, int) or number < 1:
        raise ServerError("the answer has no version number")
    return number


def day_of(when: object) -> str:
    """The day of a time, `YYYY-MM-DD` in UTC, so that it is the same for everybody."""
    try:
        time = datetime.fromisoformat(str(when))
        time = time if time.tzinfo else time.replace(tzinfo=UTC)
        return time.astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        raise ServerError("the answer does not say when the blog post was created") from None


def status_of(row: Row) -> Status:
    """A page's status; what is neither current nor archived nor trashed is something else."""
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
        raise ServerError(f"the answer has no {key}")
    return found[-1]


def results_of(answer: Row, path: str) -> list[Row]:
    """The rows of a listing."""
    found = answer.get("results")
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise ServerError(f"{path}: the answer is not a listing")
    return found


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
