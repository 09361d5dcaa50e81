"""The order and the owners of pages in git: branches, merges, and values that git puts back."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator

import pytest

from confsync.mirror.git import merge_driver
from confsync.sandbox import Sandbox
from confsync.sandbox.store.rows import account_id
from tests.conformance import check_requests
from tests.flows.conftest import Desk, quiet, writes

NAMES = ("A", "B", "C", "D")


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """Yield a Cloud with the pages A to D below one parent."""
    with Sandbox(flavor="cloud") as sandbox:
        store = sandbox.store
        store.create_space("ENG", "Engineering", "Engineering")
        parent = store.create_page("ENG", "Book", "<p>book</p>", author="Ana").id
        for name in NAMES:
            store.create_page("ENG", name, f"<p>{name}</p>", parent, author="Ana")
        sandbox.clear_requests()
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def desk(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone in git that manages the order of pages."""
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "settings: [order, owner]\n")
    desk("pull")
    desk.git("init", "-q", "--template=", "-b", "main")
    merge_driver.write_attribute(desk.root)
    merge_driver.configure(desk.root)
    commit(desk)
    wiki.clear_requests()
    return desk


def commit(desk: Desk) -> None:
    desk.git("add", "-A")
    desk.git("commit", "-qm", "Pages", "--allow-empty")


def file(name: str) -> str:
    return f"ENG/book/{name.lower()}.xhtml"


def row(wiki: Sandbox) -> str:
    rows = {one.title: one for one in wiki.store.pages("ENG") if one.title in NAMES}
    return "".join(sorted(rows, key=lambda name: rows[name].position))


def page_id(wiki: Sandbox, name: str) -> str:
    return next(one.id for one in wiki.store.pages("ENG") if one.title == name)


def number(desk: Desk, name: str) -> str:
    lines = (line for line in desk.text(file(name)).splitlines() if line.startswith("order: "))
    return next(lines, "").removeprefix("order: ")


def renumber(desk: Desk, name: str, new: int) -> None:
    desk.edit(file(name), f"\norder: {number(desk, name)}\n", f"\norder: {new}\n")


def numbers(desk: Desk) -> list[str]:
    return [number(desk, name) for name in NAMES]


def test_a_branch_that_reorders_and_one_that_pulls_are_one(wiki: Sandbox, desk: Desk) -> None:
    desk.git("checkout", "-qb", "mine")
    renumber(desk, "A", 2)
    commit(desk)
    desk.git("checkout", "-q", "main")
    wiki.store.move(page_id(wiki, "D"), "before", page_id(wiki, "C"))
    desk("pull")
    commit(desk)
    desk.git("merge", "-q", "--no-edit", "mine")
    assert numbers(desk) == ["2", "2", "4", "3"]
    desk("push")
    assert row(wiki) == "BADC"
    desk("pull")
    quiet(wiki, desk)


def test_two_branches_that_pulled_different_numbers_lose_none(wiki: Sandbox, desk: Desk) -> None:
    desk.git("checkout", "-qb", "mine")
    wiki.store.move(page_id(wiki, "D"), "before", page_id(wiki, "A"))
    desk("pull")
    commit(desk)
    desk.git("checkout", "-q", "main")
    wiki.store.move(page_id(wiki, "D"), "before", page_id(wiki, "C"))
    desk("pull")
    commit(desk)
    wiki.clear_requests()
    words = ["git", "merge", "-q", "--no-edit", "mine"]
    done = subprocess.run(words, cwd=desk.root, check=False, capture_output=True)
    assert done.returncode == 1
    shown = {name: desk.text(file(name)) for name in "CD"}
    assert "<<<<<<< ours, v1\norder: 3\n=======\norder: 1\n>>>>>>> theirs, v1\n" in shown["D"]
    assert f"{file('D')}:3: conflict marker in the front matter" in desk("push", exit=4).err
    ours = re.sub(r"<<<<<<<.*\n(.*\n)=======\n.*\n>>>>>>>.*\n", r"\1", shown["D"])
    desk.path(file("D")).write_text(ours)
    commit(desk)
    desk("push")
    assert (row(wiki), writes(wiki)) == ("ABDC", [])
    desk("pull")
    assert numbers(desk) == ["1", "2", "4", "3"]
    quiet(wiki, desk)


@pytest.mark.parametrize("pushed", [True, False])
def test_an_owner_that_git_put_back_comes_again_with_a_warning(
    wiki: Sandbox, desk: Desk, pushed: bool
) -> None:
    ana, ben = account_id("Ana"), account_id("Ben")
    wiki.store.set_owner(wiki.store.create_page("ENG", "E", "", author="Ben").id, "Ben")
    if pushed:
        desk.edit(file("A"), ana, ben)
        desk("push")
    else:
        wiki.store.set_owner(page_id(wiki, "A"), "Ben")
        desk("pull")
    commit(desk)
    desk.git("revert", "--no-edit", "HEAD")
    assert ana in desk.text(file("A"))
    assert "this pull brings the setting 'owner' again that git had reverted" in desk("pull").err
    assert ben in desk.text(file("A"))
    quiet(wiki, desk)


@pytest.mark.parametrize("twice", [False, True])
def test_a_colleague_who_reorders_once_is_no_revert(wiki: Sandbox, desk: Desk, twice: bool) -> None:
    wiki.store.move(page_id(wiki, "D"), "before", page_id(wiki, "A"))
    desk("pull")
    commit(desk)
    if twice:
        wiki.store.move(page_id(wiki, "C"), "before", page_id(wiki, "D"))
    else:
        wiki.store.move(page_id(wiki, "D"), "after", page_id(wiki, "C"))
    assert "again" not in desk("pull").err
    quiet(wiki, desk)


def test_a_number_that_git_put_back_is_not_sent(wiki: Sandbox, desk: Desk) -> None:
    renumber(desk, "A", 4)
    desk("push")
    desk("pull")
    commit(desk)
    assert row(wiki) == "BCDA"
    desk.git("revert", "--no-edit", "HEAD")
    assert numbers(desk) == ["1", "2", "3", "4"]
    wiki.clear_requests()
    desk("push")
    run = desk.json("pull")
    assert {page["note"] for page in run.data["pages"]} == {"order"}
    warned = [line for line in run.err.splitlines() if "the setting 'order' again" in line]
    assert len(warned) == 4
    assert "if it was a revert, edit the 'order:' line and push" in warned[0]
    assert (row(wiki), writes(wiki)) == ("BCDA", [])
    assert numbers(desk) == ["4", "1", "2", "3"]
    quiet(wiki, desk)
