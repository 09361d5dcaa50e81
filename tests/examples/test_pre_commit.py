"""The hooks, run by the real pre-commit in a real repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, desk_at, wiki

__all__ = ["desk_at", "wiki"]

PROJECT = Path(__file__).parents[2]
GUIDE = "docs/ENG/guide.xhtml"


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the project's hooks, as pre-commit clones it."""
    root = tmp_path_factory.mktemp("hooks") / "confsync"
    root.mkdir()
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, root)
    shutil.copytree(
        PROJECT / "confsync", root / "confsync", ignore=shutil.ignore_patterns("__pycache__")
    )
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "hooks"), ("tag", "v1")):
        subprocess.run(["git", *arguments], cwd=root, check=True, env=_environment(root.parent))
    return root


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs: once for all tests."""
    return tmp_path_factory.mktemp("pre-commit")


def _environment(home: Path) -> dict[str, str]:
    named = {f"GIT_{role}_NAME": "Test" for role in ("AUTHOR", "COMMITTER")}
    mails = {f"GIT_{role}_EMAIL": "t@example.com" for role in ("AUTHOR", "COMMITTER")}
    return {**os.environ, **named, **mails, "HOME": str(home)}


@pytest.fixture
def repo(wiki: Sandbox, desk_at: Callable[..., Desk], tmp_path: Path, hooks: Path) -> Path:
    """A repository with a mirror in docs/ and both hooks."""
    if wiki.flavor != "cloud":
        pytest.skip("one flavour is enough for hooks")
    wiki.store.create_page("ENG", "Guide", "<p>8080</p>", author="Ana")
    root = tmp_path / "repo"
    root.mkdir()
    desk_at("repo/docs")
    (root / "page.xhtml").write_text("nobody's document")
    (root / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {hooks}\n    rev: v1\n    hooks:\n"
        "      - id: confsync-check\n      - id: confsync-fresh\n"
    )
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    return root


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True)


def run(root: Path, cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """pre-commit itself, with the pip settings of whoever runs the tests."""
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", *arguments],
        cwd=root,
        env={**os.environ, "PRE_COMMIT_HOME": str(cache)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_malformed_document_is_refused_with_its_place_and_a_good_one_passes(
    repo: Path, cache: Path
) -> None:
    good = run(repo, cache, "--all-files")
    assert good.returncode == 0, good.stdout + good.stderr
    path = repo / GUIDE
    path.write_text(path.read_text().replace("<p>8080</p>", "<p>8080</b>"))
    git(repo, "add", "-A")
    refused = run(repo, cache)
    assert refused.returncode == 1
    assert f"{GUIDE}:9:" in refused.stdout
    assert "error: mismatched tag" in refused.stdout


def test_a_page_that_the_server_has_changed_is_not_pushed_over(
    repo: Path,
    cache: Path,
    wiki: Sandbox,
) -> None:
    path = repo / GUIDE
    path.write_text(path.read_text().replace("8080", "8081"))
    git(repo, "commit", "-qam", "mine")
    touched = ("--hook-stage", "pre-push", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
    fresh = run(repo, cache, *touched)
    assert fresh.returncode == 0, fresh.stdout + fresh.stderr
    page = next(page for page in wiki.store.pages("ENG") if page.title == "Guide")
    wiki.store.edit(page.id, "<p>hers</p>", author="Ana")
    stale = run(repo, cache, *touched)
    assert stale.returncode == 1
    assert "the server has changed 1 of these pages" in stale.stdout
