"""`confsync history` is killed, or meets a bad answer: the branch is the old one or the new one."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from confsync.sandbox import Faults, Sandbox
from tests.fault.conftest import body
from tests.fault.test_requests import strike
from tests.fault.zygote import Ended, Zygote
from tests.profiles import some

pytestmark = pytest.mark.xdist_group("history")

BRANCH = "confluence/ENG"
KILLS = int(os.environ.get("CONFSYNC_STORM", "4"))


class Scene:
    """A site with a past, and a mirror whose branch has the first half of it."""

    def __init__(self, zygote: Zygote, sandbox: Sandbox, root: Path) -> None:
        self._zygote, self.sandbox, self.root = zygote, sandbox, root
        store = sandbox.store
        store.create_space("ENG", "Engineering", "Home")
        self._ids = [store.create_page("ENG", f"Page {n}", body("one")).id for n in range(4)]
        assert (
            self.run("clone", f"{sandbox.url}/spaces/ENG", str(root), where=root.parent).exit == 0
        )
        self.git("init", "-q")
        self.git("commit", "-q", "--allow-empty", "-m", "begin")
        assert self.run("history").exit == 0
        self.old = self.tip()
        for number in range(3):
            for page in self._ids[1:]:
                store.edit(page, body(f"text {number}"), message=f"edit {number}")
        store.edit(self._ids[0], body("once"), title="Other")
        sandbox.clear_requests()

    def run(
        self, *arguments: str, die_at: int = 0, kill_after: float = 0, where: Path | None = None
    ) -> Ended:
        secrets = {"CONFSYNC_USER": self.sandbox.user, "CONFSYNC_TOKEN": self.sandbox.token}
        place, words = where or self.root, (*arguments, "--jobs", "1")
        ended = self._zygote.run(place, secrets, *words, die_at=die_at, kill_after=kill_after)
        assert "Traceback" not in ended.err
        return ended

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def tip(self) -> str:
        return self.git("rev-parse", BRANCH).strip()

    def back(self) -> None:
        """Put the branch back."""
        self.git("update-ref", f"refs/heads/{BRANCH}", self.old)

    def check(self, new: str, where: str) -> None:
        """Check what a run left, and let the next one complete it."""
        assert self.tip() in (self.old, new), where
        assert self.git("fsck", "--strict", "--no-dangling") == "", where
        after = self.run("history")
        assert after.exit == 0, f"{where}\n{after.out}{after.err}"
        assert self.tip() == new, where


@contextmanager
def scene_of(zygote: Zygote, root: Path, flavor: str) -> Iterator[Scene]:
    with Sandbox(flavor=flavor) as sandbox:
        yield Scene(zygote, sandbox, root)


@pytest.mark.parametrize("flavor", ["cloud", "datacenter"])
def test_a_kill_at_any_step_leaves_the_old_branch_or_the_new_one(
    zygote: Zygote, tmp_path: Path, flavor: str
) -> None:
    with scene_of(zygote, tmp_path / "mirror", flavor) as scene:
        whole = scene.run("history")
        assert whole.exit == 0 and len(whole.steps) > 20, whole.err
        new = scene.tip()
        for step in some(range(1, len(whole.steps) + 1)):
            scene.back()
            assert scene.run("history", die_at=step).killed
            scene.check(new, f"killed before {whole.steps[step - 1]}")


def test_a_kill_at_any_moment_leaves_the_old_branch_or_the_new_one(
    zygote: Zygote, tmp_path: Path
) -> None:
    with scene_of(zygote, tmp_path / "mirror", "cloud") as scene:
        assert scene.run("history").exit == 0
        new, chance = scene.tip(), random.Random("history")
        for number in range(KILLS):
            scene.back()
            moment = chance.uniform(0, 0.3)
            scene.run("history", kill_after=moment)
            scene.check(new, f"round {number}, killed after {moment:.3f} s")


@pytest.mark.parametrize("kind", ["lost answer", "truncated", "login page", "500"])
@pytest.mark.parametrize("flavor", ["cloud", "datacenter"])
def test_one_bad_answer_costs_a_run_at_most(
    zygote: Zygote, tmp_path: Path, flavor: str, kind: str
) -> None:
    with scene_of(zygote, tmp_path / "mirror", flavor) as scene:
        assert scene.run("history").exit == 0
        new, count = scene.tip(), len(scene.sandbox.requests)
        contents = scene.git("rev-parse", f"{BRANCH}^{{tree}}")
        for number in some(range(1, count + 1)):
            scene.back()
            strike(scene.sandbox.faults, kind, number)
            first = scene.run("history")
            for name, value in asdict(Faults()).items():
                setattr(scene.sandbox.faults, name, value)
            where = f"{kind} at request {number} of {count}\n{first.out}{first.err}"
            assert first.exit in (0, 1, 3, 5), where
            if "error: page" not in first.err:
                scene.check(new, where)
            else:  # one page could not be read: its versions come later
                assert scene.run("history").exit == 0, where
                assert scene.git("rev-parse", f"{BRANCH}^{{tree}}") == contents, where
