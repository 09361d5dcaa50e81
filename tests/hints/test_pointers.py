"""The hints about files that only stand for another file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk
from tests.hints.conftest import commit, configure

PLAN = "ENG/guide.attachments/a plan.png"


@pytest.fixture
def pictured(wiki: Sandbox, repo: Desk, guide: str) -> Desk:
    """A repository whose guide has a picture."""
    wiki.store.attach(guide, "a plan.png", b"\x89PNG old", "image/png")
    configure(repo, "attachments: true\n")
    repo("pull")
    repo.path("my plan.png").write_bytes(b"\x89PNG new")
    commit(repo)
    repo.path(PLAN).unlink()
    return repo


def test_a_link_is_replaced_with_a_copy(pictured: Desk) -> None:
    pictured.path(PLAN).symlink_to("../../my plan.png")
    pictured.follow(pictured("push", exit=1), "cp")
    assert not pictured.path(PLAN).is_symlink()
    assert "1 updated" in pictured("push").out


def test_a_link_that_leads_nowhere_is_removed(pictured: Desk) -> None:
    pictured.path(PLAN).symlink_to("nowhere")
    pictured.follow(pictured("push", exit=1), "rm")
    assert "nothing to do" in pictured("push").out


def test_the_text_of_a_link_is_replaced_with_its_file(pictured: Desk, tmp_path: Path) -> None:
    pictured.path(PLAN).symlink_to("../../my plan.png")
    commit(pictured)
    where = tmp_path / "my clone"
    pictured.git("clone", "-q", "-c", "core.symlinks=false", ".", str(where))
    pictured.root = where
    pictured.follow(pictured("push", exit=1), "cp")
    assert pictured.path(PLAN).read_bytes() == b"\x89PNG new"


def test_an_encrypted_file_is_decrypted(
    pictured: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin/git-crypt"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\nset -e\n"
        'test "$*" = unlock\n'
        'cd "$(git rev-parse --show-toplevel)"\n'
        f"cp 'my plan.png' '{PLAN}'\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    pictured.path(PLAN).write_bytes(b"\0GITCRYPT\0" + bytes(range(100)))
    pictured.follow(pictured("push", exit=1), "git crypt")
    assert pictured.path(PLAN).read_bytes() == b"\x89PNG new"
