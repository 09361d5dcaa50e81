"""Settings by two desks and a browser, with kills and lost answers: none is overwritten unseen."""

from __future__ import annotations

import re
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from confsync.document.settings.names import KEYS, RESTRICTIONS
from confsync.document.settings.restrictions import OPERATIONS
from confsync.sandbox.store.actions.groups import EVERYONE
from confsync.sandbox.store.rows import PAGE
from tests.profiles import histories
from tests.property.rules.base import Base, pick, who
from tests.property.team.peace import equals_the_site
from tests.property.team.resolver import settle_down
from tests.property.team.site import PLAIN
from tests.store_remote import Trouble

WIDTH = KEYS["width"]
CHOSEN = PLAIN._replace(settings=("width", "owner", "order", "restrictions", "properties.team"))
VALUES = ["full-width", "one", "two", None]
LINES = [
    *("width: full", "width: one", "width: two", "width: null"),
    *("order: 1", "order: 2", "order: 9"),
    *("owner: Me", "owner: Ana", "owner: Ben"),
    "restrictions: {read: [group:confluence-users]}",
    "restrictions: {update: [group:confluence-users]}",
    "restrictions: {read: [group:confluence-users], update: [group:confluence-users, user:Ana]}",
    "restrictions: null",
    *("properties: {team: one}", "properties: {team: two}", "properties: {team: null}"),
]
_BLOCK = {
    "width": re.compile(r"^width:.*\n", re.MULTILINE),
    "restrictions": re.compile(r"^restrictions:.*\n", re.MULTILINE),
    "owner": re.compile(r"^owner:.*\n", re.MULTILINE),
    "order": re.compile(r"^order:.*\n", re.MULTILINE),
    "properties": re.compile(r"^properties:.*\n(?:  .*\n)*", re.MULTILINE),
}


class Setters(Base):
    """Two desks whose mirrors manage settings, and Ana in the browser."""

    @initialize()
    def start(self) -> None:
        self.site.config = CHOSEN
        for name in ("one", "two"):
            self.site.store.add_user(name)
        self.begin(plain=False)

    @rule(n=pick, key=st.sampled_from([WIDTH, "team"]), value=st.sampled_from(VALUES))
    def ana_sets(self, n: int, key: str, value: str | None) -> None:
        row, store = self.page(n), self.site.store
        if not row:
            return
        held = store.properties(row.id, key)
        if value is None and held:
            store.remove_property(row.id, key)
        elif value is not None and held:
            store.set_property(row.id, key, value, held[0].version + 1, "Ana")
        elif value is not None:
            store.add_property(row.id, key, value, "Ana")

    @rule(n=pick, operation=st.sampled_from(OPERATIONS), users=st.sampled_from([(), ("Ana",)]))
    def ana_restricts(self, n: int, operation: str, users: tuple[str, ...]) -> None:
        """Name the group of all, who may be alone with Ana, or let everyone in."""
        if row := self.page(n):
            groups = [EVERYONE] if users else []
            self.site.store.restrict_to(row.id, operation, "user", users)
            self.site.store.restrict_to(row.id, operation, "group", groups)

    @rule(n=pick, name=st.sampled_from(["Me", "Ana", "Ben"]))
    def ana_hands_over(self, n: int, name: str) -> None:
        if (row := self.page(n)) and row.type == PAGE:
            self.site.store.set_owner(row.id, name)

    @rule(n=pick, other=pick, beside=st.sampled_from(["before", "after"]))
    def ana_reorders(self, n: int, other: int, beside: str) -> None:
        row, target = self.page(n), self.page(other)
        if row is None or target is None or row.id == target.id:
            return
        if row.type == target.type == PAGE and row.parent_id == target.parent_id:
            self.site.store.move(row.id, beside, target.id)

    @rule(n=pick)
    def ana_sorts(self, n: int) -> None:
        if (row := self.page(n)) and row.type == PAGE:
            self.site.store.sort_children(row.id)

    @rule(d=who, n=pick, line=st.sampled_from(LINES))
    def set_a_line(self, d: int, n: int, line: str) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            text = _BLOCK[line.partition(":")[0]].sub("", path.read_text(), count=1)
            path.write_text(re.sub(r"^(title: .*)$", rf"\1\n{line}", text, count=1, flags=re.M))

    @rule(d=who, n=pick, where=pick)
    def type_a_line(self, d: int, n: int, where: int) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.type_into(path, where)

    @rule(d=who, cut=st.integers(0, 20), trouble=st.sampled_from([None, None, *Trouble]))
    def push(self, d: int, cut: int, trouble: Trouble | None) -> None:
        desk = self.desk(d)
        desk.run(desk.push(), cut if cut > 4 else 0, trouble)

    @rule(d=who, cut=st.integers(0, 20))
    def pull(self, d: int, cut: int) -> None:
        desk = self.desk(d)
        desk.run(desk.pull(), cut if cut > 4 else 0)

    @rule(d=who, n=pick, meddling=st.integers(1, 30), value=st.sampled_from(VALUES[:3]))
    def push_while_ana_sets(self, d: int, n: int, meddling: int, value: str) -> None:
        desk = self.desk(d)
        desk.run(desk.push(), meddle=(meddling, lambda: self.ana_sets(n, WIDTH, value)))

    @rule(d=who, n=pick, meddling=st.integers(1, 30), users=st.sampled_from([(), ("Ana",)]))
    def push_while_ana_restricts(
        self, d: int, n: int, meddling: int, users: tuple[str, ...]
    ) -> None:
        desk = self.desk(d)
        desk.run(desk.push(), meddle=(meddling, lambda: self.ana_restricts(n, "update", users)))

    @invariant()
    def check(self) -> None:
        self.site.audit()
        for desk in self.desks:
            desk.audit()

    @rule(d=who, n=pick, other=pick, meddling=st.integers(1, 30))
    def push_while_ana_reorders(self, d: int, n: int, other: int, meddling: int) -> None:
        desk = self.desk(d)

        def reorder() -> None:
            desk.audit_of_writes.meddled = True
            self.ana_reorders(n, other, "before")

        desk.run(desk.push(), meddle=(meddling, reorder))

    def quiet(self) -> None:
        """Settle each desk, until both equal the server."""
        for _ in range(2):
            for desk in self.desks:
                desk.commit()
                settle_down(desk)
        for desk in self.desks:
            desk.run(desk.pull(refresh=True))
        before = [desk.files() for desk in self.desks], self.site.state()
        for desk in self.desks:
            desk.run(desk.pull(refresh=True))
            desk.run(desk.push())
        assert ([desk.files() for desk in self.desks], self.site.state()) == before
        for desk in self.desks:
            equals_the_site(desk)


