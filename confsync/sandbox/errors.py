"""Confluence's refusals, and the two JSON envelopes of its APIs for them.

The store raises a `Refusal` and knows no HTTP. An API's routes convert it to that API's envelope.
Known texts of real servers are kept, since clients tell cases apart by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
STALE = "Attempted to update stale data. Try again."
READ_ONLY = (
    "com.atlassian.confluence.api.service.exceptions.ReadOnlyException: "
    "Read-only mode is enabled: changes are not allowed"
)
UNRECONCILED = (
    "Unable to save changes to unreconciled page ContentId{{id={}}}. "
    "Refreshing the page should fix this."
)
NO_EDIT = "Could not update Content of type : class com.atlassian.confluence.pages.Page with id {}"
NOT_PERMITTED = "Current user not permitted to use Confluence"


class Refusal(Exception):  # noqa: N818 - an expected answer, not an error
    """A refusal by Confluence. `status` is the HTTP status, `code` the error code of Cloud's v2."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "INVALID_REQUEST_PARAMETER"


class Invalid(Refusal):
    """An invalid request: a missing field, a title that is taken, a move under itself."""


class Malformed(Refusal):
    """A body that is not well-formed. `row` and `column` count from 1 in the body as sent."""

    code: ClassVar[str] = "INVALID_MESSAGE"

    def __init__(self, reason: str, row: int, column: int) -> None:
        where = f"[row,col {{unknown-source}}]: [{row},{column}]"
        super().__init__(f"Error parsing xhtml: {reason}\n at {where}")
        self.reason = reason
        self.row = row
        self.column = column


class TitleTaken(Invalid):
    """Another page of the space has this title."""

    def __init__(self, title: str, space_key: str) -> None:
        super().__init__(TITLE_TAKEN)
        self.title = title
        self.space_key = space_key


class PostTaken(Invalid):
    """Another blog post of the space and day has this title. The text is the sandbox's own."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"A blog post with this title already exists: {title!r} was posted on the same day"
        )


class Missing(Refusal):
    """Content that is missing, or hidden from this user. `kind` names it, such as `parent`."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "NOT_FOUND"

    def __init__(self, kind: str, key: str) -> None:
        shown = {"parent": "page", "blogpost": "blog post"}.get(kind, kind)
        super().__init__(f"Cannot find a {shown} with id [{key}]")
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


class Forbidden(Refusal):
    """Content that this user may see but not change. `message` is Data Center's."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "FORBIDDEN"

    def __init__(self, message: str, hidden_as: Missing) -> None:
        super().__init__(message)
        self.hidden_as = hidden_as


class ReadOnlyMode(Refusal):
    """A write while the site is in read-only mode."""

    status: ClassVar[int] = 405

    def __init__(self) -> None:
        super().__init__(READ_ONLY)


class TooLarge(Refusal):
    """A request of more than 5 MB."""

    status: ClassVar[int] = 413
    code: ClassVar[str] = "REQUEST_TOO_LARGE"


class Gone(Refusal):
    """A route that Cloud has removed."""

    status: ClassVar[int] = 410
    code: ClassVar[str] = "GONE"


class NoRoute(Refusal):
    """An address that the sandbox does not have. Clients take a 5xx for a server in trouble."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "NOT_FOUND"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"The sandbox does not have {method} {path}")


def v2_envelope(status: int, code: str, title: str) -> dict[str, Any]:
    """Return Cloud v2's error body.

    The status of a 409 is a string there, all others are numbers.
    """
    shown: int | str = str(status) if status == HTTPStatus.CONFLICT else status
    return {"errors": [{"status": shown, "code": code, "title": title, "detail": None}]}


def v1_envelope(status: int, message: str) -> dict[str, Any]:
    """Return v1's error body."""
    if status == HTTPStatus.FORBIDDEN:
        return {"message": message, "statusCode": status}
    if status == HTTPStatus.UNAUTHORIZED:
        return {"code": status, "message": message}
    data = {"authorized": False, "valid": True, "errors": [], "successful": False}
    return {"statusCode": status, "data": data, "message": message}


