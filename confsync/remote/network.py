"""What a person's environment says about the way to a server: proxy, certificates, `.netrc`.

`requests` would look for each request, and for a `no_proxy` that is passed to it, it changes
`os.environ`: with threads, that ends in a KeyError. confsync looks once for each address, writes to
no environment, and lets `requests` look no more.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from requests.utils import get_netrc_auth

from confsync.model.url import is_loopback


class Network(NamedTuple):
    """The proxies by scheme, empty for none, and which certificates are trusted.

    `verify` is the path of a file or directory of certificates, or True for those that `requests`
    brings.
    """

    proxies: dict[str, str]
    verify: bool | str


def network_of(url: str) -> Network:
    """Read the environment for one address, as `requests` does.

    `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` count in either case, then
    `REQUESTS_CA_BUNDLE` before `CURL_CA_BUNDLE`.
    """
    with requests.Session() as reader:
        found = reader.merge_environment_settings(url, {}, None, True, None)
    # This machine is not behind a proxy, which would see the credentials.
    near = is_loopback(urlsplit(url).hostname or "")
    return Network({} if near else dict(found["proxies"]), found["verify"] or True)


def login_of(url: str) -> tuple[str, str] | None:
    """Return the user and password that `.netrc` has for a server, None for none."""
    return get_netrc_auth(url)


def isolate(session: requests.Session) -> None:
    """Let a session look into no environment and no `.netrc`: it uses what is passed to it."""
    session.trust_env = False
