"""Hints about files of the mirror, about git, and about words that were mistyped."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Run, quiet
from tests.hints.journal import JOURNAL, commands_in

GUIDE = "ENG/guide.xhtml"
FOLDER = "ENG/my things/.folder.yaml"


# -- files that only confsync writes ---------------------------------------------------------------


def test_a_broken_folder_file_is_written_again(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    home = wiki.store.space("ENG").homepage_id
    folder = wiki.store.create_folder("ENG", "Things", parent=home).id
    wiki.store.create_page("ENG", "Page", "<p>page</p>", parent=folder)
    desk = desk_at("my mirror")
    desk.path("ENG/things").rename(desk.path("ENG/my things"))
    before = desk.files()
    desk.path(FOLDER).write_text("title: Things\n")
    run = desk("status", exit=4)
    assert "the folder has no valid 'id'" in run.err
    desk.follow(run, "rm")
    assert len(desk.files()) == len(before)
    quiet(wiki, desk)


def test_an_edited_stamp_is_shown_by_git(repo: Desk) -> None:
    repo.edit(GUIDE, "version: 1", "version: one")
    run = repo("status", exit=4)
    assert "'one' is not a valid version" in run.out
    printed = repo.follow(run, "git diff")
    assert "-  version: 1" in printed
    assert "+  version: one" in printed


def test_a_conflict_in_a_stamp_is_checked(desk: Desk) -> None:
    sides = "<<<<<<< a\n  version: 1\n=======\n  version: 2\n>>>>>>> b"
    desk.edit(GUIDE, "  version: 1", sides)
    run = desk("status", exit=4)
    assert f"then 'confsync check {desk.as_typed(GUIDE)}'" in desk.plain(run.err)
    desk.edit(GUIDE, sides, "  version: 1")
    desk.follow(run, "confsync check")


def test_an_empty_configuration_names_the_page_about_its_keys(desk: Desk) -> None:
    desk.path(".confsync.yaml").write_text("")
    assert "spaces" in desk.follow(desk("status", exit=4), "confsync help")


def test_a_configuration_that_is_no_file_is_looked_at(desk: Desk) -> None:
    desk.path(".confsync.yaml").unlink()
    os.mkfifo(desk.path(".confsync.yaml"))
    assert desk.follow(desk("status", exit=4), "ls -l").startswith("p")


def test_a_full_trash_is_emptied(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lexists = os.path.lexists
    desk.path(".confsync/trash").mkdir()
    desk.edit(GUIDE, "8080", "8081")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    with monkeypatch.context() as patch:
        patch.setattr(os.path, "lexists", lambda p: "/trash/" in os.fspath(p) or lexists(p))
        run = desk("pull", "--theirs", GUIDE, exit=4)
    assert "the trash is full" in run.out + run.err
    desk.follow(run, "rm -r")
    desk("pull", "--theirs", GUIDE)


def test_a_clone_where_files_stand_goes_to_a_free_directory(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at("desk", clone=None)
    desk.path("my files/ENG").mkdir(parents=True)
    desk.path("my files/ENG/index.xhtml").write_text("mine")
    run = desk("clone", f"{wiki.url}/spaces/ENG", "my files", exit=4)
    desk.follow(run, "confsync clone")
    assert desk.path("my files/confluence/.confsync.yaml").exists()


@pytest.mark.parametrize("address", ["whiteboard/4711", "pages/4711"])
def test_an_address_without_a_page_names_its_space(
    wiki: Sandbox, desk_at: Callable[..., Desk], address: str
) -> None:
    desk = desk_at("desk", clone=None)
    run = desk("clone", f"{wiki.url}/spaces/ENG/{address}", exit=None)
    desk.follow(run, "confsync clone")


def test_a_new_mirror_in_a_mirror_pulls_the_one_that_stands(wiki: Sandbox, desk: Desk) -> None:
    run = desk("init", str(desk.root), "--url", wiki.url, "--space", "ENG", exit=4)
    desk.follow(run, "confsync -C")


def test_a_file_in_the_way_of_init_is_looked_at(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at("my mirror", clone=None)
    desk.path(".gitattributes").mkdir()
    run = desk("init", ".", "--url", wiki.url, "--space", "ENG", exit=4)
    desk.follow(run, "ls -l")


def test_a_report_goes_to_another_file(desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk.path("my report.html").write_text("mine\n")
    run = desk("diff", "--html", "my report.html", exit=4)
    assert f"error: {desk.as_typed('my report.html')} exists" in run.err
    printed = desk.follow(run, "confsync diff")
    assert f"are in {desk.as_typed('my report-diff.html')}\n" in printed
    assert "8081" in desk.path("my report-diff.html").read_text()


def test_an_edit_outside_the_spaces_is_moved_back(repo: Desk) -> None:
    repo.path("my old").mkdir()
    repo.path(GUIDE).rename(repo.path("my old/guide.xhtml"))
    repo("pull", exit=None)
    repo.git("checkout", "-q", "--", GUIDE)
    repo.edit("my old/guide.xhtml", "8080", "8081")
    run = repo("status", exit=None)
    repo.follow(run, "mv")
    assert "8081" in repo.text(GUIDE)


def test_a_document_at_the_top_is_moved_to_a_space(desk: Desk) -> None:
    desk.path(GUIDE).rename(desk.path("my guide.xhtml"))
    desk.edit("my guide.xhtml", "8080", "8081")
    desk.follow(desk("status"), "mv")
    assert desk.path("ENG/my guide.xhtml").exists()


def test_two_edits_of_one_page_are_compared(repo: Desk) -> None:
    text = repo.text(GUIDE)
    repo.path("my old").mkdir()
    repo.path("my old/guide.xhtml").write_text(text.replace("8080", "8081"))
    repo.edit(GUIDE, "8080", "8082")
    assert "8081" in repo.follow(repo("status"), "diff", exit=1)


# -- git -------------------------------------------------------------------------------------------


def test_a_mirror_without_git_gets_a_repository(desk: Desk) -> None:
    desk.follow(desk("push", "--staged", exit=4), "git init")
    desk("push", "--staged")


def test_a_repository_that_git_cannot_read_shows_its_error(repo: Desk) -> None:
    repo.path(".git/config").write_text("[core\n")
    run = repo("pull", "--commit", exit=4)
    assert "config" in repo.follow(run, "git status", exit=128)


# -- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("help pul", "confsync help pull"),
        ("help zzzzzz", "confsync help"),
        ("zzzzzz", "confsync --help"),
        ("log", "confsync log --local"),
        ("restore guide", "confsync restore --list"),
        ("new ENG/my-ports.xhtml", "confsync new"),
        ("new ports.md", "confsync new"),
        ("check ENG/nothing.xhtml", "confsync status"),
    ],
)
def test_a_mistyped_command_names_one_that_works(desk: Desk, typed: str, start: str) -> None:
    assert desk.follow(desk(*typed.split(), exit=2), start) or start == "confsync log --local"


def test_a_document_in_a_directory_of_no_page_is_put_back(desk: Desk) -> None:
    desk.path("ENG/nowhere").mkdir()
    desk.path(GUIDE).rename(desk.path("ENG/nowhere/guide.xhtml"))
    desk.follow(desk("check"), "confsync pull")
    assert desk.path(GUIDE).exists()


def test_a_new_document_is_pushed(wiki: Sandbox, desk: Desk) -> None:
    desk.follow(desk("new", "ENG/my plan.xhtml", "--title", "Plan"), "confsync push")
    assert any(page.title == "Plan" for page in wiki.store.pages("ENG"))


def test_unreadable_documents_are_listed_for_the_doctor(desk: Desk) -> None:
    desk.edit(GUIDE, "title: Guide", "title: [Guide")
    assert GUIDE in desk.follow(desk("doctor", exit=4), "confsync status", exit=4)


def serves(desk: Desk, run: Run, *more: str) -> str:
    """Type the one command of a hint, a sandbox. Return the first line that it prints."""
    (command,) = commands_in(run.err)
    words = [sys.executable, "-m", *shlex.split(command), *more]
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        told = process.stdout.readline()
        process.terminate()
    JOURNAL.type(desk.plain(command))
    return told


def test_a_port_in_use_is_replaced_by_a_free_one(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = desk("sandbox", "--port", str(port), exit=2)
    assert "http://127.0.0.1:" in serves(desk, run)


def test_a_context_path_that_is_none_is_replaced(desk: Desk) -> None:
    run = desk("sandbox", "--context", "conf", exit=2)
    assert "/conf (spaces: OPS)" in serves(desk, run, "--port", "0")


@pytest.mark.parametrize(
    "wrong",
    [("--user", "a b"), ("--user", "me"), ("--right", "x"), ("--right", "x:OPS:read")],
    ids=" ".join,
)
def test_a_user_or_a_right_that_is_none_is_replaced(desk: Desk, wrong: tuple[str, str]) -> None:
    assert "(spaces: OPS)" in serves(desk, desk("sandbox", *wrong, exit=2), "--port", "0")


def test_a_server_that_is_trusted_is_pinned(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk("doctor")
    desk.follow(run, "export CONFSYNC_URL")
    monkeypatch.setenv("CONFSYNC_URL", "https://other.example/wiki")
    desk.follow(desk("pull", exit=4), "export CONFSYNC_URL")
    monkeypatch.setenv("CONFSYNC_URL", wiki.url)
    desk("pull")
