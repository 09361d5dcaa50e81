"""A repository from anybody: its configuration, attributes and hooks start no program."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.mirror.git import texts as gittext
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"
HOOKS = ("pre-commit", "post-checkout", "post-index-change", "fsmonitor-watchman", "post-rewrite")
TRAPS = """
[core]
    fsmonitor = {trap}
    hooksPath = {hooks}
    pager = {trap}
    editor = {trap}
    askPass = {trap}
    sshCommand = {trap}
    gitProxy = {trap}
    alternateRefsCommand = {trap}
[diff]
    external = {trap}
[diff "evil"]
    command = {trap}
    textconv = {trap}
[filter "evil"]
    clean = {trap}
    smudge = {trap}
    process = {trap}
    required = true
[merge "evil"]
    driver = {trap}
[gpg]
    program = {trap}
[log]
    showSignature = true
[pager]
    log = {trap}
    diff = {trap}
[credential]
    helper = {trap}
[remote "origin"]
    url = ext::{trap}
    promisor = true
    partialclonefilter = blob:none
    uploadpack = {trap}
[protocol "ext"]
    allow = always
[extensions]
    partialClone = origin
"""


class Trap:
    """A program that notes that it was started, and a repository that names it wherever it can."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.sprung = directory / "sprung"
        self.program = directory / "trap"
        self.program.write_text(f'#!/bin/sh\necho "$0 $*" >> {self.sprung}\ncat\n')
        self.program.chmod(0o755)
        self.hooks = directory / "hooks"
        self.hooks.mkdir()
        for name in HOOKS:
            (self.hooks / name).symlink_to(self.program)

    def set(self, git_directory: Path) -> None:
        with (git_directory / "config").open("a") as file:
            file.write(TRAPS.format(trap=self.program, hooks=self.hooks))
        for name in HOOKS:
            (git_directory / "hooks" / name).unlink(missing_ok=True)
            (git_directory / "hooks").mkdir(exist_ok=True)
            (git_directory / "hooks" / name).symlink_to(self.program)
        (git_directory / "info").mkdir(exist_ok=True)
        (git_directory / "info" / "attributes").write_text("* filter=evil diff=evil merge=evil\n")

    def springs(self, root: Path, *command: str) -> bool:
        """Return whether a careless call of git starts the program, and reset it."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(["git", *command], cwd=root, start_new_session=True, **quiet) as git:
            try:
                git.wait(3)
            except subprocess.TimeoutExpired:  # one that waits was started, and ends with git
                os.killpg(git.pid, signal.SIGKILL)
        found = self.sprung.exists()
        self.sprung.unlink(missing_ok=True)
        return found


@pytest.fixture
def trapped(wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path) -> Trap:
    """Return the desk's mirror in a repository with two commits, and every trap set."""
    wiki.store.create_page("ENG", "Other", "<p>other</p>", raw=True)
    desk("pull")
    desk.git("init", "-q")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "first")
    wiki.store.edit(guide, "<h1>Ports</h1><p>The first port is 8080.</p><p>Two.</p>", raw=True)
    desk("pull")
    desk.git("commit", "-q", "-a", "-m", "second")
    trap = Trap(tmp_path / "trap")
    trap.set(desk.root / ".git")
    desk.edit(GUIDE, "8080", "8081")
    return trap


def test_the_traps_are_armed(trapped: Trap, desk: Desk) -> None:
    assert trapped.springs(desk.root, "status")
    assert trapped.springs(desk.root, "diff", "HEAD", "--name-only")
    assert trapped.springs(desk.root, "log", "-S8080", "--format=%H")


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("status", "--remote"),
        ("diff",),
        ("diff", "--remote"),
        ("diff", "--word-diff", "--color", "always"),
        ("diff", "--html", "report.html"),
        ("pull",),
        ("pull", "--merge", GUIDE),
        ("push", "--dry-run"),
        ("push",),
        ("push", "--delete"),
        ("doctor",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("theirs", [False, True], ids=["alone", "diverged"])
def test_no_command_starts_what_a_repository_names(
    trapped: Trap, wiki: Sandbox, desk: Desk, guide: str, command: tuple[str, ...], theirs: bool
) -> None:
    desk.path(".confsync/bases").rename(desk.path(".confsync/gone"))
    desk.path("ENG/other.xhtml").unlink()
    if theirs:
        body = "<h1>Ports</h1><p>The first port is 8080.</p><p>Three.</p>"
        wiki.store.edit(guide, body, author="Ana", raw=True)
    run = desk(*command, exit=None)
    assert run.exit in (0, 1), run.err
    assert not trapped.sprung.exists(), trapped.sprung.read_text()
    if command == ("status",):
        assert "deleted     ENG/other.xhtml" in run.out


def test_objects_that_are_missing_are_not_fetched_with_a_named_program(
    trapped: Trap, desk: Desk
) -> None:
    path = desk.path(GUIDE)
    old = desk.git("rev-parse", f"HEAD~1:{GUIDE}").strip()
    (desk.root / ".git" / "objects" / old[:2] / old[2:]).unlink()
    desk.path(".confsync/bases").rename(desk.path(".confsync/gone"))
    before = path.read_bytes()
    assert "8081" in desk("diff").out
    assert path.read_bytes() == before
    assert not trapped.sprung.exists(), trapped.sprung.read_text()
    assert trapped.springs(desk.root, "cat-file", "-p", old)


def test_a_bare_repository_that_lies_in_the_mirror_is_not_used(
    wiki: Sandbox, desk: Desk, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "bare")], check=True)
    for path in (tmp_path / "bare").iterdir():
        path.rename(desk.root / path.name)
    trap = Trap(tmp_path / "trap")
    config = (desk.root / "config").read_text().replace("bare = true", "bare = false")
    (desk.root / "config").write_text(f"{config}\tworktree = {desk.root}\n")
    trap.set(desk.root)
    assert trap.springs(desk.root, "status")
    for command in ("status", "pull", "diff", "push"):
        desk(command, exit=None)
        assert not trap.sprung.exists(), trap.sprung.read_text()


def test_a_merge_reads_no_repository(
    trapped: Trap, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.root)
    ours, theirs = gittext.changes("a\n", ("b\n", "a\nc\n")) or ([], [])
    assert ours == [(0, 1, ("b\n",))]
    assert theirs == [(1, 1, ("c\n",))]
    assert not trapped.sprung.exists()


def test_a_conflict_is_told_to_git_without_starting_a_program(
    trapped: Trap, wiki: Sandbox, desk: Desk, guide: str
) -> None:
    body = "<h1>Ports</h1><p>The first port is 8082.</p><p>Two.</p>"
    wiki.store.edit(guide, body, author="Ana", raw=True)
    run = desk("pull", "--merge", GUIDE, exit=1)
    assert "'git mergetool" in run.err
    assert not trapped.sprung.exists(), trapped.sprung.read_text()
    assert len(desk.git("-c", "core.fsmonitor=false", "ls-files", "--unmerged").splitlines()) == 3
    assert not trapped.sprung.exists()


def test_a_sparse_checkout_has_deleted_nothing(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    wiki.store.create_page("ENG", "Ports", "<p>x</p>", parent=guide)
    desk = desk_at()
    desk.git("init", "-q")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "first")
    desk.git("sparse-checkout", "set", "--no-cone", "/*", "!/ENG/guide/")
    assert not desk.path("ENG/guide/ports.xhtml").exists()
    assert "deleted" not in desk("status").out
    desk.path(GUIDE).unlink()
    assert desk("status").out.startswith(f" - deleted     {GUIDE}\n")
