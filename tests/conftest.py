"""Fixtures of all tests: no credentials, no git settings, and no network except loopback."""

from __future__ import annotations

import base64
import gc
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from waitress import server

from confsync.mirror.state import disk
from confsync.sandbox.store.store import ME_EMAIL, ME_TOKEN
from tests import profiles
from tests.compiled import compile_tests
from tests.files import content_of, files_below
from tests.hints.journal import JOURNAL
from tests.hints.table import untyped
from tests.server_threads import Threads

# Here, since hypothesis looks at its option before the conftest of any other directory is read.
profiles.load()

for _name in ("CONFSYNC_URL", "CONFSYNC_USER", "CONFSYNC_TOKEN", "NO_COLOR", "CI", "SUDO_UID"):
    os.environ.pop(_name, None)
# Hundreds of tests start a Python of their own, which would compile everything each time. The next
# run needs the test modules as pytest rewrites them: that takes twice as long as finding all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


MEMORY = Path("/dev/shm")


def _has_room_in_memory() -> bool:
    """Return whether tests can write there: some write hundreds of megabytes, some run scripts."""
    if not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(MEMORY).free > 4_000_000_000


# Most tests write small files and wait for the disk to have them. Memory has them at once.
if _has_room_in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
# A test sends few requests at once, and thousands start a server.
server.ThreadedTaskDispatcher = Threads


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking through what stands until the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Compile the tests once for all workers."""
    compile_tests()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than processors, because many tests wait for processes."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the search of the state machine: no process waits for it at the end."""
    items.sort(key=lambda item: item.name != "test_whatever_a_team_does_nothing_is_lost")


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the homes of all tests. pytest would read this list for each new directory."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(scope="session")
def _git_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the template of new repositories: git's directories without its example hooks."""
    template = tmp_path_factory.mktemp("template")
    for name in ("hooks", "info"):
        (template / name).mkdir()
    return template


@pytest.fixture(autouse=True)
def _own_home(
    _homes: Path,
    _git_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Return an empty home: no .netrc, no git identity, no configuration of the machine's.

    Its git starts no housekeeping, which would go on behind the back of a test that has ended.
    """
    home = Path(tempfile.mkdtemp(dir=_homes))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(_git_template))
    (home / ".gitconfig").write_text("[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n")
    for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("NETRC", str(home / ".netrc"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path_factory.getbasetemp()))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.com")
    return home


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail each test that opens a connection to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "local"
        if host not in ("127.0.0.1", "::1", "localhost", "local"):
            raise AssertionError(f"a test tries to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_secret_is_written(request: pytest.FixtureRequest) -> Iterator[None]:
    """Assert that the sandbox's token stands in no file that a test or the program wrote.

    But for the sandbox's own data, and the files that are there to hold it. What other people's
    clients write is theirs.
    """
    theirs = request.node.get_closest_marker("peers") is not None
    used = "tmp_path" in request.fixturenames and not theirs
    written = used and request.getfixturevalue("tmp_path")
    yield
    leaks = files_with(written, SECRETS) if written else []
    assert not leaks, f"a token is written to {leaks}"


SECRETS = tuple(
    text.encode()
    for text in (
        ME_TOKEN,
        base64.b64encode(f"{ME_EMAIL}:{ME_TOKEN}".encode()).decode(),
    )
)


def files_with(directory: Path, secrets: tuple[bytes, ...]) -> list[Path]:
    """Return the files below a directory that hold one of the secrets, and should not."""
    return [
        Path(entry.path)
        for entry in files_below(directory)
        if not entry.is_symlink()
        and not entry.name.endswith((".netrc", ".sqlite", ".sqlite-wal", ".sqlite-shm"))
        and entry.stat().st_size < 50_000_000
        and _holds(entry.path, secrets)
    ]


def _holds(path: str, secrets: tuple[bytes, ...]) -> bool:
    data = content_of(path)
    return any(secret in data for secret in secrets)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the directory of real bodies and titles that CONFSYNC_CORPUS names."""
    named = os.environ.get("CONFSYNC_CORPUS")
    if not named:
        pytest.skip("CONFSYNC_CORPUS names no corpus")
    return Path(named)


@pytest.fixture(autouse=True)
def _hints_are_typed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Assert that a test types the hints for which the table names it."""
    JOURNAL.begin()
    yield
    left = untyped(request.node.nodeid, JOURNAL.typed)
    assert not left, f"the table of hints says that this test types {left}"


@pytest.fixture
def a_tick_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the file system's clock go on between writing a file and giving it its name."""
    prepare = disk.prepare

    def slowly(path: Path, data: bytes, *, durable: bool = True) -> str:
        name = prepare(path, data, durable=durable)
        time.sleep(0.03)
        return name

    monkeypatch.setattr(disk, "prepare", slowly)
