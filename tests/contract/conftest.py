"""Every kind of server that confsync claims to speak with, each behind the same Protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from confsync.remote import Credentials, Remote, client, open_remote
from confsync.sandbox import Sandbox
from tests.conformance import check_requests

SERVERS: dict[str, dict[str, Any]] = {
    "cloud": {"flavor": "cloud"},
    "datacenter": {"flavor": "datacenter"},
    "datacenter at the root": {"flavor": "datacenter", "context": ""},
    "datacenter under /wiki": {"flavor": "datacenter", "context": "/wiki"},
    "datacenter 7.4": {"flavor": "datacenter", "version": "7.4.0"},
}


@dataclass(frozen=True)
class Server:
    """A running server, and our connection to it."""

    wiki: Sandbox
    remote: Remote

    @property
    def cloud(self) -> bool:
        return self.remote.flavor == "cloud"

    def page(self, title: str = "Guide", body: str = "<p>text</p>", **more: Any) -> str:
        return self.wiki.store.create_page("ENG", title, body, **more).id


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.Pace, "pause", lambda *_: None)
    monkeypatch.setattr(client.Pace, "backoff", lambda *_: None)


@pytest.fixture(params=SERVERS)
def wiki(request: pytest.FixtureRequest, no_waiting: None) -> Iterator[Sandbox]:
    with Sandbox(**SERVERS[request.param]) as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def server(wiki: Sandbox) -> Iterator[Server]:
    remote = open_remote(wiki.url, Credentials(wiki.token, wiki.user), jobs=4)
    wiki.clear_requests()
    yield Server(wiki, remote)
    remote.close()
