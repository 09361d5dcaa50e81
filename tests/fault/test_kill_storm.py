"""`kill -9` at random moments of a big pull and a big push, over real HTTP with eight jobs.

A few kills on every run; CONFSYNC_STORM=200 for as many as it takes to believe it.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox, Store
from tests.fault.zygote import Ended, Zygote

# What is made once for all tests of the module is made in one process.
pytestmark = pytest.mark.xdist_group("kill storm")

KILLS = int(os.environ.get("CONFSYNC_STORM", "4"))
PAGES = 500
EDITED = 100


class Field:
    """A site of 500 pages and a mirror of it, put back before each round."""

    def __init__(self, zygote: Zygote, base: Path) -> None:
        self._zygote = zygote
        self._base = base
        self.root = base / "mirror"
        self._port = 0

    def make(self) -> None:
        with Store(self._base / "before.sqlite") as store:
            store.create_space("ENG", "Engineering", "Home")
            with store.batch():
                for number in range(PAGES):
                    store.create_page("ENG", f"Page {number}", f"<p>text {number}</p>")
        with self.site("before") as sandbox:
            cloned = self.run(sandbox, "clone", f"{sandbox.url}/spaces/ENG", str(self.root))
            assert cloned.exit == 0, cloned.err
        shutil.move(self.root, self._base / "template")
        shutil.copy(self._base / "before.sqlite", self._base / "after.sqlite")
        with Store(self._base / "after.sqlite") as store, store.batch():
            for page in store.pages("ENG"):
                store.edit(page.id, f"{page.body}<p>hers</p>")

    def site(self, name: str) -> Sandbox:
        """Return the site as it was at a time."""
        copy = self._base / "now.sqlite"
        for left in self._base.glob("now.sqlite*"):
            left.unlink()
        shutil.copy(self._base / f"{name}.sqlite", copy)
        sandbox = Sandbox(data=copy, port=self._port)
        self._port = int(sandbox.start().url.removesuffix("/wiki").rpartition(":")[2])
        return sandbox

    def put_back(self, *, edited: bool) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self._base / "template", self.root)
        if edited:
            for number in range(EDITED):
                path = self.root / f"ENG/page-{number}.xhtml"
                path.write_text(f"{path.read_text()}<p>mine</p>\n")

    def run(self, sandbox: Sandbox, *arguments: str, kill_after: float = 0) -> Ended:
        where = self.root if self.root.exists() else self._base
        secrets = {"CONFSYNC_USER": sandbox.user, "CONFSYNC_TOKEN": sandbox.token}
        return self._zygote.run(where, secrets, *arguments, kill_after=kill_after)

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.root / "ENG").rglob("*")}


def versions(sandbox: Sandbox) -> list[tuple[str, int, str]]:
    return [(page.id, page.version, page.body) for page in sandbox.store.pages("ENG")]


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Field]:
    made = Field(zygote, tmp_path_factory.mktemp("storm"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(made._base))
        made.make()
        yield made


@pytest.mark.parametrize("command", ["pull", "push"])
def test_a_run_that_is_killed_at_any_moment_is_finished_by_the_next(
    field: Field, command: str
) -> None:
    state = "after" if command == "pull" else "before"
    field.put_back(edited=command == "push")
    with field.site(state) as sandbox:
        began = time.monotonic()
        assert field.run(sandbox, command).exit == 0
        took = time.monotonic() - began
        files, site = field.files(), versions(sandbox)
    chance = random.Random(command)
    killed = 0
    for number in range(KILLS):
        moment = chance.uniform(0, took)
        where = f"round {number}, killed after {moment:.3f} of {took:.3f} s"
        field.put_back(edited=command == "push")
        with field.site(state) as sandbox:
            killed += field.run(sandbox, command, kill_after=moment).killed
            after = field.run(sandbox, command)
            assert after.exit == 0, f"{where}\n{after.out}{after.err}"
            assert field.files() == files, where
            assert versions(sandbox) == site, where
    assert killed >= KILLS // 2
