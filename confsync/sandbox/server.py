"""The sandbox as a server: an embedded Confluence look-alike over real HTTP on the loopback."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack

import waitress  # type: ignore[import-untyped]
from waitress import wasyncore

from .app import application
from .faults import Faults
from .gate import GATEWAY, Gate, Request
from .limits import Limits
from .site import CLOUD, DATACENTER, Site
from .store.rows import UserRow, username
from .store.store import ME, ME_EMAIL, ME_TOKEN, Store

HOST = "127.0.0.1"
CONTEXTS = {CLOUD: "/wiki", DATACENTER: "/confluence"}
# More than the clients of any test: waitress warns of each client that waits
THREADS = 24
# Bytes of an answer that stay in memory instead of a temporary file: more than 250 bodies
IN_MEMORY = 64 * 1024 * 1024


class Options(TypedDict, total=False):
    """The rarely used options of a sandbox. `Sandbox` describes each."""

    store: Store | None
    context: str | None
    version: str
    classic_v1: bool


class Sandbox:
    """A running look-alike. Use it as a context manager, or call `start` and `close`.

    `data` is an SQLite file that keeps the state; without it, the state is lost at the end. `store`
    is an existing store, which stays open. `port` 0 takes any free port. `latency` is in seconds.
    `flavor` is cloud or datacenter. `context` is the path before every address ("" for none).

    `version` is that of a Data Center. Before 7.18 it has no `/content/scan`. Before 9.0 it has a
    page's versions under `/rest/experimental` only. `user` and `token` are valid credentials.

    `classic_v1` False takes v1's content and spaces from a Cloud, which then answers 410 to them,
    as it always does behind the gateway.
    """

    token = ME_TOKEN

    def __init__(
        self,
        data: str | Path | None = None,
        port: int = 0,
        flavor: str = CLOUD,
        latency: float = 0.0,
        **more: Unpack[Options],
    ) -> None:
        store, context = more.get("store"), more.get("context")
        if flavor not in CONTEXTS:
            raise ValueError(f"no such flavor: {flavor!r} (there is {', '.join(CONTEXTS)})")
        path = CONTEXTS[flavor] if context is None else context
        if path and (not path.startswith("/") or path.endswith("/")):
            raise ValueError(f"a context path is like /confluence, or empty: {path!r}")
        if data is not None and store is not None:
            raise ValueError("give either data or a store")
        self.faults = Faults()
        self.store = Store(data) if store is None else store
        self._owned = store is None
        self.store.escape_quotes = flavor == DATACENTER
        self.flavor, self.context = flavor, path
        self.user = ME_EMAIL if flavor == CLOUD else username(ME)
        about = (more.get("version", "9.3.1"), more.get("classic_v1", True))
        site = Site(self.store, self.faults, flavor, path, *about)
        self._gate = Gate(Limits(application(flavor, path)), site, latency)
        self._port = port
        self._server: Any = None
        self._channels: dict[int, Any] = {}
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Return the base URL of the site with the context path.

        Raise RuntimeError before `start`.
        """
        if self._server is None:
            raise RuntimeError("the sandbox is not running")
        return f"http://{HOST}:{self._server.effective_port}{self.context}"

    @property
    def gateway_url(self) -> str:
        """Return the same site as behind api.atlassian.com.

        `_links.next` lacks this URL's prefix.
        """
        return self.url.removesuffix(self.context) + GATEWAY + self.context

    def add_login(self, name: str, token: str) -> None:
        """Let another user use the APIs, with a token."""
        self.store.add_login(name, f"{username(name)}@example.com", token)

    def login_of(self, user: UserRow) -> str:
        """Return the name that a user gives with the token."""
        return user.email if self.flavor == CLOUD else username(user.name)

    @property
    def requests(self) -> list[Request]:
        """Return the requests so far, in the order of their answers."""
        return list(self._gate.log)

    def clear_requests(self) -> None:
        self._gate.log.clear()

    def start(self) -> Self:
        """Listen. Raise OSError if the port is taken."""
        if self._server is None:
            self._server = waitress.create_server(
                self._gate,
                map=self._channels,
                sockets=[_listening(self._port)],
                threads=THREADS,
                outbuf_overflow=IN_MEMORY,
                ident="confsync-sandbox",
            )
            self._thread = threading.Thread(target=self._loop, name="sandbox", daemon=True)
            self._thread.start()
        return self

    def close(self) -> None:
        """Stop listening, close all connections and, if the sandbox made it, the store."""
        if self._closed:
            return
        self._closed = True
        self.stop()
        self._gate.close()
        if self._server is not None and self._thread is not None:
            # the loop itself sets the event, so it cannot end before it is woken
            with suppress(OSError):  # a request may wake the loop, so that it ends before this
                self._server.trigger.pull_trigger(self._ended.set)
            self._thread.join()
        self._server, self._thread = None, None
        if self._owned:
            self.store.close()

    def stop(self) -> None:
        """Make `serve_forever` return. Safe in a signal handler or another thread."""
        self._stop.set()

    def serve_forever(self) -> None:
        """Serve until ^C or `stop`, then close."""
        self.start()
        try:
            while not self._stop.wait(0.5):
                pass
        except KeyboardInterrupt:
            pass
        finally:
            self.close()

    def _loop(self) -> None:
        # waitress's own loop ends only after every client has closed its connection
        while not self._ended.is_set():
            wasyncore.loop(timeout=60.0, map=self._channels, count=1)
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._channels, ignore_all=True)


def _listening(port: int) -> socket.socket:
    """Return a bound socket. waitress leaves threads and pipes behind if it fails to bind one."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
    except OSError:
        found.close()
        raise
    return found
