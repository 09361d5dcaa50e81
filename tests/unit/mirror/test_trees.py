"""Files of commits and of the index, asked of git with as few processes as there can be."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from git import cmd

from confsync.mirror.git import trees
from tests.unit.mirror.histories import History, page


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the commands that GitPython starts from now on."""
    started: list[list[str]] = []

    def noted(words: list[str], **more: object) -> object:
        started.append(words)
        return subprocess.Popen(words, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(cmd, "safer_popen", noted)
    return started


def verbs(asked: Iterable[list[str]]) -> list[str]:
    known = ("cat-file", "diff", "ls-files", "ls-tree")
    return [word for words in asked for word in words if word in known or word == "--show-toplevel"]


def test_where_nothing_is_unmerged_or_renamed_git_is_asked_once(
    tmp_path: Path, asked: list[list[str]]
) -> None:
    told = History(tmp_path / "repo", "docs")
    told.commit(a=page("1", 1))
    asked.clear()
    assert trees.unmerged(told.root) == ()
    assert verbs(asked) == ["ls-files"]
    asked.clear()
    assert trees.renames_since(told.root, "HEAD") == {}
    assert verbs(asked) == ["diff"]
    asked.clear()
    assert trees.contents_at(told.root, "HEAD", ["ENG/none.xhtml"]) == {}
    assert verbs(asked) == ["ls-tree"]
