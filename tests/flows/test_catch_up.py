"""A commit that failed is made by the next run, or each run says what is not committed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

ONE, TWO = "ENG/one.xhtml", "ENG/two.xhtml"


@pytest.fixture
def repo(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a committed clone with two pages, one below the other, and attachments."""
    one = wiki.store.create_page("ENG", "One", "<p>text of One</p>", author="Ana")
    wiki.store.create_page("ENG", "Two", "<p>text of Two</p>", author="Ana")
    wiki.store.create_page("ENG", "Below", "<p>below</p>", author="Ana", parent=one.id)
    wiki.store.attach(one.id, "a.txt", b"first", author="Ana")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    desk("pull")
    desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    wiki.clear_requests()
    return desk


def page_id(wiki: Sandbox, title: str) -> str:
    return next(page.id for page in wiki.store.pages("ENG") if page.title == title)


def hook(desk: Desk) -> Path:
    found = desk.path(".git/hooks/pre-commit")
    found.parent.mkdir(exist_ok=True)
    found.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    found.chmod(0o755)
    return found


def status(desk: Desk) -> str:
    return desk.git("status", "--porcelain")


def fail_once(desk: Desk, *command: str, why: str = "hook") -> None:
    """Run a command whose commit fails. Afterwards nothing stands in its way."""
    match why:
        case "hook":
            way = hook(desk)
        case "index.lock":
            way = desk.path(".git/index.lock")
            way.write_text("")
        case _:
            way = desk.path(".git/MERGE_HEAD")
            way.write_text(desk.git("rev-parse", "HEAD"))
    run = desk(*command, "-q", exit=4)
    assert "not committed" in run.err
    assert status(desk) != ""
    again = desk(*command, "-q", exit=4)
    assert "not committed" in again.err, "the second run is silent"
    way.unlink()


@pytest.mark.parametrize("why", ["hook", "index.lock", "merge"])
def test_a_pull_commits_what_an_earlier_one_could_not(wiki: Sandbox, repo: Desk, why: str) -> None:
    one, two = page_id(wiki, "One"), page_id(wiki, "Two")
    wiki.store.edit(one, "<p>hers</p>", author="Ben", message="new ports")
    wiki.store.edit(two, title="Zwei", author="Cleo")
    wiki.store.create_page("ENG", "Three", "<p>three</p>", author="Ana", parent=one)
    (row,) = wiki.store.attachments(one, "a.txt")
    wiki.store.replace_attachment(row.id, b"second", "Ben")
    wiki.store.attach(one, "b.txt", b"new", author="Ben")
    fail_once(repo, "pull", "--commit", why=why)
    run = repo("pull", "--commit")
    assert "committed as " in run.out
    assert status(repo) == ""
    told = repo.git("log", "-1", "--format=%B")
    assert told.startswith("confsync pull: 3 pages\n")
    assert f"{ONE} v1 -> v2" in told
    assert "Co-authored-by: Ben" in told
    assert repo.git("ls-files", "ENG").split() == [
        "ENG/index.xhtml",
        "ENG/one.attachments/a.txt",
        "ENG/one.attachments/b.txt",
        "ENG/one.xhtml",
        "ENG/one/below.xhtml",
        "ENG/one/three.xhtml",
        "ENG/zwei.xhtml",
    ]
    count = len(repo.git("log", "--format=%H").split())
    repo("pull", "--commit")
    assert len(repo.git("log", "--format=%H").split()) == count


def test_removals_and_moves_are_caught_up(wiki: Sandbox, repo: Desk) -> None:
    one, two = page_id(wiki, "One"), page_id(wiki, "Two")
    wiki.store.edit(one, title="Uno", author="Ben")
    wiki.store.trash(two)
    fail_once(repo, "pull", "--commit")
    repo("pull", "--commit")
    assert status(repo) == ""
    assert repo.git("ls-files", "ENG").split() == [
        "ENG/index.xhtml",
        "ENG/uno.attachments/a.txt",
        "ENG/uno.xhtml",
        "ENG/uno/below.xhtml",
    ]


def test_folder_files_are_caught_up(wiki: Sandbox, repo: Desk) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("folders are Cloud's")
    folder = wiki.store.create_folder("ENG", "Folder")
    wiki.store.create_page("ENG", "Inside", "<p>x</p>", parent=folder.id)
    fail_once(repo, "pull", "--commit")
    repo("pull", "--commit")
    assert status(repo) == ""
    wiki.store.change_folder(folder.id, title="Other")
    fail_once(repo, "pull", "--commit")
    repo("pull", "--commit")
    assert status(repo) == ""
    assert "ENG/other/.folder.yaml" in repo.git("ls-files")


def test_a_message_does_not_count_a_folder_file_as_a_page(wiki: Sandbox, repo: Desk) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("folders are Cloud's")
    folder = wiki.store.create_folder("ENG", "Folder")
    wiki.store.edit(page_id(wiki, "Two"), parent=folder.id)
    fail_once(repo, "pull", "--commit")
    repo("pull", "--commit")
    message = repo.git("log", "-1", "--format=%B")
    assert message.startswith("confsync pull: 1 page\n")
    assert ".folder.yaml" not in message
    assert "ENG/folder/.folder.yaml" in repo.git("ls-files")


