"""The way to a server: what the environment says is read once, and no request writes to it."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import requests

from confsync.errors import APIAccessError, EnvironmentTroubleError, NetworkError
from confsync.mirror import attachment_files as files
from confsync.model.page import AttachmentInfo, Version
from confsync.remote import Credentials, open_remote
from confsync.remote.client import Client
from confsync.remote.network import login_of, network_of
from confsync.workers import Workers
from tests.contract.conftest import Server
from tests.security.test_media import DATA, media, sent_on_to
from tests.security.test_servers import stub

URL = "https://acme.example/wiki"
INFO = AttachmentInfo("att1", "a.bin", Version(1), len(DATA))


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, no_waiting: None) -> None:
    """No proxy and no certificates of the machine's."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@contextmanager
def sealed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let each write to the environment fail."""

    def fail(*_: object) -> None:
        raise AssertionError("a request writes to the environment")

    with monkeypatch.context() as inner:
        inner.setattr(type(os.environ), "__setitem__", fail)
        inner.setattr(type(os.environ), "__delitem__", fail)
        yield


def downloaded(url: str, where: Path) -> bytes:
    remote = open_remote(url, Credentials("secret", "me"), flavor="cloud")
    try:
        with files.downloading(where, INFO) as download:
            remote.download("7", INFO, download)
    finally:
        remote.close()
    return download.path.read_bytes()


def test_no_request_writes_to_the_environment(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(page: str) -> bytes:
        info = server.remote.upload(page, "a.bin", lambda: io.BytesIO(DATA), comment="")
        assert server.remote.page(page).info.id == page
        with files.downloading(tmp_path / page, info) as download:
            server.remote.download(page, info, download)  # Cloud sends it on to another host
        return download.path.read_bytes()

    pages = [server.page(f"Page {n}") for n in range(6)]
    with sealed(monkeypatch):
        assert list(Workers(4).each(asked, pages)) == [DATA] * 6


@pytest.mark.parametrize("variables", [{}, {"NO_PROXY": "a.example", "no_proxy": "b.example"}])
def test_no_redirect_writes_to_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with (
        stub(media) as (elsewhere, _),
        sent_on_to(f"{elsewhere.replace('127.0.0.1', 'localhost')}/file") as url,
        sealed(monkeypatch),
    ):
        assert downloaded(url, tmp_path) == DATA


def refused(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(502)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


class Proxy:
    """A proxy that lets nothing through; `seen` has the addresses that it was asked for."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.url = ""

    def __enter__(self) -> Proxy:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def _serve(self) -> None:
        while True:
            try:
                one, _ = self._listening.accept()
            except OSError:
                return
            with one:
                line = one.recv(65_536).split(b"\r\n")[0].decode()
                if not line:
                    return
                self.seen.append(line.rpartition(" ")[0])
                one.sendall(b"HTTP/1.1 502 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            socket.create_connection(self._listening.getsockname()).close()
        self._thread.join(5)
        self._listening.close()


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_requests_and_downloads_go_through_the_persons_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv(name, proxy.url)
        client = Client(URL, Credentials("t"))
        with pytest.raises(NetworkError, match="no connection through the proxy"):
            client.put("api/x", {})
        client.close()
        assert proxy.seen == ["CONNECT acme.example:443"]
        with pytest.raises(NetworkError, match="no connection through the proxy"):
            downloaded(URL, tmp_path)
        assert set(proxy.seen) == {"CONNECT acme.example:443"}
        with sent_on_to("https://media.example/file") as url, pytest.raises(NetworkError):
            downloaded(url, tmp_path)
        assert proxy.seen[-1] == "CONNECT media.example:443"


@pytest.mark.parametrize(
    ("url", "no_proxy", "direct"),
    [
        (URL, "acme.example", True),
        (URL, ".example", True),
        (URL, "example", True),
        (URL, "other.example, acme.example:443", False),
        ("https://acme.example:8443/wiki", "acme.example:8443", True),
        (URL, "*", True),
        (URL, "me.example", False),
        (URL, "", False),
        ("https://10.1.2.3/wiki", "10.0.0.0/8", True),
        ("https://11.1.2.3/wiki", "10.0.0.0/8", False),
    ],
)
def test_no_proxy_is_heeded(
    monkeypatch: pytest.MonkeyPatch, url: str, no_proxy: str, direct: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    found = network_of(url).proxies.get("https")
    assert found == (None if direct else "http://proxy.example:3128")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1.2.3", "[::1]"])
def test_this_machine_has_no_proxy(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    assert network_of(f"http://{host}:8080/wiki").proxies == {}


def test_a_download_from_this_machine_goes_through_no_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy() as proxy:
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with stub(media) as (elsewhere, _), sent_on_to(f"{elsewhere}/file") as url:
            assert downloaded(url, tmp_path) == DATA
        assert proxy.seen == []


@pytest.mark.parametrize(
    ("variables", "trusted"),
    [
        ({}, True),
        ({"REQUESTS_CA_BUNDLE": "/one.pem"}, "/one.pem"),
        ({"CURL_CA_BUNDLE": "/two.pem"}, "/two.pem"),
        ({"REQUESTS_CA_BUNDLE": "/one.pem", "CURL_CA_BUNDLE": "/two.pem"}, "/one.pem"),
    ],
)
def test_the_persons_certificates_are_trusted(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], trusted: bool | str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert network_of(URL).verify == trusted


def test_certificates_count_for_requests_downloads_and_redirects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = str(tmp_path / "ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", missing)
    client = Client("https://127.0.0.1:9/wiki", Credentials("t"))
    with pytest.raises(EnvironmentTroubleError, match=r"ca\.pem"):
        client.get("api/x")
    client.close()
    with pytest.raises(EnvironmentTroubleError, match=r"ca\.pem"):
        downloaded("https://127.0.0.1:9/wiki", tmp_path)
    with (
        sent_on_to("https://127.0.0.1:9/file") as url,
        pytest.raises(EnvironmentTroubleError, match=r"ca\.pem"),
    ):
        downloaded(url, tmp_path)


@pytest.mark.parametrize("token", ["", "a-token"])
@pytest.mark.parametrize("user", [None, "me"])
def test_netrc_counts_without_a_token_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str, user: str | None
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login ana password from-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with stub(refused) as (url, seen):
        client = Client(url, Credentials(token, user))
        with pytest.raises(APIAccessError):
            client.put("api/x", {})
        client.close()
    known = requests.auth._basic_auth_str("ana", "from-netrc")
    assert (seen[0].split(" ", 2)[2] == known) is (not token)
    assert login_of("https://other.example") is None


def test_no_session_looks_into_the_environment_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[requests.Session] = []
    send = requests.Session.send

    def watched(session: requests.Session, *given: object, **more: object) -> requests.Response:
        made.append(session)
        return send(session, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.Session, "send", watched)
    with stub(media) as (elsewhere, _), sent_on_to(f"{elsewhere}/file") as url:
        assert downloaded(url, tmp_path) == DATA
    assert len(made) == 2
    assert not any(session.trust_env for session in made)
