from __future__ import annotations

import json
import re
from html import unescape
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


def test_files_and_posts_are_loaded_and_change_no_id_of_a_page(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89old")
    (tmp_path / "b.png").write_bytes(b"\x89new")
    file = {"name": "a b.png", "file": "b.png", "versions": ["a.png"], "comment": "better"}
    guide = {"title": "Guide", "file": "old.xhtml", "parent": "Home"}
    write(tmp_path, HOME, guide)
    with Store() as store:
        seed(store, tmp_path)
        plain = [page.id for page in store.pages("DEMO")]
    given = json.loads((tmp_path / "space.json").read_text())
    given["pages"][0]["attachments"] = [file]
    given["posts"] = [
        {"title": "News", "file": "new.xhtml", "at": "2026-02-03T04:05:06.000Z", "labels": ["n"]}
    ]
    (tmp_path / "space.json").write_text(json.dumps(given))
    with Store() as store:
        space = seed(store, tmp_path)
        assert [page.id for page in store.pages("DEMO")] == plain
        (row,) = store.attachments(space.homepage_id)
        assert (row.title, row.media_type, row.version) == ("a b.png", "image/png", 2)
        assert (row.author, row.comment) == ("Ben", "better")
        assert store.attachment_data(row.id, 1) == b"\x89old"
        assert store.attachment_data(row.id) == b"\x89new"
        (post,) = store.posts("DEMO")
        assert (post.title, post.created_at[:10], post.labels) == ("News", "2026-02-03", ("n",))


def test_the_demo_space_has_all_that_the_manual_rehearses() -> None:
    with Store() as store:
        key = seed(store, demo_space()).key
        pages, names = store.pages(key), {user.account_id for user in store.users()}
        assert all(page.labels for page in pages)
        assert max(page.version for page in pages) == 3
        assert store.posts(key)
        for page in (*pages, *store.posts(key)):
            mentioned = set(re.findall(r'ri:account-id="([^"]+)"', page.body))
            assert mentioned <= names, f"{page.title} mentions a person who does not exist"
            shown = set(re.findall(r'<ri:attachment ri:filename="([^"]+)"', page.body))
            assert shown == {file.title for file in store.attachments(page.id)}
            linked = set(re.findall(r'<ri:page ri:content-title="([^"]+)"', page.body))
            assert {unescape(title) for title in linked} <= {one.title for one in pages}
