"""A sandbox by HTTPS, for clients that refuse to send their credentials by anything else."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest

from confsync.sandbox import Sandbox

HOST = "127.0.0.1"


class Https:
    """Passes each connection on to a sandbox. `ca` is the certificate that a client must trust."""

    def __init__(self, sandbox: Sandbox, directory: Path) -> None:
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("there is no openssl to make a certificate")
        self.ca, key = directory / "ca.pem", directory / "key.pem"
        names = ("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=IP:{HOST}")
        files = ("-keyout", str(key), "-out", str(self.ca))
        made = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
        subprocess.run([openssl, "req", *made, *names, *files], check=True, capture_output=True)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.ca, key)
        self._to = urlsplit(sandbox.url).port
        self._listener = socket.create_server((HOST, 0))
        self.url = f"https://{HOST}:{self._listener.getsockname()[1]}{sandbox.context}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the end
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with (
            suppress(OSError),
            self._tls.wrap_socket(client, server_side=True) as outside,
            socket.create_connection((HOST, self._to)) as inside,
        ):
            threading.Thread(target=_pass, args=(outside, inside), daemon=True).start()
            _pass(inside, outside)


def _pass(source: socket.socket, target: socket.socket) -> None:
    """Copy bytes until one side ends."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
