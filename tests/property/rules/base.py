"""The beginning of every history, and how a rule finds what it works on."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine

from confsync.sandbox import PageRow, Store
from tests.property.team.desk import Desk, desk_in, template
from tests.property.team.site import PLAIN, SPACE, Site

MEMORY = Path("/dev/shm")
pick = st.integers(0, 7)
who = st.integers(0, 2)


@dataclass
class Counts:
    """The counts of what this process has run."""

    histories: int = 0
    steps: int = 0


counts = Counts()


class Base(RuleBasedStateMachine):
    """Several people, one space."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.site = Site(Store())
        self.desks: list[Desk] = []
        self.patch = pytest.MonkeyPatch()

    def teardown(self) -> None:
        try:
            if self.desks:
                self.quiet()
        finally:
            self.patch.undo()
            self.site.store.close()
            shutil.rmtree(self.base)

    def begin(self, plain: bool) -> None:
        """Make a site with five pages, and two desks that have them."""
        if plain:
            self.site.config = PLAIN
        store = self.site.store
        store.create_space(SPACE, "Engineering", "Home")
        guide = store.create_page(SPACE, "Guide", self.text(3))
        store.create_page(SPACE, "Below", self.text(2), parent=guide.id)
        store.create_page(SPACE, "Other", self.text(3), labels=["old"])
        store.create_post(SPACE, "News", self.text(3))
        template(self.base / "template", self.site.config)
        for name in ("one", "two"):
            desk = desk_in(self.site, self.base / "template", self.base / name, name)
            desk.run(desk.pull())
            desk.commit()
            self.desks.append(desk)

    def text(self, lines: int) -> str:
        return "".join(f"<p>{self.site.line()}</p>" for _ in range(lines))

    def desk(self, number: int) -> Desk:
        return self.desks[number % len(self.desks)]

    def page(self, number: int) -> PageRow | None:
        rows = self.site.pages()
        return rows[number % len(rows)] if rows else None

    def path(self, desk: Desk, number: int) -> Path | None:
        paths = desk.documents()
        return paths[number % len(paths)] if paths else None

    def quiet(self) -> None:
        """Come to an end: the machine says how."""
