"""Last lines of defence, each alone: what they let by, nothing behind them would stop."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
posix = pytest.mark.skipif(os.name == "nt", reason="needs links")


def test_ours_gives_up_the_version_that_was_named_and_no_other(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>seen</p>", author="Ana")
    desk.edit(GUIDE, "8080", "8081")
    wiki.store.edit(guide, "<p>not seen</p>", author="Ana")
    files = desk.files()
    for version in ("1", "2", "4"):
        run = desk.json("pull", "--ours", GUIDE, "--at", version, exit=1)
        assert run.data["pages"][0]["error"] == f"the server has v3, not v{version}"
        assert desk.files() == files
    desk("push", exit=1)
    assert wiki.store.page(guide).body == "<p>not seen</p>"
    desk("pull", "--ours", GUIDE, "--at", "3")
    desk("push")
    assert "8081" in wiki.store.page(guide).body
    kept = [path for path in desk.path(".confsync/trash").rglob("*") if path.is_file()]
    assert ["not seen" in path.read_text() for path in kept] == [True]


def test_conflict_markers_that_are_well_formed_are_refused_too(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "<p>The second", "<pre><![CDATA[\n<<<<<<< local\n]]></pre><p>The second")
    run = desk.json("push", exit=1)
    assert run.outcomes == {GUIDE: "rejected"}
    assert "conflict marker" in run.data["pages"][0]["error"]
    assert writes(wiki) == []
    assert wiki.store.page(guide).version == 1


@posix
def test_who_reads_a_file_while_it_is_replaced_has_all_of_the_old_one(
    wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path
) -> None:
    old = desk.path(GUIDE).read_bytes()
    os.link(desk.path(GUIDE), tmp_path / "second name")
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    with desk.path(GUIDE).open("rb") as reader:
        desk("pull")
        assert reader.read() == old
    assert (tmp_path / "second name").read_bytes() == old
    assert "<p>new</p>" in desk.text(GUIDE)


@posix
@pytest.mark.parametrize("inside", [False, True])
def test_nothing_is_written_below_a_linked_directory(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], tmp_path: Path, inside: bool
) -> None:
    wiki.store.create_page("ENG", "Other", "<p>x</p>")
    desk = desk_at()
    target = desk.path("ENG/other") if inside else tmp_path / "elsewhere"
    target.mkdir()
    desk.path("ENG/guide").symlink_to(target)
    wiki.store.create_page("ENG", "Part", "<p>part</p>", parent=guide)
    wiki.store.create_page("ENG", "Fine", "<p>fine</p>")
    run = desk("pull", exit=4)
    assert "ENG/guide is a link" in run.out + run.err
    assert list(target.iterdir()) == []
    assert "<p>fine</p>" in desk.text("ENG/fine.xhtml")
    desk.path("ENG/guide").unlink()
    desk("pull")
    assert "<p>part</p>" in desk.text("ENG/guide/part.xhtml")


@posix
def test_a_state_directory_that_is_a_link_is_not_followed(
    wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path
) -> None:
    desk.path(".confsync").rename(tmp_path / "elsewhere")
    desk.path(".confsync").symlink_to(tmp_path / "elsewhere")
    before = sorted(path for path in (tmp_path / "elsewhere").rglob("*"))
    files = desk.files()
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    run = desk("pull", exit=4)
    assert "follows no links" in run.err
    assert desk.files() == files
    assert sorted(path for path in (tmp_path / "elsewhere").rglob("*")) == before


@posix
def test_a_space_whose_directory_is_a_link_is_not_written(
    wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path
) -> None:
    desk.path("ENG").rename(tmp_path / "elsewhere")
    desk.path("ENG").symlink_to(tmp_path / "elsewhere")
    before = {path: path.read_bytes() for path in (tmp_path / "elsewhere").glob("*.xhtml")}
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    desk("pull", exit=4)
    assert {path: path.read_bytes() for path in (tmp_path / "elsewhere").glob("*.xhtml")} == before


@posix
def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    shutil.rmtree(desk.path(".confsync/bases"))
    desk.path(".confsync/bases").write_text("in the way")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk("pull")
    desk.edit(GUIDE, "hers", "mine")
    desk("push")
    assert wiki.store.page(guide).body == "<p>mine</p>"
    assert desk.json("status").data["summary"] == {"clean": 2}
