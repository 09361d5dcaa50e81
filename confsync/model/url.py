"""Addresses as people copy them from a browser: base URL, space key and page id in one URL."""

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

_HINT = "copy the address of a space or a page from the browser"


@dataclass(frozen=True, slots=True)
class Address:
    """The Confluence, the space, and the page if the URL names one by id."""

    url: str
    key: str
    page: str | None = None


def parse(text: str) -> Address:
    """Split a URL into its parts. Raise UsageError for a URL without a space."""
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise UsageError(f"'{text}' is not a URL: {error}", hint=_HINT) from None
    if "@" in parts.netloc:
        raise UsageError(
            "the URL contains credentials", hint="set CONFSYNC_USER and CONFSYNC_TOKEN instead"
        )
    base = f"{parts.scheme}://{parts.netloc}"
    found = _SPACES.fullmatch(parts.path) or _DISPLAY.fullmatch(parts.path)
    if not found or found["key"].endswith(".action"):
        raise UsageError(f"'{text}' does not name a space", hint=_HINT)
    groups = found.groupdict()
    if groups.get("title"):
        raise UsageError(
            f"'{text}' names a page by its title",
            hint="open the page and copy the address of 'Page information': it has the page's id",
        )
    try:
        url = check_url(base + groups["base"])
    except ValueError as error:
        raise UsageError(str(error), hint=_HINT) from None
    return Address(url, unquote(groups["key"]), groups.get("page"))


_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")


def check_url(url: str) -> str:
    """Return the base URL without its last slash.

    Raise ValueError if it is not a valid base URL.
    """
    parts = urlsplit(url)
    if "@" in url:
        raise ValueError(
            "the URL contains credentials: set CONFSYNC_USER and CONFSYNC_TOKEN instead"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url}' is not a URL such as https://acme.atlassian.net/wiki")
    if parts.port == 0:  # raises ValueError if the port is not a number
        raise ValueError(f"'{url}' has a port that no server can have")
    if parts.query or parts.fragment:
        raise ValueError(f"'{url}' has a query or fragment behind its path")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"'{url}' would send credentials unencrypted: use https")
    return url.rstrip("/")


def same_server(one: str, other: str) -> bool:
    """Return whether two base URLs name the same Confluence.

    These differences do not count: the case of scheme and host, the scheme's default port, a last
    slash. The case of the path counts.
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
    """Return whether a host is this machine."""
    return _LOOPBACK.fullmatch(host) is not None
