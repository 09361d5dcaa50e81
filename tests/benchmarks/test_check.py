"""Measure check, alone and as a hook: `pytest tests/benchmarks --benchmark-only -s`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from confsync.sandbox import Sandbox
from tests.benchmarks import space
from tests.benchmarks.space import Shape
from tests.examples.test_pre_commit import cache, hooks
from tests.flows.conftest import Desk, desk_at

__all__ = ["cache", "desk_at", "hooks"]

DOCUMENTS = 1000


@pytest.fixture
def wiki(tmp_path: Path) -> Iterator[Sandbox]:
    """Yield a space such as that of the manual's tables: 20 kB a page on average."""
    with Sandbox(data=space.made(tmp_path, Shape(DOCUMENTS, big_body=False))) as sandbox:
        yield sandbox


@pytest.fixture
def mirror(desk_at: Callable[..., Desk], hooks: Path) -> Path:
    """Their documents in a repository, with the hook."""
    desk = desk_at()
    desk.path(".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {hooks}\n    rev: v1\n    hooks:\n      - id: confsync-check\n"
    )
    desk.git("init", "-q")
    desk.git("add", "-A")
    return desk.root


def test_check_alone_and_as_a_hook(benchmark: BenchmarkFixture, mirror: Path, cache: Path) -> None:
    hook = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    environment = {**os.environ, "PRE_COMMIT_HOME": str(cache)}

    def seconds(*command: str) -> float:
        before = time.perf_counter()
        subprocess.run(command, cwd=mirror, env=environment, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - before

    seconds(*hook)  # installs it
    (alone,) = cache.glob("*/py_env-*/bin/confsync")
    rounds = [(seconds(str(alone), "check"), seconds(*hook)) for _ in range(7)]
    plain, hooked = (statistics.median(column) for column in zip(*rounds, strict=True))
    benchmark.pedantic(seconds, (str(alone), "check"), rounds=3)
    benchmark.extra_info["documents/s"] = round(DOCUMENTS / plain)
    benchmark.extra_info["ratio"] = round(hooked / plain, 2)
    print(
        f"\ncheck: {DOCUMENTS} documents in {plain:.2f} s ({DOCUMENTS / plain:.0f} a second); "
        f"by pre-commit in {hooked:.2f} s, {hooked / plain:.2f} times as long"
    )
