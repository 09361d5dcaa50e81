"""The example for cron: the line of the crontab, run as cron runs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.examples.forges import git
from tests.flows.conftest import Desk, desk_at, wiki

__all__ = ["desk_at", "wiki"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "cron"


@pytest.fixture
def home(wiki: Sandbox, desk_at: Callable[..., Desk], tmp_path: Path) -> Path:
    """Return a home directory with a mirror that goes to a remote, set up as the example says."""
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "confsync-nightly").symlink_to(EXAMPLE / "confsync-nightly")
    (home / ".local" / "bin").mkdir(parents=True)
    (home / ".local" / "bin" / "confsync").symlink_to(Path(sys.executable).parent / "confsync")
    netrc = home / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login {wiki.user} password {wiki.token}\n")
    netrc.chmod(0o600)
    (home / ".gitconfig").write_text("[user]\nname = Docs\nemail = docs@example.com\n")
    wiki.store.create_page("ENG", "Guide", "<p>one</p>", author="Ana")
    docs = desk_at("home/docs").root
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "origin.git")
    git(docs, "init", "-q", "-b", "main")
    git(docs, "add", "-A")
    git(docs, "commit", "-qm", "pulled")
    git(docs, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(docs, "push", "-q", "-u", "origin", "main")
    return home


def cron(home: Path) -> tuple[int, str]:
    """Run one night. Return its exit code and the mail that it sends."""
    (line,) = (
        line for line in (EXAMPLE / "crontab").read_text().splitlines() if line[:1].isdigit()
    )
    done = subprocess.run(
        ["/bin/sh", "-c", line.split(maxsplit=5)[5]],
        env={"HOME": str(home), "LOGNAME": "docs", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"},
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def test_a_night_brings_what_was_edited_and_says_nothing(wiki: Sandbox, home: Path) -> None:
    page = next(page for page in wiki.store.pages("ENG") if page.title == "Guide")
    wiki.store.edit(page.id, "<p>two</p>", author="Ana", message="better")
    assert cron(home) == (0, "")
    origin = home.parent / "origin.git"
    assert "<p>two</p>" in git(origin, "show", "main:ENG/guide.xhtml")
    assert git(origin, "log", "-1", "--format=%an: %s", "main") == "Docs: confsync pull: 1 page"
    assert cron(home) == (0, "")


def test_a_night_that_needs_a_decision_says_so_and_brings_the_rest(
    wiki: Sandbox, home: Path
) -> None:
    page = next(page for page in wiki.store.pages("ENG") if page.title == "Guide")
    mine = home / "docs" / "ENG" / "guide.xhtml"
    mine.write_text(mine.read_text().replace("one", "mine"))
    wiki.store.edit(page.id, "<p>hers</p>", author="Ana")
    wiki.store.create_page("ENG", "Ports", "<p>x</p>", author="Ana")
    code, mail = cron(home)
    assert code == 1
    assert "1 page was rejected" in mail
    assert "mine" in mine.read_text()
    assert git(home.parent / "origin.git", "show", "main:ENG/ports.xhtml")
