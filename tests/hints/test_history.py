"""Hints of `confsync history`."""

from __future__ import annotations

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk


def test_a_mirror_without_a_repository_gets_one(desk: Desk) -> None:
    run = desk("history", exit=4)
    assert "needs a git repository" in run.err
    desk.follow(run, "git init")
    assert "versions of" in desk("history").out


def test_a_branch_that_is_checked_out_is_left(repo: Desk) -> None:
    repo("history")
    repo.git("switch", "-q", "confluence/ENG")
    run = repo("history", exit=4)
    assert "is checked out" in run.err
    repo.follow(run, "git switch --detach")
    assert "nothing new" in repo("history").out


def test_a_space_that_the_mirror_lacks_is_answered_with_those_it_has(repo: Desk) -> None:
    run = repo("history", "OPS", exit=2)
    assert "has no space 'OPS'" in run.err
    assert "versions of" in repo.follow(run, "confsync history ENG")


def test_several_spaces_are_typed_as_they_are_shown(wiki: Sandbox, repo: Desk) -> None:
    wiki.store.create_space("~ana", "Ana's", "Home")
    config = repo.text(".confsync.yaml").replace(
        "  path: ENG", "  path: ENG\n- key: ~ana\n  path: ana"
    )
    repo.path(".confsync.yaml").write_text(config)
    run = repo("history", "OPS", exit=2)
    assert "confluence/%7Eana:" in repo.follow(run, 'confsync history ENG "~ana"')


def test_the_lines_of_an_old_version_are_not_shown(desk: Desk, guide: str) -> None:
    run = desk("log", "--blame", f"{guide}@1", exit=2)
    assert "newest version only" in run.err
    assert "v1" in desk.follow(run, "confsync log --blame")
