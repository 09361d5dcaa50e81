"""Commands that people know from git are typed, and then what confsync says to type instead."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator

import pytest

from confsync.registry.git_commands import GIT_COMMANDS, GIT_OPTIONS
from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, Run

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """Yield a server of Cloud. What is typed here is the same for each."""
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        yield sandbox
        check_requests(sandbox)


HINT = re.compile(r"^hint: (.*)$", re.MULTILINE)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return a clone that is committed to git."""
    desk.git("init", "-q", "--template=")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "x")
    return desk


def hint_of(run: Run) -> str:
    """Return the only hint of an error."""
    assert run.out == ""
    (hint,) = HINT.findall(run.err)
    return str(hint)


def obey(desk: Desk, hint: str) -> list[str]:
    """Type each command that a hint quotes; return them."""
    commands: list[str] = re.findall(r"'((?:confsync|git|mv) [^']*)'", hint)
    for command in commands:
        words = shlex.split(command)
        if words[0] == "confsync":
            desk(*words[1:])
        else:
            subprocess.run(words, cwd=desk.root, check=True, capture_output=True)
    return commands


@pytest.mark.parametrize(
    ("typed", "commands"),
    [
        (f"add {GUIDE}", [f"confsync push {GUIDE}"]),
        ("add -A", ["confsync push"]),
        ("add .", ["confsync push ."]),
        ("fetch", ["confsync status --remote", "confsync pull"]),
        ("fetch origin", ["confsync status --remote", "confsync pull"]),
        ('commit -qam "two words"', ['git commit -qam "two words"', "confsync push"]),
        (f"checkout -- {GUIDE}", [f"confsync pull --theirs {GUIDE}"]),
        (f"reset {GUIDE}", [f"confsync pull --theirs {GUIDE}"]),
        ("rebase origin/main", ["confsync pull --merge"]),
        ("merge", ["confsync pull --merge"]),
        (f"blame {GUIDE}", [f"confsync log --blame {GUIDE}"]),
        ("remote -v", ["confsync doctor"]),
        ("config labels true", ["confsync help configuration"]),
        ("stash", ["git stash"]),
        ("branch topic", ["git branch topic"]),
        ("push --force", ["confsync pull --merge"]),
        ("push -f", ["confsync pull --merge"]),
        ("push -u origin", ["confsync push"]),
        ("pull --rebase", ["confsync pull", "confsync pull --merge"]),
        ("status --short", ["confsync status", "confsync status --json"]),
        ("diff --name-only", ["confsync diff --stat"]),
    ],
)
def test_a_habit_of_git_is_answered_with_what_to_type_here(
    wiki: Sandbox, desk: Desk, typed: str, commands: list[str]
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    hint = hint_of(desk(*shlex.split(typed), exit=2))
    assert obey(desk, hint) == commands


def test_a_page_is_moved_as_the_hint_says(wiki: Sandbox, desk: Desk, guide: str) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    desk("pull")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "x")
    desk.path("ENG/guide").mkdir()
    obey(desk, hint_of(desk("mv", "ENG/other.xhtml", "ENG/guide/other.xhtml", exit=2)))
    assert wiki.store.page(other).parent_id == guide


def test_a_page_is_deleted_as_the_hint_says(wiki: Sandbox, desk: Desk, guide: str) -> None:
    obey(desk, hint_of(desk("rm", GUIDE, exit=2)))
    assert wiki.store.page(guide).status == "trashed"


def test_without_a_repository_no_command_of_git_is_proposed(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    (desk.path(".git")).rename(desk.root.parent / "elsewhere")
    desk.path("ENG/guide").mkdir()
    assert "git" not in hint_of(desk("mv", GUIDE, "ENG/guide/x.xhtml", exit=2))
    assert "git" not in hint_of(desk("rm", GUIDE, exit=2))
    assert "git" not in hint_of(desk("commit", exit=2))


def test_every_answer_is_one_line_of_80_columns(desk: Desk) -> None:
    typed = [[one.name, *words] for one in GIT_COMMANDS for words in ((), ("ENG",), ("x",))]
    typed += [[one.command, name] for one in GIT_OPTIONS for name in one.names]
    for words in typed:
        run = desk(*words, exit=2)
        assert hint_of(run)
        assert all(len(line) <= 80 for line in run.err.splitlines()), run.err


def test_a_word_that_git_does_not_know_either_is_guessed(desk: Desk) -> None:
    assert "Did you mean 'status'?" in desk("stauts", exit=2).err