def test_a_push_commits_what_an_earlier_one_could_not(wiki: Sandbox, repo: Desk) -> None:
    repo.edit(ONE, "text of One", "mine")
    repo.path("ENG/new.xhtml").write_text("---\ntitle: New\nowner: me\n---\n<p>new</p>\n")
    repo.path("ENG/two").mkdir()
    repo.git("mv", "ENG/one/below.xhtml", "ENG/two/below.xhtml")
    repo.path("ENG/one.attachments/a.txt").write_text("my bytes")
    fail_once(repo, "push", "--commit")
    run = repo("push", "--commit")
    assert "committed as " in run.out
    assert status(repo) == ""
    assert repo.git("log", "-1", "--format=%s") == "confsync push: 3 pages\n"


def test_a_deletion_is_caught_up(wiki: Sandbox, repo: Desk) -> None:
    repo.path(TWO).unlink()
    fail_once(repo, "push", "--delete", "--commit")
    repo("push", "--delete", "--commit")
    assert status(repo) == ""


def test_a_persons_own_edits_are_never_committed(wiki: Sandbox, repo: Desk) -> None:
    one, two = page_id(wiki, "One"), page_id(wiki, "Two")
    wiki.store.edit(one, "<p>hers</p>", author="Ben")
    wiki.store.edit(two, "<p>hers, too</p>", author="Ben")
    fail_once(repo, "pull", "--commit")
    repo.edit(ONE, "title: One\n", "title: One\nowner: me\n")
    for _ in range(2):
        run = repo("pull", "--commit", "-q")
        assert f"not committed, because you had changed them before this run: {ONE}" in run.err
    assert status(repo) == f" M {ONE}\n"
    repo.git("commit", "-qam", "mine")
    assert repo("pull", "--commit", "-q").err == ""


@pytest.mark.parametrize("what", ["edit", "key", "rename", "move", "deletion", "attachment"])
def test_what_a_person_did_alone_is_no_business_of_a_pulls(
    wiki: Sandbox, repo: Desk, what: str
) -> None:
    match what:
        case "edit":
            repo.edit(TWO, "text of", "mine:")
        case "key":
            repo.edit(TWO, "title: Two\n", "title: Two\nowner: me\n")
        case "rename":
            repo.path(TWO).rename(repo.path("ENG/other-name.xhtml"))
        case "move":
            repo.path(TWO).rename(repo.path("ENG/one/two.xhtml"))
        case "deletion":
            repo.path(TWO).unlink()
        case _:
            repo.path("ENG/one.attachments/a.txt").write_text("mine")
    before = status(repo)
    wiki.store.create_page("ENG", "Three", "<p>three</p>", author="Ana")
    run = repo("pull", "--commit")
    assert "committed as " in run.out
    assert repo.git("show", "--format=", "--name-only", "HEAD") == "ENG/three.xhtml\n"
    assert status(repo) == before
    assert "not committed" not in run.err


def test_a_document_that_a_person_changed_is_not_committed_under_a_new_name(
    wiki: Sandbox, repo: Desk
) -> None:
    repo.edit(TWO, "title: Two\n", "title: Two\nowner: me\n")
    wiki.store.edit(page_id(wiki, "Two"), title="Zwei", author="Ben")
    run = repo("pull", "--commit", "-q")
    assert "ENG/zwei.xhtml" in run.err
    assert status(repo) == f" D {TWO}\n?? ENG/zwei.xhtml\n"


def test_what_is_staged_stays_staged_when_a_commit_is_caught_up(wiki: Sandbox, repo: Desk) -> None:
    wiki.store.edit(page_id(wiki, "One"), "<p>hers</p>", author="Ben")
    wiki.store.edit(page_id(wiki, "Two"), "<p>hers</p>", author="Ben")
    fail_once(repo, "pull", "--commit")
    settled = repo.text(ONE)
    repo.edit(ONE, "<p>hers</p>", "<p>staged</p>")
    repo.git("add", ONE)
    staged = repo.git("ls-files", "--stage", ONE)
    repo.path(ONE).write_text(settled)
    run = repo("pull", "--commit")
    assert repo.git("ls-files", "--stage", ONE) == staged
    assert ONE in run.err
    assert repo.git("show", "--format=", "--name-only", "HEAD") == f"{TWO}\n"


def test_a_named_run_catches_up_with_what_was_named(wiki: Sandbox, repo: Desk) -> None:
    wiki.store.edit(page_id(wiki, "One"), "<p>hers</p>", author="Ben")
    wiki.store.edit(page_id(wiki, "Two"), "<p>hers</p>", author="Ben")
    fail_once(repo, "pull", "--commit")
    repo("pull", "--commit", ONE)
    assert status(repo) == f" M {TWO}\n"
