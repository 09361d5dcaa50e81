"""Attachments' bytes, sent and received in pieces, never as a whole."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests

from confsync.errors import CredentialsError, NetworkError, ServerError
from confsync.model.page import AttachmentInfo
from confsync.model.url import is_loopback
from confsync.remote import rows
from confsync.remote.client import CONNECT_TIMEOUT, READ_TIMEOUT, Client
from confsync.remote.failures import answer_of
from confsync.remote.http_library import AtlassianRestAPI
from confsync.remote.network import isolate, network_of
from confsync.remote.protocol import Sink
from confsync.remote.rows import Row

if TYPE_CHECKING:
    from requests_toolbelt import MultipartEncoder  # type: ignore[import-untyped]

PIECE = 1 << 18
# The most redirects of a download. A media service needs one.
MOST_HOPS = 5
_PORTS = {"http": 80, "https": 443}
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_NO_CHECK = {"X-Atlassian-Token": "no-check", "Accept": "application/json"}


class Upload(NamedTuple):
    """A file to send: as a new attachment, or as the next version of the one that it replaces.

    `file` opens it anew for each try.
    """

    name: str
    file: Callable[[], BinaryIO]
    comment: str
    replaces: AttachmentInfo | None

    @property
    def media_type(self) -> str:
        """Return the type in the server's listing. If there is none, guess it from the name."""
        known = self.replaces.media_type if self.replaces else ""
        from confsync.document.attachments.media_types import guessed

        return known or guessed(self.name)


def upload(client: Client, page_id: str, sent: Upload) -> Row:
    """Send a file once. Return the attachment's row. The caller finds out whether it succeeded.

    The file's name is sent as RFC 7578 and browsers do it: in UTF-8, with ``"`` and line ends
    percent-encoded. urllib3 does that from version 2 on.
    """
    path = f"rest/api/content/{page_id}/child/attachment"
    path += f"/{sent.replaces.id}/data" if sent.replaces else ""

    def send(api: AtlassianRestAPI) -> requests.Response:
        from requests_toolbelt import MultipartEncoder

        with contextlib.closing(sent.file()) as data:
            parts = {
                "file": (sent.name, data, sent.media_type),
                # Without a character set, servers read a text part as Latin-1.
                "comment": (None, sent.comment.encode(), "text/plain; charset=utf-8"),
                "minorEdit": (None, b"true", "text/plain; charset=utf-8"),
            }
            body = MultipartEncoder(fields=parts)
            headers = {**_NO_CHECK, "Content-Type": body.content_type}
            return _post(api, f"{api.url}/{path}", headers, body)

    answer = client.exchange(f"POST {path}", send, client.parsed, repeat=False)
    results = answer.get("results")
    return rows.results_of(answer, path)[0] if isinstance(results, list) and results else answer


def download(client: Client, path: str, size: int, into: Sink) -> None:
    """Download `size` bytes to `into`, behind the bytes that `into` has already.

    Follow redirects: to the same origin with the credentials, to any other origin without them.
    Raise ServerError if the answer is not the announced one.
    """
    used: list[AtlassianRestAPI] = []

    def send(api: AtlassianRestAPI) -> requests.Response:
        used[:] = [api]
        return _get(api, f"{api.url}/{path}", _from(into))

    def take(response: requests.Response) -> None:
        if 300 <= response.status_code < 400:
            response = _followed(used[0], response, into)
        with response:
            _take(client.url, response, size, into)

    client.exchange(f"GET {path}", send, take, repeat=True, limit=None)


def _from(into: Sink) -> dict[str, str]:
    """Return headers that ask for the missing bytes, uncompressed to keep their positions."""
    rest = {"Range": f"bytes={into.size}-"} if into.size else {}
    return {"Accept": "*/*", "Accept-Encoding": "identity", **rest}


def _get(api: AtlassianRestAPI, url: str, headers: dict[str, str]) -> requests.Response:
    """Send a GET whose answer is a stream. The library reads whole answers only."""
    return api._session.get(url, stream=True, **_as_the_library_sends(api, headers))


