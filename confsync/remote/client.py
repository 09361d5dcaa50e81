"""One connection: it sends requests, retries them, and translates every failure in one place.

`atlassian-python-api` provides the sessions and the authentication. confsync does not use its page
helpers: they read the version again before they write, so that the last write wins.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import requests

from confsync import failpoints
from confsync.errors import (
    APIAccessError,
    CredentialsError,
    EnvironmentTroubleError,
    NetworkError,
    NotVisibleError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from confsync.remote.credentials import Credentials, Source
from confsync.remote.failures import NoListingError, answer_of, not_found
from confsync.remote.http_library import AtlassianRestAPI, TooLargeError, connection, hold_back
from confsync.remote.network import login_of
from confsync.remote.network_failures import causes_of, network_error
from confsync.remote.rate_limit import GiveUp, Pace, Refusal, Wait, backoff, used_up, verdict
from confsync.remote.refused_credentials import refused

Answer = TypeVar("Answer")

log = logging.getLogger("confsync.remote")

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 75.0
TRIES = 5
# An answer that is no JSON at all is more likely a login page than a passing failure.
WRONG_TRIES = 2
_WHO = "rest/api/user/current"
_RIGHTS = "'confsync doctor' says whether you may edit the space; pages may have restrictions, too"
_PASSING = (502, 503, 504)
_REFUSALS = (429, 503)
# A body has at most 5 MB. JSON may write each of its characters in six.
ONE_ANSWER = 64 * 1024 * 1024
MANY_BODIES = 8 * ONE_ANSWER


class Request(NamedTuple):
    """A request whose answer is JSON. The path begins behind the base URL."""

    method: str
    path: str
    params: Mapping[str, Any] | None = None
    body: Mapping[str, Any] | list[Any] | None = None

    def send(self, api: AtlassianRestAPI) -> requests.Response:
        """Send the request without following redirects."""
        return api.request(
            self.method,
            self.path,
            params=dict(self.params) if self.params else None,
            data=self.body,  # type: ignore[arg-type]
            advanced_mode=True,
            allow_redirects=False,
        )


class Tries(NamedTuple):
    """The history of a request: its failures, its refusals, and its pauses in seconds."""

    failed: int = 0
    limited: int = 0
    waited: float = 0.0


class Client:
    """Sends requests to one base URL and returns parsed JSON. Several threads may use it.

    If the server does not accept the credentials, the client asks `elsewhere` once for another base
    URL. At most `jobs` requests run at a time, whatever the number of threads.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | None,
        *,
        pace: Pace | None = None,
        elsewhere: Callable[[], str | None] | None = None,
        jobs: int = 64,
    ) -> None:
        # The library's debug log would print whole pages.
        logging.getLogger("atlassian").setLevel(logging.WARNING)
        self.url = url
        self._credentials = credentials or Credentials()
        self.who = self._credentials.who
        self._pace = pace or Pace()
        self._elsewhere = elsewhere
        self._slots = threading.BoundedSemaphore(jobs)
        self._open: list[AtlassianRestAPI] = []
        self._idle: list[AtlassianRestAPI] = []
        self.seen: Mapping[str, str] = {}
        self._answered: set[str] = set()  # the base URLs that accepted the credentials
        self._lock = threading.Lock()

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, limit: int = ONE_ANSWER
    ) -> dict[str, Any]:
        """GET an answer of at most `limit` bytes. Try again if the failure may pass."""
        return self._send(Request("GET", path, params), repeat=True, limit=limit)

    def ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST a request for reading only. Repeating it is safe."""
        return self._send(Request("POST", path, body=body), repeat=True)

    def put(self, path: str, body: Mapping[str, Any] | list[Any] | None = None) -> dict[str, Any]:
        """PUT once. Only the caller can find out whether a failed write succeeded."""
        return self._send(Request("PUT", path, body=body), repeat=False)

    def post(self, path: str, body: Mapping[str, Any] | list[Any]) -> dict[str, Any]:
        """POST a request that creates something, once, as `put` does."""
        return self._send(Request("POST", path, body=body), repeat=False)

    def delete(self, path: str) -> None:
        """DELETE once."""
        self._send(Request("DELETE", path), repeat=False)

    @property
    def tried(self) -> str:
        """Return whose credentials the requests have, and their source; empty without any."""
        return self._tried().told

    def _tried(self) -> Credentials:
        login = None if self._credentials.token else login_of(self.url)
        if login is None:
            return self._credentials
        return Credentials(login[1], login[0], self._credentials.certificate, Source.NETRC)

    def refused(self, error: CredentialsError) -> CredentialsError:
        """Return the error for requests that are not accepted, with the credentials they have."""
        return refused(self._tried(), self.url, error)

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for api in self._open:
                api.close()
            self._open.clear()
            self._idle.clear()

    def _api(self) -> AtlassianRestAPI:
        """Return a connection that no other thread uses. The caller makes it idle again.

        Threads end with each batch. A connection of each thread would stay open after the thread,
        until the server runs out of connections.
        """
        with self._lock:
            self._idle = [api for api in self._idle if api.url == self.url]
            if self._idle:
                return self._idle.pop()
        api = connection(self.url, self._credentials, (CONNECT_TIMEOUT, READ_TIMEOUT))
        with self._lock:
            self._open.append(api)
        return api

    def _send(self, request: Request, *, repeat: bool, limit: int = ONE_ANSWER) -> dict[str, Any]:
        what = f"{request.method} {request.path}"
        return self.exchange(what, request.send, self.parsed, repeat=repeat, limit=limit)

    def exchange(
        self,
        what: str,
        send: Callable[[AtlassianRestAPI], requests.Response],
        parse: Callable[[requests.Response], Answer],
        *,
        repeat: bool,
        limit: int | None = ONE_ANSWER,
    ) -> Answer:
        """Send a request, and repeat it if `repeat` allows; `what` is its method and path.

        Without `limit` the answer is a stream, which `parse` reads.
        """
        tries = Tries()
        while True:
            self._pace.wait()
            where = self.url
            try:
                with self._slots:
                    return self._once(what, send, parse, limit)
            except (RateLimitError, NetworkError, ServerError) as error:
                tries = self._wait_out(error, tries, repeat=repeat)
            except CredentialsError as error:
                if error.status == 404 and self._is_known(where):
                    tries = self._wait_out(not_found(what), tries, repeat=repeat)
                elif not self._go_elsewhere(where):
                    raise self.refused(error) from None
            except PermissionDeniedError as error:
                if self.tried:
                    raise error if repeat else _write_denied(error) from None
                raise self.refused(CredentialsError(error.message, status=error.status)) from None
            except NotVisibleError as error:
                raise error if repeat else _write_denied(error) from None

    def _wait_out(
        self, error: RateLimitError | NetworkError | ServerError, tries: Tries, *, repeat: bool
    ) -> Tries:
        """Wait before the next try. Raise the error if no further try is allowed."""
        limited, now = tries.limited + 1, datetime.now(UTC)
        refusal = Refusal(error.status, error.retry_after, repeat, limited, tries.waited)
        match verdict(refusal, now):
            case GiveUp(message, hint):
                after = error.retry_after
                if error.status == 429:
                    raise RateLimitError(message, hint=hint, retry_after=after) from None
                raise ServerError(message, hint=hint, status=503, retry_after=after) from None
            case Wait(seconds, alone, why):
                self._pace.announce(seconds, why)
                (self._pace.backoff if alone else self._pace.pause)(seconds)
                return tries._replace(limited=limited, waited=tries.waited + seconds)
        failed = tries.failed + 1
        if not repeat or failed >= _tries(error):
            raise error
        self._pace.backoff(backoff(failed))
        return tries._replace(failed=failed)

    def _is_known(self, where: str) -> bool:
        """Return whether a URL that answered before still knows the user of the credentials.

        Cloud answers 404 `Not Found` to credentials that it does not accept. Sometimes it also
        answers so to a single request.
        """
        if where not in self._answered:
            return False

        try:
            with self._slots:
                send = Request("GET", _WHO).send
                who = self._once(f"GET {_WHO}", send, self.parsed, ONE_ANSWER)
        except (NetworkError, RateLimitError):
            raise
        except APIAccessError:
            return False
        return any(who.get(key) for key in ("accountId", "username", "userKey"))

    def _go_elsewhere(self, where: str) -> bool:
        """Return whether to try another base URL, after `where` refused the credentials."""
        with self._lock:
            if self.url != where:
                return True  # another thread changed it
            elsewhere, self._elsewhere = self._elsewhere, None
            other = elsewhere() if elsewhere else None
            if other:
                log.info("the credentials may be meant for %s", other)
                self.url = other
        return other is not None

    def _once(
        self,
        what: str,
        send: Callable[[AtlassianRestAPI], requests.Response],
        parse: Callable[[requests.Response], Answer],
        limit: int | None,
    ) -> Answer:
        started = time.monotonic()
        where = self.url
        failpoints.before(what)
        api = self._api()
        held: list[bytearray] = []
        api._session.hooks["response"] = [partial(hold_back, limit, held)] if limit else []
        try:
            with self._errors_named(what, limit):
                response = send(api)
                if held:
                    response._content = held.pop()  # type: ignore[assignment]
                log.info("%s: %d, %.2f s", what, response.status_code, time.monotonic() - started)
                self.seen = response.headers
                if response.status_code not in _REFUSALS:  # a refusal names its own pause
                    self._pace.spare(used_up(response.headers))
                answer = parse(response)
                self._answered.add(where)
                return answer
        finally:
            with self._lock:
                self._idle.append(api)

    @contextmanager
    def _errors_named(self, what: str, limit: int | None) -> Iterator[None]:
        """Raise confsync's error for each error of the libraries below."""
        try:
            yield
        except TooLargeError:
            path = what.partition(" ")[2]
            raise ServerError(f"{path}: the answer is over {(limit or 0) // 2**20} MB") from None
        except requests.RequestException as error:
            log.info("%s: %s", what, causes_of(error))
            raise network_error(self.url, error) from None
        except UnicodeError:
            raise CredentialsError("the token or the user name has an invalid character") from None
        except ValueError as error:
            # `requests` parses the address of each redirect, even if it does not follow it.
            host = urlsplit(self.url).netloc
            raise ServerError(f"{host}: the answer cannot be read: {error}") from None
        except OSError as error:
            raise EnvironmentTroubleError(str(error)) from None

    def parsed(self, response: requests.Response) -> dict[str, Any]:
        """Return the parsed body of a good answer. Raise the error of any other answer."""
        return answer_of(self.url, response.status_code, response.headers, response.content)


def _write_denied(error: PermissionDeniedError | NotVisibleError) -> APIAccessError:
    """Return the error of a write that the server forbids, with the command that looks for rights.

    Cloud answers 404 to the writes of a user who may only read. So a 404 has two meanings.
    """
    hidden = isinstance(error, NotVisibleError)
    why = f"{error.message}: you may not change it, or it is gone" if hidden else error.message
    return type(error)(why, hint=error.hint or _RIGHTS, status=error.status)


def _tries(error: RateLimitError | NetworkError | ServerError) -> int:
    passing = error.status in _PASSING or isinstance(error, NoListingError)
    passing = passing or (isinstance(error, ServerError) and error.truncated)
    if isinstance(error, NetworkError) or passing:
        return TRIES
    return WRONG_TRIES if error.status == 0 else 1
