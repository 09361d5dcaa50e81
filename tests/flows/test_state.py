"""The state of a page in front matter: a pull brings it, and no push changes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from confsync.sandbox import Sandbox
from confsync.sandbox.store.actions.content_states import SUGGESTED, ContentState
from tests.flows.conftest import Desk, quiet, writes

GUIDE = "ENG/guide.xhtml"
DRAFT, BUSY, _ = SUGGESTED
OWN = ContentState(77, "null: true # 準備", "#8777d9")
READ_ONLY = "confsync only reads the state of a page: set it in Confluence, and pull"

pytestmark = pytest.mark.parametrize("wiki", ["cloud"], indirect=True)


@pytest.fixture
def stated(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone that has states. The guide is a rough draft."""
    wiki.store.put_state(guide, DRAFT, "Ana")
    desk = desk_at()
    desk.choose("state")
    desk("pull")
    wiki.clear_requests()
    return desk


def test_the_state_is_written_when_it_is_asked_for(wiki: Sandbox, stated: Desk) -> None:
    text = stated.text(GUIDE)
    assert "\nstate: Rough draft\n" in text
    assert '\n    "@state": {version: 0, digest: ' in text
    assert "state" not in stated.text("ENG/index.xhtml")
    assert "nothing to do" in stated("pull").out
    quiet(wiki, stated)


@pytest.mark.parametrize("state", [BUSY, OWN])
def test_a_state_that_a_colleague_sets_comes_with_a_pull(
    wiki: Sandbox, stated: Desk, guide: str, state: ContentState
) -> None:
    wiki.store.put_state(guide, state, "Ana")
    assert stated.json("status", "--remote").outcomes == {GUIDE: "behind"}
    assert stated.json("pull").data["pages"][0]["note"].endswith("state")
    assert yaml.safe_load(stated.text(GUIDE).split("---\n")[1])["state"] == state.name
    assert wiki.store.content_state(guide)[0] == state
    quiet(wiki, stated)


def test_a_state_that_a_colleague_removes_is_null(wiki: Sandbox, stated: Desk, guide: str) -> None:
    wiki.store.put_state(guide, None, "Ana")
    stated("pull")
    text = stated.text(GUIDE)
    assert "\nstate: null\n" in text
    assert "@state" not in text
    quiet(wiki, stated)


@pytest.mark.parametrize("line", ["state: In progress", "state: null", "state: [1]"])
def test_an_edited_state_is_refused_with_its_line(wiki: Sandbox, stated: Desk, line: str) -> None:
    stated.edit(GUIDE, "state: Rough draft", line)
    stated.edit(GUIDE, "8080", "8081")
    number = stated.text(GUIDE).split("\n").index(line) + 1
    run = stated("check", exit=1)
    assert f"{GUIDE}:{number}:" in run.out
    assert READ_ONLY in run.out
    told = stated.json("push", exit=1).data["pages"][0]
    assert told["outcome"] == "rejected"
    assert READ_ONLY in told["error"]
    assert writes(wiki) == []
    stated.edit(GUIDE, line, "state: Rough draft")
    assert stated.json("push").outcomes == {GUIDE: "updated"}


def test_a_choice_of_the_servers_side_gives_the_edit_up(wiki: Sandbox, stated: Desk) -> None:
    stated.edit(GUIDE, "state: Rough draft", "state: Mine")
    stated("pull", "--theirs", GUIDE)
    assert "\nstate: Rough draft\n" in stated.text(GUIDE)
    quiet(wiki, stated)


def test_a_document_without_the_line_leaves_the_state_alone(
    wiki: Sandbox, stated: Desk, guide: str
) -> None:
    stated.edit(GUIDE, "state: Rough draft\n", "")
    stated.edit(GUIDE, "8080", "8081")
    stated("push")
    assert wiki.store.content_state(guide)[0] == DRAFT
    sent = [request.path for request in wiki.requests if request.method != "GET"]
    assert sent
    assert not [path for path in sent if path.endswith("/state")]


def test_a_new_document_brings_no_state(wiki: Sandbox, stated: Desk) -> None:
    stated("new", "ENG/ports.xhtml", "--title", "Ports")
    stated.edit("ENG/ports.xhtml", "title: Ports\n", "title: Ports\nstate: In progress\n")
    assert READ_ONLY in stated.json("push", exit=1).data["pages"][0]["error"]
    assert writes(wiki) == []


def test_a_push_of_the_text_keeps_the_state(wiki: Sandbox, stated: Desk, guide: str) -> None:
    stated.edit(GUIDE, "8080", "8081")
    stated("push")
    assert wiki.store.content_state(guide)[0] == DRAFT
    assert "\nstate: Rough draft\n" in stated.text(GUIDE)
    quiet(wiki, stated)


def test_a_state_costs_one_request_a_page_and_nothing_without_it(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    plain, desk = desk_at("plain"), desk_at("stated")
    desk.choose("state")
    desk("pull")
    asked = []
    for one in (plain, desk):
        wiki.clear_requests()
        one("pull")
        asked.append([request.path for request in wiki.requests])
    assert not [path for path in asked[0] if path.endswith("/state")]
    states = [path for path in asked[1] if path.endswith("/state")]
    assert len(states) == len(wiki.store.pages("ENG"))
    assert sorted([*asked[0], *states]) == sorted(asked[1])
