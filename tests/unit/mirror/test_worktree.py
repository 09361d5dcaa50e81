"""A directory is in a work tree of git, or not, as git itself says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from confsync.mirror.git import worktree


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    place = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    (place / "docs").mkdir()
    return place


def test_a_repository_surrounds_what_is_below_it(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repository / "docs")
    for place in (repository, repository / "docs", tmp_path / "link"):
        assert worktree.surrounds(place)
    assert not worktree.surrounds(repository / ".git")
    assert not worktree.surrounds(tmp_path)


def test_a_linked_work_tree_surrounds_too(repository: Path, tmp_path: Path) -> None:
    for words in (["commit", "-q", "--allow-empty", "-m", "start"], ["worktree", "add", "-q"]):
        more = [str(tmp_path / "tree")] if words[0] == "worktree" else []
        subprocess.run(["git", *words, *more], cwd=repository, check=True)
    assert worktree.surrounds(tmp_path / "tree")


def test_the_environment_can_name_a_repository_elsewhere(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    assert worktree.surrounds(tmp_path)


def test_no_git_is_started_where_no_repository_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worktree.gitrepo, "at", lambda _: pytest.fail("git was started"))
    assert not worktree.surrounds(tmp_path)
    assert not worktree.tracks(tmp_path, "page.xhtml")


def test_a_commit_of_many_pages_has_a_message_longer_than_an_argument_may_be(
    tmp_path: Path,
) -> None:
    worktree.ensure(tmp_path)
    (tmp_path / "a.txt").write_text("a")
    worktree.begin(tmp_path, ["a.txt"], "begin")
    (tmp_path / "a.txt").write_text("b")
    told = "many\n\n" + "\n".join(f"docs/ENG/page-{number}.xhtml v1" for number in range(20_000))
    assert worktree.commit(tmp_path, ["a.txt"], lambda changed: told)
    said = ["git", "log", "-1", "--format=%B"]
    done = subprocess.run(said, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == told


def test_a_repository_begins_with_more_names_than_arguments_may_have(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    above = "/".join(["long" * 50] * 10)  # few names, since git takes time for each pair of them
    names = [f"{above}/{number}" for number in range(1_500)]
    assert sum(map(len, names)) > 3_000_000
    worktree.ensure(tmp_path)
    (tmp_path / names[0]).parent.mkdir(parents=True)
    for name in names:
        (tmp_path / name).touch()
    assert worktree.begin(tmp_path, ["a.txt", *names], "begin")
    assert worktree.begin(tmp_path, ["a.txt", *names], "again") is None
