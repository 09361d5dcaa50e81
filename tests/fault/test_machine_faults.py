"""Faults of the machine: full disks, links, files in the way, a second process."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from confsync.errors import FileError
from confsync.mirror.mirror import Mirror
from confsync.model.config import Config, SpaceConfig
from tests.fault import plays
from tests.fault.conftest import differences
from tests.fault.zygote import Zygote


@contextlib.contextmanager
def small_disk(where: Path) -> Iterator[Path]:
    """Yield a file system of its own, of 2 MB."""
    where.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(where)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", str(where)], check=True)


def fill(where: Path, left: int) -> Path:
    """Leave so many kilobytes free."""
    ballast = where / "ballast"
    free = os.statvfs(where)
    size = free.f_bavail * free.f_frsize - left * 1024
    with ballast.open("wb") as file:
        file.write(b"x" * max(0, size))
    return ballast


@pytest.mark.parametrize("left", [0, 4, 12, 24, 40])
@pytest.mark.parametrize("play", [plays.PULL, plays.PUSH, plays.MERGE], ids=str)
def test_a_full_disk_costs_a_run_and_nothing_else(
    stage: Callable[..., Any], tmp_path: Path, play: Any, left: int
) -> None:
    with stage(play) as scene:
        scene.run(*play.arguments)
        end = scene.end()
    with small_disk(tmp_path / "mirror") as disk, stage(play) as scene:
        ballast = fill(disk, left)
        full = scene.run(*play.arguments)
        ballast.unlink()
        where = full.out + full.err
        assert full.exit in (4, play.exit), where
        assert left or ("space" in where and full.exit == 4), where
        after = scene.run(*play.arguments)
        assert after.exit in (play.exit, play.again), where + after.out + after.err
        assert not differences(scene.end(), end), where


def test_a_read_only_disk_is_told(stage: Callable[..., Any], tmp_path: Path) -> None:
    with small_disk(tmp_path / "mirror") as disk, stage(plays.PULL) as scene:
        before = scene.files()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        told = scene.run("pull")
        assert told.exit == 4
        assert "Read-only file system" in told.err
        assert scene.files() == before


def test_a_directory_that_may_not_be_written_is_told() -> None:
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "ENG").mkdir()
        path = root / "ENG/a.xhtml"
        path.write_bytes(b"old")
        for each, mode in ((root, 0o777), (root / "ENG", 0o555), (path, 0o644)):
            each.chmod(mode)
        child = os.fork()
        if child == 0:
            os.setuid(65534)
            config = Config("https://a.example", (SpaceConfig("ENG", "ENG"),))
            try:
                Mirror(root, config).write("ENG/a.xhtml", b"new", expected=b"old")
            except FileError as error:
                os._exit(0 if error.message.endswith("Permission denied") else 2)
            os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert path.read_bytes() == b"old"
        assert [left.name for left in (root / "ENG").iterdir()] == ["a.xhtml"]


def test_a_second_process_is_told_who_holds_the_lock(
    stage: Callable[..., Any], tmp_path: Path
) -> None:
    with stage(plays.PULL) as scene, Zygote() as other:
        asked = threading.Event()

        def slow(method: str, path: str) -> float:
            asked.set()
            return 0.4  # of the half second that a child waits for an answer

        scene.sandbox.faults.slow = slow
        first: list[Any] = []
        runner = threading.Thread(target=lambda: first.append(scene.run("pull")))
        runner.start()
        assert asked.wait(10)
        secrets = {"CONFSYNC_USER": scene.sandbox.user, "CONFSYNC_TOKEN": scene.sandbox.token}
        second = other.run(scene.root, secrets, "push")
        runner.join()
    assert second.exit == 4
    assert "another confsync is working on this mirror (process " in second.err
    assert " UTC)" in second.err
    assert first[0].exit == 0
