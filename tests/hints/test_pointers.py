"""The hints about files that only stand for another file."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from confsync.cli.options import Settings
from confsync.cli.session import with_directory
from confsync.document.attachments import pointers
from confsync.document.attachments.pointers import Pointer, pointer_of_link, pointer_to
from confsync.model.hint import Standpoint, typed
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk
from tests.hints.conftest import commit, configure
from tests.unit.document.test_pointers import (
    AGE,
    ANNEX,
    BIGSTORE,
    CRYPT,
    FAT,
    KEY,
    LFS,
    MEDIA,
    TRANSCRYPT,
)

PLAN = "ENG/guide.attachments/a plan.png"
LINK = Path(f"../../.git/annex/objects/Kj/0x/{KEY}/{KEY}")


@pytest.fixture
def pictured(wiki: Sandbox, repo: Desk, guide: str) -> Desk:
    """Return a repository whose guide has a picture."""
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


@pytest.mark.parametrize(
    ("program", "pointer", "words"),
    [
        pytest.param("git-crypt", CRYPT, ["unlock"], id="git-crypt"),
        pytest.param("transcrypt", TRANSCRYPT, [""], id="transcrypt"),
        pytest.param("git-lfs", LFS, ["pull"], id="git-lfs"),
        pytest.param("git-annex", ANNEX, ["get"], id="git-annex"),
        pytest.param("git-annex", LINK, ["get", "unlock"], id="link-of-git-annex"),
        pytest.param("git-fat", FAT, ["init", "pull"], id="git-fat"),
        pytest.param("git-media", MEDIA, ["sync"], id="git-media"),
        pytest.param("git-bigstore", BIGSTORE, ["init", "pull"], id="git-bigstore"),
        pytest.param("git-agecrypt", AGE, ["init"], id="git-agecrypt"),
    ],
)
def test_a_tool_brings_the_real_file(
    pictured: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    pointer: bytes | Path,
    words: list[str],
) -> None:
    """Each tool is replaced here by a script that works in the repository where it starts."""
    said = tmp_path / "said"
    script = tmp_path / "bin" / program
    script.parent.mkdir()
    script.write_text(
        f"#!/bin/sh\nset -e\necho \"$1\" >> '{said}'\n"
        'test -z "$2" || test -e "$2" || test -L "$2"\n'
        'cd "$(git rev-parse --show-toplevel)"\n'
        f"rm '{PLAN}'\ncp 'my plan.png' '{PLAN}'\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    if isinstance(pointer, Path):
        pictured.path(PLAN).symlink_to(pointer)
    else:
        pictured.path(PLAN).write_bytes(pointer)
    pictured.follow(pictured("push", exit=1), program.replace("git-", "git "))
    assert said.read_text().split("\n")[:-1] == words
    # git-agecrypt decrypts what git checks out.
    expected = b"\x89PNG old" if pointer == AGE else b"\x89PNG new"
    assert pictured.path(PLAN).read_bytes() == expected


def test_each_command_works_in_the_directory_that_an_option_names() -> None:
    settings = Settings()
    settings.directory = "my mirror"
    known = [one for one in vars(pointers).values() if isinstance(one, Pointer)]
    known += [pointer_to("a"), pointer_to("a", dangles=True), pointer_of_link("ENG/a", "b")]
    standpoint = Standpoint(lambda path: path, lambda path: f"my mirror/{path}")
    for pointer in known:
        hint = with_directory(settings, typed(pointer.hint("ENG/a b.png"), standpoint))
        command, _, _ = hint[1:].partition("' ")
        placed = re.compile(r'git -C "my mirror" |(?:cp|mv|rm) .*"my mirror/|\(cd "my mirror" &&')
        parts = [command] if command.startswith("(") else command.split(" && ")
        assert [part for part in parts if not placed.match(part)] == [], hint
