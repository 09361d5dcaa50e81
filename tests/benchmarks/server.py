"""A sandbox in a process of its own: it shares neither interpreter nor memory with a client.

It speaks in lines of JSON: first where it is and with what credentials, then, for each line that it
is sent, what was asked of it since the last one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from .space import KEY, TOP


@dataclass(frozen=True, slots=True)
class Asked:
    """The count of requests of each method, and the seconds of processor that they took.

    `read` are the addresses of the requests that only read, below the server's own.
    """

    requests: dict[str, int]
    seconds: float
    read: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return sum(self.requests.values())


@dataclass(slots=True)
class Server:
    """A running server.

    `latency` in seconds is added to each request. `context` is the path of a Data Center, its
    standard path if None.
    """

    data: Path
    flavor: str = "cloud"
    latency: float = 0.0
    context: str | None = None
    url: str = ""
    user: str = ""
    token: str = ""
    space_id: str = ""
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", __name__, self.data, self.flavor, str(self.latency)]
        command += [self.context] if self.context is not None else []
        self._process = subprocess.Popen(
            command, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        said = self._hear()
        self.url, self.user, self.token = said["url"], said["user"], said["token"]
        self.space_id = said["space"]
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.communicate()  # the end of its input is its end
            self._process = None

    @property
    def environment(self) -> dict[str, str]:
        return {"CONFSYNC_USER": self.user, "CONFSYNC_TOKEN": self.token}

    def asked(self) -> Asked:
        """Return the requests since the last call."""
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("the server is not running")
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        said = self._hear()
        return Asked(said["requests"], said["seconds"], tuple(said["read"]))

    def _hear(self) -> dict[str, Any]:
        if self._process is None or self._process.stdout is None:
            raise RuntimeError("the server is not running")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server ended: {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found


def _serve(data: str, flavor: str, latency: str, context: str | None = None) -> None:
    from confsync.sandbox import Sandbox

    late = float(latency)
    with Sandbox(data=data, flavor=flavor, latency=late, context=context) as sandbox:
        space = sandbox.store.space(KEY).id
        here = {"url": sandbox.url, "user": sandbox.user, "token": sandbox.token, "space": space}
        print(json.dumps(here), flush=True)
        before = time.process_time()
        for _ in sys.stdin:
            methods = Counter(one.method for one in sandbox.requests)
            read = [f"{one.path}?{one.query}" for one in sandbox.requests if one.method == "GET"]
            sandbox.clear_requests()
            now = time.process_time()
            said = {"requests": methods, "seconds": now - before, "read": read}
            print(json.dumps(said), flush=True)
            before = now


if __name__ == "__main__":
    _serve(*sys.argv[1:])
