"""The environment's settings for the way to a server: proxy, certificates, `.netrc`.

`requests` would read them for each request. For a `no_proxy` argument it changes `os.environ`,
which ends in a KeyError with several threads. confsync reads them once for each address, and
changes no environment.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from requests.utils import get_netrc_auth

from confsync.model.url import is_loopback


class Network(NamedTuple):
    """The proxies by scheme (empty for none), and the trusted certificates.

    `verify` is the path of a file or directory of certificates, or True for the certificates that
    `requests` brings.
    """

    proxies: dict[str, str]
    verify: bool | str


def network_of(url: str) -> Network:
    """Read the environment for one address, as `requests` does.

    `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` count in upper and lower case.
    `REQUESTS_CA_BUNDLE` comes before `CURL_CA_BUNDLE`.
    """
    with requests.Session() as reader:
        found = reader.merge_environment_settings(url, {}, None, True, None)
    # No proxy stands before this machine. A proxy would also see the credentials.
    near = is_loopback(urlsplit(url).hostname or "")
    return Network({} if near else dict(found["proxies"]), found["verify"] or True)


def login_of(url: str) -> tuple[str, str] | None:
    """Return the user and the password that `.netrc` has for a server, or None."""
    return get_netrc_auth(url)


def isolate(session: requests.Session) -> None:
    """Make a session ignore the environment and `.netrc`. It uses only what it is given."""
    session.trust_env = False
