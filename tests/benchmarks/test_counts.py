"""A space of 1,000 pages costs exactly so many requests, and at most so much memory.

What a command loads before it begins is in tests/unit/cli/test_start.py.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from math import ceil
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, desk_at  # noqa: F401 - a fixture

from .runner import Machine
from .space import KEY, Shape, fill

PAGES = 1000
EDITS = 30
MANY = 300  # more than are checked at once
# What each server gives at most in one answer: without bodies, with bodies.
LIMITS = {"cloud": (250, 250), "datacenter": (200, 50)}
# Of a first pull with a page of 5 MB, whatever the number of pages: three bulk answers at a time.
MEGABYTES = 200
GROWTH = 1.3  # from 1,000 pages to 3,000; all bodies in memory would be 40 MB more


@pytest.fixture(params=["cloud", "datacenter"])
def wiki(request: pytest.FixtureRequest) -> Sandbox:
    """Return a sandbox with 1,000 pages of 20 kB on average."""
    sandbox = Sandbox(flavor=request.param)
    request.addfinalizer(sandbox.close)
    fill(sandbox.store, Shape(PAGES))
    return sandbox.start()


def asked(wiki: Sandbox) -> Counter[str]:
    """Return the count of requests of each route since the last call, ids as N."""
    found = Counter(
        f"{one.method} {re.sub(r'/[0-9]+', '/N', one.path.removeprefix(wiki.context))}"
        for one in wiki.requests
    )
    wiki.clear_requests()
    return found


def test_the_requests_of_a_space_of_1000_pages(
    wiki: Sandbox,
    desk_at: Callable[..., Desk],  # noqa: F811
) -> None:
    desk = desk_at(clone=None)
    desk("init", "--url", wiki.url, "--space", KEY)
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}flavor: {wiki.flavor}\n")
    asked(wiki)

    def cost(command: str) -> dict[str, int]:
        start = time.perf_counter()
        desk(command)
        print(f"{command}: {time.perf_counter() - start:.1f} s")
        return asked(wiki)

    infos, bodies = (ceil(PAGES / limit) for limit in LIMITS[wiki.flavor])
    if wiki.flavor == "cloud":
        space = {"GET /api/v2/spaces": 1}
        # both ends are listed at once, until they share a page
        listing = {"GET /api/v2/spaces/N/pages": infos + 2}
        first = {**space, **listing, "GET /api/v2/pages": bodies}
        # the pages are looked at before the writes and after them, all at once
        push = {**space, "GET /api/v2/pages": 2, "PUT /api/v2/pages/N": EDITS}
        lots = 2 + ceil((MANY - 100) / 250)  # the first and the last are 50
        many = {**space, "GET /api/v2/pages": 2 * lots, "PUT /api/v2/pages/N": MANY}
    else:
        space = {f"GET /rest/api/space/{KEY}": 1}
        listing = {"GET /rest/api/content/scan": infos}
        # a listing with bodies has all that one without them has
        first = {**space, "GET /rest/api/content/scan": bodies}
        # by ids, 50 at most
        read, written = "GET /rest/api/content", "PUT /rest/api/content/N"
        push = {**space, read: 2 * ceil(EDITS / 50), written: EDITS}
        many = {**space, read: 2 * ceil(MANY / 50), written: MANY}

    assert cost("pull") == first
    assert cost("pull") == {**space, **listing}
    assert cost("status") == {}
    documents = sorted(desk.path(KEY).rglob("*.xhtml"))
    assert len(documents) == PAGES
    for path in documents[:: PAGES // EDITS][:EDITS]:
        path.write_bytes(path.read_bytes().replace(b" says ", b" said ", 1))
    assert cost("push") == push
    for path in documents[:MANY]:
        path.write_bytes(path.read_bytes().replace(b"</p>", b", truly</p>", 1))
    assert cost("push") == many
    assert cost("push") == {}
    assert cost("pull") == {**space, **listing}

    config.write_text(f"{config.read_text()}comments: notice\n")
    desk("pull")
    asked(wiki)
    if wiki.flavor == "cloud":
        hints = {"GET /api/v2/inline-comments": 1, "GET /api/v2/footer-comments": 1}
    else:
        hints = {"GET /rest/api/content/search": 1}
    assert cost("pull") == {**space, **listing, **hints}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to measure")
def test_the_memory_of_a_first_pull_does_not_grow_with_the_space(tmp_path: Path) -> None:
    few, many = (peak_of_a_clone(n * PAGES, tmp_path / str(n)) for n in (1, 3))
    print(f"{PAGES} pages: {few:.0f} MB; {3 * PAGES} pages: {many:.0f} MB")
    assert many < MEGABYTES
    assert many < GROWTH * few


def peak_of_a_clone(pages: int, work: Path) -> float:
    """Megabytes of resident memory of a first pull, in all processes that it takes."""
    machine = Machine(work)
    with Sandbox() as sandbox:
        fill(sandbox.store, Shape(pages))
        known = {"CONFSYNC_USER": sandbox.user, "CONFSYNC_TOKEN": sandbox.token}
        clone = ("-m", "confsync", "clone", "-q", f"{sandbox.url}/spaces/{KEY}", work / "mirror")
        return machine.run(sys.executable, *clone, more=known).megabytes
