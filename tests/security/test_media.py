"""Downloads that are sent on to a media host: it learns nothing, and no other place is followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
def sent_on_to(location: str, *, known: bool = True) -> Iterator[str]:
    """Yield a server that sends everything on; `known` says whether it must be told who asks."""

    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with stub(redirect) as (url, asked):
        yield url
        assert ("Basic" in asked[0] or "Bearer" in asked[0]) is known


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
        *("//example.com/file", "http://", "", "http://[bad", "http://127.0.0.1:port/file"),
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


def test_no_redirect_leads_from_https_to_http() -> None:
    with pytest.raises(ServerError, match="without encryption"):
        transfers._check("https://acme.atlassian.net/wiki/x", "http://127.0.0.1/file")
    transfers._check("https://acme.atlassian.net/wiki/x", "https://media.example.com/file")


def on_one_origin(
    then: dict[str, str],
) -> tuple[Callable[[BaseHTTPRequestHandler], None], dict[str, str]]:
    """Return a server that redirects by a table and needs credentials for bytes, and who asked."""
    asked: dict[str, str] = {}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked[handler.path] = handler.headers.get("Authorization", "")
        where = then.get(handler.path, then[""] if "/download" in handler.path else None)
        if where is not None:
            handler.send_response(302)
            handler.send_header("Location", where)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        elif asked[handler.path]:
            media(handler)
        else:
            handler.send_error(401)

    return answer, asked


@pytest.mark.parametrize("user", ["me@example.com", None])
def test_a_redirect_within_the_same_origin_keeps_the_credentials(
    tmp_path: Path, user: str | None
) -> None:
    answer, asked = on_one_origin({"": "/wiki/one", "/wiki/one": "two?x=1"})
    with stub(answer) as (url, _):
        assert fetched(url, tmp_path, Credentials("secret-token", user)) == DATA
    assert len(set(asked.values())) == 1
    assert asked["/wiki/two?x=1"]


def test_who_left_the_origin_comes_back_without_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.Pace, "backoff", lambda *_: None)
    then: dict[str, str] = {}
    answer, asked = on_one_origin(then)
    with stub(answer) as (url, _), sent_on_to(f"{url}/back", known=False) as elsewhere:
        then[""] = f"{elsewhere}/away"
        with pytest.raises(APIAccessError):
            fetched(url, tmp_path, Credentials("secret-token", "me@example.com"))
    assert asked.pop("/wiki/back") == ""
    assert all(asked.values())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x", "https://a.example:443/y", True),
        ("https://A.example/x", "https://a.example/y", True),
        ("https://a.example/x", "http://a.example/y", False),
        ("https://a.example/x", "https://a.example:8443/y", False),
        ("https://a.example/x", "https://b.a.example/y", False),
        ("https://a.example/x", "https://a.example.evil.example/y", False),
        ("https://a.example/x", "https://a.example@evil.example/y", False),
        ("http://127.0.0.1/x", "http://127.0.0.1:80/y", True),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    assert (transfers._origin(one) == transfers._origin(other)) is same


def test_a_circle_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.Pace, "backoff", lambda *_: None)
    with sent_on_to("/again") as url, pytest.raises(APIAccessError, match="too many redirects"):
        fetched(url, tmp_path, Credentials("secret", "me"))
