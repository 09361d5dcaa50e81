"""The failures on the way to a server: what happened, in words, and in full for the log."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import urlsplit

import requests

from confsync.errors import NetworkError

Cause = TypeVar("Cause", bound=BaseException)

_LATER = "try again later"
_NO_HTTPS = "check the URL: does the server speak https on this port? check any proxy, too"
_USER_IN_URL = re.compile(r"//[^/@\s]*@")
_LINE_OF_SOURCE = re.compile(r" \(_ssl\.c:\d+\)")


def network_error(url: str, error: requests.RequestException) -> NetworkError:
    """Return the error for a missing or incomplete answer, with its cause."""
    host = urlsplit(url).netloc
    match error:
        case requests.exceptions.SSLError():
            return _tls(host, error)
        case requests.exceptions.InvalidSchema():
            return NetworkError(f"{host}: {error}", hint="'pip install pysocks' adds SOCKS proxies")
        case requests.exceptions.ProxyError():
            what = f"{host}: no connection through the proxy{_because(error)}"
            return NetworkError(what, hint="correct HTTPS_PROXY")
        case requests.exceptions.ConnectTimeout():
            hint = "check the URL, the network and any proxy"
            return NetworkError(f"{host}: cannot be reached: the connection timed out", hint=hint)
        case requests.Timeout() if any("handshake" in str(one) for one in _chain(error)):
            what = "no secure connection: the server did not answer in time"
            return NetworkError(f"{host}: {what}", hint=_NO_HTTPS)
        case requests.Timeout():
            return NetworkError(f"{host}: no answer in time", hint=_LATER)
        case requests.exceptions.ConnectionError():
            return _connection(host, error)
        case _:
            return NetworkError(f"{host}: the answer is incomplete", hint=_LATER)


def causes_of(error: BaseException) -> str:
    """Return an error and all that caused it in one line, without user names and passwords."""
    told = dict.fromkeys(f"{type(one).__name__}: {one}" for one in _chain(error))
    return _USER_IN_URL.sub("//", "; ".join(told))


def _tls(host: str, error: BaseException) -> NetworkError:
    cause = _first(error, ssl.SSLCertVerificationError)
    if cause is not None:
        why = cause.verify_message.rstrip(".")
        hint = "set REQUESTS_CA_BUNDLE to the file of your organisation's certificate"
        if "expired" in why or "mismatch" in why:
            hint = "check the host in the URL; or the server's certificate must be renewed"
        return NetworkError(f"{host}: the certificate is not trusted: {why}", hint=hint)
    broken = _first(error, ssl.SSLError)
    if broken is None or "certificate" in str(broken).lower():
        hint = "set REQUESTS_CA_BUNDLE to the file of your organisation's certificate"
        return NetworkError(f"{host}: the certificate is not trusted", hint=hint)
    why = (broken.reason or str(broken)).replace("_", " ").lower()
    what = f"no secure connection: {_LINE_OF_SOURCE.sub('', why)}"
    return NetworkError(f"{host}: {what}", hint=_NO_HTTPS)


def _connection(host: str, error: BaseException) -> NetworkError:
    if "aborted" in str(error) or "reset" in str(error):
        what = "the connection was lost"
        return NetworkError(f"{host}: {what}", hint="check the URL, the network and any proxy")
    hint = "check the URL, the network and any proxy"
    if _first(error, socket.gaierror):
        hint = "check the host in the URL; a server inside a company may need its VPN"
    return NetworkError(f"{host}: cannot be reached{_because(error)}", hint=hint)


def _because(error: BaseException) -> str:
    """Return the words for the cause of a missing connection, behind a colon."""
    if _first(error, socket.gaierror):
        return ": the name was not found"
    if _first(error, ConnectionRefusedError):
        return ": the connection was refused"
    cause = next((one for one in _chain(error) if isinstance(one, OSError) and one.errno), None)
    return f": {cause.strerror}" if cause is not None and cause.strerror else ""


def _first(error: BaseException, kind: type[Cause]) -> Cause | None:
    """Return the first error of a kind among an error and its causes."""
    return next((one for one in _chain(error) if isinstance(one, kind)), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all its causes. The libraries hide them in arguments and attributes."""
    waiting: list[object] = [error]
    seen: list[object] = []
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or one in seen:
            continue
        seen.append(one)
        yield one
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
