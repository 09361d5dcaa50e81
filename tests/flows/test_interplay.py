"""Documents whose pushes touch one another: each works in one push, or is refused with the order.

And a whole real tree, turned upside down by moves and renames.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from confsync.mirror import config_file as config
from confsync.mirror.mirror import Mirror
from confsync.sandbox import Sandbox
from tests import independent
from tests.flows.conftest import Desk, writes

Tree = dict[str, tuple[str, str | None]]


def tree_of(desk: Desk) -> Tree:
    """Id to title and parent, as the files and their places say."""
    return {
        entry.page_id: (entry.document.title, scan.wanted(entry))
        for scan in Mirror(desk.root, config.load(desk.root)).scan()
        for entry in scan.entries
        if entry.page_id and entry.document
    }


def tree_on(wiki: Sandbox) -> Tree:
    return {page.id: (page.title, page.parent_id) for page in wiki.store.pages("ENG")}


def versions_on(wiki: Sandbox) -> dict[str, int]:
    return {page.id: page.version for page in wiki.store.pages("ENG")}


def retitle(desk: Desk, name: str, title: str) -> None:
    old = desk.text(name).partition("title: ")[2].partition("\n")[0]
    desk.edit(name, f"\ntitle: {old}\n", f"\ntitle: {title}\n")


def move(desk: Desk, old: str, new: str) -> None:
    desk.path(new).parent.mkdir(parents=True, exist_ok=True)
    desk.path(old).rename(desk.path(new))


def swap(desk: Desk, one: str, other: str) -> None:
    move(desk, one, "swap")
    move(desk, other, one)
    move(desk, "swap", other)


def settled(wiki: Sandbox, desk: Desk, desk_at: Callable[..., Desk]) -> None:
    """Both sides say the same, here and in a fresh clone, and nothing is left to do."""
    assert tree_of(desk) == tree_on(wiki)
    assert tree_of(desk_at("fresh")) == tree_on(wiki)
    desk("pull")  # which renames the files of pages that have other titles now
    independent.assert_equal(desk.root, wiki)
    files = desk.files()
    wiki.clear_requests()
    for command in ("push", "pull", "push"):
        desk(command)
    assert writes(wiki) == []
    assert desk.files() == files


@pytest.fixture
def pages(wiki: Sandbox) -> dict[str, str]:
    """Return A, B and C below the home page, and D below A."""
    made = {t: wiki.store.create_page("ENG", t, f"<p>{t}</p>", raw=True).id for t in "ABC"}
    made["D"] = wiki.store.create_page("ENG", "D", "<p>D</p>", parent=made["A"], raw=True).id
    made["home"] = wiki.store.space("ENG").homepage_id
    return made


# -- titles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cached", [True, False])
def test_a_title_that_another_page_gives_up_is_taken_in_the_same_push(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk], cached: bool
) -> None:
    desk = desk_at()
    for name, title in (("a", "B"), ("b", "C"), ("c", "Z")):
        retitle(desk, f"ENG/{name}.xhtml", title)
        desk.edit(f"ENG/{name}.xhtml", f"<p>{name.upper()}</p>", "<p>mine</p>")
    if not cached:
        for base in desk.path(".confsync/bases").glob("*/*/*"):
            base.unlink()
    assert set(desk.json("push", "--dry-run").outcomes.values()) == {"updated"}
    assert set(desk.json("push").outcomes.values()) == {"updated"}
    assert writes(wiki) == [("PUT", 200)] * 3
    titles = {title: tree_on(wiki)[pages[title]][0] for title in "ABC"}
    assert titles == {"A": "B", "B": "C", "C": "Z"}
    settled(wiki, desk, desk_at)


def test_a_swap_of_titles_is_refused_before_anything_is_sent_and_works_by_a_third_one(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    retitle(desk, "ENG/a.xhtml", "B")
    retitle(desk, "ENG/b.xhtml", "A")
    desk.edit("ENG/c.xhtml", "<p>C</p>", "<p>mine</p>")
    before, files = tree_on(wiki), desk.files()
    run = desk.json("push", exit=1)
    assert run.outcomes == {
        "ENG/a.xhtml": "rejected",
        "ENG/b.xhtml": "rejected",
        "ENG/c.xhtml": "updated",
    }
    assert writes(wiki) == [("PUT", 200)]
    assert tree_on(wiki) == before
    assert {n: b for n, b in desk.files().items() if n != "ENG/c.xhtml"} == {
        n: b for n, b in files.items() if n != "ENG/c.xhtml"
    }
    told = desk("push", exit=1)
    assert "ENG/b.xhtml has the title 'B' until it is pushed" in told.out
    assert "give one of the two pages a third title and push" in told.err
    retitle(desk, "ENG/a.xhtml", "Third")
    desk("push")
    retitle(desk, "ENG/a.xhtml", "B")
    desk("push")
    assert tree_on(wiki)[pages["A"]][0] == "B"
    assert tree_on(wiki)[pages["B"]][0] == "A"
    settled(wiki, desk, desk_at)


def test_a_new_page_takes_a_title_that_another_gives_up(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    retitle(desk, "ENG/a.xhtml", "Old A")
    desk("new", "ENG/new.xhtml", "--title", "A")
    assert desk.json("push").outcomes == {"ENG/a.xhtml": "renamed", "ENG/new.xhtml": "created"}
    assert writes(wiki) == [("PUT", 200), ("POST", 200)]
    settled(wiki, desk, desk_at)


def test_a_title_whose_page_is_not_named_says_what_to_push_first(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    retitle(desk, "ENG/a.xhtml", "B")
    retitle(desk, "ENG/b.xhtml", "Z")
    run = desk("push", "ENG/a.xhtml", exit=1)
    assert "'confsync push ENG/b.xhtml' must come first" in run.err
    assert writes(wiki) == []
    desk("push")
    settled(wiki, desk, desk_at)


def test_who_waits_for_a_page_that_is_refused_is_not_sent(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    retitle(desk, "ENG/a.xhtml", "B")
    retitle(desk, "ENG/b.xhtml", "Z")
    wiki.store.edit(pages["B"], "<p>theirs</p>", author="Ana")
    run = desk.json("push", exit=1)
    assert run.outcomes == {"ENG/a.xhtml": "skipped", "ENG/b.xhtml": "rejected"}
    assert run.data["pages"][1]["error"] == "waits for ENG/b.xhtml, which was not pushed"
    assert writes(wiki) == []
    desk("pull", "--merge", "ENG/b.xhtml")
    desk("push")
    settled(wiki, desk, desk_at)


# -- places ----------------------------------------------------------------------------------------


def test_a_page_and_its_parent_change_places_in_one_push(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    move(desk, "ENG/a/d.xhtml", "ENG/d.xhtml")
    move(desk, "ENG/a.xhtml", "ENG/d/a.xhtml")
    assert set(desk.json("push").outcomes.values()) == {"moved"}
    assert writes(wiki) == [("PUT", 200)] * 2
    assert tree_on(wiki)[pages["A"]] == ("A", pages["D"])
    assert tree_on(wiki)[pages["D"]] == ("D", pages["home"])
    settled(wiki, desk, desk_at)


def test_a_parent_that_is_moved_below_its_child_alone_says_what_to_push_first(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    move(desk, "ENG/a/d.xhtml", "ENG/d.xhtml")
    move(desk, "ENG/a.xhtml", "ENG/d/a.xhtml")
    run = desk("push", "ENG/d/a.xhtml", exit=1)
    assert "this move makes a cycle: move ENG/d.xhtml first" in run.out
    assert "'confsync push ENG/d.xhtml' must come first" in run.err
    assert writes(wiki) == []


def test_siblings_whose_files_change_names_with_all_below_them_change_nothing(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    before = tree_on(wiki)
    swap(desk, "ENG/a.xhtml", "ENG/b.xhtml")
    move(desk, "ENG/a/d.xhtml", "ENG/b/d.xhtml")
    for command in ("status", "push", "pull", "push"):
        assert desk(command).err == ""
    assert writes(wiki) == []
    assert tree_on(wiki) == tree_of(desk) == before


def test_siblings_whose_files_alone_change_names_exchange_what_stands_below(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    swap(desk, "ENG/a.xhtml", "ENG/b.xhtml")
    assert desk.json("status").outcomes == {"ENG/a/d.xhtml": "moved"}
    desk("push")
    assert writes(wiki) == [("PUT", 200)]
    assert tree_on(wiki)[pages["D"]] == ("D", pages["B"])
    settled(wiki, desk, desk_at)


# -- below a page that is created in the same push -------------------------------------------------


@pytest.fixture
def below_new(pages: dict[str, str], desk_at: Callable[..., Desk]) -> Desk:
    """Return a desk where A, edited, stands below a new page, which stands below another."""
    desk = desk_at()
    desk("new", "ENG/new.xhtml", "--title", "New")
    desk("new", "ENG/new/inner.xhtml", "--title", "Inner")
    move(desk, "ENG/a.xhtml", "ENG/new/inner/a.xhtml")
    move(desk, "ENG/a/d.xhtml", "ENG/new/inner/a/d.xhtml")
    desk.edit("ENG/new/inner/a.xhtml", "<p>A</p>", "<p>mine</p>")
    return desk


def test_a_page_moves_below_one_that_is_created_in_the_same_push_in_one_version(
    wiki: Sandbox, pages: dict[str, str], below_new: Desk, desk_at: Callable[..., Desk]
) -> None:
    desk = below_new
    moved = desk.path("ENG/new/inner/a.xhtml").read_bytes()
    run = desk.json("push", "--dry-run")
    assert run.outcomes == {
        "ENG/new.xhtml": "created",
        "ENG/new/inner.xhtml": "created",
        "ENG/new/inner/a.xhtml": "updated",
    }
    assert desk.path("ENG/new/inner/a.xhtml").read_bytes() == moved
    assert desk.json("push").outcomes == run.outcomes
    assert writes(wiki) == [("POST", 200), ("POST", 200), ("PUT", 200)]
    (inner,) = [page.id for page in wiki.store.pages("ENG") if page.title == "Inner"]
    assert tree_on(wiki)[pages["A"]] == ("A", inner)
    assert versions_on(wiki)[pages["A"]] == 2
    assert versions_on(wiki)[pages["D"]] == 1
    settled(wiki, desk, desk_at)


def test_status_and_pull_leave_a_page_below_one_that_is_yet_to_be_created(
    wiki: Sandbox, pages: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    desk("new", "ENG/new.xhtml", "--title", "New")
    move(desk, "ENG/b.xhtml", "ENG/new/b.xhtml")
    files = desk.files()
    assert desk.json("status").outcomes == {
        "ENG/new.xhtml": "untracked",
        "ENG/new/b.xhtml": "moved",
    }
    desk("pull")
    assert desk.files() == files
    wiki.store.edit(pages["B"], "<p>theirs</p>", author="Ana")
    desk("pull")
    assert "<p>theirs</p>" in desk.text("ENG/new/b.xhtml")
    assert f'parent: "{pages["home"]}"' in desk.text("ENG/new/b.xhtml")
    desk("push")
    settled(wiki, desk, desk_at)


def test_nothing_is_sent_half_where_the_page_above_is_not_named_or_not_created(
    wiki: Sandbox, below_new: Desk
) -> None:
    before = tree_on(wiki), versions_on(wiki)
    run = below_new("push", "ENG/new/inner/a.xhtml", exit=1)
    assert "its parent ENG/new/inner.xhtml is not on the server yet" in run.out
    assert "'confsync push ENG/new/inner.xhtml' must come first" in run.err
    retitle(below_new, "ENG/new.xhtml", "B")
    told = below_new.json("push", exit=1)
    assert told.outcomes == {
        "ENG/new.xhtml": "rejected",
        "ENG/new/inner.xhtml": "skipped",
        "ENG/new/inner/a.xhtml": "skipped",
    }
    assert (tree_on(wiki), versions_on(wiki)) == before


def test_a_lost_answer_to_the_move_below_a_new_page_makes_no_second_version(
    wiki: Sandbox, pages: dict[str, str], below_new: Desk, desk_at: Callable[..., Desk]
) -> None:
    wiki.faults.lose_response = lambda method, path: method == "PUT"
    below_new("push", exit=None)
    wiki.faults.lose_response = None
    below_new("push", exit=None)
    assert versions_on(wiki)[pages["A"]] == 2
    settled(wiki, below_new, desk_at)


# -- the whole tree --------------------------------------------------------------------------------


@pytest.fixture
def real_tree(corpus: Path, wiki: Sandbox, desk_at: Callable[..., Desk]) -> tuple[Desk, set[str]]:
    """Return a clone of the corpus' tree, and its folders' ids: on Data Center they are pages."""
    given: list[dict[str, Any]] = yaml.safe_load((corpus / "page-tree.yaml").read_bytes())
    assert len(given) == 316
    ids: dict[tuple[str, ...], str] = {(): wiki.store.space("ENG").homepage_id}
    used: set[str] = set()
    folders: set[str] = set()
    for node in sorted(given, key=lambda node: len(node["path"])):
        title = node["title"] if node["title"] not in used else f"{node['title']} {node['page_id']}"
        used.add(title)
        parent = ids[tuple(node["path"][:-1])]
        if node["type"] == "folder" and wiki.flavor == "cloud":
            made = wiki.store.create_folder("ENG", title, parent=parent).id
            folders.add(made)
        else:
            made = wiki.store.create_page(
                "ENG", title, f"<p>{node['page_id']}</p>", parent=parent
            ).id
        ids[tuple(node["path"])] = made
    return desk_at(), folders


def upside_down(before: Tree, home: str, folders: set[str]) -> Tree:
    """Every page below its first child, what has none at the top; titles passed on or new."""
    children: dict[str | None, list[str]] = {}
    for page, (_, parent) in before.items():
        children.setdefault(parent, []).append(page)
    after: Tree = {}
    pages = [page for page in before if page != home]
    for number, page in enumerate(pages):
        title, parent = before[page]
        above = children.get(page, [None if parent in folders else home])[0] or parent
        match number % 6:
            case 0:
                title = f"{title} (new)"
            case 1:
                title = before[pages[number - 1]][0]
            case 2:
                title = before[pages[number - 1]][0]
        after[page] = (title, above)
    return {**after, home: before[home]}


def test_a_real_tree_turned_upside_down_is_the_same_everywhere_with_one_version_a_page(
    wiki: Sandbox, real_tree: tuple[Desk, set[str]], desk_at: Callable[..., Desk]
) -> None:
    desk, folders = real_tree
    before, home = tree_of(desk), wiki.store.space("ENG").homepage_id
    assert before == tree_on(wiki)
    assert len(before) + len(folders) == 317
    after = upside_down(before, home, folders)
    texts = {}
    for scan in Mirror(desk.root, config.load(desk.root)).scan():
        places = {folder.id: f"ENG/{place}" for place, folder in scan.folders.items()}
        for entry in scan.entries:
            if entry.page_id and entry.page_id != home:
                retitle(desk, entry.path, json.dumps(after[entry.page_id][0]))
                texts[entry.page_id] = desk.path(entry.path).read_bytes()
                desk.path(entry.path).unlink()
    places[home] = "ENG"

    def place(page: str) -> str:
        if page not in places:
            places[page] = f"{place(after[page][1] or home)}/p{page}"
        return places[page]

    for page, text in texts.items():
        path = desk.path(f"{place(page)}.xhtml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    touched = {page for page in after if after[page] != before[page]}
    assert tree_of(desk) == after
    assert len(touched) > 300
    wiki.clear_requests()
    assert "--allow-mass-move" in desk("push", exit=1).err
    assert writes(wiki) == []
    outcomes = {"moved" if after[i][1] != before[i][1] else "renamed" for i in touched}
    assert set(desk.json("push", "--allow-mass-move").outcomes.values()) == outcomes
    assert writes(wiki) == [("PUT", 200)] * len(touched)
    assert tree_on(wiki) == after
    assert versions_on(wiki) == {page: 2 if page in touched else 1 for page in after}
    fresh = desk_at("elsewhere")
    assert tree_of(fresh) == tree_of(desk) == after
    assert desk("status", "--remote").out.startswith("clean")
    server = independent.assert_equal(fresh.root, wiki)
    assert independent.files_of(desk.root).pages == server.pages
    desk("pull", "--allow-mass-delete")  # which brings folders and names after
    independent.assert_alike(independent.files_of(desk.root), server)
