"""A document that is empty or cut off for a moment keeps its page, its path, and what is below."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.cli import main
from confsync.mirror import walk
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE, BELOW, OTHER = "ENG/guide.xhtml", "ENG/guide/below.xhtml", "ENG/other.xhtml"
# How a file can be for a moment: truncated, cut off in its front matter, in its id, or not text.
BROKEN = {
    "empty": lambda raw: b"",
    "fence": lambda raw: raw[:4],
    "title": lambda raw: raw[:18],
    "id": lambda raw: raw[: raw.index(b'id: "') + 7],
    "binary": lambda raw: b"\x7fELF\0\0\xff\xfe",
    "utf-16": lambda raw: raw.decode().encode("utf-16"),
}
WITNESSES = ["HEAD", "git's index", "confsync's index", "below", "no witness"]


def page_id(wiki: Sandbox, title: str) -> str:
    return next(page.id for page in wiki.store.pages("ENG") if page.title == title)


@pytest.fixture
def desk(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone with a page that has two below it, and one beside it."""
    wiki.store.create_page("ENG", "Below", "<p>below</p>", parent=guide)
    wiki.store.create_page("ENG", "Beside", "<p>beside</p>", parent=guide)
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    desk = desk_at()
    desk("pull")
    return desk


def witness(desk: Desk, who: str) -> None:
    """Leave one witness of whose document each file is, or none where nothing stands below."""
    if who == "HEAD":
        desk.git("init", "-q")
        desk.git("add", "-A")
        desk.git("commit", "-qm", "pulled")
    elif who == "git's index":
        desk.git("init", "-q")
        desk.git("commit", "-qm", "nothing", "--allow-empty")
        desk.git("add", "-A")
    if who != "confsync's index":
        shutil.rmtree(desk.path(".confsync"))


def broken(desk: Desk, name: str, how: str = "empty") -> bytes:
    raw = desk.path(name).read_bytes()
    desk.path(name).write_bytes(BROKEN[how](raw))
    return raw


def files(desk: Desk) -> set[str]:
    return set(desk.files())


@pytest.mark.parametrize("who", WITNESSES)
@pytest.mark.parametrize("how", BROKEN)
def test_a_document_that_cannot_be_read_keeps_its_page_and_its_path(
    wiki: Sandbox, desk: Desk, who: str, how: str
) -> None:
    witness(desk, who)
    name, other = (OTHER, GUIDE) if who == "no witness" else (GUIDE, OTHER)
    before, standing = broken(desk, name, how), files(desk)
    wiki.store.edit(page_id(wiki, desk.text(other)[11:16]), "<p>hers</p>", author="Ana")
    for _ in range(2):
        run = desk("pull", exit=4)
        assert files(desk) == standing
        assert desk.path(name).read_bytes() == BROKEN[how](before)
        assert "confsync pull --theirs" in run.err
    assert "hers" in desk.text(other)
    desk("status", exit=None)
    desk("push", "--delete", exit=None)
    assert {page.status for page in wiki.store.pages("ENG")} == {"current"}
    desk.path(name).write_bytes(before)
    desk("pull")
    assert files(desk) == standing
    assert desk("status", "--remote").out.startswith("clean")


def test_a_document_that_is_whole_and_wrong_is_not_to_be_given_up(
    wiki: Sandbox, desk: Desk
) -> None:
    text = desk.text(GUIDE).replace("title: Guide", "title: [Guide")
    desk.path(GUIDE).write_text(text)
    run = desk("pull", exit=4)
    assert f"confsync check {GUIDE}" in run.err
    assert "--theirs" not in run.err
    assert desk.text(GUIDE) == text


def test_a_document_that_is_a_link_keeps_its_page_and_its_path(wiki: Sandbox, desk: Desk) -> None:
    elsewhere = desk.path("kept.txt")
    desk.path(GUIDE).rename(elsewhere)
    desk.path(GUIDE).symlink_to(elsewhere)
    before, standing = elsewhere.read_bytes(), files(desk)
    run = desk("pull", exit=4)
    assert files(desk) == standing
    assert f"ls -l {GUIDE}" in run.err
    assert "--theirs" not in run.err
    desk("pull", "--theirs", GUIDE, exit=None)
    assert elsewhere.read_bytes() == before


@pytest.mark.parametrize("who", WITNESSES)
def test_the_command_that_helps_is_named_and_works(wiki: Sandbox, desk: Desk, who: str) -> None:
    witness(desk, who)
    name = OTHER if who == "no witness" else GUIDE
    broken(desk, name, "title")
    rest, standing = desk.path(name).read_bytes(), files(desk)
    run = desk("pull", exit=4)
    (command,) = {c for c in re.findall(r"'(confsync [^']*)'", run.err) if "--theirs" in c}
    assert "goes to the trash" in run.err
    told = desk(*shlex.split(command)[1:])
    assert "your file is given up; a copy is in .confsync/trash" in told.out
    assert desk.path(f".confsync/trash/{name}").read_bytes() == rest
    assert desk.text(name).endswith("</p>\n")
    desk("pull")
    assert files(desk) == standing
    assert desk("status", "--remote").out.startswith("clean")


