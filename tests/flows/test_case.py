"""Names that differ in case alone, on file systems with case and without it."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests import independent
from tests.caseless import Caseless
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"


@pytest.fixture(params=["with case", "without case"])
def tree(
    request: pytest.FixtureRequest,
    wiki: Sandbox,
    guide: str,
    desk_at: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    """Return the guide with two pages below it, one of which has a child, and with attachments."""
    below = wiki.store.create_page("ENG", "Below", "<p>below</p>", parent=guide).id
    wiki.store.create_page("ENG", "Child", "<p>child</p>", parent=below)
    wiki.store.create_page("ENG", "Beside", "<p>beside</p>", parent=guide)
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    wiki.store.attach(guide, "a.png", b"first")
    wiki.store.attach(below, "b.png", b"of below")
    if request.param == "without case":
        Caseless(desk_at(clone=None).root.parent, monkeypatch)
    desk = desk_at("tree", copied=False)
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    wiki.clear_requests()
    return desk


RENAMED = {
    "the document": [(GUIDE, "ENG/Guide.xhtml")],
    "the directory": [("ENG/guide", "ENG/Guide")],
    "the attachments": [("ENG/guide.attachments", "ENG/Guide.attachments")],
    "document and directory": [(GUIDE, "ENG/GUIDE.xhtml"), ("ENG/guide", "ENG/Guide")],
    "all": [
        (GUIDE, "ENG/GUIDE.xhtml"),
        ("ENG/guide", "ENG/GUIDE"),
        ("ENG/guide.attachments", "ENG/GUIDE.attachments"),
    ],
    "one below": [("ENG/guide/below.xhtml", "ENG/guide/BELOW.xhtml")],
}


@pytest.mark.parametrize("renamed", RENAMED)
def test_a_name_that_changes_its_case_alone_moves_no_page_and_converges(
    wiki: Sandbox, tree: Desk, renamed: str
) -> None:
    for old, new in RENAMED[renamed]:
        os.rename(tree.path(old), tree.path(new))
    assert "without a document" not in tree("status").out
    tree("push")
    assert writes(wiki) == []
    tree("pull")
    files = tree.files()
    for command in ("pull", "push"):
        assert "nothing to do" in tree(command).out
    assert tree.files() == files
    assert tree("status", "--remote").out.startswith("clean")
    assert writes(wiki) == []
    independent.assert_equal(tree.root, wiki)
    places = {name for name in files if name.endswith((".xhtml", ".png"))}
    stems = {name.removesuffix(".xhtml") for name in places}
    for name in places:
        directory = name.rpartition("/")[0].removesuffix(".attachments")
        assert directory in stems | {"ENG"}, f"{name} stands below no document: {places}"


def test_a_new_document_in_a_directory_of_another_case_is_below_its_page(
    wiki: Sandbox, tree: Desk, guide: str
) -> None:
    os.rename(tree.path(GUIDE), tree.path("ENG/Guide.xhtml"))
    tree("new", "ENG/guide/new.xhtml", "--title", "New")
    os.rename(tree.path("ENG/other.xhtml"), tree.path("ENG/guide/other.xhtml"))
    tree("push")
    by_title = {row.title: row for row in wiki.store.pages("ENG")}
    assert by_title["New"].parent_id == by_title["Other"].parent_id == guide
    tree("pull")
    assert "nothing to do" in tree("pull").out
    independent.assert_equal(tree.root, wiki)


def test_a_page_that_is_retitled_below_a_document_of_another_case_finds_its_place(
    wiki: Sandbox, tree: Desk, guide: str
) -> None:
    os.rename(tree.path(GUIDE), tree.path("ENG/Guide.xhtml"))
    wiki.store.edit(guide, title="Handbook", author="Ana")
    tree("pull")
    assert tree.path("ENG/handbook/below/child.xhtml").exists()
    assert tree.path("ENG/handbook.attachments/a.png").read_bytes() == b"first"
    assert "nothing to do" in tree("pull").out
    independent.assert_equal(tree.root, wiki)
