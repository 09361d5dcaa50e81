"""The example of the re-fetch-and-retry pattern, run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

EXAMPLE = Path(__file__).parents[2] / "examples" / "retry_on_conflict.py"


@pytest.fixture(params=["cloud", "datacenter"])
def wiki(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(flavor=request.param) as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        yield sandbox


def run(wiki: Sandbox, page: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(EXAMPLE), wiki.url, page, "8080", "8081"],
        env={**os.environ, "CONFSYNC_USER": wiki.user, "CONFSYNC_TOKEN": wiki.token},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def colleague(wiki: Sandbox, page: str, times: int) -> None:
    """Save as a colleague right before each of our writes, so many times."""
    left = [times]

    def save(method: str, path: str) -> None:
        if method == "PUT" and left[0]:
            left[0] -= 1
            body = wiki.store.page(page).body
            wiki.store.edit(page, f"{body}<p>theirs {left[0]}</p>", author="Ana")

    wiki.faults.before = save


@pytest.mark.parametrize("conflicts", [0, 1, 2])
def test_it_tries_again_from_what_the_server_has(wiki: Sandbox, conflicts: int) -> None:
    page = wiki.store.create_page("ENG", "Ports", "<p>8080</p>").id
    colleague(wiki, page, conflicts)
    done = run(wiki, page)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"page {page} is at version {2 + conflicts}\n"
    assert done.stderr.count("is stale); trying again") == conflicts
    body = wiki.store.page(page).body
    assert body.startswith("<p>8081</p>")
    assert body.count("theirs") == conflicts


def test_it_gives_up_and_overwrites_nothing(wiki: Sandbox) -> None:
    page = wiki.store.create_page("ENG", "Ports", "<p>8080</p>").id
    colleague(wiki, page, 9)
    done = run(wiki, page)
    assert done.returncode == 1
    assert "Version conflict updating page" in done.stderr
    assert wiki.store.page(page).body.startswith("<p>8080</p>")
    assert wiki.store.page(page).body.count("theirs") == 3
