"""Compile the tests before they are spread: each worker would do the same at the same time.

pytest rewrites the assertions of each test module that it imports first: 35 s for all of them. As a
plugin, this lets pytest import the named modules and look for no tests in them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem() -> list[pytest.Item]:
    """Say that nothing in a module is a test."""
    return []


def compile_tests() -> None:
    """Compile the test modules that were never run, with a process for each processor.

    A module that cannot be compiled is not told here: the run itself tells it.
    """
    new = [path for path in sorted(TESTS.rglob("test_*.py")) if not _is_compiled(path)]
    count = os.cpu_count() or 1
    parts = [new[number::count] for number in range(count)]
    options = ("-p", "tests.compiled", "-n0", "-qq", "--collect-only")
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *map(str, part)],
            cwd=TESTS.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for part in parts
        if part
    ]
    for process in running:
        process.wait()


def _is_compiled(path: Path) -> bool:
    tag = sys.implementation.cache_tag
    return any(path.parent.glob(f"__pycache__/{path.stem}.{tag}-pytest-*.pyc"))
