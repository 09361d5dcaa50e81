"""The translation of answers and failures: from HTTP and two envelopes to confsync's errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from confsync.errors import (
    APIAccessError,
    CredentialsError,
    NetworkError,
    NotVisibleError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    VersionConflictError,
    WriteRefusedError,
)
from confsync.remote.rate_limit import asked
from confsync.remote.refused_credentials import NOT_ACCEPTED

_Parameters = ParamSpec("_Parameters")
_Hint = TypeVar("_Hint")
_UNNAMED = "the server answers 'Not Found' for {path}, but answers other requests"
# Addresses of one page, folder or attachment, by its id. Every other address is a listing.
_ONE = re.compile(r"(?:pages|blogposts|content|folders|attachments)/(?:att)?[0-9]+(?:[/?]|$)")
_FIREWALL = "a proxy or firewall may have refused the content; ask the server's administrator"
_CLASS = re.compile(r"^(?:[\w.$]*Exception: )+")
_STALE = re.compile(r"Version must be incremented")
# A race in the server's database, which may pass. These words are the server's own.
_RACE = re.compile(
    "OptimisticLock|StaleObjectState|StaleState|Batch update returned|update stale data"
)
_CURRENT_VERSION = re.compile(r"[Cc]urrent [Vv]ersion(?: is)?: \[?(\d+)\]?")


def answer_of(url: str, status: int, headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
    """Return the parsed body of a good answer. Raise the matching error for any other answer."""
    if 300 <= status < 400:
        target = urlsplit(headers.get("Location", "")).netloc or "another page"
        raise ServerError(
            f"{url}: the server redirects to {target}",
            hint="correct the URL, also in .confsync.yaml; with single sign-on, use an API token",
            status=status,
        )
    data = _parsed(content) if content else {}
    if status >= 400:
        raise _error(status, data, headers)
    if not isinstance(data, dict):
        raise ServerError(
            f"{url}: the answer is not JSON: a login page, or no Confluence at this URL",
            hint="correct the URL, also in .confsync.yaml; on Cloud it ends in /wiki",
            truncated="json" in headers.get("Content-Type", ""),
        )
    return data


def _parsed(content: bytes) -> object:
    """Return the value of a JSON text; None if it is not JSON or is nested too deeply.

    Python refuses numbers of thousands of digits. Such a number becomes None, so that it spoils its
    own row and not the whole listing.
    """
    try:
        return json.loads(content)
    except RecursionError:
        return None
    except ValueError:
        pass
    try:
        return json.loads(content, parse_int=lambda text: int(text) if len(text) < 20 else None)
    except (ValueError, RecursionError):
        return None


def _error(status: int, data: object, headers: Mapping[str, str]) -> APIAccessError:
    """Return the error for a status and its envelope. A test has a case for every row."""
    said = _said(data)
    text = said or _unsaid(status)
    match status:
        case 401:
            why = f": {said}" if said else ""
            return CredentialsError(f"{NOT_ACCEPTED}{why}", status=status)
        case 403 if "not permitted to use Confluence" in said:
            return CredentialsError(NOT_ACCEPTED, status=status)
        case 403:
            return PermissionDeniedError(f"not allowed: {text}", status=status)
        case 404 if said == "Not Found":
            # v2 answers this to bad credentials at every address. For a missing page it names the
            # page.
            return CredentialsError(NOT_ACCEPTED, status=status)
        case 404 if data is None:
            return ServerError(
                "there is no Confluence API at this URL",
                hint="correct the URL, also in .confsync.yaml; on Cloud it ends in /wiki",
                status=status,
            )
        case 404:
            return NotVisibleError(text, status=status)
        case 429:
            wait = asked(headers, datetime.now(UTC))
            return RateLimitError("the server limits the rate of requests", retry_after=wait)
        case 503:
            wait = asked(headers, datetime.now(UTC))
            return ServerError(text, hint="try again later", status=status, retry_after=wait)
        case 400 | 413:
            return WriteRefusedError(text, status=status)
        case 406 | 415 | 422:  # firewalls and proxies refuse content so
            return WriteRefusedError(text, hint=_FIREWALL, status=status)
        case _:
            # 409 has two meanings. The code that writes finds out which.
            return ServerError(text, hint="try again later", status=status)


def _unsaid(status: int) -> str:
    return f"the server answered {status}"


def _said(data: object) -> str:
    """Return the text of an error envelope, without the Java classes in front."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return str(errors[0].get("title") or errors[0].get("detail") or "")
    return _CLASS.sub("", str(data.get("message") or ""))


class NoListingError(ServerError):
    """The server answered 404 `Not Found` for a listing.

    A listing always exists, so load is the likely cause.
    """


def not_found(what: str) -> NoListingError:
    """Return the error for 404 `Not Found` to one request of many.

    Raise NotVisibleError for one page.
    """
    path = what.partition(" ")[2]
    why = _UNNAMED.format(path=path)
    if _ONE.search(path):
        raise NotVisibleError(why, status=404) from None
    return NoListingError(why, hint="try again later", status=404)


def version_conflict_of(error: ServerError, page_id: str, base: int) -> VersionConflictError | None:
    """Return the stale version of a 409; None if the 409 means a race in the database."""
    if error.status != 409 or not _STALE.search(error.message):
        return None
    current = _CURRENT_VERSION.search(error.message)
    return VersionConflictError(page_id, base, int(current[1]) if current else None)


def refusal_of(error: ServerError, what: str = "page") -> WriteRefusedError | None:
    """Return the refusal of one page if a 500 means that. The server must answer other requests.

    `what` names what was sent: a page, or an attachment. Return None for every other status, and
    for a race in the server's database, which may pass.
    """
    if error.status != 500 or _RACE.search(error.message):
        return None
    said = "" if error.message == _unsaid(500) else f": {error.message}"
    return WriteRefusedError(
        f"the server answered 500 and did not store this {what}{said}",
        hint="'confsync diff' shows what you changed; the server's log says what failed",
        status=error.status,
    )


# -- hints: what a search or a listing says of many pages at once ----------------------------------


class GapError(Exception):
    """Raised if the answers that make a hint do not add up."""


def or_none(read: Callable[_Parameters, _Hint]) -> Callable[_Parameters, _Hint | None]:
    """Return a function that reads a hint, and returns None if the server gives no usable one.

    Errors of the network and of the rate limit are raised, because the next request meets them too.
    """

    @wraps(read)
    def tried(*given: _Parameters.args, **more: _Parameters.kwargs) -> _Hint | None:
        try:
            return read(*given, **more)
        except (NetworkError, RateLimitError):
            raise
        except (APIAccessError, GapError):
            return None

    return tried
