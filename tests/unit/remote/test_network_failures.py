"""The cause of a missing answer, from what the libraries raise."""

from __future__ import annotations

import socket
import ssl

import pytest
import requests
from requests import exceptions
from urllib3.exceptions import MaxRetryError, NewConnectionError

from confsync.remote.network_failures import causes_of, network_error

URL = "https://wiki.acme.com/wiki"


def caused(error: requests.RequestException, cause: BaseException) -> requests.RequestException:
    """Return the error as the libraries raise it: the cause is in the arguments of an argument."""
    inner = NewConnectionError(None, "failed")  # type: ignore[arg-type]
    inner.__cause__ = cause
    error.args = (MaxRetryError(None, URL, inner),)  # type: ignore[arg-type]
    return error


def untrusted(why: str) -> ssl.SSLCertVerificationError:
    found = ssl.SSLCertVerificationError(1, f"certificate verify failed: {why} (_ssl.c:1000)")
    found.verify_message = why
    return found


def unencrypted() -> ssl.SSLError:
    found = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1000)")
    found.reason = "WRONG_VERSION_NUMBER"
    return found


NOT_FOUND = socket.gaierror(-2, "Name or service not known")
REFUSED = ConnectionRefusedError(111, "Connection refused")
NO_ROUTE = OSError(113, "No route to host")
SILENT = TimeoutError("_ssl.c:1000: The handshake operation timed out")


@pytest.mark.parametrize(
    ("error", "cause", "said", "hint"),
    [
        (exceptions.ConnectionError(), NOT_FOUND, "cannot be reached: the name was not", "VPN"),
        (exceptions.ConnectionError(), REFUSED, "cannot be reached: the connection was ref", "URL"),
        (exceptions.ConnectionError(), NO_ROUTE, "cannot be reached: No route to host", "network"),
        (exceptions.ConnectTimeout(), TimeoutError(), "the connection timed out", "network"),
        (exceptions.ReadTimeout(), TimeoutError(), "no answer in time", "later"),
        (exceptions.ReadTimeout(), SILENT, "no secure connection: the server did not", "https"),
        (exceptions.ProxyError(), REFUSED, "the proxy: the connection was refused", "HTTPS_PROXY"),
        (
            exceptions.SSLError(),
            untrusted("self-signed certificate"),
            "the certificate is not trusted: self-signed certificate",
            "REQUESTS_CA_BUNDLE",
        ),
        (
            exceptions.SSLError(),
            untrusted("certificate has expired"),
            "the certificate is not trusted: certificate has expired",
            "renewed",
        ),
        (
            exceptions.SSLError(),
            untrusted("Hostname mismatch, certificate is not valid for 'wiki.acme.com'."),
            "not trusted: Hostname mismatch, certificate is not valid for 'wiki.acme.com'",
            "host in the URL",
        ),
        (exceptions.SSLError(), unencrypted(), "connection: wrong version number", "https"),
        (exceptions.ChunkedEncodingError(), OSError(), "the answer is incomplete", "later"),
    ],
)
def test_each_cause_has_its_words_and_its_hint(
    error: requests.RequestException, cause: BaseException, said: str, hint: str
) -> None:
    found = network_error(URL, caused(error, cause))
    assert found.message.startswith("wiki.acme.com: ")
    assert said in found.message
    assert hint in found.hint


def test_the_log_has_every_cause_and_no_password() -> None:
    told = causes_of(
        caused(exceptions.ProxyError(), OSError(5, "http://me:secret@proxy.acme.com is down"))
    )
    assert "ProxyError" in told and "MaxRetryError" in told
    assert "OSError: [Errno 5] http://proxy.acme.com is down" in told
    assert "secret" not in told
