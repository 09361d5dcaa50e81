"""The state machine: desks, a browser, git, kills and lost answers, in any order.

Rules do what people do; `check` looks after each that nothing was lost and nothing doubled.
"""

from __future__ import annotations

import functools
from datetime import timedelta

import hypothesis.strategies as st
from hypothesis.stateful import initialize, invariant

from confsync.sync.attachments import hints
from tests.property.rules.base import counts
from tests.property.rules.repository import Repository
from tests.property.rules.server import Server
from tests.property.team.beginning import Beginning
from tests.property.team.desk import Desk
from tests.property.team.oracle import Search
from tests.property.team.peace import brings_every_comment, equals_the_site
from tests.property.team.resolver import settle_down


class Team(Repository, Server):
    """Everybody together."""

    @initialize(
        plain=st.booleans(), past=st.booleans(), driver=st.sampled_from([False, False, True])
    )
    def start(self, plain: bool = False, past: bool = False, driver: bool = False) -> None:
        """Begin; with a `past`, in which everybody has worked, and a branch was made.

        With the `driver`, git merges documents with confsync.
        """
        counts.histories += 1
        self._settled: dict[Desk, tuple[dict[str, bytes], object]] = {}
        # Use hints also for few pages, and for what was written a moment ago.
        self.patch.setattr(hints, "WORTH", 0)
        self.patch.setattr(hints, "LAG", timedelta(0))
        self.site.store.close()
        self.site, self.desks = beginning(plain, past, driver).again(self.base)

    def work_in_the_past(self) -> None:
        """Work at both desks, and make a branch."""
        self.work(d=0, n=2, where=0)
        self.desk(0).git("branch", "topic")
        self.ana_types_a_line(n=1, where=1)
        self.catch_up(d=0)
        self.work(d=0, n=2, where=1)
        self.catch_up(d=1)

    def work_on_two_branches(self) -> None:
        """Edit and push a page on both branches, with the history of the space merged into one."""
        for desk in self.desks:
            desk.use_the_driver()
        self.take_the_history(d=0, rebase=False)
        self.change_branches(d=0, n=1)
        self.work(d=0, n=2, where=2)
        self.type_a_line(d=0, n=2, where=1)
        self.change_branches(d=0, n=0)
        self.catch_up(d=0)
        self.work(d=0, n=2, where=0)
        self.record(d=0)

    @invariant()
    def check(self) -> None:
        counts.steps += 1
        self.site.audit()
        self.site.no_version_twice()
        for desk in self.desks:
            desk.audit()

    def quiet(self) -> None:
        """Resolve at each desk, without new edits, until nothing is left to do."""
        for desk in self.desks:
            desk.remote.mislead("", None)
            desk.remote.search(Search.RIGHT)
            desk.commit()
            desk.drop_unknown()
            desk.drop_copies()
            brings_every_comment(desk)
        for _ in range(2):
            for desk in self.desks:
                self._settle_down_once(desk)
        for desk in self.desks:
            desk.run(desk.pull(refresh=True))
        self.check()
        before = [desk.files() for desk in self.desks], self.site.state()
        for desk in self.desks:
            desk.run(desk.pull(refresh=True))
            desk.run(desk.push())
        assert ([desk.files() for desk in self.desks], self.site.state()) == before
        for desk in self.desks:
            equals_the_site(desk)

    def _settle_down_once(self, desk: Desk) -> None:
        """Settle down, unless nothing has changed since the desk did."""
        if self._settled.get(desk) != (desk.files(), self.site.state()):
            settle_down(desk)
            self._settled[desk] = desk.files(), self.site.state()


@functools.cache
def beginning(plain: bool, past: bool, driver: bool) -> Beginning:
    """Return how histories begin. See `Team.start`."""
    team = Team()
    team.begin(plain)
    if past:
        team.work_in_the_past()
    if driver:
        team.work_on_two_branches()
    return Beginning(team.site, team.desks, team.base)