def dc_envelope(
    status: int, message: str, *, allowed: bool = True, errors: Sequence[Any] = ()
) -> dict[str, Any]:
    """Return Data Center's error body. `allowed`: read-only mode would permit the request."""
    data = {
        "authorized": False,
        "valid": not errors,
        "allowedInReadOnlyMode": allowed,
        "errors": list(errors),
        "successful": False,
    }
    reason = HTTPStatus(status).phrase
    return {"statusCode": status, "data": data, "message": message, "reason": reason}


def dc_text(refusal: Refusal) -> str:
    """Return Data Center's text of a refusal. `str(refusal)` is that of Cloud's v2."""
    match refusal:
        case Stale():
            return f"Version must be incremented on update. Current version is: {refusal.current}"
        case Missing(kind="space"):
            return f"No space with key : {refusal.key}"
        case Missing(kind="parent"):
            return (
                "No parent or not permitted to view content with id : "
                f"ContentId{{id={refusal.key}}}"
            )
        case Missing(kind="page" | "blogpost" | "attachment" | "version"):
            return f"No content found with id: ContentId{{id={refusal.key}}}"
        case Missing():
            return f"Cannot find {refusal.kind} {refusal.key}"
        case TitleTaken():
            return (
                "A page with this title already exists: A page already exists with the title "
                f"{refusal.title} in the space with key {refusal.space_key}"
            )
        case _:
            return str(refusal)


def servlet_page(status: int) -> str:
    """Return the HTML page with which a servlet container answers an unknown address."""
    title = f"HTTP Status {status} \u2013 {HTTPStatus(status).phrase}"
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head>'
        f"<body><h1>{title}</h1></body></html>"
    )


def proxy_page(status: int) -> str:
    """Return the HTML page of a proxy before the server: a login page, or an error page."""
    title = "Log in" if status == HTTPStatus.OK else f"{status} {HTTPStatus(status).phrase}"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"


def refused(path: str, status: int) -> Mapping[str, Any]:
    """Return the body with which a Cloud site answers `status` to `path` (`Faults.refuse`)."""
    if status == HTTPStatus.UNAUTHORIZED:
        return v1_envelope(status, "Unauthorized; scope does not match")
    phrase = HTTPStatus(status).phrase
    if "/api/v2/" not in path:
        texts = {
            403: NOT_PERMITTED,
            409: STALE,
            500: RACE,
        }
        return v1_envelope(status, texts.get(status, phrase))
    text = RACE if status in (409, 500) else phrase
    for kind, place in (("page", "/pages/"), ("blogpost", "/blogposts/")):
        number = path.rpartition(place)[2].partition("/")[0]
        if status == HTTPStatus.NOT_FOUND and place in path and number.isdigit():
            text = str(Missing(kind, number))
    code = Stale.code if status == HTTPStatus.CONFLICT else phrase.upper().replace(" ", "_")
    return v2_envelope(status, code, text)


def dc_refused(path: str, status: int) -> Mapping[str, Any] | None:
    """Return a Data Center's body of an answer `status` to `path`; None for an HTML page."""
    number = path.rpartition("/content/")[2].partition("/")[0]
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.BAD_GATEWAY:
            return None
        case HTTPStatus.TOO_MANY_REQUESTS:
            return {"message": "Rate limit exceeded."}
        case HTTPStatus.FORBIDDEN:
            text = NO_EDIT.format(number) if number.isdigit() else NOT_PERMITTED
        case HTTPStatus.NOT_FOUND if number.isdigit():
            text = dc_text(Missing("page", number))
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return dc_envelope(status, READ_ONLY, allowed=False)
        case HTTPStatus.CONFLICT:
            text = STALE
        case HTTPStatus.INTERNAL_SERVER_ERROR:
            text = RACE
        case HTTPStatus.NOT_IMPLEMENTED:
            text = UNRECONCILED.format(number)
        case _:
            text = HTTPStatus(status).phrase
    return dc_envelope(status, text)
