"""Many spaces in several processes: the mirror is that of one run, killed in the middle or not."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.files import contents_below

KEYS = [f"S{number}" for number in range(8)]
PAGES = 12
KILLS = 3
SCRIPT = Path(__file__).parents[2] / "examples" / "many-spaces" / "pull-spaces"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="xargs and SIGKILL")


@pytest.fixture(scope="module")
def wiki() -> Iterator[Sandbox]:
    """Yield a site of 8 spaces."""
    with Sandbox() as sandbox:
        with sandbox.store.batch():
            for key in KEYS:
                sandbox.store.create_space(key, key, key)
                above = None
                for number in range(PAGES):
                    title, body = f"{key} Page {number}", f"<p>text {number}</p>"
                    made = sandbox.store.create_page(key, title, body, above, raw=True)
                    above = made.id if number % 3 == 0 else above
        yield sandbox


class Field:
    """A mirror of the site in a git repository, and the environment of its commands."""

    def __init__(self, wiki: Sandbox, root: Path) -> None:
        self.root = root
        root.mkdir()
        (root / "bin").mkdir()
        (root / "bin/confsync").write_text(f'#!/bin/sh\nexec {sys.executable} -m confsync "$@"\n')
        (root / "bin/confsync").chmod(0o755)
        (root / ".gitignore").write_text("/bin\n")
        lines = [f"url: {wiki.url}", "flavor: cloud", "spaces:"]
        lines += [f"- key: {key}\n  path: docs/{key}" for key in KEYS]
        (root / ".confsync.yaml").write_text("\n".join([*lines, ""]))
        self.environment = {
            **os.environ,
            "PATH": f"{root / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "CONFSYNC_USER": wiki.user,
            "CONFSYNC_TOKEN": wiki.token,
        }
        self.run("git", "init", "-q", "-b", "main", "--template=")
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", "begin")

    def begin(self, *command: str | Path) -> subprocess.Popen[str]:
        """Start a program in a session of its own."""
        return subprocess.Popen(
            [*map(str, command)],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *command: str | Path) -> str:
        """Run a program to its end, which must be good."""
        process = self.begin(*command)
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out
        return out

    def files(self) -> dict[str, bytes]:
        return contents_below(self.root, {".git", ".confsync", "bin"})


@pytest.fixture
def whole(wiki: Sandbox, tmp_path: Path) -> dict[str, bytes]:
    """Return the files of a pull of everything."""
    field = Field(wiki, tmp_path / "whole")
    field.run("confsync", "pull", "--quiet")
    return field.files()


def test_four_processes_make_the_mirror_of_one(
    wiki: Sandbox, whole: dict[str, bytes], tmp_path: Path
) -> None:
    field = Field(wiki, tmp_path / "mirror")
    assert field.run(SCRIPT, ".") == ""
    assert field.files() == whole
    subjects = field.run("git", "log", "--format=%s").splitlines()
    assert subjects == [f"confsync pull: {PAGES + 1} pages"] * len(KEYS) + ["begin"]
    assert field.run("git", "status", "--short") == ""
    assert field.run("confsync", "pull").startswith("pull: nothing to do")


def test_what_is_killed_in_the_middle_is_finished_by_the_next_run(
    wiki: Sandbox, whole: dict[str, bytes], tmp_path: Path
) -> None:
    field = Field(wiki, tmp_path / "mirror")
    moments = random.Random(11)
    for _ in range(KILLS):
        process = field.begin(SCRIPT, ".")
        try:
            process.wait(timeout=moments.uniform(0.5, 3))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        (field.root / ".git/index.lock").unlink(missing_ok=True)  # git's own leftover
    assert field.run(SCRIPT, ".") == ""
    assert field.files() == whole
    assert field.run("git", "status", "--short") == ""


def test_one_space_is_pushed_while_the_others_are_pulled(
    wiki: Sandbox, whole: dict[str, bytes], tmp_path: Path
) -> None:
    field = Field(wiki, tmp_path / "mirror")
    first, *others = KEYS
    field.run("confsync", "pull", "--commit", f"docs/{first}")
    for path in (field.root / "docs" / first).rglob("*.xhtml"):
        path.write_text(path.read_text().replace("<p>text", "<p>our text"))
    pulls = [field.begin("confsync", "pull", "--commit", f"docs/{key}") for key in others[:3]]
    pushed = field.run("confsync", "push", "--commit", f"docs/{first}")
    assert re.search(rf"push: {PAGES} updated", pushed), pushed
    for process in pulls:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out
    assert field.run("git", "status", "--short") == ""
    here = {name: data for name, data in field.files().items() if f"/{first}/" not in name}
    assert here.items() <= whole.items()
    titles = {page.title for page in wiki.store.pages(first) if "our text" in page.body}
    assert len(titles) == PAGES
