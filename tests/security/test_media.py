"""Downloads that are sent on to a media host: it learns nothing, and no other place is followed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from confsync.errors import APIAccessError, CredentialsError, ServerError
from confsync.mirror import attachment_files as files
from confsync.model.page import AttachmentInfo, Version
from confsync.remote import Credentials, client, open_remote, transfers
from tests.security.test_servers import stub

DATA = b"the bytes"
INFO = AttachmentInfo("att1", "a.bin", Version(1), len(DATA))


def media(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(DATA)))
    handler.end_headers()
    handler.wfile.write(DATA)


@contextmanager
def sent_on_to(location: str) -> Iterator[str]:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with stub(redirect) as (url, asked):
        yield url
        assert "Basic" in asked[0] or "Bearer" in asked[0]


def fetched(url: str, where: Path, credentials: Credentials) -> bytes:
    remote = open_remote(url, credentials, flavor="cloud")
    with files.downloading(where, INFO) as download:
        remote.download("7", INFO, download)
    remote.close()
    return download.path.read_bytes()


@pytest.mark.parametrize("user", ["me@example.com", None])
def test_the_media_host_learns_nothing_of_who_we_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: str | None
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password from-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with stub(media) as (elsewhere, seen), sent_on_to(f"{elsewhere}/file") as url:
        assert fetched(url, tmp_path, Credentials("secret-token", user)) == DATA
    assert seen == ["GET /wiki/file "]


@pytest.mark.parametrize(
    "location",
    [
        *("http://example.com/file", "ftp://127.0.0.1/file", "file:///etc/passwd", "javascript:0"),
        *("//example.com/file", "http://", ""),
    ],
)
def test_no_other_place_is_followed(
    tmp_path: Path, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.Pace, "backoff", lambda *_: None)
    with sent_on_to(location) as url, pytest.raises(ServerError):
        fetched(url, tmp_path, Credentials("secret", "me"))


def test_a_login_page_is_no_file(tmp_path: Path) -> None:
    with (
        sent_on_to("/login.action?os_destination=x") as url,
        pytest.raises(CredentialsError, match="login"),
    ):
        fetched(url, tmp_path, Credentials("secret", "me"))


def test_from_https_nobody_goes_to_http() -> None:
    with pytest.raises(ServerError, match="without encryption"):
        transfers._check("https://acme.atlassian.net/wiki/x", "http://127.0.0.1/file")
    transfers._check("https://acme.atlassian.net/wiki/x", "https://media.example.com/file")


def test_a_circle_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.Pace, "backoff", lambda *_: None)
    with sent_on_to("/again") as url, pytest.raises(APIAccessError, match="without end"):
        fetched(url, tmp_path, Credentials("secret", "me"))
