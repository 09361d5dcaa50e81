"""Runs confsync commands in real processes that can be killed, without paying for each start.

`python -m tests.fault.zygote` imports everything once and forks a child for each line of JSON that
it reads: ``{"arguments", "directory", "environment", "die_at", "kill_after"}``. A child kills
itself with SIGKILL before step `die_at`, or is killed after so many seconds. It answers a line of
JSON: exit code (negative: the signal), the steps that were begun, and what was printed. An order
with ``"forked"`` false is carried out by the process itself, which then has done once what each
child would do for the first time.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Self

import confsync

ROOT = Path(__file__).parents[2]
# What confsync loads only where it needs it.
LIBRARIES = (
    *("concurrent.futures.thread", "ctypes", "difflib", "encodings.ascii", "filelock", "git"),
    *("glob", "requests_toolbelt.multipart.encoder", "termios"),
)


@dataclass(frozen=True)
class Ended:
    """The result of one command."""

    exit: int
    steps: list[str]
    out: str
    err: str

    @property
    def killed(self) -> bool:
        return self.exit == -signal.SIGKILL


class Zygote:
    """The process that forks; a context manager."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fault.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def run(
        self,
        directory: Path,
        environment: dict[str, str],
        *arguments: str,
        die_at: int = 0,
        kill_after: float = 0,
    ) -> Ended:
        """Run one command; it dies before step `die_at`, counted from 1, or after some seconds."""
        dies = {"die_at": die_at, "kill_after": kill_after}
        return self._ordered(directory, environment, *arguments, forked=True, **dies)

    def warm_up(self, directory: Path, environment: dict[str, str], *arguments: str) -> None:
        """Run one command in the process that forks."""
        ended = self._ordered(directory, environment, *arguments, forked=False)
        assert ended.exit == 0, ended.out + ended.err

    def _ordered(
        self, directory: Path, environment: dict[str, str], *arguments: str, **more: float
    ) -> Ended:
        order = {
            "arguments": arguments,
            "directory": str(directory),
            "environment": {**os.environ, **environment},
            **more,
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))


def _serve() -> None:
    """Fork for each order, until there are no more."""
    _import_everything()
    for line in sys.stdin:
        order = json.loads(line)
        if not order["forked"]:
            print(json.dumps(_run_here(order)), flush=True)
            continue
        with tempfile.TemporaryDirectory() as directory:
            names = {name: Path(directory, name) for name in ("out", "err", "steps")}
            child = os.fork()
            if child == 0:
                _child(order, names)
            status = _awaited(child, order["kill_after"])
            told = {name: path.read_text() for name, path in names.items() if path.exists()}
        code = os.waitstatus_to_exitcode(status)
        answer = {
            "exit": code,
            "steps": told.get("steps", "").splitlines(),
            "out": told.get("out", ""),
            "err": told.get("err", ""),
        }
        print(json.dumps(answer), flush=True)


def _import_everything() -> None:
    """Load what a command may need: loading it took a child longer than all that it does."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(confsync.__path__, "confsync."):
        if not module.name.startswith(("confsync.sandbox", "confsync.__main__")):
            importlib.import_module(module.name)
    gc.freeze()  # a child that looks through all of it would copy all of it


def _run_here(order: dict[str, Any]) -> dict[str, Any]:
    """Run a command in this process, and leave it as it was but for what is loaded."""
    from confsync.cli import main

    out, err, before = io.StringIO(), io.StringIO(), dict(os.environ)
    os.environ.update(order["environment"])
    with chdir(order["directory"]), redirect_stdout(out), redirect_stderr(err):
        code = main(list(order["arguments"]))
    os.environ.clear()
    os.environ.update(before)
    assert threading.active_count() == 1, "a child has no thread but the one that forks"
    gc.collect()
    gc.freeze()
    return {"exit": code, "steps": [], "out": out.getvalue(), "err": err.getvalue()}


def _awaited(child: int, kill_after: float) -> int:
    """Return the status of a child. Kill the child when its time is over."""
    ends = time.monotonic() + kill_after
    while kill_after and time.monotonic() < ends:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.001)
    if kill_after:
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _child(order: dict[str, Any], names: dict[str, Path]) -> None:
    """Become the command, and never return."""
    from confsync import failpoints
    from confsync.cli import main
    from confsync.push import run
    from confsync.push.deletion import archive
    from confsync.remote import client
    from confsync.sync import fetch

    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["directory"])
    for name, number in (("out", 1), ("err", 2)):
        handle = os.open(names[name], os.O_WRONLY | os.O_CREAT)
        os.dup2(handle, number)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    fetch.PAUSES = (0.0, 0.0)
    archive.TASK_PAUSES = (0.0,) * 6
    archive.LOOK_PAUSES = (0.0, 0.0)
    client.Pace.pause = client.Pace.backoff = lambda *_: None  # type: ignore[method-assign]
    client.READ_TIMEOUT = 0.5
    # The id of each run stands in the versions that it writes: two runs end alike with one id.
    run.secrets = SimpleNamespace(token_hex=lambda size: "0" * 2 * size)  # type: ignore[assignment]
    begun = os.open(names["steps"], os.O_WRONLY | os.O_CREAT)

    def watch(number: int, what: str) -> None:
        if number == order["die_at"]:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(begun, f"{what}\n".encode())

    code = 99
    try:
        with failpoints.watched(watch):
            code = main(list(order["arguments"]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
