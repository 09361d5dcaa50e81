"""One connection: requests, retries, and every failure translated in one place.

`atlassian-python-api` brings the session and the ways to authenticate. Its page helpers are not
used: they re-read the version before they write, which is last-write-wins.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from atlassian.rest_client import AtlassianRestAPI

from confsync.errors import (
    APIAccessError,
    CredentialsError,
    NetworkError,
    NotVisibleError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    WriteRefusedError,
)

log = logging.getLogger("confsync.remote")

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 75.0
TRIES = 4
LONGEST_PAUSE = 60.0
_PASSING = (502, 503, 504)

_CREDENTIALS_HINT = (
    "set CONFSYNC_USER (your e-mail address) and CONFSYNC_TOKEN (an API token), "
    "or give the host a line in ~/.netrc"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token, with a user name for Basic authentication, without one as a Bearer token."""

    token: str
    user: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r}, token=…)"


class Client:
    """Sends requests to one base URL and answers parsed JSON."""

    def __init__(
        self,
        url: str,
        credentials: Credentials | None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        # The library's debug log would print whole pages.
        logging.getLogger("atlassian").setLevel(logging.WARNING)
        self._url = url
        self._sleep = sleep
        self._api = AtlassianRestAPI(
            url,
            username=credentials.user if credentials else None,
            password=credentials.token if credentials and credentials.user else None,
            token=credentials.token if credentials and not credentials.user else None,
            retry_with_header=False,
        )
        # The library takes one number of seconds; requests takes one each for connect and read.
        self._api.timeout = (CONNECT_TIMEOUT, READ_TIMEOUT)  # type: ignore[assignment]

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """GET, tried again when the failure may pass."""
        return self._request("GET", path, params=params, tries=TRIES)

    def ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST that reads: safe to repeat."""
        return self._request("POST", path, body=body, tries=TRIES)

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """PUT, sent once: whoever called can tell whether it landed, this layer cannot."""
        return self._request("PUT", path, body=body, tries=1)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        tries: int,
    ) -> dict[str, Any]:
        limited = 0
        for attempt in range(1, TRIES * 2):
            try:
                return self._once(method, path, params, body)
            except RateLimitError as error:
                # 429 was not processed, so it may be repeated whatever the method.
                limited += 1
                if limited == TRIES:
                    raise
                self._pause(error.retry_after, limited)
            except (NetworkError, ServerError) as error:
                passing = isinstance(error, NetworkError) or error.status in (0, *_PASSING)
                if not passing or attempt - limited >= tries:
                    raise
                self._pause(None, attempt)
        raise AssertionError("every try either answers or raises")

    def _pause(self, wanted: float | None, attempt: int) -> None:
        backoff = 0.5 * 2**attempt * random.uniform(0.5, 1.0)
        self._sleep(min(LONGEST_PAUSE, backoff if wanted is None else wanted))

    def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        started = time.monotonic()
        try:
            response = self._api.request(
                method,
                path,
                params=dict(params) if params else None,
                data=dict(body) if body is not None else None,
                advanced_mode=True,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            log.info("%s %s: %s", method, path, type(error).__name__)
            raise _network_error(self._url, error) from None
        log.info(
            "%s %s: %d, %.2f s", method, path, response.status_code, time.monotonic() - started
        )
        return _answer(self._url, response)


def _network_error(url: str, error: requests.RequestException) -> NetworkError:
    host = urlsplit(url).netloc
    if isinstance(error, requests.exceptions.SSLError):
        return NetworkError(
            f"{host}: the certificate is not trusted",
            hint="REQUESTS_CA_BUNDLE names a file with your organisation's certificate",
        )
    if isinstance(error, requests.Timeout):
        return NetworkError(f"{host}: no answer in time", hint="try again later")
    if isinstance(error, requests.exceptions.ConnectionError):
        what = "the connection was lost" if "aborted" in str(error) else "cannot be reached"
        return NetworkError(f"{host}: {what}", hint="check the URL, the network and any proxy")
    return NetworkError(f"{host}: the answer broke off ({type(error).__name__})")


def _answer(url: str, response: requests.Response) -> dict[str, Any]:
    """The parsed body of a good answer; everything else is an error of the right kind."""
    status = response.status_code
    if 300 <= status < 400:
        target = urlsplit(response.headers.get("Location", "")).netloc or "another page"
        raise ServerError(
            f"{url}: the server sends us on to {target}",
            hint="check 'url' in .confsync.yaml; behind single sign-on use an API token",
            status=status,
        )
    try:
        data = response.json() if response.content else {}
    except ValueError:
        data = None
    if status >= 400:
        raise _translate(status, data, response.headers)
    if not isinstance(data, dict):
        raise ServerError(
            f"{url}: the answer is not JSON (a login page, or no Confluence at this URL?)",
            hint="on Cloud the URL ends in /wiki",
        )
    return data


def _translate(status: int, data: object, headers: Mapping[str, str]) -> APIAccessError:
    """The error for a status and its envelope, v2's or v1's. See the tests for every row."""
    said = _said(data)
    text = said or f"the server answered {status}"
    match status:
        case 401:
            return CredentialsError(
                f"the credentials are not accepted: {text}", hint=_CREDENTIALS_HINT, status=status
            )
        case 403 if "not permitted to use Confluence" in said:
            return CredentialsError(
                "the credentials are not accepted", hint=_CREDENTIALS_HINT, status=status
            )
        case 403:
            return PermissionDeniedError(f"not allowed: {text}", status=status)
        case 404 if said == "Not Found":
            # v2 answers this to wrong credentials on every route; a missing page is named.
            return CredentialsError(
                "the credentials are not accepted (the server answers 404 to everything)",
                hint=_CREDENTIALS_HINT,
                status=status,
            )
        case 404 if data is None:
            return ServerError(
                "there is no Confluence API at this URL",
                hint="check 'url' in .confsync.yaml; on Cloud it ends in /wiki",
                status=status,
            )
        case 404:
            return NotVisibleError(text, status=status)
        case 429:
            return RateLimitError(
                "the server is still limiting the rate of requests",
                retry_after=_seconds(headers.get("Retry-After")),
            )
        case 400 | 413:
            return WriteRefusedError(text, status=status)
        case _:
            # 409 stands here for both its meanings: who wrote finds out which.
            return ServerError(text, hint="try again later", status=status)


def _said(data: object) -> str:
    """What an error envelope says, without the Java class in front."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return str(errors[0].get("title") or errors[0].get("detail") or "")
    message = str(data.get("message") or "")
    head, separator, rest = message.partition(": ")
    return rest if separator and head.endswith("Exception") else message


def _seconds(retry_after: str | None) -> float | None:
    if retry_after is None or not retry_after.isdecimal():
        return None
    return float(retry_after)
