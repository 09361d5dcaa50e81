"""Servers in trouble: every command ends properly, nothing is lost, and repeating finishes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

PAGES = 40
DOCUMENTED = {0, 1, 3, 4, 5}


@pytest.fixture
def pages(wiki: Sandbox) -> dict[str, str]:
    """Path to id of many pages."""
    return {
        f"ENG/page-{n}.xhtml": wiki.store.create_page("ENG", f"Page {n}", f"<p>text {n}</p>").id
        for n in range(PAGES)
    }


class Storm:
    """Troubles that come at random, from a seed, and can be told to stop."""

    def __init__(self, wiki: Sandbox, seed: int) -> None:
        self.wiki = wiki
        self._random = random.Random(seed)

    def start(self) -> None:
        faults, chance = self.wiki.faults, self._random.random

        def refuse(method: str, path: str) -> int | None:
            luck = chance()
            return 429 if luck < 1 / 3 else 503 if luck < 0.38 else None

        def html(method: str, path: str) -> int | None:
            luck = chance()
            return 200 if luck < 0.03 else 502 if luck < 0.06 else None

        faults.retry_after = 0
        faults.refuse = refuse
        faults.html = html
        faults.lose_response = lambda method, path: chance() < 0.1
        faults.truncate = lambda method, path: chance() < 0.05

    def stop(self) -> None:
        faults = self.wiki.faults
        faults.refuse = faults.html = faults.lose_response = faults.truncate = None


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_loses_nothing_and_repeating_finishes(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk], seed: int
) -> None:
    desk = desk_at()
    storm = Storm(wiki, seed)
    for path in list(pages)[:20]:
        desk.edit(path, "text", "mine")
    for page in list(pages.values())[20:]:
        wiki.store.edit(page, f"<p>theirs {page}</p>", author="Ana")
    known = set(desk.files())
    storm.start()
    for command in ("pull", "push", "pull", "push", "pull", "push"):
        run = desk(command, exit=None)
        assert run.exit in DOCUMENTED
        assert set(desk.files()) == known
    storm.stop()
    for _ in range(2):
        desk("push")
        desk("pull")
    for number, (path, page) in enumerate(pages.items()):
        now = wiki.store.page(page)
        assert now.version == 2
        assert now.body == (f"<p>mine {number}</p>" if number < 20 else f"<p>theirs {page}</p>")
        assert now.body in desk.text(path)
    wiki.clear_requests()
    assert desk("status", "--remote").out.startswith("clean")
    desk("push")
    assert writes(wiki) == []


def test_with_a_lost_answer_on_every_write_one_more_push_ends_clean(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    for path in pages:
        desk.edit(path, "text", "<ac:structured-macro ac:name='toc'/> mine")
    wiki.faults.lose_response = lambda method, path: method in ("PUT", "POST")
    desk("push", exit=None)
    desk("push")
    wiki.faults.lose_response = None
    assert {wiki.store.page(page).version for page in pages.values()} == {2}
    assert desk("status").out.startswith("clean")
    wiki.clear_requests()
    desk("push")
    assert writes(wiki) == []


def test_404_to_everything_for_a_while_deletes_nothing(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    path = next(iter(pages))
    desk.edit(path, "text", "mine")
    files = desk.files()
    wiki.faults.refuse = lambda method, where: 404
    for command in (("pull",), ("push",), ("pull", "--prune"), ("status", "--remote")):
        run = desk(*command, exit=None)
        assert run.exit in {3, 4, 5}
        assert desk.files() == files
    # The listing works again, single pages do not: still nothing is taken for deleted.
    wiki.faults.refuse = lambda method, where: 404 if where.rpartition("/")[2].isdecimal() else None
    desk("pull", exit=None)
    assert set(desk.files()) == set(files)
    wiki.faults.refuse = None
    desk("push")
    assert wiki.store.page(pages[path]).body == "<p>mine 0</p>"


def test_interrupting_a_push_ends_within_a_second_and_says_what_was_done(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    for path in pages:
        desk.edit(path, "text", "mine")
    begun: list[str] = []

    def slow(method: str, path: str) -> float:
        begun.extend([path] if method == "PUT" else [])
        return 0.0 if method != "PUT" or len(begun) < 5 else 8.0

    wiki.faults.slow = slow
    process = subprocess.Popen(
        [sys.executable, "-m", "confsync", "push", "--jobs", "2"],
        cwd=desk.root,
        env={**os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    deadline = time.monotonic() + 30
    while len(begun) < 6 and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    pressed = time.monotonic()
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - pressed < 4, "it waited for the answers that take eight seconds"
    assert "pushed as v2; the next push updates the file" in out
    assert "not tried" in out
    assert "Traceback" not in err
    wiki.faults.slow = None
    assert len(begun) == 6, "a write was begun after ^C"
    desk("push")
    assert {wiki.store.page(page).version for page in pages.values()} == {2}
    assert desk("status").out.startswith("clean")
