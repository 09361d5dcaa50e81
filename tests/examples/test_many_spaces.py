"""The example for many spaces: its workflow, job by job, with a real remote and a sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from confsync.sandbox import Sandbox
from tests.examples.forges import PROJECT, git

EXAMPLE = PROJECT / "examples" / "many-spaces"
KEYS = ("ENG", "OPS", "HR")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="runs with bash")


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """Yield a Cloud with three spaces."""
    with Sandbox() as sandbox:
        for key in KEYS:
            sandbox.store.create_space(key, key, key)
            sandbox.store.create_page(key, f"{key} Guide", "<p>one</p>", author="Ana")
        yield sandbox


class Runner:
    """Takes the steps of the workflow's jobs, each job in a clone of its own."""

    def __init__(self, wiki: Sandbox, base: Path) -> None:
        workflow = EXAMPLE / ".github/workflows/spaces.yml"
        self.jobs: dict[str, Any] = yaml.safe_load(workflow.read_text())["jobs"]
        self.origin = base / "origin.git"
        self._base = base
        (base / "bin").mkdir()
        confsync = f'#!/bin/sh\nexec {sys.executable} -m confsync "$@"\n'
        (base / "bin/confsync").write_text(confsync)
        (base / "bin/confsync").chmod(0o755)
        self._known = {
            "vars.CONFSYNC_URL": wiki.url,
            "secrets.CONFSYNC_USER": wiki.user,
            "secrets.CONFSYNC_TOKEN": wiki.token,
        }

    def begin(self, wiki: Sandbox) -> None:
        """Make the repository, with a configuration and no document."""
        git(self._base, "init", "-q", "--bare", "-b", "main", "origin.git")
        git(self._base, "clone", "-q", str(self.origin), "ana")
        spaces = [f"- key: {key}\n  path: docs/{key}" for key in KEYS]
        config = "\n".join([f"url: {wiki.url}", "flavor: cloud", "spaces:", *spaces, ""])
        (self._base / "ana/.confsync.yaml").write_text(config)
        git(self._base / "ana", "add", "-A")
        git(self._base / "ana", "commit", "-qm", "begin")
        git(self._base / "ana", "push", "-q", "origin", "HEAD:main")

    def check_out(self, name: str) -> Path:
        git(self._base, "clone", "-q", "-b", "main", self.origin.as_uri(), name)
        return self._base / name

    def step(self, job: str, name: str, where: Path, space: str = "") -> str:
        """Take one step of a job. Return what it wrote for other jobs."""
        (step,) = (one for one in self.jobs[job]["steps"] if one.get("name") == name)
        assert "${{" not in step["run"], "a value that is put into a script can be a command"
        outputs = where.with_suffix(".outputs")
        known = {**self._known, "matrix.space": space}
        given = {key: known[text[4:-3]] for key, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=where,
            env=self._environment({**given, "GITHUB_OUTPUT": str(outputs)}),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return outputs.read_text() if outputs.exists() else ""

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        path = f"{self._base / 'bin'}:{os.environ['PATH']}"
        own = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
        return {**own, "PATH": path, "PYTHONPATH": str(PROJECT), **more}


def test_each_space_is_pulled_in_a_job_of_its_own_and_pushed(wiki: Sandbox, tmp_path: Path) -> None:
    runner = Runner(wiki, tmp_path)
    runner.begin(wiki)
    where = runner.check_out("list")
    told = runner.step("list", "List the directories of the spaces", where)
    spaces = json.loads(told.removeprefix("spaces="))
    assert spaces == [f"docs/{key}" for key in KEYS]
    # All jobs check out before the first one pushes, so that all but one must push again.
    clones = [runner.check_out(key) for key in KEYS]
    with ThreadPoolExecutor(len(KEYS)) as pool:
        pulled = [
            pool.submit(runner.step, "pull", "Pull one space", clone, space)
            for clone, space in zip(clones, spaces, strict=True)
        ]
        for one in pulled:
            one.result()
    listed = git(runner.origin, "ls-tree", "-r", "--name-only", "main").splitlines()
    documents = [f"docs/{key}/{name}.xhtml" for key in KEYS for name in (f"{key}-guide", "index")]
    assert {name.lower() for name in listed} >= {name.lower() for name in documents}
    commits = git(runner.origin, "log", "--format=%an: %s", "main").splitlines()
    assert commits[:3] == ["confsync: confsync pull: 2 pages"] * 3
    assert len(commits) == 4
    assert runner.jobs["pull"]["needs"] == "list"
