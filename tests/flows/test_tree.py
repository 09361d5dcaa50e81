"""The tree: pages stand where their parents are, and only a person's move moves a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.sandbox import ROOT, Sandbox
from tests.flows.conftest import Desk, writes


def edit_everything(desk: Desk) -> None:
    for path in desk.root.glob("ENG/**/*.xhtml"):
        path.write_bytes(path.read_bytes().removesuffix(b"\n") + b"<p>mine</p>\n")


def parents(wiki: Sandbox) -> dict[str, str | None]:
    return {page.id: page.parent_id for page in wiki.store.pages("ENG")}


def moved_by_put(wiki: Sandbox) -> list[bytes]:
    return [r.body for r in wiki.requests if r.method == "PUT" and b"parentId" in r.body]


@pytest.fixture
def odd(wiki: Sandbox) -> dict[str, str]:
    """Root-level pages, folders in folders, a whiteboard, and a parent that one may not see."""
    store = wiki.store
    root = store.create_page("ENG", "Rooted", "<p>x</p>", parent=ROOT)
    below = store.create_page("ENG", "Below root", "<p>x</p>", parent=root.id)
    outer = store.create_folder("ENG", "Outer folder")
    inner = store.create_folder("ENG", "Inner folder", parent=outer.id)
    in_folder = store.create_page("ENG", "In folder", "<p>x</p>", parent=inner.id)
    board = store.create_whiteboard("ENG", "Board")
    on_board = store.create_page("ENG", "On board", "<p>x</p>", parent=board.id)
    secret = store.create_page("ENG", "Secret", "<p>x</p>")
    hidden = store.create_page("ENG", "Below secret", "<p>x</p>", parent=secret.id)
    deep = store.create_page("ENG", "Deep below secret", "<p>x</p>", parent=hidden.id)
    store.restrict(secret.id)
    return {
        "root": root.id,
        "below": below.id,
        "in_folder": in_folder.id,
        "on_board": on_board.id,
        "secret": secret.id,
        "hidden": hidden.id,
        "deep": deep.id,
    }


def test_odd_parents_have_their_places(
    wiki: Sandbox, odd: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    in_folders = {
        "ENG/outer-folder/.folder.yaml",
        "ENG/outer-folder/inner-folder/.folder.yaml",
        "ENG/outer-folder/inner-folder/in-folder.xhtml",
    }
    if wiki.flavor == "datacenter":  # which has no folders: to it such a parent is out of sight
        in_folders = {"ENG/in-folder.xhtml"}
    assert set(desk.files()) == in_folders | {
        ".confsync.yaml",
        ".gitattributes",
        ".confsync.removed",
        "ENG/index.xhtml",
        "ENG/rooted.xhtml",
        "ENG/rooted/below-root.xhtml",
        "ENG/on-board.xhtml",
        "ENG/below-secret.xhtml",
        "ENG/below-secret/deep-below-secret.xhtml",
    }


def test_a_space_with_odd_parents_is_edited_and_pushed_without_moving_any(
    wiki: Sandbox, odd: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    before = parents(wiki)
    desk = desk_at()
    edit_everything(desk)
    run = desk.json("push")
    assert set(run.outcomes.values()) == {"updated"}
    assert parents(wiki) == before
    assert moved_by_put(wiki) == []
    assert desk("status").out.startswith("clean")


def test_a_parent_that_comes_into_sight_takes_its_children_below_it_and_moves_none(
    wiki: Sandbox, odd: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    before = parents(wiki)
    desk = desk_at()
    wiki.store.unrestrict(odd["secret"])
    assert desk.json("pull", "ENG/below-secret.xhtml").outcomes == {}
    desk("pull")
    files = set(desk.files())
    assert "ENG/secret.xhtml" in files
    assert "ENG/secret/below-secret.xhtml" in files
    assert "ENG/secret/below-secret/deep-below-secret.xhtml" in files
    assert "ENG/below-secret.xhtml" not in files
    assert desk("status").out.startswith("clean")
    edit_everything(desk)
    desk("push")
    assert parents(wiki) == before
    assert moved_by_put(wiki) == []


def test_a_parent_that_goes_out_of_sight_keeps_its_children(
    wiki: Sandbox, odd: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    wiki.store.unrestrict(odd["secret"])
    before = parents(wiki)
    desk = desk_at()
    files = desk.files()
    wiki.store.restrict(odd["secret"])
    desk("pull")
    assert desk.files() == files
    desk("pull", "--prune")
    assert "ENG/below-secret.xhtml" in desk.files()
    edit_everything(desk)
    desk("push")
    assert parents(wiki) == before
    assert moved_by_put(wiki) == []


def test_a_remote_move_moves_the_file_with_its_children(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    a = wiki.store.create_page("ENG", "A", "<p>a</p>")
    b = wiki.store.create_page("ENG", "B", "<p>b</p>", parent=a.id)
    wiki.store.create_page("ENG", "C", "<p>c</p>", parent=b.id)
    desk = desk_at()
    desk.edit("ENG/a/b/c.xhtml", "<p>c</p>", "<p>mine</p>")
    wiki.store.edit(b.id, parent=wiki.store.space("ENG").homepage_id, author="Ana")
    run = desk.json("pull")
    assert run.outcomes["ENG/b.xhtml"] in ("moved", "pulled")
    assert set(desk.files()) >= {"ENG/a.xhtml", "ENG/b.xhtml", "ENG/b/c.xhtml"}
    assert "ENG/a/b.xhtml" not in desk.files()
    assert "mine" in desk.text("ENG/b/c.xhtml")
    assert not desk.path("ENG/a").exists()
    assert desk("pull").out.endswith("pull: 1 kept\n")
    desk("push")
    assert moved_by_put(wiki) == []


def test_swapped_titles_swap_their_files(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    one = wiki.store.create_page("ENG", "One", "<p>body of one</p>")
    two = wiki.store.create_page("ENG", "Two", "<p>body of two</p>")
    child = wiki.store.create_page("ENG", "Child", "<p>child of one</p>", parent=one.id)
    desk = desk_at()
    wiki.store.edit(one.id, title="Swapping", author="Ana")
    wiki.store.edit(two.id, title="One", author="Ana")
    wiki.store.edit(one.id, title="Two", author="Ana")
    desk("pull")
    assert "body of one" in desk.text("ENG/two.xhtml")
    assert "body of two" in desk.text("ENG/one.xhtml")
    assert "child of one" in desk.text("ENG/two/child.xhtml")
    edit_everything(desk)
    desk("push")
    assert wiki.store.page(child.id).parent_id == one.id
    assert moved_by_put(wiki) == []


def test_a_local_move_is_pushed_in_the_versioned_write(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    a = wiki.store.create_page("ENG", "A", "<p>a</p>")
    b = wiki.store.create_page("ENG", "B", "<p>b</p>")
    desk = desk_at()
    desk.path("ENG/a").mkdir()
    desk.path("ENG/b.xhtml").rename(desk.path("ENG/a/b.xhtml"))
    assert desk.json("status").outcomes == {"ENG/a/b.xhtml": "moved"}
    desk("pull")
    assert desk.path("ENG/a/b.xhtml").exists()
    desk("push")
    assert wiki.store.page(b.id).parent_id == a.id
    assert writes(wiki) == [("PUT", 200)]
    assert desk("status").out.startswith("clean")


def test_a_move_on_both_sides_is_refused(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    a = wiki.store.create_page("ENG", "A", "<p>a</p>")
    wiki.store.create_page("ENG", "C", "<p>c</p>")
    b = wiki.store.create_page("ENG", "B", "<p>b</p>")
    desk = desk_at()
    desk.path("ENG/c").mkdir()
    desk.path("ENG/b.xhtml").rename(desk.path("ENG/c/b.xhtml"))
    wiki.store.edit(b.id, parent=a.id, author="Ana")
    desk("push", exit=1)
    run = desk.json("pull", exit=1)
    assert run.outcomes["ENG/c/b.xhtml"] == "rejected"
    assert wiki.store.page(b.id).parent_id == a.id


def test_a_deleted_parents_directory_moves_no_child(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    a = wiki.store.create_page("ENG", "A", "<p>a</p>")
    b = wiki.store.create_page("ENG", "B", "<p>b</p>", parent=a.id)
    desk = desk_at()
    desk.path("ENG/a.xhtml").unlink()
    edit_everything(desk)
    desk("push")
    assert wiki.store.page(b.id).parent_id == a.id
    assert moved_by_put(wiki) == []


def test_a_newcomer_takes_no_name_that_is_held(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    first = wiki.store.create_page("ENG", "C#", "<p>sharp</p>")
    desk = desk_at()
    second = wiki.store.create_page("ENG", "C", "<p>plain</p>")
    desk.path("ENG/c-plus-plus.xhtml").write_text("---\ntitle: mine\n---\n<p>mine</p>\n")
    third = wiki.store.create_page("ENG", "C plus plus", "<p>pp</p>")
    desk("pull")
    assert f'"{first.id}"' in desk.text("ENG/c.xhtml")
    assert f'"{second.id}"' in desk.text(f"ENG/c-{second.id}.xhtml")
    assert f'"{third.id}"' in desk.text(f"ENG/c-plus-plus-{third.id}.xhtml")
    assert desk.text("ENG/c-plus-plus.xhtml").endswith("<p>mine</p>\n")


def test_a_subtree_is_mirrored_from_its_root(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    a = wiki.store.create_page("ENG", "A", "<p>a</p>")
    b = wiki.store.create_page("ENG", "B", "<p>b</p>", parent=a.id)
    wiki.store.create_page("ENG", "Elsewhere", "<p>e</p>")
    desk = desk_at(clone=f"ENG/pages/{a.id}/A")
    assert {n for n in desk.files() if n.endswith(".xhtml")} == {
        "ENG/index.xhtml",
        "ENG/b.xhtml",
    }
    edit_everything(desk)
    desk("push")
    assert moved_by_put(wiki) == []
    assert wiki.store.page(b.id).version == 2


LINK = '<p><ac:link><ri:page ri:content-title="Guide &amp; more" /></ac:link></p>'


def test_links_to_a_title_that_a_page_had_are_reported(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    page = wiki.store.create_page("ENG", "Guide & more", "<p>x</p>")
    wiki.store.create_page("ENG", "Linking", LINK)
    other = LINK.replace("<ri:page", '<ri:page ri:space-key="OPS"')
    wiki.store.create_page("ENG", "Other", other)
    desk = desk_at()
    told = "'Guide & more' is called 'Handbook' now; links to the old title: ENG/linking.xhtml\n"
    desk.edit("ENG/guide-more.xhtml", "title: Guide & more", "title: Handbook")
    assert told in desk("push").out
    wiki.store.edit(page.id, title="Manual", author="Ana")
    assert "links to the old title" not in desk("pull").out
    desk.edit("ENG/linking.xhtml", "Guide &amp; more", "Manual")
    wiki.store.edit(page.id, title="Book", author="Ana")
    assert "'Manual' is called 'Book' now; links to the old title: ENG/linking" in desk("pull").out


@pytest.mark.parametrize("name", ["index", "b"])
def test_a_copy_moves_nothing(wiki: Sandbox, desk_at: Callable[..., Desk], name: str) -> None:
    b = wiki.store.create_page("ENG", "B", "<p>b</p>")
    wiki.store.create_page("ENG", "C", "<p>c</p>", parent=b.id)
    desk = desk_at()
    desk.path("ENG/a-copy.xhtml").write_bytes(desk.path(f"ENG/{name}.xhtml").read_bytes())
    before = desk.files()
    desk("pull", exit=4)
    desk("push", exit=4)
    assert desk.files() == before
