"""Taking a page back to an older version: in the file first, and then as a new version."""

from __future__ import annotations

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
on_cloud = pytest.mark.parametrize("wiki", ["cloud"], indirect=True)


@pytest.fixture
def desk(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """Return the clone of a page with three versions; the second has another title, too."""
    store = wiki.store
    store.edit(guide, "<p>second</p>", title="Second")
    store.edit(guide, "<p>third</p>", title="Guide")
    desk("pull")
    wiki.clear_requests()
    return desk


def test_a_file_says_what_the_version_before_said(wiki: Sandbox, desk: Desk, guide: str) -> None:
    before = desk.text(GUIDE)
    run = desk.json("revert", GUIDE)
    assert run.outcomes == {GUIDE: "modified"}
    assert run.data["pages"][0]["note"] == "it has the text of v2 now"
    text = desk.text(GUIDE)
    assert text.replace("title: Second", "title: Guide") == before.replace("third", "second")
    assert writes(wiki) == []
    assert desk.json("status").outcomes == {GUIDE: "modified"}
    desk("push", "-m", "back")
    page = wiki.store.page(guide)
    assert (page.version, page.title, page.body) == (4, "Second", "<p>second</p>")


def test_a_file_says_what_any_older_version_said(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk("revert", GUIDE, "--to", "1")
    assert "8080" in desk.text(GUIDE)
    desk("push")
    versions = wiki.store.versions(guide)
    assert (versions[-1].title, versions[-1].body) == (versions[0].title, versions[0].body)
    assert [version.number for version in versions] == [1, 2, 3, 4]


def test_what_else_a_document_has_stays(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "title: Guide", "owner: me  # mine\ntitle: Guide")
    desk("revert", GUIDE, "--to", "2")
    assert "owner: me  # mine\ntitle: Second" in desk.text(GUIDE)


def test_the_version_of_now_changes_nothing(desk: Desk) -> None:
    before = desk.files()
    assert desk.json("revert", GUIDE, "--to", "3").outcomes == {GUIDE: "unchanged"}
    assert desk.files() == before


@on_cloud
def test_edits_are_not_overwritten(desk: Desk) -> None:
    desk.edit(GUIDE, "third", "mine")
    before = desk.files()
    run = desk("revert", GUIDE, exit=1)
    assert "it has edits that are not pushed" in run.out
    assert desk.files() == before
    assert "-<p>third</p>" in desk.follow(run, "confsync diff")
    desk.follow(run, "confsync pull --theirs")
    desk("revert", GUIDE)


@on_cloud
def test_a_repeated_revert_changes_nothing(desk: Desk) -> None:
    desk("revert", GUIDE, "--to", "1")
    before = desk.files()
    assert desk.json("revert", GUIDE, "--to", "1").outcomes == {GUIDE: "unchanged"}
    desk("revert", GUIDE, "--to", "2", exit=1)
    assert desk.files() == before


@on_cloud
def test_a_version_that_the_server_does_not_show_is_told(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    before = desk.files()
    wiki.faults.refuse = lambda method, path: 404 if path.endswith(f"pages/{guide}") else None
    run = desk("revert", GUIDE, "--to", "2", exit=1)
    assert "the server does not show v2" in run.out
    assert desk.files() == before
    wiki.faults.refuse = None
    assert "v2" in desk.follow(run, "confsync log")


@on_cloud
def test_a_version_that_is_newer_than_the_file_is_pulled_first(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>fourth</p>")
    run = desk("revert", GUIDE, "--to", "4", exit=1)
    assert "the document is based on v3, and v4 is newer" in run.out
    assert "v3 -> v4" in desk.follow(run, "confsync pull")


@on_cloud
def test_the_first_version_has_none_before(desk: Desk) -> None:
    run = desk("revert", "ENG/index.xhtml", exit=1)
    assert "no version before v1" in run.out
    assert "v1" in desk.follow(run, "confsync log")


@on_cloud
def test_a_new_document_has_no_versions(desk: Desk) -> None:
    desk("new", "ENG/new.xhtml", "--title", "New")
    assert "it has no page on the server yet" in desk("revert", "ENG/new.xhtml", exit=1).out


def test_a_directory_is_reverted_page_by_page(wiki: Sandbox, desk: Desk, guide: str) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>1</p>", parent=guide).id
    wiki.store.edit(child, "<p>2</p>")
    desk("pull")
    run = desk.json("revert", "ENG", exit=1)
    assert run.outcomes == {
        GUIDE: "modified",
        "ENG/guide/child.xhtml": "modified",
        "ENG/index.xhtml": "rejected",
    }
    desk("push")
    assert wiki.store.page(child).body == "<p>1</p>"


@on_cloud
def test_a_colleagues_edit_since_is_not_overwritten(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk("revert", GUIDE)
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    assert "local is based on v3, the server has v4" in desk("push", exit=1).out
    assert wiki.store.page(guide).body == "<p>hers</p>"


def test_a_later_comment_stays_on_text_that_both_versions_have(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>first</p><p>same</p>")
    wiki.store.edit(guide, "<p>second</p><p>same</p>")
    for text in ("same", "second"):
        wiki.store.comment(guide, text)
    desk("pull")
    assert desk.text(GUIDE).count("</ac:inline-comment-marker>") == 2
    run = desk("revert", GUIDE)
    assert "it has the text of v4 now; 1 inline comment lost its text" in run.out
    assert "<p>first</p>" in desk.text(GUIDE)
    assert ">same</ac:inline-comment-marker></p>" in desk.text(GUIDE)
    assert desk.json("revert", GUIDE, "--to", "4").outcomes == {GUIDE: "unchanged"}
    assert "the text drops an open comment: Ana on 'second'" in desk("push", exit=1).out
    desk("push", "--drop-comments")
    assert wiki.store.page(guide).body.count("</ac:inline-comment-marker>") == 1
