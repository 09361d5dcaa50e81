"""The WSGI layer outside the application: the log of requests, latency, limits and faults."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from waitress.channel import ClientDisconnected  # type: ignore[import-untyped]

from .errors import dc_refused, proxy_page, refused, servlet_page
from .ratelimit import Bucket
from .site import BY_GATEWAY, CLOUD, CLOUD_ID, SITE, Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

GATEWAY = f"/ex/confluence/{CLOUD_ID}"
REMEMBERED_REQUESTS = 100_000


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it arrived, and the status of its answer, even of a lost one.

    The body of an upload is not kept.
    """

    method: str
    path: str
    query: str
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Gate:
    """Wraps a WSGI application. Every answer is complete before its first byte is sent."""

    def __init__(self, application: WSGIApplication, site: Site, latency: float) -> None:
        self.log: deque[Request] = deque(maxlen=REMEMBERED_REQUESTS)
        self.faults = site.faults
        self.latency = latency
        self._application = application
        self._site = site
        self._apis = (f"{site.context}/api/", f"{site.context}/rest/")
        self._bucket = Bucket(site.faults)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._stale_left = 0
        self._searches_left = 0
        self._searches = tuple(
            f"{site.context}/rest/api/{one}" for one in ("content/search", "search", "search/user")
        )
        site.store.database.on_write.append(self._written)

    def close(self) -> None:
        self._closing.set()
        self._site.store.database.on_write.remove(self._written)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = str(environ["REQUEST_METHOD"])
        path = str(environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")
        body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ[SITE] = self._site
        environ[BY_GATEWAY] = path.startswith(GATEWAY)
        environ["PATH_INFO"] = self._plain(environ.get("PATH_INFO", "").removeprefix(GATEWAY))
        if self.faults.before is not None:
            self.faults.before(method, path)
        if self.latency:
            time.sleep(self.latency)
        answer = self._answer(method, path, environ)
        query, status = (
            str(environ.get("QUERY_STRING", "")),
            int(answer.status.split()[0]),
        )
        file = str(environ.get("CONTENT_TYPE", "")).startswith("multipart/")
        self.log.append(Request(method, path, query, status, b"" if file else body))
        if self.faults.slow is not None:
            self._closing.wait(self.faults.slow(method, path))
        if _applies(self.faults.lose_response, method, path):
            # waitress answers any other exception with a 500; this one closes the connection
            raise ClientDisconnected
        if _applies(self.faults.truncate, method, path):
            answer = _Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
        length = ("Content-Length", str(len(answer.body)))
        start_response(answer.status, [*answer.headers, *self._limits(status), length])
        return [answer.body]

    def _plain(self, path: str) -> str:
        """Return an API's path without a slash at its end, which servers accept."""
        plain = path.rstrip("/")
        return plain if plain.startswith(self._apis) else path

    def _limits(self, status: int) -> list[tuple[str, str]]:
        """Return the headers of a Data Center's answer about its limit and the rest of it."""
        if self._site.flavor == CLOUD:
            return []
        return self._bucket.headers(empty=status == HTTPStatus.TOO_MANY_REQUESTS)

    def _is_api(self, path: str) -> bool:
        return path.removeprefix(GATEWAY).startswith(self._apis)

    def _answer(self, method: str, path: str, environ: WSGIEnvironment) -> _Answer:
        if self._is_api(path) and not self._bucket.take():
            return self._refused(path, HTTPStatus.TOO_MANY_REQUESTS)
        refuse = self.faults.refuse
        status = refuse(method, path) if refuse is not None else None
        if status is not None:
            return self._refused(path, status)
        html = self.faults.html
        status = html(method, path) if html is not None else None
        if status is not None:
            return _html(status, proxy_page(status), [])
        if self._is_api(path):
            self._site.store.advance()
        with self._time(method, path):
            return _collect(self._application, environ)

    def _refused(self, path: str, status: int) -> _Answer:
        headers: list[tuple[str, str]] = []
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            headers.append(("Retry-After", str(self.faults.retry_after)))
        say = refused if self._site.flavor == CLOUD else dc_refused
        said = say(path, status)
        if said is None:
            return _html(status, servlet_page(status), headers)
        headers.append(("Content-Type", "application/json"))
        return _Answer(_line(status), headers, json.dumps(said).encode())

    def _written(self) -> None:
        with self._lock:
            self._stale_left = self.faults.stale_reads_count
            self._searches_left = self.faults.search_lag_count

    def _time(self, method: str, path: str) -> AbstractContextManager[None]:
        """Return the state for a request: the current one, or an earlier one for stale reads."""
        if method != "GET" or not self._is_api(path):
            return nullcontext()
        faults, seconds = self.faults, self.faults.stale_reads
        with self._lock:
            stale = bool(faults.stale_reads_count and self._stale_left)
            self._stale_left -= stale
            if path.removeprefix(GATEWAY).rstrip("/") in self._searches:
                lagging = bool(faults.search_lag_count and self._searches_left)
                self._searches_left -= lagging
                stale, seconds = stale or lagging, max(seconds, faults.search_lag)
        if not stale and not seconds:
            return nullcontext()
        return self._site.store.database.past(writes=int(stale), seconds=seconds)


def _line(status: int) -> str:
    return f"{int(status)} {HTTPStatus(status).phrase}"


def _html(status: int, page: str, headers: list[tuple[str, str]]) -> _Answer:
    kind = ("Content-Type", "text/html;charset=UTF-8")
    return _Answer(_line(status), [*headers, kind], page.encode())


def _applies(match: Callable[[str, str], bool] | None, method: str, path: str) -> bool:
    return match is not None and match(method, path)


def _collect(application: WSGIApplication, environ: WSGIEnvironment) -> _Answer:
    """Run a WSGI application to its end, and return its answer."""
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], Any]:
        started[:] = [status, headers]
        return _no_write

    chunks = application(environ, start)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = started
    kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
    return _Answer(status, kept, body)


def _no_write(_: bytes) -> None:
    raise NotImplementedError("the application must return its body")
