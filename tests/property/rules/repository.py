"""A person at a desk, with git."""

from __future__ import annotations

import shutil

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from confsync.mirror.mirror import STATE
from tests.property.rules.base import pick, who
from tests.property.rules.bulk import Bulk
from tests.property.team.desk import desk_in
from tests.property.team.site import SPACE

# Whether a plain pull and push follow at once.
plain = st.booleans()
# How many commits before HEAD.
ages = st.integers(0, 3)
MERGES = (
    ("--no-edit",),
    ("--squash",),
    ("--no-edit", "-s", "ours"),
    ("--no-edit", "-X", "theirs"),
    ("--no-edit", "-X", "ours"),
)


class Repository(Bulk):
    """Commits, branches, merges, clones."""

    def go_on(self, d: int, then: bool) -> None:
        """Look at once what confsync makes of what git did."""
        desk = self.desk(d)
        for command in (desk.pull(), desk.push()) if then else ():
            held = desk.held()
            desk.keeps(held, desk.run(command))

    @rule(d=who)
    def commit(self, d: int) -> None:
        self.desk(d).commit()

    @rule(d=who, n=pick)
    def revert_a_file(self, d: int, n: int) -> None:
        """Put a file back to what HEAD has, edits and stamp."""
        desk = self.desk(d)
        if path := self.path(desk, n):
            with desk.acting():
                desk.git("checkout", "-q", "HEAD", "--", desk.name_of(path))
            desk.forget()

    @rule(d=who, n=pick, back=ages, then=plain)
    def check_out_an_old_file(self, d: int, n: int, back: int, then: bool = False) -> None:
        """Put a file back to what an older commit has."""
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.commit()
            with desk.acting(goes_on=True):
                desk.git("checkout", "-q", f"HEAD~{back}", "--", desk.name_of(path))
            self.go_on(d, then)

    @rule(d=who, back=ages, then=plain)
    def revert_a_commit(self, d: int, back: int, then: bool = False) -> None:
        """Undo a commit by another one; one that does not fit is left."""
        desk = self.desk(d)
        desk.commit()
        with desk.acting(goes_on=True):
            desk.git("revert", "--no-edit", f"HEAD~{back}") or desk.start_over()
        self.go_on(d, then)

    @rule(d=who, back=ages, branch=st.sampled_from(["main", "topic"]), then=plain)
    def pick_a_commit(self, d: int, back: int, branch: str, then: bool = False) -> None:
        desk = self.desk(d)
        desk.commit()
        with desk.acting(goes_on=True):
            desk.git("cherry-pick", f"{branch}~{back}") or desk.start_over()
        self.go_on(d, then)

    @rule(d=who, back=ages)
    def go_back(self, d: int, back: int) -> None:
        """Throw commits away, and what is not committed, too."""
        desk = self.desk(d)
        with desk.acting():
            desk.git("reset", "-q", "--hard", f"HEAD~{back}")
        desk.forget()

    @rule(d=who)
    def put_aside(self, d: int) -> None:
        """Put what is not committed on git's stash."""
        desk = self.desk(d)
        with desk.acting():
            desk.remember()
            desk.git("stash", "-q", "-u")

    @rule(d=who)
    def take_back(self, d: int) -> None:
        """Take from git's stash what fits, or else leave it there."""
        desk = self.desk(d)
        desk.commit()
        with desk.acting(goes_on=True):
            desk.git("stash", "pop", "-q") or desk.start_over()

    @rule(d=who, n=st.integers(0, 1))
    def change_branches(self, d: int, n: int) -> None:
        desk = self.desk(d)
        desk.commit()
        name = ("main", "topic")[n]
        with desk.acting(gives_up=False):
            desk.git("checkout", "-q", name) or desk.git("checkout", "-q", "-b", name)

    @rule(d=who, how=st.sampled_from(MERGES), then=plain)
    def merge_a_branch(self, d: int, how: tuple[str, ...], then: bool = False) -> None:
        """Merge `topic`. A strategy that takes sides gives up what the other side has."""
        desk = self.desk(d)
        desk.commit()
        gives_up = "-s" in how or "-X" in how
        with desk.acting(gives_up=False):
            desk.git("checkout", "-q", "topic")
        theirs = desk.seen
        with desk.acting(gives_up=False):
            desk.git("checkout", "-q", "main")
        with desk.acting(gives_up=gives_up, goes_on="--squash" not in how):
            merged = desk.git("merge", "-q", *how, "topic")
            if not merged:
                desk.start_over()
        if merged and "--squash" in how:
            desk.git("commit", "-qm", "merged")
        elif merged:
            desk.notice_of(theirs, gives_up=gives_up)
        self.go_on(d, then)

    @rule(d=who)
    def rebase_a_branch(self, d: int) -> None:
        """Put `topic` on top of `main`, if that goes without a conflict."""
        desk = self.desk(d)
        desk.commit()
        with desk.acting(gives_up=False):
            if desk.git("checkout", "-q", "topic"):
                desk.git("rebase", "-q", "main") or desk.git("rebase", "--abort")

    @rule(d=who)
    def record(self, d: int) -> None:
        """Bring the branch of the space's history up to date."""
        desk = self.desk(d)
        desk.run(desk.record())

    @rule(d=who, rebase=st.booleans(), then=plain)
    def take_the_history(self, d: int, rebase: bool, then: bool = False) -> None:
        """Merge the branch of the space's history, or rebase onto it, if that goes by itself."""
        self.record(d)
        desk = self.desk(d)
        desk.commit()
        branch = f"confluence/{SPACE}"
        with desk.acting(gives_up=False, goes_on=True):
            if rebase:
                desk.git("rebase", "-q", branch) or desk.git("rebase", "--abort")
            else:
                words = ("merge", "-q", "--no-edit", "--allow-unrelated-histories", branch)
                desk.git(*words) or desk.start_over()
        self.go_on(d, then)

    @rule(d=who, e=who)
    def fetch(self, d: int, e: int) -> None:
        """Merge what another machine has on its main branch."""
        desk, other = self.desk(d), self.desk(e)
        if desk is not other:
            desk.commit()
            with desk.acting(gives_up=False):
                desk.git("checkout", "-q", "main")
            with desk.acting(gives_up=False, goes_on=True):
                desk.git("fetch", "-q", str(other.root), "main")
                desk.git("merge", "-q", "--no-edit", "FETCH_HEAD") or desk.start_over()

    @precondition(lambda self: len(self.desks) < 3)
    @rule(d=who)
    def clone(self, d: int) -> None:
        desk = self.desk(d)
        desk.commit()
        other = desk_in(self.site, desk.root, self.base / "three", "three")
        shutil.rmtree(other.root / STATE, ignore_errors=True)
        if desk.has_the_driver:
            other.use_the_driver()
        self.desks.append(other)
