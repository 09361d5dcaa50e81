from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from confsync.sandbox import Store, demo_space, seed

HOME: dict[str, Any] = {"title": "Home", "file": "home.xhtml", "parent": None, "author": "Ben"}


def write(directory: Path, *pages: dict[str, Any]) -> None:
    given = {"key": "DEMO", "name": "Demo", "users": ["Ana", "Ben"], "pages": pages}
    (directory / "space.json").write_text(json.dumps(given), encoding="utf-8")
    (directory / "home.xhtml").write_bytes(b"<p>home</p>\r\n")
    (directory / "old.xhtml").write_bytes(b"<p>old</p>")
    (directory / "new.xhtml").write_bytes("<p>nëw<br/></p>\n".encode())


def test_a_space_is_loaded_byte_for_byte(tmp_path: Path) -> None:
    guide = {
        "title": "Guide",
        "file": "new.xhtml",
        "versions": ["old.xhtml"],
        "parent": "Section",
        "labels": ["ops"],
        "author": "Ana",
        "message": "better",
    }
    section = {"title": "Section", "file": "old.xhtml", "parent": "Home", "message": "begun"}
    write(tmp_path, guide, section, HOME)
    with Store() as store:
        space = seed(store, tmp_path)
        pages = {page.title: page for page in store.pages("DEMO")}
        assert (space.name, space.homepage_id) == ("Demo", pages["Home"].id)
        assert (pages["Home"].body, pages["Home"].author) == ("<p>home</p>\r\n", "Ben")
        assert pages["Section"].parent_id == pages["Home"].id
        assert pages["Guide"].parent_id == pages["Section"].id
        assert pages["Guide"].labels == ("ops",)
        versions = store.versions(pages["Guide"].id)
        assert [(one.number, one.body, one.author, one.message) for one in versions] == [
            (1, "<p>old</p>", "Ana", ""),
            (2, "<p>nëw<br/></p>\n", "Ana", "better"),
        ]
        assert pages["Section"].message == "begun"
        assert [user.name for user in store.users()] == ["Me", "Ana", "Ben"]


@pytest.mark.parametrize(
    "pages",
    [
        [],
        [HOME, {**HOME, "title": "Second"}],
        [HOME, {"title": "Lost", "file": "old.xhtml", "parent": "Nowhere"}],
    ],
)
def test_a_space_that_is_no_tree_is_not_loaded(tmp_path: Path, pages: list[dict[str, Any]]) -> None:
    write(tmp_path, *pages)
    with Store() as store:
        with pytest.raises(ValueError, match="parent"):
            seed(store, tmp_path)
        assert store.spaces() == ()


@pytest.mark.skipif(not demo_space().exists(), reason="the demo space is not there yet")
def test_the_demo_space_loads_and_is_in_stored_form() -> None:
    from confsync.sandbox.store.storage_format import check, stored

    with Store() as store:
        space = seed(store, demo_space())
        for page in store.pages(space.key):
            for version in store.versions(page.id):
                check(version.body)
                assert stored(version.body) == version.body, page.title
