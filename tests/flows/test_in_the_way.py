"""Links, things in the way, names that do not fit, files that change: that page stops, no other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync import failpoints
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def desk(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone with a page and one below it."""
    guide = wiki.store.create_page("ENG", "Guide", "<p>8080</p>")
    wiki.store.create_page("ENG", "Below", "<p>below</p>", parent=guide.id)
    return desk_at()


def page_id(wiki: Sandbox, title: str) -> str:
    return next(page.id for page in wiki.store.pages("ENG") if page.title == title)


@pytest.mark.parametrize("what", ["vanishes", "changes"])
def test_a_file_that_is_another_when_it_is_to_be_written_is_left_alone(
    wiki: Sandbox,
    desk: Desk,
    what: str,
) -> None:
    wiki.store.edit(page_id(wiki, "Guide"), "<p>hers</p>", author="Ana")

    def meddle(number: int, step: str) -> None:
        if step.startswith("write a temporary file for") and step.endswith("guide.xhtml"):
            desk.path(GUIDE).unlink() if what == "vanishes" else desk.path(GUIDE).write_text("mine")

    with failpoints.watched(meddle):
        run = desk.json("pull", exit=4)
    assert "changed while confsync ran" in run.data["pages"][0]["error"]
    assert desk.path(GUIDE).exists() == (what == "changes")
    if what == "changes":
        assert desk.text(GUIDE) == "mine"
        desk.path(GUIDE).unlink()
    desk("pull")
    assert "hers" in desk.text(GUIDE)


@pytest.mark.parametrize("name", ["ENG/guide.xhtml", "ENG/guide", "ENG", ".confsync"])
@pytest.mark.parametrize("inside", [True, False])
def test_a_link_is_followed_nowhere(
    wiki: Sandbox,
    desk: Desk,
    tmp_path: Path,
    name: str,
    inside: bool,
) -> None:
    target = (desk.root if inside else tmp_path) / "elsewhere"
    desk.path(name).rename(target)
    desk.path(name).symlink_to(target)
    before = {path: path.read_bytes() for path in target.rglob("*.xhtml")}
    for title in ("Guide", "Below"):
        wiki.store.edit(page_id(wiki, title), f"<p>{title}, hers</p>", author="Ana")
    wiki.store.create_page("ENG", "New", "<p>new</p>", parent=page_id(wiki, "Guide"))
    run = desk("pull", exit=None)
    assert run.exit in (0, 4), run.err
    assert {path: path.read_bytes() for path in target.rglob("*.xhtml")} == before
    if target.is_file():
        assert "hers" not in target.read_text()
    desk("push", exit=None)
    assert wiki.store.page(page_id(wiki, "Guide")).version == 2


def test_a_directory_where_a_file_should_be_stops_that_page_alone(
    wiki: Sandbox,
    desk: Desk,
) -> None:
    desk.path(GUIDE).unlink()
    desk.path(GUIDE).mkdir()
    wiki.store.edit(page_id(wiki, "Below"), "<p>hers</p>", author="Ana")
    run = desk("pull", exit=4)
    assert "guide.xhtml" in run.out + run.err
    assert "hers" in desk.text("ENG/guide/below.xhtml")
    desk.path(GUIDE).rmdir()
    desk("pull")
    assert desk.path(GUIDE).is_file()


def test_a_path_that_is_too_long_stops_those_pages_alone(
    wiki: Sandbox,
    desk: Desk,
) -> None:
    parent = page_id(wiki, "Guide")
    for number in range(60):
        title = f"{number} " + "x" * 90
        parent = wiki.store.create_page("ENG", title, "<p>deep</p>", parent=parent).id
    wiki.store.edit(page_id(wiki, "Below"), "<p>hers</p>", author="Ana")
    run = desk("pull", exit=4)
    assert "File name too long" in run.out
    assert "hers" in desk.text("ENG/guide/below.xhtml")
    assert "clean" in desk("status").out


def test_a_clock_that_jumps_changes_nothing(
    wiki: Sandbox,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Steps go by numbers and digests; a clock is only ever told of."""
    now = time.time
    for years in (-20, 20):
        monkeypatch.setattr(time, "time", lambda jump=years: now() + jump * 31_536_000)
        wiki.store.edit(page_id(wiki, "Guide"), f"<p>{years}</p>", author="Ana")
        desk("pull")
        desk.edit(GUIDE, f"<p>{years}</p>", f"<p>{years}, mine</p>")
        desk("push")
        assert "clean" in desk("status", "--remote").out
