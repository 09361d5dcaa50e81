"""A title that is changed in a file renames the file, too: pushed first, and renamed by a pull."""

from __future__ import annotations

import shutil

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
MANUAL = "ENG/manual.xhtml"


@pytest.fixture
def child(wiki: Sandbox, guide: str) -> str:
    return wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide, raw=True).id


def retitle(desk: Desk, name: str = GUIDE, old: str = "Guide", new: str = "Manual") -> None:
    desk.edit(name, f"title: {old}\n", f"title: {new}\n")


def test_a_pushed_title_renames_the_file_and_its_directory_with_the_next_pull(
    wiki: Sandbox, child: str, desk: Desk
) -> None:
    retitle(desk)
    desk("push")
    assert "name: outdated" in desk.text(GUIDE), "the file says so wherever it goes"
    before = wiki.store.page(child)
    run = desk.json("pull")
    assert run.outcomes == {MANUAL: "renamed", "ENG/manual/child.xhtml": "moved"}
    assert "outdated" not in desk.text(MANUAL)
    assert set(desk.files()) >= {MANUAL, "ENG/manual/child.xhtml"}
    assert not desk.path("ENG/guide").exists()
    assert desk.json("push").outcomes == {}
    assert desk.json("pull").outcomes == {}
    assert wiki.store.page(child) == before, "no page moved"


def test_another_clone_of_the_files_renames_too(wiki: Sandbox, desk: Desk) -> None:
    """A colleague pulls what a CI run pushed and committed: the mark stands in the file."""
    retitle(desk)
    desk("push")
    shutil.rmtree(desk.path(".confsync"))
    assert desk.json("pull").outcomes == {MANUAL: "renamed"}


def test_a_name_of_ones_own_stays(wiki: Sandbox, desk: Desk) -> None:
    desk.path(GUIDE).rename(desk.path("ENG/howto.xhtml"))
    retitle(desk, "ENG/howto.xhtml")
    desk("push")
    assert "outdated" not in desk.text("ENG/howto.xhtml")
    desk("pull")
    assert desk.path("ENG/howto.xhtml").exists()


def test_a_title_that_differs_in_case_alone_renames_nothing(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    retitle(desk, new="GUIDE")
    desk("push")
    assert wiki.store.page(guide).title == "GUIDE"
    assert "outdated" not in desk.text(GUIDE)
    assert desk.json("pull").outcomes == {}


def test_a_lost_answer_renames_all_the_same(wiki: Sandbox, desk: Desk, guide: str) -> None:
    retitle(desk)
    sent = desk.text(GUIDE)
    desk("push")
    desk.path(GUIDE).write_text(sent)
    assert desk.json("pull").outcomes == {MANUAL: "renamed"}
    assert writes(wiki)[1:] == []
    assert desk.json("pull").outcomes == {}


def test_a_pull_of_one_path_keeps_the_mark_for_the_one_that_moves(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    retitle(desk)
    desk("push")
    wiki.store.edit(guide, "<p>hers</p>")
    desk("pull", GUIDE)
    assert "hers" in desk.text(GUIDE)
    assert "name: outdated" in desk.text(GUIDE)
    desk("pull")
    assert "hers" in desk.text(MANUAL)


def test_an_edit_between_the_push_and_the_pull_goes_along(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    retitle(desk)
    desk("push")
    desk.edit(GUIDE, "8080.", "8081.")
    assert desk.json("pull").outcomes == {MANUAL: "kept"}
    desk("push")
    assert "8081." in wiki.store.page(guide).body


def test_a_merged_title_renames_the_file(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "9090.", "9091.")
    body = wiki.store.page(guide).body.replace("<h1>Ports", "<h1>Harbours")
    wiki.store.edit(guide, body, title="Manual")
    desk("pull", "--merge")
    text = desk.text(MANUAL)
    assert "Harbours" in text
    assert "9091." in text
    assert not desk.path(GUIDE).exists()


def test_two_that_pass_a_title_on_pass_the_name_on(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.create_page("ENG", "Other", "<p>o</p>", raw=True)
    desk("pull")
    retitle(desk)
    retitle(desk, "ENG/other.xhtml", "Other", "Guide")
    desk("push")
    desk("pull")
    assert "title: Manual" in desk.text(MANUAL)
    assert "title: Guide" in desk.text(GUIDE)
    assert desk.json("pull").outcomes == {}
