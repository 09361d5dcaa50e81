"""Requests per page: exact, so they are asserted. Seconds are for the other benchmarks."""

from __future__ import annotations

import re
import shutil
from collections import Counter
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
    assert cost("pull") <= listing + 1 + 3

    for n in range(20, 20 + changed):
        desk.edit(f"ENG/page-{n}.xhtml", f"text {n}", f"mine {n}")
    assert cost("push") <= changed + 2 * ceil(changed / bodies) + 3
    assert cost("push") == 0


@pytest.mark.parametrize("wiki", ["datacenter"], indirect=True)
@pytest.mark.parametrize("ignored", [False, True])
def test_a_push_to_data_center_reads_by_ids_if_the_server_can(
    wiki: Sandbox,  # noqa: F811
    desk_at: Callable[..., Desk],  # noqa: F811
    ignored: bool,
) -> None:
    pages, changed = 130, 120
    for n in range(pages):
        wiki.store.create_page("ENG", f"Page {n}", f"<p>text {n}</p>")
    wiki.faults.ignore_ids = ignored
    desk = desk_at()

    def cost(text: str) -> int:
        for n in range(changed):
            desk.edit(f"ENG/page-{n}.xhtml", "<p>", f"<p>{text} ")
        wiki.clear_requests()
        desk("push")
        assert all(f">{text} " in wiki.store.page(one.id).body for one in edited)
        return len(wiki.requests)

    edited = wiki.store.pages("ENG")[1 : 1 + changed]
    space, finding_out = 1, 1
    bulk = ceil(changed / 50)
    once = finding_out + changed if ignored else bulk
    # Each page is read before its write and after it.
    again = changed if ignored else bulk
    assert cost("one") == space + once + changed + again
    # Without the bases, the titles are read first.
    shutil.rmtree(desk.path(".confsync"))
    assert cost("two") == space + once + again + changed + again


@pytest.mark.parametrize("edits", [1, 100, 101, 351, 1_000])
def test_a_plan_costs_what_a_dry_run_costs(
    wiki: Sandbox,  # noqa: F811
    desk_at: Callable[..., Desk],  # noqa: F811
    edits: int,
) -> None:
    """Both read the edited pages in bulk, each of them once."""
    for n in range(edits):
        wiki.store.create_page("ENG", f"Page {n}", "<p>theirs</p>")
    desk = desk_at()
    desk("pull")
    desk("replace", "--text", "theirs", "mine")
    if wiki.flavor == "cloud":
        # more than 250 begin and end with small answers
        bulk = 1 if edits <= 250 else 2 + ceil((edits - 100) / 250)
        law = {"GET /api/v2/spaces": 1, "GET /api/v2/pages": bulk}
    else:
        # the last page of 51 is asked alone
        bulk, alone = (edits // 50, 1) if edits % 50 == 1 else (ceil(edits / 50), 0)
        law = {"GET /rest/api/space/ENG": 1, "GET /rest/api/content": bulk}
        law = {**law, "GET /rest/api/content/N": alone}

    def cost(*options: str) -> Counter[str]:
        wiki.clear_requests()
        run = desk.json("push", "--allow-mass-move", *options)
        assert list(run.outcomes.values()) == ["updated"] * edits
        paths = (re.sub(r"/[0-9]+", "/N", one.path.partition("?")[0]) for one in wiki.requests)
        methods = (one.method for one in wiki.requests)
        routes = (path.removeprefix(wiki.context) for path in paths)
        return Counter(map(" ".join, zip(methods, routes, strict=True)))

    assert cost("--dry-run") == Counter(law)
    assert cost("--plan", "plan.json") == Counter(law)
