"""Contents of git objects, by one process, in each format and in partial clones."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from git import Git

from confsync.mirror.git import blobs
from confsync.mirror.git.head import ENVIRONMENT, OPTIONS


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def command_in(root: Path) -> Git:
    """Git as confsync asks it: it starts no program and fetches nothing."""
    command = Git(str(root))
    command.update_environment(**ENVIRONMENT)
    command.set_persistent_git_options(c=list(OPTIONS))
    return command


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = tmp_path / "whole"
    root.mkdir()
    git(root, "init", "-q", f"--object-format={request.param}")
    git(root, "config", "uploadpack.allowFilter", "true")
    for name, content in (("a", b"one\n"), ("b", b""), ("c", b"\0two")):
        (root / name).write_bytes(content)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


def test_objects_are_read_in_the_order_of_their_names(repository: Path) -> None:
    ids = [row.split()[2] for row in git(repository, "ls-tree", "HEAD").splitlines()]
    names = [ids[2], "HEAD:a", "HEAD:none", ids[1], "HEAD:a\nb", "0" * len(ids[0]), ids[0]]
    assert list(blobs.contents(command_in(repository), names)) == [
        (names[0], b"\0two"),
        (names[1], b"one\n"),
        (names[2], None),
        (names[3], b""),
        (names[4], None),
        (names[5], None),
        (names[6], b"one\n"),
    ]


def test_a_partial_clone_tells_what_it_lacks_and_fetches_nothing(
    repository: Path, tmp_path: Path
) -> None:
    rows = git(repository, "ls-tree", "HEAD").splitlines()
    ids = [row.split()[2] for row in rows]
    source = repository.as_uri()
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", source, "part")
    part = tmp_path / "part"
    git(part, "cat-file", "-p", ids[2])  # fetches this one
    command = command_in(part)
    for _ in range(2):
        assert list(blobs.contents(command, ids)) == [
            (ids[0], None),
            (ids[1], None),
            (ids[2], b"\0two"),
        ]


def test_a_reader_that_stops_early_leaves_no_process(repository: Path) -> None:
    found = blobs.contents(command_in(repository), ["HEAD:a", "HEAD:b", "HEAD:c"])
    assert next(found) == ("HEAD:a", b"one\n")
    found.close()
