"""`open`, `log -n`, `diff --staged`, `restore PATH` and `restore --list`, typed as people type."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """Yield a server of Cloud. What is typed here is the same for each."""
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def repository(desk: Desk) -> Desk:
    """Return a clone that is committed to git."""
    desk.git("init", "-q", "--template=")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "x")
    return desk


def opened(desk: Desk, *arguments: str, browser: str) -> subprocess.CompletedProcess[str]:
    """Type `open` in a process of its own, with a browser."""
    return subprocess.run(
        [sys.executable, "-m", "confsync", "open", *arguments],
        cwd=desk.root,
        env={**os.environ, "BROWSER": browser, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="the browser is a script")
def test_a_page_is_opened_in_the_browser_by_its_document_or_its_id(
    wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path
) -> None:
    wiki.clear_requests()
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/opened\n')
    browser.chmod(0o755)
    for name in (GUIDE, guide):
        run = opened(desk, name, browser=f"{browser} %s")
        assert (run.returncode, run.stderr) == (0, "")
        assert run.stdout == f"{wiki.url}/pages/viewpage.action?pageId={guide}\n"
    assert (tmp_path / "opened").read_text() == run.stdout * 2
    assert wiki.requests == []


def test_where_no_browser_is_the_address_is_printed(desk: Desk, guide: str) -> None:
    run = opened(desk, GUIDE, browser="/nowhere/browser %s")
    assert run.returncode == 4
    assert f"pageId={guide}\n" in run.stdout
    assert "no browser can be started here" in run.stderr
    assert all(len(line) <= 80 for line in run.stderr.splitlines())


def test_what_has_no_page_is_not_opened(desk: Desk) -> None:
    desk("new", "ENG/new.xhtml", "--title", "New")
    assert "no page on the server yet" in desk("open", "ENG/new.xhtml", exit=2).err
    assert "no document there" in desk("open", "ENG/nothing.xhtml", exit=2).err
    assert f"'confsync show {GUIDE}@1'" in desk("open", f"{GUIDE}@1", exit=2).err


def test_a_log_is_as_long_as_is_asked_for(wiki: Sandbox, desk: Desk, guide: str) -> None:
    for port in (8081, 8082, 8083):
        wiki.store.edit(guide, f"<p>{port}</p>", author="Ana", message=f"port {port}")
    for option in (("-n", "2"), ("-n2",), ("--max-count=2",)):
        numbers = [one["version"] for one in desk.json("log", *option, GUIDE).data["history"]]
        assert numbers == [4, 3]
    assert len(desk.json("log", GUIDE).data["history"]) == 4
    assert "0 is not in the range" in desk("log", "-n", "0", GUIDE, exit=2).err


def test_the_local_log_ends_with_the_newest_line(desk: Desk) -> None:
    for old, new in (("8080", "8081"), ("8081", "8082")):
        desk.edit(GUIDE, old, new)
        desk("push")
    assert len(desk("log", "--local").out.splitlines()) == 2
    (line,) = desk("log", "--local", "-n", "1").out.splitlines()
    assert "v2 -> v3" in line


def test_a_diff_of_what_is_staged_shows_that_and_nothing_else(
    wiki: Sandbox, repository: Desk
) -> None:
    desk = repository
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    desk("pull")
    desk.edit("ENG/other.xhtml", "<p>other", "<p>not staged")
    desk.edit(GUIDE, "8080", "8081")
    desk("new", "ENG/new.xhtml", "--title", "New")
    desk.git("add", GUIDE, "ENG/new.xhtml")
    desk.edit(GUIDE, "8081", "9999")
    for option in ("--staged", "--cached"):
        shown = desk("diff", option).out
        assert "+<p>The first port is 8081.</p>" in shown
        assert f"+++ {GUIDE} (staged)" in shown
        assert "9999" not in shown
        assert "ENG/new.xhtml" in shown
        assert "ENG/other.xhtml" not in shown
    assert "9999" in desk("diff").out
    desk.git("commit", "-qm", "x")
    assert desk("diff", "--staged").out == ""
    desk.git("rm", "-qf", "ENG/new.xhtml")
    assert desk("diff", "--staged", "--remote", exit=2).err.startswith("error: --staged and")


def test_a_deletion_that_is_staged_is_shown(repository: Desk) -> None:
    repository.path(GUIDE).unlink()
    assert repository("diff", "--staged").out == ""
    repository.git("rm", "-q", GUIDE)
    assert f"--- {GUIDE} (base)" in repository("diff", "--staged").out


def test_without_a_repository_nothing_can_be_staged(desk: Desk) -> None:
    assert "needs a git repository" in desk("diff", "--staged", exit=4).err


def test_a_page_comes_back_by_the_path_of_its_document(
    wiki: Sandbox, repository: Desk, guide: str
) -> None:
    """Before the deletion is committed, after it, and without any git."""
    desk = repository
    for committed in (False, True):
        desk.git("rm", "-q", GUIDE)
        desk("push", "--delete")
        if committed:
            desk.git("commit", "-qm", "deleted")
        assert wiki.store.page(guide).status == "trashed"
        desk("restore", GUIDE)
        assert wiki.store.page(guide).status == "current"
        if not committed:
            desk.git("checkout", "HEAD", "--", GUIDE)
        desk("pull")
        assert desk.path(GUIDE).exists()
        desk.git("add", "-A")
        desk.git("commit", "-qm", "back", "--allow-empty")
    desk.path(".git").rename(desk.root.parent / "elsewhere")
    wiki.store.trash(guide)
    desk("pull")
    assert not desk.path(GUIDE).exists()
    desk("restore", GUIDE)
    desk("pull")
    assert desk.path(GUIDE).exists()


def test_the_trash_is_listed_with_the_way_back(wiki: Sandbox, repository: Desk, guide: str) -> None:
    desk = repository
    run = desk("restore", "--list")
    assert run.out == "the trash is empty\n"
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    wiki.store.trash(other)
    desk.git("rm", "-q", GUIDE)
    desk("push", "--delete")
    run = desk("restore", "--list")
    assert f" - trashed     {GUIDE}   page {guide}: 'Guide'\n" in run.out
    assert f" - trashed     ENG   page {other}: 'Other'\n" in run.out
    assert all(len(line) <= 80 for line in (run.out + run.err).splitlines())
    found = desk.json("restore", "--list").data
    assert {page["id"] for page in found["pages"]} == {guide, other}
    assert found["summary"] == {"trashed": 2}
    for page in found["pages"]:
        desk("restore", page["id"])
    assert desk("restore", "--list").out == "the trash is empty\n"


def test_a_post_in_the_trash_is_listed_too(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(".confsync.yaml", "key: ENG", "key: ENG\n  blog: true")
    post = wiki.store.create_post("ENG", "News", "<p>news</p>", author="Ana").id
    wiki.store.trash(post)
    assert f"page {post}: 'News'" in desk("restore", "--list").out
    desk("restore", post)
    assert wiki.store.page(post).status == "current"


def test_what_is_not_in_the_trash_has_another_way(repository: Desk) -> None:
    desk = repository
    desk.edit(GUIDE, "8080", "8081")
    run = desk("restore", GUIDE, exit=1)
    assert f"hint: 'confsync pull --theirs {GUIDE}' discards your edit of it" in run.err
    desk("pull", "--theirs", GUIDE)
    assert desk("status").out.startswith("clean")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "x", "--allow-empty")
    desk.path(GUIDE).unlink()
    run = desk("restore", GUIDE, exit=1)
    assert f"hint: 'git checkout HEAD -- {GUIDE}' brings its document back" in run.err
    desk.git("checkout", "HEAD", "--", GUIDE)
    assert desk("status").out.startswith("clean")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ((), "restore needs a page"),
        (("ENG/nothing.xhtml",), "confsync knows no page that had this document"),
        (("--list", GUIDE), "--list names no page"),
    ],
)
def test_a_restore_of_nothing_says_what_to_type(
    desk_at: Callable[..., Desk], typed: tuple[str, ...], told: str
) -> None:
    run = desk_at()("restore", *typed, exit=2)
    assert told in run.err
    assert "--list" in run.err
