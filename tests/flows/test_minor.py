"""`push --minor` marks the versions of its edits as minor ones, and says what the server made."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from confsync.remote import rows
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"


def sent(wiki: Sandbox) -> list[dict[str, Any]]:
    """Return the versions that requests asked for."""
    puts = (request.body for request in wiki.requests if request.method == "PUT")
    return [json.loads(body)["version"] for body in puts]


def minor(wiki: Sandbox, page_id: str) -> list[bool]:
    """Return of each version of a page whether it says that it is minor."""
    return [version.minor for version in wiki.store.versions(page_id)]


@pytest.mark.parametrize("asked", [True, False])
def test_a_push_of_100_edits_makes_100_minor_versions_if_it_is_asked_to(
    wiki: Sandbox, desk_at: Callable[..., Desk], asked: bool
) -> None:
    with wiki.store.batch():
        made = [wiki.store.create_page("ENG", f"P{n}", f"<p>text {n}</p>") for n in range(100)]
    desk = desk_at()
    for n in range(100):
        desk.edit(f"ENG/p{n}.xhtml", f"text {n}", f"words {n}")
    wiki.clear_requests()
    run = desk.json("push", *(["--minor"] if asked else []))
    assert list(run.outcomes.values()) == ["updated"] * 100
    notes = {page["note"] for page in run.data["pages"]}
    assert notes == ({"minor edit"} if asked else {None})
    assert writes(wiki) == [("PUT", 200)] * 100
    assert [minor(wiki, page.id) for page in made] == [[False, asked]] * 100


def test_a_push_without_the_option_asks_for_no_minor_edit(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    (version,) = sent(wiki)
    expected = {"number", "message"} | ({"minorEdit"} if wiki.flavor == "datacenter" else set())
    assert version.keys() == expected
    assert not version.get("minorEdit")
    assert "minor" not in desk.text(".confsync/audit.jsonl")


def test_the_option_costs_no_request(wiki: Sandbox, desk: Desk) -> None:
    asked: list[list[tuple[str, str]]] = []
    for port, options in (("8081", []), ("8082", ["--minor"])):
        desk.edit(GUIDE, "8080" if port == "8081" else "8081", port)
        wiki.clear_requests()
        desk("push", *options)
        asked.append([(request.method, request.path) for request in wiki.requests])
    assert asked[0] == asked[1]


def test_a_server_that_ignores_the_option_is_told(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.faults.ignore_minor = True
    desk.edit(GUIDE, "8080", "8081")
    (page,) = desk.json("push", "--minor").data["pages"]
    taken = wiki.flavor == "datacenter"  # it has the field in its document
    told = "minor edit" if taken else "no minor edit: the server ignored --minor"
    assert (page["outcome"], page["note"]) == ("updated", told)
    assert minor(wiki, guide) == [False, taken]


def test_a_server_that_does_not_say_it_is_told(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "is_minor", lambda row: None)
    desk.edit(GUIDE, "8080", "8081")
    told = "(the server does not say whether it is a minor edit)"
    assert told in desk("push", "--minor").out


def test_the_audit_trail_notes_it(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    desk.edit(GUIDE, "8081", "8082")
    desk("push", "--minor")
    events = desk.json("log", "--local").data["events"]
    assert [(event["what"], event["minor"]) for event in events] == [
        ("updated", False),
        ("updated", True),
    ]
    told = desk("log", "--local").out.splitlines()
    assert [line.endswith("  (minor edit)") for line in told] == [False, True]


def test_a_lost_answer_makes_one_minor_version(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    wiki.faults.lose_response = lambda method, path: method == "PUT"
    (page,) = desk.json("push", "--minor").data["pages"]
    assert (page["outcome"], page["note"], page["remote"]) == ("updated", "minor edit", 2)
    assert minor(wiki, guide) == [False, True]


@pytest.mark.parametrize("earlier", [True, False])
def test_a_version_of_an_earlier_push_is_not_blamed_on_the_server(
    wiki: Sandbox, desk: Desk, guide: str, earlier: bool
) -> None:
    # The server rewrites the macro, so that only the token tells what landed.
    desk.edit(GUIDE, "<p>The second", '<ac:structured-macro ac:name="toc"/><p>The second')
    wiki.faults.lose_response = lambda method, path: method == "PUT" or bool(sent(wiki))
    desk("push", *(["--minor"] if earlier else []), exit=3)
    wiki.faults.lose_response = None
    (page,) = desk.json("push", "--minor").data["pages"]
    more = ", minor edit" if earlier else ""
    assert page["note"] == f"an earlier push sent the text{more}"
    assert minor(wiki, guide) == [False, earlier]


def test_a_write_that_is_sent_once_more_stays_minor(wiki: Sandbox, desk: Desk, guide: str) -> None:
    tries = iter([500, None])
    wiki.faults.refuse = lambda method, path: next(tries) if method == "PUT" else None
    desk.edit(GUIDE, "8080", "8081")
    desk("push", "--minor")
    assert [version["minorEdit"] for version in sent(wiki)] == [True, True]
    assert minor(wiki, guide) == [False, True]


def test_a_minor_edit_is_compared_like_any_other(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")

    def colleague(method: str, path: str) -> None:
        if method == "PUT":
            wiki.faults.before = None
            wiki.store.edit(guide, "<p>theirs</p>", author="Ana")

    wiki.faults.before = colleague
    assert desk.json("push", "--minor", exit=1).outcomes == {GUIDE: "rejected"}
    assert wiki.store.page(guide).body == "<p>theirs</p>"
    assert writes(wiki) == [("PUT", 409)]


def test_a_plan_is_applied_with_minor_edits(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk("push", "--plan", "plan.json")
    (page,) = desk.json("push", "--apply", "plan.json", "--minor").data["pages"]
    assert page["note"] == "minor edit"
    assert minor(wiki, guide) == [False, True]


def test_labels_alone_are_no_edit(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.path(".confsync.yaml").write_text(desk.text(".confsync.yaml") + "labels: true\n")
    desk("pull")
    desk.edit(GUIDE, "title: Guide\nlabels: []", "title: Guide\nlabels: [ports]")
    (page,) = desk.json("push", "--minor").data["pages"]
    assert page["outcome"] == "updated"
    assert "minor" not in (page["note"] or "")
    assert minor(wiki, guide) == [False]