def test_whatever_two_desks_and_a_browser_set_no_value_is_overwritten_unseen() -> None:
    count = max(1, histories() // 5)
    run_state_machine_as_test(
        Setters, settings=settings(max_examples=count, stateful_step_count=12)
    )


def test_the_oracle_sees_a_value_that_no_one_read() -> None:
    """As if a push took the version from the server to get past the check."""
    team = Setters()
    try:
        team.start()
        desk, row = team.desk(0), team.page(1)
        assert row is not None
        team.ana_sets(1, WIDTH, "one")
        desk.note()
        stamp = desk.seen[row.id].stamp
        assert stamp is not None
        desk.audit_of_writes.stamps = {row.id: replace(stamp, properties=())}
        (info,) = desk.remote.properties(row.id, [WIDTH])
        desk.remote.put_property(row.id, WIDTH, '"two"', base=info)
        with pytest.raises(AssertionError, match="an unseen width of page"):
            desk.audit()
    finally:
        team.desks = []
        team.teardown()


def test_the_oracle_sees_a_restriction_that_no_one_read() -> None:
    """As if a push lifted what its base does not know."""
    team = Setters()
    try:
        team.start()
        desk, row = team.desk(0), team.page(1)
        assert row is not None
        team.ana_restricts(1, "read", ("Ana",))
        desk.note()
        (info,) = desk.remote.properties(row.id, [RESTRICTIONS])
        stamp = desk.seen[row.id].stamp
        assert stamp is not None
        desk.audit_of_writes.stamps = {row.id: replace(stamp, properties=())}
        desk.remote.remove_property(row.id, info)
        with pytest.raises(AssertionError, match="unseen restrictions of page"):
            desk.audit()
    finally:
        team.desks = []
        team.teardown()


@pytest.mark.parametrize("asked", [False, True])
def test_the_oracle_sees_a_move_that_no_file_asked_for_or_that_undoes_another(asked: bool) -> None:
    """As if a push moved another page than it should, or did not look at the siblings first."""
    team = Setters()
    try:
        team.start()
        desk, below = team.desk(0), {row.title: row for row in team.site.pages()}
        guide, other = below["Guide"].id, below["Other"].id
        if asked:
            team.site.journal.of[other].settings.add(("order", "1"))
            team.site.store.move(guide, "after", other)
            said = "an unseen order of page"
        else:
            said = "the order below .* is another one"
        desk.audit_of_writes.stamps = {i: seen.stamp for i, seen in desk.seen.items() if seen.stamp}
        desk.remote.places.move(other, "after" if asked else "before", guide)
        with pytest.raises(AssertionError, match=said):
            desk.audit()
    finally:
        team.desks = []
        team.teardown()
