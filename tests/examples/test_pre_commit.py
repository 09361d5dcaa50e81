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
from tests.examples.packages import link_packages
from tests.flows.conftest import Desk, desk_at, wiki

# What is made once for all tests of the module is made in one process.
pytestmark = pytest.mark.xdist_group("pre commit")

__all__ = ["desk_at", "wiki"]

PROJECT = Path(__file__).parents[2]
GUIDE = "docs/ENG/guide.xhtml"


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with the project's hooks, as pre-commit clones it."""
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
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the packages that the hooks need, and what builds them: pip installs none anew."""
    root = tmp_path_factory.mktemp("packages")
    link_packages(root, "hatchling")
    return root


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory where pre-commit installs hooks, once for all tests."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(autouse=True)
def _installed(packages: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process of pre-commit finds the packages, and the hooks that are installed.

    pip has the settings of the user who runs the tests.
    """
    monkeypatch.setenv("PRE_COMMIT_HOME", str(cache))
    monkeypatch.setenv("PYTHONPATH", str(packages))
    monkeypatch.setenv("PIP_NO_BUILD_ISOLATION", "0")  # pip reads this as 'no isolation'


def _environment(home: Path) -> dict[str, str]:
    named = {f"GIT_{role}_NAME": "Test" for role in ("AUTHOR", "COMMITTER")}
    mails = {f"GIT_{role}_EMAIL": "t@example.com" for role in ("AUTHOR", "COMMITTER")}
    return {**os.environ, **named, **mails, "HOME": str(home)}


@pytest.fixture
def repo(wiki: Sandbox, desk_at: Callable[..., Desk], tmp_path: Path, hooks: Path) -> Path:
    """Return a repository with a mirror in docs/ and both hooks."""
    if wiki.flavor != "cloud":
        pytest.skip("one flavour is enough for hooks")
    wiki.store.create_page("ENG", "Guide", "<p>8080</p>", author="Ana")
    root = tmp_path / "repo"
    root.mkdir()
    desk_at("repo/docs")
    (root / "page.xhtml").write_text("no document of a mirror")
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


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """pre-commit itself."""
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", *arguments],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_malformed_document_is_refused_with_its_place_and_a_good_one_passes(repo: Path) -> None:
    good = run(repo, "--all-files")
    assert good.returncode == 0, good.stdout + good.stderr
    path = repo / GUIDE
    path.write_text(path.read_text().replace("<p>8080</p>", "<p>8080</b>"))
    git(repo, "add", "-A")
    refused = run(repo)
    assert refused.returncode == 1
    assert f"{GUIDE}:9:" in refused.stdout
    assert "error: mismatched tag" in refused.stdout


def test_other_files_of_that_name_are_ignored(repo: Path) -> None:
    (repo / "page.xhtml").write_text("<h:form>")
    git(repo, "add", "-A")
    touched = ("--hook-stage", "pre-push", "--files", "page.xhtml")
    for arguments in ((), touched):
        done = run(repo, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_that_the_server_has_changed_is_not_pushed_over(repo: Path, wiki: Sandbox) -> None:
    path = repo / GUIDE
    path.write_text(path.read_text().replace("8080", "8081"))
    git(repo, "commit", "-qam", "mine")
    touched = ("--hook-stage", "pre-push", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
    fresh = run(repo, *touched)
    assert fresh.returncode == 0, fresh.stdout + fresh.stderr
    page = next(page for page in wiki.store.pages("ENG") if page.title == "Guide")
    wiki.store.edit(page.id, "<p>hers</p>", author="Ana")
    stale = run(repo, *touched)
    assert stale.returncode == 1
    assert "the server has changed 1 of these pages" in stale.stdout


# -- the set-up of the example ---------------------------------------------------------------------

EXAMPLE = PROJECT / "examples" / "docs-as-code" / ".pre-commit-config.yaml"
DATA = "docs/ENG/guide.attachments/data.csv"


@pytest.fixture(scope="module")
def whitespace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the hooks that rewrite white space, as most projects have them, from their package."""
    root = tmp_path_factory.mktemp("whitespace") / "hooks"
    root.mkdir()
    (root / "pyproject.toml").write_text(
        '[project]\nname = "hooks"\nversion = "1"\ndependencies = ["pre-commit-hooks==5.0.0"]\n'
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        "[tool.hatch.build.targets.wheel]\nbypass-selection = true\n"
    )
    commands = {
        "trailing-whitespace": "trailing-whitespace-fixer",
        "end-of-file-fixer": "end-of-file-fixer",
        "mixed-line-ending": "mixed-line-ending",
        "check-merge-conflict": "check-merge-conflict",
    }
    (root / ".pre-commit-hooks.yaml").write_text(
        "".join(
            f"- {{id: {name}, name: {name}, entry: {entry}, language: python, types: [text]}}\n"
            for name, entry in commands.items()
        )
    )
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "hooks"), ("tag", "v5.0.0")):
        subprocess.run(["git", *arguments], cwd=root, check=True, env=_environment(root.parent))
    return root


@pytest.fixture
def example(repo: Path, hooks: Path, whitespace: Path) -> Path:
    """Return a repository set up as the example says, with white space that means something."""
    text = EXAMPLE.read_text()
    for url, rev, here in (
        ("https://github.com/pre-commit/pre-commit-hooks", "v5.0.0", whitespace),
        ("https://git.example.com/tools/confsync", "v0.1.0", hooks),
    ):
        assert f"  - repo: {url}" in text
        text = text.replace(url, str(here))
        if here == hooks:
            text = text.replace(f"rev: {rev}", "rev: v1")
    (repo / ".pre-commit-config.yaml").write_text(text)
    path = repo / GUIDE
    path.write_text(path.read_text().replace("<p>8080</p>", "<pre>a  \nb\t\n</pre>"))
    (repo / DATA).parent.mkdir()
    (repo / DATA).write_bytes(b"a;b \r\n1;2\n\n")
    (repo / "notes.txt").write_text("mine  \n")
    git(repo, "add", "-A")
    return repo


def test_hooks_that_rewrite_white_space_leave_documents_and_attachments_alone(
    example: Path,
) -> None:
    kept = {name: (example / name).read_bytes() for name in (GUIDE, DATA)}
    done = run(example)
    assert done.returncode == 1
    assert (example / "notes.txt").read_text() == "mine\n"
    assert {name: (example / name).read_bytes() for name in kept} == kept
    config = example / ".pre-commit-config.yaml"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if " exclude: " not in line))
    git(example, "add", "-A")
    run(example)
    assert all((example / name).read_bytes() != kept[name] for name in kept)


def test_the_example_refuses_a_commit_and_a_push(
    example: Path, wiki: Sandbox, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    git(example, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(example, "push", "-q", "-u", "origin", "HEAD~0:refs/heads/main")
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=example, check=True)
    (example / "notes.txt").unlink()
    good = (example / GUIDE).read_text()
    (example / GUIDE).write_text(good.replace("</pre>", "</p>"))
    git(example, "add", "-A")
    assert f"{GUIDE}:11:3: error: mismatched tag" in refused(example, "commit", "-m", "broken")
    (example / GUIDE).write_text(good)
    git(example, "commit", "-qam", "good")
    page = next(page for page in wiki.store.pages("ENG") if page.title == "Guide")
    wiki.store.edit(page.id, "<p>hers</p>", author="Ana")
    said = refused(example, "push", "origin", "HEAD:main")
    assert "the server has changed 1 of these pages" in said


def refused(root: Path, *arguments: str) -> str:
    """Run a git command that must fail. Return its message."""
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout + done.stderr
