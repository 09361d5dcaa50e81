"""Histories of bulk work: replacing, reverting, and plans that meet what happened since."""

from __future__ import annotations

import pytest

from confsync.sync import fetch
from tests.property.machine import Team
from tests.property.team.lines import marks


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PAUSES", ())


def team_of(*, past: bool = False) -> Team:
    team = Team()
    team.start(past=past)
    return team


def replace(team: Team, n: int, *, cut: int = 0) -> None:
    team.replace(d=0, n=n, where=0, everywhere=True, cut=cut, moment=0, me=0)


def apply(team: Team, d: int = 0, *, whole: bool = False, cut: int = 0) -> None:
    team.apply(d=d, n=0, whole=whole, cut=cut, trouble=None, moment=0, ana=0, me=0)


def end(team: Team) -> None:
    team.check()
    team.teardown()


def documents(team: Team, name: str) -> int:
    """Return the number of the first desk's document with a name."""
    return [path.name for path in team.desk(0).documents()].index(name)


@pytest.mark.parametrize("cut", [0, 3])
def test_a_line_is_replaced_planned_and_sent(cut: int) -> None:
    team = team_of()
    before = [row.body for row in team.site.pages()]
    replace(team, documents(team, "other.xhtml"))
    team.plan(d=0, delete=False)
    apply(team, cut=cut)
    apply(team)
    after = [row.body for row in team.site.pages()]
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    end(team)


@pytest.mark.parametrize("whole", [False, True])
def test_a_plan_does_not_delete_what_it_updates(whole: bool) -> None:
    """Found by reading: the document of a planned edit was deleted before the plan was applied."""
    team = team_of()
    n = documents(team, "other.xhtml")
    team.type_a_line(d=0, n=n, where=0)
    team.plan(d=0, delete=True)
    team.delete_a_document(d=0, n=n)
    apply(team, whole=whole)
    assert {row.title for row in team.site.pages()} == {"Home", "Guide", "Below", "Other", "News"}
    end(team)


def test_a_plan_is_applied_at_another_desk_that_has_the_same_documents() -> None:
    team = team_of()
    team.type_a_line(d=0, n=documents(team, "other.xhtml"), where=0)
    team.plan(d=0, delete=False)
    team.desk(0).commit()
    apply(team, d=1)  # it has not got the edit
    assert all(row.version == 1 for row in team.site.pages())
    team.fetch(d=1, e=0)
    apply(team, d=1)
    apply(team, d=0)
    assert sorted(row.version for row in team.site.pages()) == [1, 1, 1, 1, 2]
    end(team)


def test_a_document_says_what_an_older_version_said() -> None:
    team = team_of()
    n = documents(team, "other.xhtml")
    first = marks(team.desk(0).documents()[n].read_text())
    team.work(d=0, n=n, where=0)
    team.revert_a_document(d=0, n=n, version=1, cut=0, moment=0, me=0)
    assert marks(team.desk(0).documents()[n].read_text()) == first
    end(team)
