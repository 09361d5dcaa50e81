"""Addresses as people copy them from a browser, and base URLs. Pure: no server is asked."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, unquote_plus, urlsplit

from confsync.errors import UsageError

_HINT = "copy the address of a space or a page from the browser"
# "Copy link" of Cloud. Its code is no id: only the site knows the page, and asks for a login.
_COPIED_LINK = re.compile(r"/l/cp?/[\w-]+", re.ASCII)
_FOLLOW = "open this short link in the browser, and copy the address that the browser then shows"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_CLOUD_SITE = ".atlassian.net"
_ACTION = ".action"
# Kinds of content without a storage format, by their word in an address.
_NOT_MIRRORED = {
    "whiteboard": "a whiteboard",
    "database": "a database",
    "embed": "a link to another site",
}


class Target(Enum):
    """The parts that an address names."""

    SPACE = auto()
    BLOG = auto()
    PAGE = auto()
    TITLE = auto()
    FOLDER = auto()


@dataclass(frozen=True, slots=True)
class Address:
    """A place on a Confluence. `url` is the base URL, `key` the key of the space.

    `name` is the id of a page or folder, or the title of a page. A page's address may lack the key:
    only the server knows it then. A page's id may also be that of a blog post.
    """

    url: str
    key: str
    target: Target = Target.SPACE
    name: str = ""


def parse(text: str) -> Address:
    """Return what an address names.

    Raise UsageError for an address of anything that confsync cannot mirror.
    """
    parts = _divide(text)
    read = _READERS.get(parts.word)
    found = read(parts) if read else None
    if found is None:
        hint = _FOLLOW if _COPIED_LINK.search(text) else _HINT
        raise UsageError(f"'{text}' names no space and no page", hint=hint)
    return found


def server_of(text: str) -> str:
    """Return the base URL of an address. A base URL is one, too. Raise UsageError."""
    return _divide(text).url


class _Parts(NamedTuple):
    """An address: the base URL, the `word` behind it, the `rest` of the path, and the query.

    Without a known word, the whole path belongs to the base URL.
    """

    url: str
    word: str
    rest: Sequence[str]
    query: dict[str, str]


def _divide(text: str) -> _Parts:
    """Split an address into its parts. Raise UsageError."""
    try:
        parts = urlsplit(_with_scheme(text.strip().strip("<>")))
    except ValueError as error:
        raise UsageError(f"'{text}' is not a URL: {error}", hint=_HINT) from None
    words = [word for word in parts.path.split("/") if word]
    at = next((n for n, w in enumerate(words) if w in _READERS or w.endswith(_ACTION)), None)
    context = words[:at]
    if not context and parts.netloc.lower().endswith(_CLOUD_SITE):
        context = ["wiki"]
    try:
        url = check_url("/".join([f"{parts.scheme}://{parts.netloc}", *context]))
    except ValueError as error:
        raise UsageError(str(error), hint=_HINT) from None
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if at is None:
        return _Parts(url, "", (), query)
    return _Parts(url, words[at], words[at + 1 :], query)


def _with_scheme(text: str) -> str:
    """Return an address with a scheme: http for this machine, else https."""
    if _SCHEME.match(text):
        return text
    host = urlsplit(f"//{text}").hostname or ""
    return f"{'http' if is_loopback(host) else 'https'}://{text}"


def _in_space(parts: _Parts) -> Address | None:
    """Read what follows `spaces`: /spaces/ENG/pages/98310/Title."""
    match parts.rest:
        case [action] if action.endswith(_ACTION):
            return _in_query(parts)
        case [key, "pages", *_, action] if action.endswith(_ACTION):
            return _in_query(parts, unquote(key))
        case [key, "pages" | "history", *more]:
            found = next((word for word in more[:2] if _is_id(word)), "")
            target = Target.PAGE if found else Target.SPACE
            return Address(parts.url, unquote(key), target, found)
        case [key, "blog", *_]:
            return Address(parts.url, unquote(key), Target.BLOG)
        case [key, "folder", found, *_] if _is_id(found):
            return Address(parts.url, unquote(key), Target.FOLDER, found)
        case [key, kind, found, *_] if kind in _NOT_MIRRORED or _is_id(found):
            raise _not_mirrored(parts.url, key, kind)
        case [key, *_]:
            return Address(parts.url, unquote(key))
    return None


def _not_mirrored(url: str, key: str, kind: str) -> UsageError:
    what = _NOT_MIRRORED.get(kind, f"content of another kind ({kind})")
    return UsageError(
        f"the address names {what}; confsync mirrors pages, folders and blog posts",
        hint=f"'confsync clone {url}/spaces/{key}' mirrors the space",
    )


def _in_display(parts: _Parts) -> Address | None:
    """Read what follows `display`: /display/ENG/Title, /display/ENG/2026/01/31/Title."""
    match parts.rest:
        case [key, year, month, day, _, *_] if _is_day(year, month, day):
            return Address(parts.url, unquote(key), Target.BLOG)
        case [key, *title] if title:
            return Address(parts.url, unquote(key), Target.TITLE, unquote_plus("/".join(title)))
        case [key]:
            return Address(parts.url, unquote(key))
    return None


def _in_query(parts: _Parts, key: str = "") -> Address | None:
    """Read the query of an address such as /pages/viewpage.action?pageId=98310."""
    query = parts.query
    key = key or query.get("spaceKey") or query.get("key") or ""
    if _is_id(query.get("pageId", "")):
        return Address(parts.url, key, Target.PAGE, query["pageId"])
    if key and query.get("title"):
        return Address(parts.url, key, Target.TITLE, query["title"])
    if query.get("urlIdentifier"):
        return _of_link(parts.url, query["urlIdentifier"])
    return Address(parts.url, key) if key else None


def _in_link(parts: _Parts) -> Address | None:
    """Read a short link: /x/AbCd."""
    return _of_link(parts.url, parts.rest[0]) if parts.rest else None


def _of_link(url: str, code: str) -> Address | None:
    """Return the page of a short link's code, or None for an invalid code.

    The code has the bytes of the page's id, lowest first, in base64, without zeros at the end.
    Atlassian writes '_' for '+' and '-' for '/', unlike RFC 4648.
    """
    try:
        data = base64.b64decode(f"{code:A<11}=", b"_-", validate=True)
    except (binascii.Error, ValueError):
        return None
    number = int.from_bytes(data, "little")
    return Address(url, "", Target.PAGE, str(number)) if number else None


def _in_actions(parts: _Parts) -> Address | None:
    """Read what follows `pages` or `collector`, if it is an action."""
    return _in_query(parts) if parts.rest and parts.rest[-1].endswith(_ACTION) else None


_READERS: dict[str, Callable[[_Parts], Address | None]] = {
    "spaces": _in_space,
    "display": _in_display,
    "pages": _in_actions,
    "collector": _in_actions,
    "x": _in_link,
    "home": lambda _: None,  # a page of the site that belongs to no space
}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _is_day(year: str, month: str, day: str) -> bool:
    return re.fullmatch(r"\d{4}/\d\d/\d\d", f"{year}/{month}/{day}", re.ASCII) is not None


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
    if not _has_port_of_a_server(parts):
        raise ValueError(f"'{url}' has a port that no server can have")
    if parts.query or parts.fragment:
        raise ValueError(f"'{url}' has a query or fragment behind its path")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"'{url}' would send credentials unencrypted: use https")
    return url.rstrip("/")


def _has_port_of_a_server(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # not a number, or too large
        return False


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
