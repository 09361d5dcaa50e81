"""Labels in the front matter: both sides' additions and removals combine, and make no version."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def labelled(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone that manages labels; the guide has two."""
    wiki.store.add_labels(guide, ["ops", "runbook"])
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "labels: true\n")
    desk("pull")
    wiki.clear_requests()
    return desk


def names(wiki: Sandbox, page_id: str) -> set[str]:
    return {label.name for label in wiki.store.labels(page_id)}


def test_labels_are_written_when_they_are_asked_for(
    wiki: Sandbox, labelled: Desk, guide: str
) -> None:
    assert "\nlabels: [ops, runbook]\n" in labelled.text(GUIDE)
    assert "\n  labels: [ops, runbook]\n" in labelled.text(GUIDE)
    assert "\nlabels: []\n" in labelled.text("ENG/index.xhtml")
    assert "nothing to do" in labelled("pull").out
    assert "clean: 2 pages" in labelled("status", "--remote").out
    assert wiki.store.page(guide).version == 1


def test_both_sides_changes_combine(wiki: Sandbox, labelled: Desk, guide: str) -> None:
    labelled.edit(GUIDE, "\nlabels: [ops, runbook]", "\nlabels: [ops, Mine]  # and a comment")
    wiki.store.add_labels(guide, ["theirs"])
    wiki.store.remove_label(guide, "ops")
    assert labelled.json("status").outcomes == {GUIDE: "modified"}
    assert labelled.json("push", "--dry-run").outcomes == {GUIDE: "updated"}
    assert names(wiki, guide) == {"runbook", "theirs"}
    assert labelled.json("push").outcomes == {GUIDE: "updated"}
    assert names(wiki, guide) == {"mine", "theirs"}
    assert "\nlabels: [mine, theirs]  # and a comment\n" in labelled.text(GUIDE)
    assert wiki.store.page(guide).version == 1
    assert "PUT" not in [method for method, _ in writes(wiki)]
    count = len(writes(wiki))
    assert "nothing to do" in labelled("push").out
    assert "nothing to do" in labelled("pull").out
    assert len(writes(wiki)) == count


def test_a_pull_brings_theirs_and_keeps_mine(wiki: Sandbox, labelled: Desk, guide: str) -> None:
    labelled.edit(GUIDE, "\nlabels: [ops, runbook]", "\nlabels: [ops, mine]")
    wiki.store.add_labels(guide, ["theirs"])
    run = labelled.json("status", "--remote")
    assert run.outcomes == {GUIDE: "behind"}
    assert run.data["pages"][0]["error"] == "its labels changed on the server"
    assert labelled.json("pull").outcomes == {GUIDE: "refreshed"}
    assert "\nlabels: [mine, ops, theirs]\n" in labelled.text(GUIDE)
    assert "\n  labels: [ops, runbook, theirs]\n" in labelled.text(GUIDE)
    labelled("push")
    assert names(wiki, guide) == {"mine", "ops", "theirs"}


def test_labels_and_text_go_together_and_survive_each_others_conflict(
    wiki: Sandbox, labelled: Desk, guide: str
) -> None:
    labelled.edit(GUIDE, "\nlabels: [ops, runbook]", "\nlabels: [ops, runbook, mine]")
    labelled.edit(GUIDE, "8080", "8081")
    labelled("push")
    assert names(wiki, guide) == {"mine", "ops", "runbook"}
    assert wiki.store.page(guide).version == 2
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    wiki.store.add_labels(guide, ["theirs"])
    labelled.edit(GUIDE, "8081", "8082")
    labelled("pull", exit=1)
    assert "8082" in labelled.text(GUIDE)
    assert "\nlabels: [mine, ops, runbook, theirs]\n" in labelled.text(GUIDE)
    assert "\n  version: 2\n" in labelled.text(GUIDE)


def test_a_labels_line_that_was_taken_out_changes_no_label(
    wiki: Sandbox, labelled: Desk, guide: str
) -> None:
    labelled.edit(GUIDE, "\nlabels: [ops, runbook]\n", "\n")
    wiki.store.add_labels(guide, ["theirs"])
    before = labelled.text(GUIDE)
    assert "clean: 2 pages" in labelled("status", "--remote").out
    labelled("pull")
    labelled("push")
    assert labelled.text(GUIDE) == before
    assert names(wiki, guide) == {"ops", "runbook", "theirs"}


def test_a_new_page_gets_its_labels(wiki: Sandbox, labelled: Desk) -> None:
    labelled("new", "ENG/ports.xhtml", "--title", "Ports")
    labelled.edit("ENG/ports.xhtml", "title: Ports", "title: Ports\nlabels: [b, a]")
    labelled("push")
    page = next(page for page in wiki.store.pages("ENG") if page.title == "Ports")
    assert names(wiki, page.id) == {"a", "b"}
    assert "clean: 3 pages" in labelled("status", "--remote").out


def test_without_the_setting_labels_are_not_fetched(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.add_labels(guide, ["theirs"])
    desk("pull")
    assert "labels" not in desk.text(GUIDE)
    assert not [r for r in wiki.requests if "label" in r.path]


def test_a_label_that_cannot_be_sent_is_sent_the_next_time(
    wiki: Sandbox, labelled: Desk, guide: str
) -> None:
    labelled.edit(GUIDE, "\nlabels: [ops, runbook]", "\nlabels: [ops, mine]")
    labelled.edit(GUIDE, "8080", "8081")
    wiki.faults.refuse = lambda method, path: 503 if path.endswith("/label") else None
    if wiki.flavor == "cloud":
        wiki.faults.refuse = lambda method, path: 503 if method == "POST" else None
    run = labelled.json("push", exit=3)
    assert run.outcomes == {GUIDE: "failed"}
    assert "the labels could not be changed" in run.data["pages"][0]["error"]
    wiki.faults.refuse = None
    assert wiki.store.page(guide).version == 2
    assert labelled.json("push").outcomes == {GUIDE: "updated"}
    assert names(wiki, guide) == {"ops", "mine"}
    assert wiki.store.page(guide).version == 2


def test_a_lost_answer_to_a_label_does_no_harm(wiki: Sandbox, labelled: Desk, guide: str) -> None:
    labelled.edit(GUIDE, "\nlabels: [ops, runbook]", "\nlabels: [mine]")
    wiki.faults.lose_response = lambda method, path: method in ("POST", "DELETE")
    labelled("push", exit=3)
    labelled("push", exit=None)
    wiki.faults.lose_response = None
    labelled("push")
    assert names(wiki, guide) == {"mine"}
    assert "clean: 2 pages" in labelled("status", "--remote").out


def test_labels_cost_requests_by_the_label_and_not_by_the_page(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    for n in range(40):
        page = wiki.store.create_page("ENG", f"P {n}", "<p>x</p>")
        wiki.store.add_labels(page.id, ["even" if n % 2 == 0 else "odd"])
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "labels: true\n")
    wiki.clear_requests()
    desk("pull")
    asked = [r for r in wiki.requests if "label" in r.path]
    assert len(asked) == (3 if wiki.flavor == "cloud" else 0)
    assert "\nlabels: [even]\n" in desk.text("ENG/p-0.xhtml")
