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
from tests.unit.document.test_pointers import CRYPT, TRANSCRYPT

PLAN = "ENG/guide.attachments/a plan.png"


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
    ("program", "arguments", "encrypted"),
    [
        pytest.param("git-crypt", "unlock", CRYPT, id="git-crypt"),
        pytest.param("transcrypt", "", TRANSCRYPT, id="transcrypt"),
    ],
)
def test_an_encrypted_file_is_decrypted(
    pictured: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    arguments: str,
    encrypted: bytes,
) -> None:
    """Both programs are replaced here by a script that works in the repository where it starts."""
    script = tmp_path / "bin" / program
    script.parent.mkdir()
    script.write_text(
        "#!/bin/sh\nset -e\n"
        f'test "$*" = "{arguments}"\n'
        'cd "$(git rev-parse --show-toplevel)"\n'
        f"cp 'my plan.png' '{PLAN}'\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    pictured.path(PLAN).write_bytes(encrypted)
    pictured.follow(pictured("push", exit=1), program.replace("git-", "git "))
    assert pictured.path(PLAN).read_bytes() == b"\x89PNG new"


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
