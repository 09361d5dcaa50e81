"""Requests per page: exact, so they are asserted. Seconds are for the other benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, desk_at, wiki  # noqa: F401 - fixtures

# What each server gives at most in one answer: without bodies, with bodies.
LIMITS = {"cloud": (250, 250), "datacenter": (200, 50)}


@pytest.mark.parametrize("pages", [30, 600])
def test_pulls_and_pushes_cost_what_the_manual_says(
    wiki: Sandbox,  # noqa: F811
    desk_at: Callable[..., Desk],  # noqa: F811
    pages: int,
) -> None:
    infos, bodies = LIMITS[wiki.flavor]
    for n in range(pages - 1):
        wiki.store.create_page("ENG", f"Page {n}", f"<p>text {n}</p>")
    desk = desk_at(clone=None)

    def cost(*arguments: str) -> int:
        wiki.clear_requests()
        desk(*arguments)
        return len(wiki.requests)

    desk("init", "--url", wiki.url, "--space", "ENG")
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}flavor: {wiki.flavor}\n")
    listing = ceil(pages / infos)
    assert cost("pull") <= listing + ceil(pages / bodies) + 3
    assert cost("pull") <= listing + 3
    assert cost("push") == 0
    assert cost("status") == 0

    changed = 7
    for page in wiki.store.pages("ENG")[1 : 1 + changed]:
        wiki.store.edit(page.id, "<p>theirs</p>", author="Ana")
    # Data Center has no bulk read by ids: a few come one by one, many with the listing.
    few = min(changed, ceil(pages / bodies)) if wiki.flavor == "datacenter" else 1
    assert cost("pull") <= listing + few + 3

    for n in range(20, 20 + changed):
        desk.edit(f"ENG/page-{n}.xhtml", f"text {n}", f"mine {n}")
    again = 2 * changed if wiki.flavor == "datacenter" else 2 * ceil(changed / 250)
    assert cost("push") <= changed + again + 3
    assert cost("push") == 0
