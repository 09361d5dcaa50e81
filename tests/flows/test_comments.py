"""Inline comments change the current body without making a version."""

from __future__ import annotations

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"


@pytest.mark.parametrize("arguments", [("pull", GUIDE), ("pull", "--refresh")])
def test_an_unmodified_file_is_refreshed(
    wiki: Sandbox, desk: Desk, guide: str, arguments: tuple[str, ...]
) -> None:
    ref = wiki.store.comment(guide, "8080")
    run = desk.json(*arguments)
    assert run.outcomes == {GUIDE: "refreshed"}
    assert ref in desk.text(GUIDE)
    assert desk("status").out == "clean: 2 pages\n"


def test_a_modified_file_is_rejected_and_the_marker_stays(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    ref = wiki.store.comment(guide, "8080")
    desk.edit(GUIDE, "9090", "9091")
    files = desk.files()
    run = desk("push", exit=1)
    assert "somebody added an inline comment" in run.out
    assert writes(wiki) == []
    assert desk.files() == files
    assert ref in wiki.store.page(guide).body
    assert desk.json("pull", exit=1).outcomes == {GUIDE: "rejected"}
    assert desk.files() == files


def test_a_comment_between_check_and_put_is_seen_at_the_next_one(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    ref = wiki.store.comment(guide, "8080")
    desk("pull", "--refresh")
    desk.edit(GUIDE, "9090", "9091")
    desk("push")
    assert ref in wiki.store.page(guide).body


def test_a_commented_page_merges_by_itself(wiki: Sandbox, desk: Desk, guide: str) -> None:
    ref = wiki.store.comment(guide, "Ports")
    desk.edit(GUIDE, "9090", "9091")
    desk.path(".confsync").rename(desk.path("gone"))
    run = desk.json("pull", "--merge", GUIDE)
    assert run.outcomes == {GUIDE: "merged"}
    desk("push")
    body = wiki.store.page(guide).body
    assert ref in body
    assert "9091" in body
