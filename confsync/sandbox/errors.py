"""What Confluence refuses, and the two JSON envelopes in which its APIs say so.

The store raises a `Refusal` and knows no HTTP; an API's routes turn it into that API's envelope.
The texts are those of real servers where one is known, since clients tell cases apart by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

TITLE_TAKEN = (
    "A page with this title already exists: A page already exists with the same TITLE in this space"
)
RACE = (
    "com.atlassian.confluence.core.persistence.confluence.StaleObjectStateException: "
    "javax.persistence.OptimisticLockException: Batch update returned unexpected row count from "
    "update [0]; actual row count: 0; expected: 1"
)
NOT_PERMITTED = "Current user not permitted to use Confluence"


class Refusal(Exception):  # noqa: N818 - an answer that is expected, not an error
    """Confluence says no. `status` is the HTTP status, `code` the error code of Cloud's v2."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "INVALID_REQUEST_PARAMETER"


class Invalid(Refusal):
    """A request that makes no sense: a missing field, a title taken, a move under itself."""


class Malformed(Refusal):
    """A body that is not well-formed. `row` and `column` count from 1 in the body as sent."""

    code: ClassVar[str] = "INVALID_MESSAGE"

    def __init__(self, reason: str, row: int, column: int) -> None:
        where = f"[row,col {{unknown-source}}]: [{row},{column}]"
        super().__init__(f"Error parsing xhtml: {reason}\n at {where}")
        self.reason = reason
        self.row = row
        self.column = column


class Missing(Refusal):
    """Nothing there that this user may see."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "NOT_FOUND"

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"Cannot find a {kind} with id [{key}]")
        self.kind = kind
        self.key = key


class Stale(Refusal):
    """A version number that is not the current one plus one."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "CONFLICT"

    def __init__(self, current: int, provided: int) -> None:
        super().__init__(
            "Version must be incremented when updating a page. "
            f"Current Version: [{current}]. Provided version: [{provided}]"
        )
        self.current = current
        self.provided = provided


class TooLarge(Refusal):
    """A request of more than 5 MB."""

    status: ClassVar[int] = 413
    code: ClassVar[str] = "REQUEST_TOO_LARGE"


class Gone(Refusal):
    """A route that Cloud has removed."""

    status: ClassVar[int] = 410
    code: ClassVar[str] = "GONE"


class Unsupported(Refusal):
    """Something that Confluence can do and the sandbox cannot."""

    status: ClassVar[int] = 501
    code: ClassVar[str] = "NOT_IMPLEMENTED"


def v2_envelope(status: int, code: str, title: str) -> dict[str, Any]:
    """Cloud v2's error body. The status of a 409 is a string there, all others are numbers."""
    shown: int | str = str(status) if status == HTTPStatus.CONFLICT else status
    return {"errors": [{"status": shown, "code": code, "title": title, "detail": None}]}


def v1_envelope(status: int, message: str) -> dict[str, Any]:
    """v1's error body."""
    if status == HTTPStatus.FORBIDDEN:
        return {"message": message, "statusCode": status}
    if status == HTTPStatus.UNAUTHORIZED:
        return {"code": status, "message": message}
    data = {"authorized": False, "valid": True, "errors": [], "successful": False}
    return {"statusCode": status, "data": data, "message": message}


def refused(path: str, status: int) -> Mapping[str, Any]:
    """The body with which a server would answer `status` to `path` (`Faults.refuse`)."""
    if status == HTTPStatus.UNAUTHORIZED:
        return v1_envelope(status, "Unauthorized; scope does not match")
    phrase = HTTPStatus(status).phrase
    if "/api/v2/" not in path:
        texts = {
            403: NOT_PERMITTED,
            409: "Attempted to update stale data. Try again.",
            500: RACE,
        }
        return v1_envelope(status, texts.get(status, phrase))
    text = RACE if status in (409, 500) else phrase
    number = path.rpartition("/pages/")[2].partition("/")[0]
    if status == HTTPStatus.NOT_FOUND and number.isdigit():
        text = str(Missing("page", number))
    code = Stale.code if status == HTTPStatus.CONFLICT else phrase.upper().replace(" ", "_")
    return v2_envelope(status, code, text)
