"""Folders, which only Cloud has: directories that follow theirs, and give up no move."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from confsync.sandbox import Sandbox
from tests import independent
from tests.conformance import check_requests
from tests.flows.conftest import Desk, quiet


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def ids(wiki: Sandbox) -> dict[str, str]:
    """Outer with Inner in it, and Page in that; Other beside."""
    store = wiki.store
    made = {"home": store.space("ENG").homepage_id}
    made["Outer"] = store.create_folder("ENG", "Outer", parent=made["home"]).id
    made["Inner"] = store.create_folder("ENG", "Inner", parent=made["Outer"]).id
    made["Page"] = store.create_page("ENG", "Page", "<p>page</p>", parent=made["Inner"]).id
    made["Other"] = store.create_page("ENG", "Other", "<p>other</p>").id
    return made


def settled(wiki: Sandbox, desk: Desk) -> None:
    desk("pull")
    independent.assert_equal(desk.root, wiki)
    quiet(wiki, desk)


def test_folders_are_renamed_and_moved_in_the_browser_with_all_in_them(
    wiki: Sandbox, ids: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    desk.edit("ENG/outer/inner/page.xhtml", "<p>page</p>", "<p>mine</p>")
    wiki.store.change_folder(ids["Inner"], "Within")
    desk("pull")
    assert "<p>mine</p>" in desk.text("ENG/outer/within/page.xhtml")
    wiki.store.change_folder(ids["Inner"], parent=ids["Other"])
    desk("pull")
    assert "<p>mine</p>" in desk.text("ENG/other/within/page.xhtml")
    desk("push")
    settled(wiki, desk)


def test_a_folder_in_which_no_page_stands_is_still_that_folder(
    wiki: Sandbox, ids: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    wiki.store.edit(ids["Page"], parent=ids["Other"])
    settled(wiki, desk)
    wiki.store.change_folder(ids["Inner"], "Within")
    wiki.store.change_folder(ids["Inner"], parent=ids["home"])
    settled(wiki, desk)
    assert "ENG/within/.folder.yaml" in desk.files()
    assert "ENG/outer/inner/.folder.yaml" not in desk.files()


def test_a_document_that_is_moved_into_an_empty_folder_stays_there_and_is_pushed(
    wiki: Sandbox, ids: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    wiki.store.edit(ids["Page"], parent=ids["Other"])
    desk("pull")
    desk.path("ENG/other.xhtml").rename(desk.path("ENG/outer/inner/other.xhtml"))
    desk("pull")
    assert "ENG/outer/inner/other.xhtml" in desk.files()
    desk("new", "ENG/outer/inner/new.xhtml", "--title", "New")
    desk("push")
    assert wiki.store.page(ids["Other"]).parent_id == ids["Inner"]
    settled(wiki, desk)


@pytest.mark.parametrize("kept", [True, False])
def test_a_folder_that_is_gone_is_forgotten_where_nothing_stands_in_it(
    wiki: Sandbox, ids: dict[str, str], desk_at: Callable[..., Desk], kept: bool
) -> None:
    desk = desk_at()
    wiki.store.edit(ids["Page"], parent=ids["Other"])
    desk("pull")
    if kept:
        desk.path("ENG/other.xhtml").rename(desk.path("ENG/outer/inner/other.xhtml"))
    wiki.store.remove_folder(ids["Inner"])
    desk("pull")
    assert ("ENG/outer/inner/.folder.yaml" in desk.files()) == kept
    if not kept:
        settled(wiki, desk)
        return
    assert "ENG/outer/inner/other.xhtml" in desk.files()
    assert desk.json("push", exit=1).outcomes == {"ENG/outer/inner/other.xhtml": "rejected"}
    desk.path("ENG/outer/inner/other.xhtml").rename(desk.path("ENG/other.xhtml"))
    settled(wiki, desk)
    assert "ENG/outer/inner/.folder.yaml" not in desk.files()


def test_a_subtree_has_no_folders_from_elsewhere(
    wiki: Sandbox, ids: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    inside = wiki.store.create_folder("ENG", "Inside", parent=ids["Other"]).id
    wiki.store.create_page("ENG", "Below", "<p>below</p>", parent=inside)
    desk = desk_at(clone=f"ENG/pages/{ids['Other']}/Other")
    assert {n for n in desk.files() if n.startswith("ENG/")} == {
        "ENG/index.xhtml",
        "ENG/inside/.folder.yaml",
        "ENG/inside/below.xhtml",
    }
