"""Odd moves and renames: each works, or is refused with the reason, and nothing is done by half."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.mirror.mirror import Mirror
from confsync.sandbox import Sandbox
from tests import independent
from tests.flows.conftest import Desk, writes
from tests.flows.test_interplay import move, retitle, tree_on, versions_on
from tests.flows.test_subtrees import configure


@pytest.fixture
def pages(wiki: Sandbox) -> dict[str, str]:
    """Return A, B and C below the home page, D below A, and E below D."""
    made = {t: wiki.store.create_page("ENG", t, f"<p>{t}</p>", raw=True).id for t in "ABC"}
    for title, above in (("D", "A"), ("E", "D")):
        page = wiki.store.create_page("ENG", title, f"<p>{title}</p>", parent=made[above])
        made[title] = page.id
    made["home"] = wiki.store.space("ENG").homepage_id
    return made


@pytest.fixture
def desk(pages: dict[str, str], desk_at: Callable[..., Desk]) -> Desk:
    return desk_at()


def settled(wiki: Sandbox, desk: Desk) -> None:
    """Both sides are equal, and nothing is left to do."""
    desk("pull")
    independent.assert_equal(desk.root, wiki)
    wiki.clear_requests()
    files = desk.files()
    for command in ("push", "pull"):
        assert desk(command).out == f"{command}: nothing to do\n"
    assert writes(wiki) == []
    assert desk.files() == files


# -- titles ----------------------------------------------------------------------------------------


def test_three_titles_in_a_ring_are_refused_with_the_way_out(
    wiki: Sandbox, pages: dict[str, str], desk: Desk
) -> None:
    for name, title in (("a", "B"), ("b", "C"), ("c", "A")):
        retitle(desk, f"ENG/{name}.xhtml", title)
    before, files = tree_on(wiki), desk.files()
    run = desk("push", exit=1)
    assert run.out.count("[rejected]") == 3
    assert "give one of the two pages a third title and push" in run.err
    assert writes(wiki) == []
    assert (tree_on(wiki), desk.files()) == (before, files)
    retitle(desk, "ENG/c.xhtml", "Third")
    desk("push")
    retitle(desk, "ENG/c.xhtml", "A")
    desk("push")
    assert [tree_on(wiki)[pages[t]][0] for t in "ABC"] == ["B", "C", "A"]
    settled(wiki, desk)


@pytest.mark.parametrize("title", ["a", "Ä b", "A!"])
def test_a_title_that_changes_little_on_either_side_is_the_same_on_both(
    wiki: Sandbox, pages: dict[str, str], desk: Desk, title: str
) -> None:
    retitle(desk, "ENG/a.xhtml", title)
    desk("push")
    assert tree_on(wiki)[pages["A"]] == (title, pages["home"])
    settled(wiki, desk)
    desk.edit("ENG/b.xhtml", "<p>B</p>", "<p>mine</p>")
    wiki.store.edit(pages["B"], title="b", author="Ana")
    desk("push", exit=1)
    desk("pull", "--merge")
    desk("push")
    assert wiki.store.page(pages["B"]).title == "b"
    assert wiki.store.page(pages["B"]).body == "<p>mine</p>"
    settled(wiki, desk)


def test_both_sides_change_the_case_of_a_title(
    wiki: Sandbox, pages: dict[str, str], desk: Desk
) -> None:
    wiki.store.edit(pages["A"], title="Guide", author="Ana")
    desk("pull")
    retitle(desk, "ENG/guide.xhtml", "GUIDE")
    wiki.store.edit(pages["A"], title="guide", author="Ana")
    desk("push", exit=1)
    desk("pull", exit=1)
    assert wiki.store.page(pages["A"]).title == "guide"
    desk("pull", "--theirs", "ENG/guide.xhtml")
    settled(wiki, desk)


@pytest.mark.parametrize("status", ["current", "archived"])
def test_a_title_that_another_page_has_is_refused_and_the_other_named(
    wiki: Sandbox, pages: dict[str, str], desk: Desk, status: str
) -> None:
    if status == "archived":
        wiki.store.archive(pages["C"])
        desk("pull")
    retitle(desk, "ENG/a.xhtml", "c")
    desk.edit("ENG/b.xhtml", "<p>B</p>", "<p>mine</p>")
    run = desk.json("push", exit=1)
    told = {page["path"]: page["error"] for page in run.data["pages"]}
    why = "ENG/c.xhtml has the title 'c' already"
    if status == "archived":
        why = f"the title 'c' belongs to page {pages['C']} (archived) already"
    assert told["ENG/a.xhtml"] == why
    assert versions_on(wiki)[pages["A"]] == 1
    assert versions_on(wiki)[pages["B"]] == 2


def test_a_title_whose_page_is_deleted_in_the_same_push_is_free_with_the_next(
    wiki: Sandbox, pages: dict[str, str], desk: Desk
) -> None:
    desk.commit()
    desk.path("ENG/b.xhtml").unlink()
    retitle(desk, "ENG/c.xhtml", "B")
    run = desk("push", "--delete", exit=1)
    assert f"the title 'B' belongs to page {pages['B']} already" in run.out
    desk("push")
    assert wiki.store.page(pages["C"]).title == "B"
    settled(wiki, desk)


# -- places ----------------------------------------------------------------------------------------


def test_renamed_moved_and_edited_is_one_version(
    wiki: Sandbox, pages: dict[str, str], desk: Desk
) -> None:
    retitle(desk, "ENG/a.xhtml", "Renamed")
    desk.edit("ENG/a.xhtml", "<p>A</p>", "<p>mine</p>")
    move(desk, "ENG/a.xhtml", "ENG/b/a.xhtml")
    desk.path("ENG/a").rename(desk.path("ENG/b/a"))
    desk("push")
    page = wiki.store.page(pages["A"])
    assert (page.title, page.body, page.parent_id) == ("Renamed", "<p>mine</p>", pages["B"])
    assert versions_on(wiki) == dict.fromkeys(pages.values(), 1) | {page.id: 2}
    settled(wiki, desk)
    assert "ENG/b/renamed/d/e.xhtml" in desk.files()


def test_a_document_without_its_directory_leaves_its_children_below_it(
    wiki: Sandbox, pages: dict[str, str], desk: Desk
) -> None:
    move(desk, "ENG/a.xhtml", "ENG/b/a.xhtml")
    assert desk.json("status").outcomes == {"ENG/b/a.xhtml": "moved"}
    desk("push")
    assert tree_on(wiki)[pages["A"]] == ("A", pages["B"])
    assert tree_on(wiki)[pages["D"]] == ("D", pages["A"])
    settled(wiki, desk)
    assert "ENG/b/a/d/e.xhtml" in desk.files()


@pytest.mark.parametrize("place", ["ENG/z", "ENG/b/a"])
def test_a_directory_without_its_document_moves_nothing(
    wiki: Sandbox, pages: dict[str, str], desk: Desk, place: str
) -> None:
    desk.path(place).parent.mkdir(exist_ok=True)
    desk.path("ENG/a").rename(desk.path(place))
    assert desk("push").out == "push: nothing to do\n"
    settled(wiki, desk)
    assert "ENG/a/d/e.xhtml" in desk.files()


def test_a_directory_that_gets_the_name_of_another_documents_moves_all_in_it(
    wiki: Sandbox, pages: dict[str, str], desk: Desk
) -> None:
    desk.path("ENG/a").rename(desk.path("ENG/b"))
    desk("push")
    assert writes(wiki) == [("PUT", 200)]
    assert tree_on(wiki)[pages["D"]] == ("D", pages["B"])
    settled(wiki, desk)


@pytest.mark.parametrize("below", ["ENG/a/d/a.xhtml", "ENG/a/d/e/a.xhtml"])
def test_a_page_is_not_put_below_itself(
    wiki: Sandbox, pages: dict[str, str], desk: Desk, below: str
) -> None:
    before = tree_on(wiki), versions_on(wiki)
    move(desk, "ENG/a.xhtml", below)
    run = desk("push", exit=1)
    assert "this move puts the page below itself" in run.out
    move(desk, below, "ENG/a.xhtml")
    assert (tree_on(wiki), versions_on(wiki)) == before
    settled(wiki, desk)


def test_a_page_in_its_own_directory_has_not_moved(
    wiki: Sandbox, pages: dict[str, str], desk: Desk
) -> None:
    move(desk, "ENG/a.xhtml", "ENG/a/a.xhtml")
    assert desk("push").out == "push: nothing to do\n"
    settled(wiki, desk)
    assert {"ENG/a.xhtml", "ENG/a/d.xhtml"} <= desk.files().keys()


def test_the_home_page_is_not_moved(wiki: Sandbox, pages: dict[str, str], desk: Desk) -> None:
    move(desk, "ENG/index.xhtml", "ENG/b/index2.xhtml")
    assert "this move puts the page below itself" in desk("push", exit=1).out
    assert writes(wiki) == []
    settled(wiki, desk)
    assert "ENG/index.xhtml" in desk.files()


def test_a_page_whose_new_parent_went_meanwhile_is_refused_and_stands_where_it_was(
    wiki: Sandbox, pages: dict[str, str], desk: Desk
) -> None:
    desk.edit("ENG/b.xhtml", "<p>B</p>", "<p>mine</p>")
    move(desk, "ENG/b.xhtml", "ENG/c/b.xhtml")
    wiki.store.trash(pages["C"])
    desk("push", exit=1)
    assert versions_on(wiki)[pages["B"]] == 1
    desk("pull")
    assert "<p>mine</p>" in desk.text("ENG/b.xhtml")
    desk("push")
    assert versions_on(wiki)[pages["B"]] == 2
    settled(wiki, desk)


# -- out of the space ------------------------------------------------------------------------------


@pytest.fixture
def both(wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]) -> Desk:
    """Return a mirror of ENG and of OPS, which has a page Runbook."""
    wiki.store.create_space("OPS", "Operations", "Operations")
    wiki.store.create_page("OPS", "Runbook", "<p>Runbook</p>", raw=True)
    desk = desk_at("both", clone=None)
    configure(wiki, desk, {"key": "ENG"}, {"key": "OPS"})
    desk("pull")
    wiki.clear_requests()
    return desk


@pytest.mark.parametrize("edited", [True, False])
@pytest.mark.parametrize("place", ["OPS/b.xhtml", "OPS/runbook/b.xhtml"])
def test_a_move_to_another_space_is_refused_with_the_reason(
    wiki: Sandbox, pages: dict[str, str], both: Desk, edited: bool, place: str
) -> None:
    if edited:
        both.edit("ENG/b.xhtml", "<p>B</p>", "<p>mine</p>")
    move(both, "ENG/b.xhtml", place)
    assert list(both.json("status").outcomes) == [place]
    run = both("push", exit=1)
    assert f"[rejected]  {place}   the page is in another space than the file" in run.out
    assert "confsync moves no page between spaces" in run.err
    assert "move it to that space's directory" in both("pull").out
    assert writes(wiki) == []
    move(both, place, "ENG/b.xhtml")
    both("push")
    settled(wiki, both)


def test_a_move_to_another_space_in_the_browser_is_followed_by_a_person(
    wiki: Sandbox, pages: dict[str, str], both: Desk
) -> None:
    both.edit("ENG/a/d.xhtml", "<p>D</p>", "<p>mine</p>")
    wiki.store.move_to_space(pages["A"], "OPS")
    files = both.files()
    both("push", exit=1)
    assert both("pull").out.count("move it to that space's directory") == 3
    assert both.files() == files
    move(both, "ENG/a.xhtml", "OPS/a.xhtml")
    both.path("ENG/a").rename(both.path("OPS/a"))
    assert both.json("push").outcomes == {"OPS/a.xhtml": "skipped", "OPS/a/d.xhtml": "updated"}
    settled(wiki, both)
    assert wiki.store.page(pages["D"]).body == "<p>mine</p>"


def test_a_document_that_is_moved_out_of_the_mirror_moves_and_deletes_no_page(
    wiki: Sandbox, pages: dict[str, str], desk: Desk
) -> None:
    desk.commit()
    move(desk, "ENG/b.xhtml", "attic/b.xhtml")
    assert desk.json("status").outcomes == {"ENG/b.xhtml": "moved"}
    told = desk("push").out
    assert "attic/b.xhtml" in told and "updated" not in told and "deleted" not in told
    desk("pull")
    run = desk("push", "attic/b.xhtml", exit=2)
    assert "attic/b.xhtml: no document there" in run.err
    assert "documents stand below ENG/" in run.err
    assert versions_on(wiki)[pages["B"]] == 1
    move(desk, "attic/b.xhtml", "ENG/b.xhtml")
    settled(wiki, desk)


def test_what_moves_only_by_gits_word_is_sent_with_its_text(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    """Its parent is not here any more; that this was deleted here on purpose makes it a move."""
    child = wiki.store.create_page("ENG", "Child", "<p>precious</p>", parent=guide, raw=True).id
    desk = desk_at()
    desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    desk.path("ENG/guide/child.xhtml").rename(desk.path("ENG/child.xhtml"))
    desk.path("ENG/guide.xhtml").unlink()
    rehearsed = desk.json("push", "--dry-run").outcomes
    assert desk.json("push").outcomes == rehearsed == {"ENG/child.xhtml": "moved"}
    page = wiki.store.page(child)
    assert (page.version, page.body) == (2, "<p>precious</p>")
    assert page.parent_id == wiki.store.space("ENG").homepage_id
    assert desk.text("ENG/child.xhtml").endswith("<p>precious</p>\n")


def test_a_document_that_was_not_read_is_never_sent(
    wiki: Sandbox, desk: Desk, pages: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was not read would have an empty text."""
    monkeypatch.setattr(Mirror, "whole", lambda _, entry: entry)
    move(desk, "ENG/c.xhtml", "ENG/b/c.xhtml")
    assert "was not read" in desk.json("push", exit=4).data["errors"][0]["message"]
    assert writes(wiki) == []
    assert wiki.store.page(pages["C"]).body == "<p>C</p>"