def test_two_at_once_keep_their_pages(wiki: Sandbox, desk: Desk) -> None:
    witness(desk, "no witness")
    before = {name: broken(desk, name) for name in (GUIDE, BELOW, OTHER)}
    standing = files(desk)
    run = desk("pull", exit=4)
    assert files(desk) == standing
    assert len(re.findall("cannot (?:be read|read this file)", run.out)) == 3
    for name, raw in before.items():
        desk.path(name).write_bytes(raw)
    desk("pull")
    assert desk("status", "--remote").out.startswith("clean")


@pytest.mark.parametrize("who", WITNESSES)
def test_the_home_page_keeps_its_place(wiki: Sandbox, desk: Desk, who: str) -> None:
    witness(desk, who)
    before, standing = broken(desk, "ENG/index.xhtml"), files(desk)
    desk("pull", exit=4)
    assert files(desk) == standing
    desk.path("ENG/index.xhtml").write_bytes(before)
    desk("pull")
    assert desk("status", "--remote").out.startswith("clean")


@pytest.mark.parametrize("who", ["HEAD", "confsync's index"])
def test_a_move_that_was_not_pushed_outlives_the_moment(
    wiki: Sandbox, desk: Desk, who: str
) -> None:
    """A file that a user put below the document, or took from there, stays where it is."""
    witness(desk, who)
    desk.path(OTHER).rename(desk.path("ENG/guide/other.xhtml"))
    desk.path(BELOW).rename(desk.path("ENG/below.xhtml"))
    before, standing = broken(desk, GUIDE), files(desk)
    desk("pull", exit=4)
    assert files(desk) == standing
    desk.path(GUIDE).write_bytes(before)
    desk("push")
    guide = page_id(wiki, "Guide")
    assert wiki.store.page(page_id(wiki, "Other")).parent_id == guide
    assert wiki.store.page(page_id(wiki, "Below")).parent_id != guide


@pytest.mark.parametrize("who", ["HEAD", "git's index", "confsync's index", "below"])
def test_a_document_that_has_a_name_of_its_own_keeps_its_page(
    wiki: Sandbox, desk: Desk, who: str
) -> None:
    """The name does not lead to the page: only a witness says whose document it is."""
    desk.path("ENG/guide").rename(desk.path("ENG/mine"))
    desk.path(GUIDE).rename(desk.path("ENG/mine.xhtml"))
    desk("pull")
    witness(desk, who)
    before, standing = broken(desk, "ENG/mine.xhtml"), files(desk)
    desk("pull", exit=4)
    assert files(desk) == standing
    desk.path("ENG/mine.xhtml").write_bytes(before)
    desk("pull")
    assert files(desk) == standing
    assert desk("status", "--remote").out.startswith("clean")


def test_a_page_that_moves_waits_for_what_cannot_be_read_below_it(
    wiki: Sandbox, desk: Desk
) -> None:
    witness(desk, "HEAD")
    before, standing = broken(desk, BELOW), files(desk)
    wiki.store.edit(page_id(wiki, "Guide"), title="Manual", author="Ana")
    desk("pull", exit=4)
    assert files(desk) == standing
    assert "title: Manual" in desk.text(GUIDE)
    desk.path(BELOW).write_bytes(before)
    desk("pull")
    assert "ENG/manual/below.xhtml" in files(desk)
    assert "clean: 5 pages" in desk("status", "--remote").out


def test_a_pull_of_one_path_says_what_helps(wiki: Sandbox, desk: Desk) -> None:
    witness(desk, "HEAD")
    broken(desk, GUIDE)
    standing = files(desk)
    wiki.store.edit(page_id(wiki, "Guide"), "<p>hers</p>", author="Ana")
    run = desk("pull", GUIDE, exit=4)
    assert files(desk) == standing
    assert "confsync pull --theirs" in run.err
    assert desk.path(GUIDE).read_bytes() == b""


def test_a_clone_that_is_begun_again_writes_no_second_document(wiki: Sandbox, desk: Desk) -> None:
    broken(desk, GUIDE)
    standing = files(desk)
    shutil.rmtree(desk.path(".confsync"))
    assert main(["clone", f"{wiki.url}/spaces/ENG", str(desk.root)]) in (2, 4)
    desk("pull", exit=4)
    assert files(desk) == standing


