"""Addresses as people copy them from a browser: base URL, space key and page out of one URL."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from confsync.errors import UsageError

# /spaces/ENG/pages/98310/Title (Cloud and new Data Center), /display/ENG (Data Center)
_SPACES = re.compile(
    r"(?P<base>.*?)/spaces/(?P<key>[^/]+)(?:/pages/(?:edit-v2/)?(?P<page>\d+))?(?:/.*)?"
)

_DISPLAY = re.compile(r"(?P<base>.*?)/display/(?P<key>[^/]+)(?P<title>/.+)?/?")

_HINT = "copy the address of a space or page from the browser"


@dataclass(frozen=True, slots=True)
class Address:
    """The Confluence, the space, and the page when the URL names one by id."""

    url: str
    key: str
    page: str | None = None


def parse(text: str) -> Address:
    """Take a URL apart. Raises UsageError for one that names no space."""
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise UsageError(f"'{text}' is not a URL: {error}", hint=_HINT) from None
    if "@" in parts.netloc:
        raise UsageError(
            "the URL carries credentials", hint="give them in CONFSYNC_USER and CONFSYNC_TOKEN"
        )
    base = f"{parts.scheme}://{parts.netloc}"
    found = _SPACES.fullmatch(parts.path) or _DISPLAY.fullmatch(parts.path)
    if not found or found["key"].endswith(".action"):
        raise UsageError(f"'{text}' names no space", hint=_HINT)
    groups = found.groupdict()
    if groups.get("title"):
        raise UsageError(
            f"'{text}' names a page by its title",
            hint="open the page, take the address behind 'Page information', which has its id",
        )
    try:
        url = check_url(base + groups["base"])
    except ValueError as error:
        raise UsageError(str(error), hint=_HINT) from None
    return Address(url, unquote(groups["key"]), groups.get("page"))


_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")


def check_url(url: str) -> str:
    """The base URL without a last slash. Raises ValueError when it cannot be one."""
    parts = urlsplit(url)
    if "@" in url:
        raise ValueError("the URL carries credentials; give them in CONFSYNC_USER, CONFSYNC_TOKEN")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url}' is not a URL such as https://acme.atlassian.net/wiki")
    if parts.port == 0:  # raises ValueError for what is no number of a port
        raise ValueError(f"'{url}' has no port that a server can have")
    if parts.query or parts.fragment:
        raise ValueError(f"'{url}' has more than a path behind the host")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"'{url}' would send credentials unencrypted: use https")
    return url.rstrip("/")


def same_server(one: str, other: str) -> bool:
    """Whether two base URLs mean the same Confluence.

    The case of scheme and host, the scheme's own port and a last slash make no difference; the case
    of the path does.
    """
    return _plain(one) == _plain(other)


def _plain(url: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, host, port, parts.path.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    return _LOOPBACK.fullmatch(host) is not None
