"""A person at a desk, with git."""

from __future__ import annotations

import shutil

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from confsync.mirror.mirror import STATE
from tests.property.rules.base import Base, pick, who
from tests.property.team.desk import desk_in


class Repository(Base):
    """Commits, branches, merges, clones."""

    @rule(d=who)
    def commit(self, d: int) -> None:
        self.desk(d).commit()

    @rule(d=who, n=pick)
    def revert_a_file(self, d: int, n: int) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.git("checkout", "-q", "HEAD", "--", path.relative_to(desk.root).as_posix())
            desk.forget_but(path)

    @rule(d=who, n=st.integers(0, 1))
    def change_branches(self, d: int, n: int) -> None:
        desk = self.desk(d)
        desk.commit()
        name = ("main", "topic")[n]
        desk.git("checkout", "-q", name) or desk.git("checkout", "-q", "-b", name)

    @rule(d=who, squash=st.booleans())
    def merge_a_branch(self, d: int, squash: bool) -> None:
        desk = self.desk(d)
        desk.commit()
        how = ("--squash",) if squash else ("--no-edit",)
        desk.git("checkout", "-q", "main")
        if desk.git("merge", "-q", *how, "topic") or desk.git("reset", "-q", "--hard"):
            desk.git("commit", "-qm", "merged")

    @precondition(lambda self: len(self.desks) < 3)
    @rule(d=who)
    def clone(self, d: int) -> None:
        desk = self.desk(d)
        desk.commit()
        other = desk_in(self.site, desk.root, self.base / "three", "three")
        shutil.rmtree(other.root / STATE, ignore_errors=True)
        self.desks.append(other)