def test_a_new_page_of_the_name_is_not_written_beside_it(wiki: Sandbox, desk: Desk) -> None:
    """No witness knows the file's page: that page waits, and the others come."""
    desk.path("ENG/ports.xhtml").write_bytes(b"")
    wiki.store.create_page("ENG", "Ports", "<p>ports</p>")
    wiki.store.create_page("ENG", "News", "<p>news</p>")
    run = desk("pull", exit=4)
    assert "confsync cannot read this file, which is at the page's place" in run.out
    assert "ENG/news.xhtml" in files(desk)
    assert not [name for name in files(desk) if name.startswith("ENG/ports-")]
    desk.path("ENG/ports.xhtml").unlink()
    desk("pull")
    assert "<p>ports</p>" in desk.text("ENG/ports.xhtml")


def test_a_post_keeps_its_page_and_its_day(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.create_post("ENG", "News", "<p>news</p>")
    text = desk.text(".confsync.yaml")
    desk.path(".confsync.yaml").write_text(text.replace("key: ENG\n", "key: ENG\n  blog: true\n"))
    desk("pull")
    (name,) = [name for name in files(desk) if "/blog/" in name]
    shutil.rmtree(desk.path(".confsync"))
    before, standing = broken(desk, name), files(desk)
    desk("pull", exit=4)
    assert files(desk) == standing
    desk.path(name).write_bytes(before)
    desk("pull")
    assert desk("status", "--remote").out.startswith("clean")


@pytest.mark.parametrize("who", ["HEAD", "below"])
def test_a_folder_file_that_is_empty_for_a_moment_moves_nothing(
    wiki: Sandbox, desk: Desk, who: str
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("folders are Cloud's")
    folder = wiki.store.create_folder("ENG", "Other")
    wiki.store.create_page("ENG", "Inside", "<p>x</p>", parent=folder.id)
    wiki.store.create_page("ENG", "Within", "<p>x</p>", parent=folder.id)
    desk("pull")
    (name,) = [name for name in files(desk) if name.endswith(".folder.yaml")]
    directory = name.rpartition("/")[0]
    witness(desk, who)
    desk.path(BELOW).rename(desk.path(f"{directory}/below.xhtml"))
    standing, before = files(desk), desk.text(name)
    desk.path(name).write_text("")
    desk("pull")
    assert files(desk) == standing
    assert desk.text(name) == before


def test_a_folder_file_that_is_a_link_stops_nothing_else(wiki: Sandbox, desk: Desk) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("folders are Cloud's")
    folder = wiki.store.create_folder("ENG", "Drawer")
    wiki.store.create_page("ENG", "Inside", "<p>x</p>", parent=folder.id)
    desk("pull")
    witness(desk, "HEAD")
    place, elsewhere = desk.path("ENG/drawer/.folder.yaml"), desk.path("kept.yaml")
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    before, standing = elsewhere.read_bytes(), files(desk)
    wiki.store.edit(page_id(wiki, "Other"), "<p>hers</p>", author="Ana")
    run = desk("pull", exit=4)
    assert "ENG/drawer/.folder.yaml: is a link" in run.out + run.err
    assert files(desk) == standing
    assert elsewhere.read_bytes() == before
    assert "hers" in desk.text(OTHER)


def test_a_directory_that_cannot_be_read_for_a_moment_makes_no_second_documents(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    wiki.store.edit(page_id(wiki, "Guide"), title="Manual", author="Ana")
    wiki.store.edit(page_id(wiki, "Other"), "<p>hers</p>", author="Ana")
    standing, opened = files(desk), os.open

    def refused(path: str, *rest: int, **named: int) -> int:
        if str(path).endswith("ENG/guide"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *rest, **named)

    with monkeypatch.context() as patched:
        patched.setattr(walk.os, "open", refused)
        run = desk("pull", exit=4)
        assert "ENG/guide/ cannot be read" in run.err
        assert files(desk) == standing
        assert "hers" in desk.text(OTHER)
        assert "cannot be read" in desk("status", exit=4).err
        desk("push", "--delete", exit=4)
    assert {page.status for page in wiki.store.pages("ENG")} == {"current"}
    desk("pull")
    assert "ENG/manual/below.xhtml" in files(desk)
    assert "clean: 5 pages" in desk("status", "--remote").out


def test_what_stands_in_a_directory_that_cannot_be_entered_is_not_deleted(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    opened, looked_at = os.open, os.lstat

    def refused(path: str, *rest: int, **named: int) -> int:
        if str(path).endswith("ENG/guide"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *rest, **named)

    def stat_refused(path: str | Path, **named: int) -> os.stat_result:
        if Path(path).parent.name == "guide":
            raise PermissionError(13, "Permission denied", str(path))
        return looked_at(path, **named)

    with monkeypatch.context() as patched:
        patched.setattr(walk.os, "open", refused)
        patched.setattr(os, "lstat", stat_refused)
        desk("push", "--delete", exit=4)
    assert {page.status for page in wiki.store.pages("ENG")} == {"current"}
