from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox, Store

from .conftest import Api


def test_it_listens_on_the_loopback_only_and_stops() -> None:
    with Sandbox() as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert sandbox.url.endswith("/wiki")
        assert requests.get(sandbox.url + "/", timeout=10).status_code == 200
        url = sandbox.url
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)
    with pytest.raises(RuntimeError):
        _ = sandbox.url


def test_closing_does_not_wait_for_idle_clients() -> None:
    before = set(threading.enumerate())
    with requests.Session() as session:
        started = time.perf_counter()
        with Sandbox() as sandbox:
            session.get(sandbox.url + "/", timeout=10)
        assert time.perf_counter() - started < 2
        assert set(threading.enumerate()) <= before
    sandbox.close()


def test_a_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        sandbox = Sandbox(port=taken.getsockname()[1])
        with pytest.raises(OSError):
            sandbox.start()
        sandbox.close()


def test_a_given_port() -> None:
    with Sandbox() as sandbox:
        port = int(sandbox.url.rpartition(":")[2].partition("/")[0])
    with Sandbox(port=port) as again:
        assert again.url == sandbox_url(port)


def sandbox_url(port: int) -> str:
    return f"http://127.0.0.1:{port}/wiki"


def test_a_flavor_or_a_context_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="datacenter"):
        Sandbox(flavor="server")
    for context in ("wiki", "/wiki/", "/"):
        with pytest.raises(ValueError, match="context"):
            Sandbox(context=context)


def test_a_file_survives(tmp_path: Path) -> None:
    path = tmp_path / "site.sqlite"
    with Sandbox(data=path) as sandbox:
        sandbox.store.create_space("ENG", "Engineering")
    with Sandbox(data=str(path)) as sandbox:
        assert sandbox.store.space("ENG").name == "Engineering"
    with Store() as store, pytest.raises(ValueError, match="either"):
        Sandbox(data=path, store=store)


def test_a_store_of_ones_own_stays_open() -> None:
    with Store() as store:
        with Sandbox(store=store) as sandbox:
            assert sandbox.store is store
        assert store.create_space("ENG").key == "ENG"


def test_every_request_is_logged(sandbox: Sandbox, api: Api, page: PageRow) -> None:
    api("GET", "/api/v2/pages?limit=1&title=Gu%C3%AFde")
    api.put(page, value="<p>ä</p>")
    api("GET", "/api/v2/pages/1")
    requests.get(f"{sandbox.url}/spaces/Ü", timeout=10)
    log = [(one.method, one.path, one.query, one.status) for one in sandbox.requests]
    assert log == [
        ("GET", "/wiki/api/v2/pages", "limit=1&title=Gu%C3%AFde", 200),
        ("PUT", f"/wiki/api/v2/pages/{page.id}", "", 200),
        ("GET", "/wiki/api/v2/pages/1", "", 404),
        ("GET", "/wiki/spaces/Ü", "", 404),
    ]
    assert b"u00e4" in sandbox.requests[1].body
    sandbox.clear_requests()
    assert sandbox.requests == []


def test_serve_forever_ends_with_close() -> None:
    sandbox = Sandbox().start()
    thread = threading.Thread(target=sandbox.serve_forever)
    thread.start()
    assert requests.get(sandbox.url + "/", timeout=10).status_code == 200
    sandbox.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()
