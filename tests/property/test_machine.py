"""Nothing is ever lost: the state machine, and the histories that once broke a promise."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from confsync.sync import fetch as reading
from tests.profiles import histories
from tests.property.machine import Team
from tests.property.rules.repository import MERGES


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAUSES", ())


def test_whatever_a_team_does_nothing_is_lost() -> None:
    run_state_machine_as_test(
        Team, settings=settings(max_examples=histories(), stateful_step_count=15)
    )


def test_ours_gives_up_a_comment_by_name_and_no_more() -> None:
    """Found by the machine: a history that is no loss, since --ours named what it gave up."""
    team = Team()
    team.start()
    team.type_a_line(d=0, n=1, where=0)
    team.ana_comments(n=1)
    team.keep_ours(d=0, n=1, cut=0)
    team.check()
    team.teardown()


def test_a_file_beside_a_document_that_was_deleted_can_be_deleted() -> None:
    """Found by the machine in itself."""
    team = Team()
    team.start()
    team.write_a_file(d=0, n=0, m=0)
    team.delete_a_document(d=0, n=0)
    team.delete_a_file(d=0, n=0)
    team.check()
    team.teardown()


def test_a_page_that_is_gone_comes_back_beside_one_that_took_its_title() -> None:
    """Found by the machine in itself: nobody can restore a page whose title is another's."""
    team = Team()
    team.start()
    team.ana_archives(n=0)
    team.delete_a_document(d=0, n=0)
    team.ana_trashes(n=2)
    team.take_a_title(d=0, m=0, n=0)
    team.take_a_title(d=1, m=1, n=2)
    team.push(ana=0, cut=0, d=1, delete=False, me=0, moment=0, trouble=None)
    team.check()
    team.teardown()


def test_a_page_that_is_new_in_two_clones_and_retitled_in_between_is_two() -> None:
    """Found by the machine in itself, after 15,000 histories: nothing but the title tells."""
    team = Team()
    team.start(plain=False)
    team.write_a_new_document(d=0, n=0)
    team.clone(d=0)
    team.copy_and_look(d=0, n=0)
    team.ana_retitles(n=4)
    team.check()
    team.teardown()


def test_what_git_put_back_is_held() -> None:
    """A push that commits, and a revert of that commit."""
    team = Team()
    team.start()
    team.type_a_line(d=0, n=1, where=0)
    team.push(ana=0, cut=0, d=0, delete=False, me=0, moment=0, trouble=None, commit=True)
    team.revert_a_commit(d=0, back=0)
    assert len(team.desk(0).held()) == 1
    team.pull(ana=0, cut=0, d=0, me=0, merge=False, moment=0, refresh=False)
    team.push(ana=0, cut=0, d=0, delete=False, me=0, moment=0, trouble=None)
    team.check()
    team.teardown()


@pytest.mark.parametrize("how", MERGES[2:], ids=lambda how: how[-1])
def test_a_merge_that_takes_sides_is_held_too(how: tuple[str, ...]) -> None:
    team = Team()
    team.start()
    team.change_branches(d=0, n=1)
    team.type_a_line(d=0, n=1, where=0)
    team.push(ana=0, cut=0, d=0, delete=False, me=0, moment=0, trouble=None, commit=True)
    team.merge_a_branch(d=0, how=how)
    assert len(team.desk(0).held()) == (how[-1] == "ours" and "-s" in how)
    team.pull(ana=0, cut=0, d=0, me=0, merge=False, moment=0, refresh=False)
    team.check()
    team.teardown()
