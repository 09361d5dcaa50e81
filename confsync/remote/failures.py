"""Answers and failures, translated: from HTTP and two kinds of envelopes to one tree of errors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests

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

CREDENTIALS_HINT = (
    "set CONFSYNC_USER (your e-mail address; not for a personal access token) and CONFSYNC_TOKEN, "
    "or 'confsync login'; 'confsync doctor' looks closer"
)
_UNNAMED = "the server answers 'Not Found' for {path}, and other requests go through"
# What one page, folder or attachment is asked for by its id; everything else is a listing.
_ONE = re.compile(r"(?:pages|blogposts|content|folders|attachments)/(?:att)?[0-9]+(?:[/?]|$)")
_FIREWALL = "a proxy or firewall before the server may refuse what was sent; ask who runs it"
_CLASS = re.compile(r"^(?:[\w.$]*Exception: )+")
_STALE = re.compile(r"Version must be incremented")
# A race in the server's database, which may pass; so says the server's own text.
_RACE = re.compile(
    "OptimisticLock|StaleObjectState|StaleState|Batch update returned|update stale data"
)
_CURRENT_VERSION = re.compile(r"[Cc]urrent [Vv]ersion(?: is)?: \[?(\d+)\]?")


def network_error(url: str, error: requests.RequestException) -> NetworkError:
    """No answer, or half of one."""
    host = urlsplit(url).netloc
    if isinstance(error, requests.exceptions.SSLError):
        return NetworkError(
            f"{host}: the certificate is not trusted",
            hint="REQUESTS_CA_BUNDLE names a file with your organisation's certificate",
        )
    if isinstance(error, requests.exceptions.InvalidSchema):
        return NetworkError(f"{host}: {error}", hint="a SOCKS proxy needs: pip install pysocks")
    if isinstance(error, requests.exceptions.ProxyError):
        return NetworkError(f"{host}: the proxy does not let us through", hint="check HTTPS_PROXY")
    if isinstance(error, requests.Timeout):
        return NetworkError(f"{host}: no answer in time", hint="try again later")
    if isinstance(error, requests.exceptions.ConnectionError):
        lost = "aborted" in str(error) or "reset" in str(error)
        what = "the connection was lost" if lost else "cannot be reached"
        return NetworkError(f"{host}: {what}", hint="check the URL, the network and any proxy")
    return NetworkError(f"{host}: the answer broke off", hint="try again later")


def answer_of(url: str, status: int, headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
    """The parsed body of a good answer. Everything else raises the error of the right kind."""
    if 300 <= status < 400:
        target = urlsplit(headers.get("Location", "")).netloc or "another page"
        raise ServerError(
            f"{url}: the server sends us on to {target}",
            hint="check 'url' in .confsync.yaml; behind single sign-on use an API token",
            status=status,
        )
    data = _parsed(content) if content else {}
    if status >= 400:
        raise _error(status, data, headers)
    if not isinstance(data, dict):
        raise ServerError(
            f"{url}: the answer is not JSON (a login page, or no Confluence at this URL?)",
            hint="on Cloud the URL ends in /wiki; 'confsync doctor' looks closer",
            truncated="json" in headers.get("Content-Type", ""),
        )
    return data


def _parsed(content: bytes) -> object:
    """The value of a JSON text; None for what is none, or is nested as no answer is.

    Python refuses numbers of thousands of digits: such a one is taken for none, so that it spoils
    its own row and not a whole listing.
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
    """The error for a status and its envelope. The tests have every row."""
    said = _said(data)
    text = said or _unsaid(status)
    match status:
        case 401:
            why = f": {said}" if said else ""
            return _credentials(f"the credentials are not accepted{why}", status)
        case 403 if "not permitted to use Confluence" in said:
            return _credentials("the credentials are not accepted", status)
        case 403:
            return PermissionDeniedError(f"not allowed: {text}", status=status)
        case 404 if said == "Not Found":
            # v2 answers this to wrong credentials on every route; a missing page is named.
            why = "the credentials are not accepted (the server answers 404 to everything)"
            return _credentials(why, status)
        case 404 if data is None:
            return ServerError(
                "there is no Confluence API at this URL",
                hint="check 'url' in .confsync.yaml; on Cloud it ends in /wiki",
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
        case 406 | 415 | 422:  # what firewalls and proxies answer to a text that they do not like
            return WriteRefusedError(text, hint=_FIREWALL, status=status)
        case _:
            # 409 stands here for both its meanings: who wrote finds out which.
            return ServerError(text, hint="try again later", status=status)


def _unsaid(status: int) -> str:
    return f"the server answered {status}"


def _credentials(message: str, status: int) -> CredentialsError:
    return CredentialsError(message, hint=CREDENTIALS_HINT, status=status)


def _said(data: object) -> str:
    """What an error envelope says, without the Java classes in front."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return str(errors[0].get("title") or errors[0].get("detail") or "")
    return _CLASS.sub("", str(data.get("message") or ""))


class NoListingError(ServerError):
    """404 `Not Found` for a listing, which is never gone: load, most likely."""


def not_found(what: str) -> NoListingError:
    """Return the error of 404 `Not Found` for one request of many. Raises NotVisibleError."""
    path = what.partition(" ")[2]
    why = _UNNAMED.format(path=path)
    if _ONE.search(path):
        raise NotVisibleError(why, status=404) from None
    return NoListingError(why, hint="try again later", status=404)


def version_conflict_of(error: ServerError, page_id: str, base: int) -> VersionConflictError | None:
    """The stale version that a 409 tells of; None when it tells of a race in the database."""
    if error.status != 409 or not _STALE.search(error.message):
        return None
    current = _CURRENT_VERSION.search(error.message)
    return VersionConflictError(page_id, base, int(current[1]) if current else None)


def refusal_of(error: ServerError, what: str = "page") -> WriteRefusedError | None:
    """Return the refusal of one page that a 500 means if the server answers all else.

    `what` names that which was sent: a page, or an attachment of it.
    None for every other status, and for a race in the server's database, which may pass.
    """
    if error.status != 500 or _RACE.search(error.message):
        return None
    said = "" if error.message == _unsaid(500) else f": {error.message}"
    return WriteRefusedError(
        f"the server answered 500 and did not store this {what}{said}",
        hint="'confsync diff' shows what you changed; the server's log says what failed",
        status=error.status,
    )