def _post(
    api: AtlassianRestAPI, url: str, headers: dict[str, str], body: MultipartEncoder
) -> requests.Response:
    """Send a stream. The library cannot."""
    return api._session.post(url, data=body, **_as_the_library_sends(api, headers))


def _as_the_library_sends(api: AtlassianRestAPI, headers: dict[str, str]) -> dict[str, Any]:
    """Return the settings with which the library sends its own requests."""
    return {
        "headers": {**dict(api.form_token_headers), **headers},
        "timeout": (CONNECT_TIMEOUT, READ_TIMEOUT),
        "allow_redirects": False,
        "proxies": api.proxies,
        "cert": api.cert,
        "verify": api.verify_ssl,
    }


def _followed(api: AtlassianRestAPI, response: requests.Response, into: Sink) -> requests.Response:
    """Return the answer at the end of a chain of redirects.

    Send the credentials only while every address so far has the server's own origin. Another host
    learns nothing about the user. It also cannot choose an address for a request with credentials.
    """
    stranger: requests.Session | None = None
    for _ in range(MOST_HOPS):
        here, target = str(response.url), response.headers.get("Location", "")
        response.close()
        where = _checked(here, target)
        if stranger is None and _origin(where) == _origin(api.url):
            response = _get(api, where, _from(into))
        else:
            stranger = stranger or _without_credentials()
            response = _asked(stranger, where, into)
        if not 300 <= response.status_code < 400:
            return response
    response.close()
    raise ServerError("the download has too many redirects")


def _without_credentials() -> requests.Session:
    session = requests.Session()
    isolate(session)  # keeps out the credentials of .netrc, too
    return session


def _asked(session: requests.Session, where: str, into: Sink) -> requests.Response:
    network = network_of(where)
    return session.get(
        where,
        headers=_from(into),
        stream=True,
        timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
        allow_redirects=False,
        proxies=network.proxies,
        verify=network.verify,
    )


def _origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port, which together identify the receiver of a request."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def _checked(here: str, target: str) -> str:
    """Return the address of a redirect. Raise ServerError or CredentialsError."""
    try:
        where = urljoin(here, target)
        _origin(where)  # raises for a bad port, too
    except ValueError:
        raise ServerError(f"the download redirects to {target[:200]!r}: no address") from None
    _check(here, where)
    return where


def _check(here: str, where: str) -> None:
    """Raise for an address that cannot have the file: an unencrypted one, or a login page."""
    old, new = urlsplit(here), urlsplit(where)
    if new.scheme not in ("http", "https") or not new.hostname:
        raise ServerError(f"the download redirects to {where[:200]!r}: no address")
    if (new.scheme == "http" and old.scheme == "https") or not _may_be_plain(where):
        raise ServerError(f"the download redirects to {new.netloc} without encryption")
    if "login" in new.path.rpartition("/")[2]:
        raise CredentialsError("the server asks for a login before it sends the attachment")


def _may_be_plain(where: str) -> bool:
    parts = urlsplit(where)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def _take(url: str, response: requests.Response, size: int, into: Sink) -> None:
    status, host = response.status_code, urlsplit(response.url).netloc
    if status == 416:
        into.restart()
        raise NetworkError(f"{host}: the download must start again")
    if status not in (200, 206):
        if host == urlsplit(url).netloc or status in (429, 503):
            answer_of(url, status, response.headers, response.raw.read(PIECE, decode_content=True))
        raise ServerError(f"{host}: the server answered the download with {status}", status=status)
    begins = _RANGE.match(response.headers.get("Content-Range", ""))
    if status == 200 or begins is None or int(begins[1]) != into.size:
        into.restart()
        if status == 206:
            raise NetworkError(f"{host}: the download must start again")
    for piece in response.iter_content(PIECE):
        if into.size + len(piece) > size:
            into.restart()
            raise ServerError(f"the attachment is larger than the {size} bytes of the listing")
        into.write(piece)
    if into.size < size:
        raise NetworkError(f"{host}: the answer is incomplete", hint="run the command again")
