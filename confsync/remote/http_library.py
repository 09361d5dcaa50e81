"""`atlassian-python-api`, loaded without the modules that confsync does not use.

Its package imports the clients of every Atlassian product and their HTML parsers, which takes 0.12
s of processor. confsync uses one module of it. The rest is loaded when code asks the package for a
name.
"""

from __future__ import annotations

import importlib.util
import sys

import requests


def _put_off() -> None:
    """Replace the package by one that loads itself at the first use of a name."""
    spec = None if "atlassian" in sys.modules else importlib.util.find_spec("atlassian")
    if spec is None or spec.loader is None:
        return
    package, loader = importlib.util.module_from_spec(spec), spec.loader

    def asked(name: str) -> object:
        if vars(package).pop("__getattr__", None):
            loader.exec_module(package)
        return getattr(package, name)

    vars(package)["__getattr__"] = asked
    sys.modules["atlassian"] = package


_put_off()

from atlassian.rest_client import AtlassianRestAPI  # noqa: E402 - the package before its module

from confsync.remote.credentials import Credentials  # noqa: E402
from confsync.remote.network import isolate, login_of, network_of  # noqa: E402

__all__ = ["AtlassianRestAPI", "TooLargeError", "connection", "hold_back"]


def connection(
    url: str, credentials: Credentials, timeout: tuple[float, float]
) -> AtlassianRestAPI:
    """Return a connection to a base URL. `timeout` is for the connection and for an answer."""
    basic = credentials.user if credentials.token else None
    network = network_of(url)
    api = AtlassianRestAPI(
        url,
        username=basic,
        password=credentials.token if basic else None,
        token=credentials.token if credentials.token and not basic else None,
        cert=credentials.certificate,
        proxies=network.proxies,
        verify_ssl=network.verify,  # type: ignore[arg-type]
        retry_with_header=False,
    )
    isolate(api._session)
    if not credentials.token:
        api._session.auth = login_of(url)
    # The library's type allows one number of seconds; requests takes one for each phase.
    api.timeout = timeout  # type: ignore[assignment]
    return api


class TooLargeError(requests.RequestException):
    """An answer is larger than any page."""


def hold_back(limit: int, held: list[bytearray], response: requests.Response, **_: object) -> None:
    """Read an answer up to `limit` bytes. The library would read any size, and keep it twice.

    The answer is `held` back from the library, which would convert it to text for its debug log.
    """
    content = bytearray()
    for part in response.iter_content(1 << 16):
        content += part
        if len(content) > limit:
            response.close()
            raise TooLargeError
    held.append(content)  # a copy as bytes would double the memory
    response._content = b""
    response._content_consumed = True  # type: ignore[attr-defined]
