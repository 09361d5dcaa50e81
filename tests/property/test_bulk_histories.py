"""Histories of bulk work: replacing, reverting, and plans that meet what happened since."""

from __future__ import annotations

import pytest

from confsync.push.deletion import archive
from confsync.sync import fetch
from tests.property.machine import Team
from tests.property.team.lines import marks


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PAUSES", ())
    monkeypatch.setattr(archive, "TASK_PAUSES", ())
    monkeypatch.setattr(archive, "LOOK_PAUSES", ())


def team_of(*, plain: bool = False, past: bool = False) -> Team:
    team = Team()
    team.start(plain=plain, past=past)
    return team


def replace(team: Team, n: int, *, cut: int = 0) -> None:
    team.replace(d=0, n=n, where=0, everywhere=True, cut=cut, moment=0, me=0)


def apply(team: Team, d: int = 0, *, whole: bool = False, cut: int = 0) -> None:
    team.apply(d=d, n=0, whole=whole, cut=cut, trouble=None, moment=0, ana=0, me=0)


def push(team: Team) -> None:
    team.push(d=0, cut=0, trouble=None, delete=False, moment=0, ana=0, me=0)


def pull(team: Team) -> None:
    team.pull(d=0, cut=0, merge=False, refresh=True, moment=0, ana=0, me=0)


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


def take_back(team: Team, n: int = 0, *, d: int = 0, m: int = 0, named: bool = False) -> None:
    team.revert_a_run(d=d, n=n, m=m, named=named, cut=0, moment=0, me=0)


def test_a_push_is_taken_back_beside_an_edit_in_the_browser() -> None:
    team = team_of()
    n = documents(team, "other.xhtml")
    replace(team, n)
    push(team)
    (row,) = (row for row in team.site.pages() if row.version == 2)
    before = marks(team.site.store.versions(row.id)[0].body)
    team.ana_types_a_line(n=team.site.pages().index(row), where=7)
    hers = marks(team.site.store.page(row.id).body) - marks(row.body)
    pull(team)
    take_back(team)
    assert marks(team.desk(0).documents()[n].read_text()) == before | hers
    end(team)


def test_a_comment_on_a_push_that_is_taken_back_stays() -> None:
    """Found by reading: a comment makes no version, and the reversal took it away."""
    team = team_of()
    n = documents(team, "other.xhtml")
    team.type_a_line(d=0, n=n, where=0)
    push(team)
    row = next(row for row in team.site.pages() if row.title == "Other")
    line = min(marks(team.site.store.versions(row.id)[0].body))
    team.site.store.comment(row.id, line)
    pull(team)
    take_back(team)
    text = team.desk(0).documents()[n].read_text()
    assert f">{line}</ac:inline-comment-marker>" in text
    end(team)


def test_a_page_goes_back_after_the_page_above_its_former_place() -> None:
    """Found by reading: a parent and its child are moved apart by one push."""
    team = team_of()
    root = team.desk(0).root / "ENG"
    team.site.journal.of["moved"].moved = True
    (root / "guide" / "below.xhtml").rename(root / "below.xhtml")
    (root / "below").mkdir()
    (root / "guide.xhtml").rename(root / "below" / "guide.xhtml")
    places = [row.parent_id for row in team.site.pages()]
    push(team)
    assert [row.parent_id for row in team.site.pages()] != places
    take_back(team)
    push(team)
    assert [row.parent_id for row in team.site.pages()] == places
    end(team)


def test_a_push_is_taken_back_at_a_desk_that_does_not_know_it() -> None:
    """By the versions of a named page alone."""
    team = team_of()
    n = documents(team, "other.xhtml")
    replace(team, n)
    before = team.desk(1).documents()[n].read_bytes()
    push(team)
    team.pull(d=1, cut=0, merge=False, refresh=False, moment=0, ana=0, me=0)
    after = team.desk(1).documents()[n].read_bytes()
    take_back(team, d=1)
    assert team.desk(1).documents()[n].read_bytes() == after
    take_back(team, d=1, m=n, named=True)
    assert marks(team.desk(1).documents()[n].read_text()) == marks(before.decode())
    end(team)


def test_two_documents_of_a_page_have_places_of_their_own() -> None:
    """Found by the machine in itself: git left the document of a page at two places."""
    team = team_of(plain=True)
    team.ana_archives(n=1)
    team.take_the_history(d=1, rebase=True, then=True)
    team.check_out_an_old_file(back=0, d=0, n=0, then=False)
    team.work_and_take_it_back(cut=18, d=1, hers=False, n=4, where=7)
    end(team)
