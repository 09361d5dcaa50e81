"""Other people's clients, each in a virtual environment of its own, against the sandbox.

They are installed from the package index, so these tests run only when asked for: -m peers. If
CONFSYNC_PEERS names a directory, the environments stay there for the next run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from confsync.sandbox import PageRow, Sandbox

BIN = "Scripts" if os.name == "nt" else "bin"
TIMEOUT = 600
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
# markdown-to-confluence takes a site with a single space for a broken one
SPACES = (("ENG", "Engineering"), ("OPS", "Operations"))


@dataclass(frozen=True, slots=True)
class Peer:
    """A program installed in a virtual environment."""

    bin: Path

    def run(self, program: str, *arguments: str, cwd: Path, **more: str) -> str:
        """Run one of its programs; what it says, or a failure with all of it.

        `more` are variables of its environment.
        """
        kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        done = subprocess.run(
            [self.bin / program, *arguments],
            cwd=cwd,
            env={**environment, "HOME": str(cwd), "NO_PROXY": "*", "PYTHONUTF8": "1", **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert done.returncode == 0, f"{program} {arguments}: {done.returncode}\n{done.stdout}"
        return done.stdout


def python_of(at_least: tuple[int, int]) -> str:
    """Return a Python of this version or a later one. Skip the test if there is none."""
    if sys.version_info >= at_least:
        return sys.executable
    names = [f"python3.{minor}" for minor in range(at_least[1], 20)]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    known = sorted(str(one) for one in pyenv.glob("3.*/bin/python"))
    for program in (*filter(None, map(shutil.which, names)), *known):
        code = f"import sys, venv; sys.exit(sys.version_info < {at_least})"
        done = subprocess.run([program, "-c", code], capture_output=True, check=False)
        if done.returncode == 0:
            return program
    pytest.skip(f"there is no Python {at_least[0]}.{at_least[1]}")


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Peer]:
    """Install a requirement, once in a session."""
    made: dict[str, Peer] = {}

    def install(requirement: str, at_least: tuple[int, int] = (3, 11)) -> Peer:
        kept = os.environ.get("CONFSYNC_PEERS")
        where = Path(kept or ".", re.sub(r"[^a-z0-9.]+", "-", requirement))
        if kept and (where / "ready").exists():
            return Peer(where / BIN)
        if requirement not in made:
            where = where if kept else tmp_path_factory.mktemp("venv")
            python = python_of(at_least)
            subprocess.run([python, "-m", "venv", where], check=True, timeout=TIMEOUT)
            python = str(where / BIN / "python")
            pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, *requirement.split()], check=True, timeout=TIMEOUT)
            (where / "ready").touch()
            made[requirement] = Peer(where / BIN)
        return made[requirement]

    return install


@pytest.fixture
def cloud() -> Iterator[Sandbox]:
    with Sandbox() as running:
        for key, name in SPACES:
            running.store.create_space(key, name, "Home")
        yield running


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(flavor="datacenter") as running:
        for key, name in SPACES:
            running.store.create_space(key, name, "Home")
        yield running


def titled(sandbox: Sandbox, title: str) -> PageRow:
    """Return the one page of this title."""
    (found,) = [page for page in sandbox.store.pages("ENG") if page.title == title]
    return found


def failures(sandbox: Sandbox) -> list[str]:
    """Return the requests that the sandbox could not answer, which no real server would refuse."""
    return [
        f"{one.status} {one.method} {one.path}"
        for one in sandbox.requests
        if one.status in (400, 405, 409, 415) or one.status >= 500
    ]
