"""Inline comments change the current body without making a version."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests import independent
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
    assert "an inline comment was added" in run.out
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


@pytest.mark.parametrize("change", ["move", "labels", "attachments"])
def test_what_else_was_changed_here_is_pushed_after_the_comment_was_pulled(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], change: str
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    wiki.store.add_labels(guide, ["old"])
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\nlabels: true\n")
    wiki.store.attach(guide, "a.txt", b"old")
    desk("pull")
    name = GUIDE
    if change == "move":
        desk.path("ENG/other").mkdir()
        name = "ENG/other/guide.xhtml"
        desk.path(GUIDE).rename(desk.path(name))
    elif change == "labels":
        desk.edit(GUIDE, "\nlabels: [old]", "\nlabels: [new]")
    else:
        desk.path("ENG/guide.attachments/a.txt").write_text("new")
    wiki.store.comment(guide, "8080")
    told = desk("push").out
    assert f"changed without a new version; 'confsync pull {name}' brings the change" in told
    desk("pull", *([name] if change == "attachments" else []))
    assert desk.json("push").outcomes == {name: "moved" if change == "move" else "updated"}
    page = wiki.store.page(guide)
    assert "inline-comment-marker" in page.body
    done = {
        "move": page.parent_id == other,
        "labels": page.labels == ("new",),
        "attachments": wiki.store.attachments(guide)[0].version == 2,
    }
    assert done[change]
    desk("pull")
    independent.assert_equal(desk.root, wiki)
