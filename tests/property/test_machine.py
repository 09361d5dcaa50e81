"""Nothing is ever lost: the state machine, and the histories that once broke a promise."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from confsync.push.deletion import archive
from confsync.sync import fetch
from tests.profiles import histories
from tests.property.machine import Team
from tests.property.rules.damage import BROKEN
from tests.property.rules.repository import MERGES
from tests.property.team.oracle import Odd, Search
from tests.store_remote import Trouble


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PAUSES", ())
    monkeypatch.setattr(archive, "TASK_PAUSES", ())
    monkeypatch.setattr(archive, "LOOK_PAUSES", ())


def pull(team: Team, d: int = 0) -> None:
    team.pull(ana=0, cut=0, d=d, me=0, merge=False, moment=0, refresh=False)


def push(team: Team, d: int = 0, *, delete: bool = False, commit: bool = False) -> None:
    team.push(ana=0, cut=0, d=d, delete=delete, me=0, moment=0, trouble=None, commit=commit)


def work_on(team: Team, name: str) -> None:
    """Type a line into the first desk's document with this file name, push, and commit."""
    names = [path.name for path in team.desk(0).documents()]
    team.work(d=0, n=names.index(name), where=0)


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


@pytest.mark.parametrize("add", [True, False])
def test_ours_gives_up_labels_title_and_place_by_name(add: bool) -> None:
    """Found by the machine in itself: --ours keeps all that the document says of its page."""
    team = Team()
    team.start(plain=False)
    n = next(n for n, row in enumerate(team.site.pages()) if ("old" in row.labels) is not add)
    team.ana_labels(add=add, label="old", n=n)
    team.ana_retitles(n=n)
    team.ana_moves(n=n, m=1)
    row = team.site.pages()[n]
    path = next(p for p in team.desk(0).documents() if team.desk(0).page_of(p) == row)
    team.keep_ours(d=0, n=team.desk(0).documents().index(path), cut=0)
    push(team)
    assert ("old" in team.site.store.page(row.id).labels) is not add
    team.check()
    team.teardown()


def test_a_text_that_git_put_back_stays_while_the_page_gets_its_files() -> None:
    """Found by the machine in itself: the stamps of files are no part of what git put back."""
    team = Team()
    team.start(past=True)
    team.ana_reuses_a_title(m=0, n=1, trash=False)
    team.delete_a_document(d=0, n=0)
    team.revert_a_commit(back=1, d=0, then=True)
    assert team.desk(0).held()
    team.check()
    team.teardown()


def test_a_text_that_git_put_back_is_told_as_kept_while_its_page_is_not_visible() -> None:
    """Found by the machine in itself: such a page is told without an exit code."""
    team = Team()
    team.start()
    work_on(team, "news.xhtml")
    pages = [row.title for row in team.site.pages()]
    team.answer_oddly(d=0, n=pages.index("News"), odd=None)
    team.revert_a_commit(back=0, d=0, then=True)
    team.check()
    team.teardown()


def test_a_page_that_a_revert_emptied_gets_an_empty_paragraph() -> None:
    """Found by the machine in itself: its person did not follow what the refusal says."""
    team = Team()
    team.start()
    work_on(team, "index.xhtml")
    team.revert_a_commit(back=0, d=0, then=False)
    team.check()
    team.teardown()


def test_a_file_that_was_removed_and_attached_anew_with_as_many_bytes_is_pulled() -> None:
    """Found by the machine: both files are version 1, and equally long."""
    team = Team()
    team.start()
    team.ana_attaches(m=7, n=0)
    pull(team)
    team.ana_removes_a_file(n=0)
    team.ana_attaches(m=7, n=0)
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


def test_the_older_of_two_documents_that_git_left_of_a_page_is_what_its_person_keeps() -> None:
    """Found by the machine in itself: a person who deletes the newer one wants the older title."""
    team = Team()
    team.start(driver=True)
    team.ana_retitles(n=7)
    team.take_the_history(d=0, rebase=True)
    below, renamed = (p for p in team.desk(0).documents() if p.parent.name == "guide")
    assert team.desk(0).page_of(below) == team.desk(0).page_of(renamed)
    team.delete_a_document(d=0, n=team.desk(0).documents().index(renamed))
    team.check()
    team.quiet()
    assert "Below" in {row.title for row in team.site.pages()}
    team.teardown()


def test_a_deleted_document_that_git_brings_from_long_ago_is_what_its_person_wants() -> None:
    """Found by the machine in itself: what came since then is given up with the deletion."""
    team = Team()
    team.start(driver=True)
    guide = next(p for p in team.desk(0).documents() if p.name == "guide.xhtml")
    newest = guide.read_text()
    team.delete_a_document(d=0, n=team.desk(0).documents().index(guide))
    team.check_out_an_old_file(back=0, d=0, n=0)
    team.pick_a_commit(back=3, branch="topic", d=2, then=True)
    assert guide.read_text() != newest
    team.check()
    team.teardown()


def test_a_page_that_is_gone_comes_back_beside_one_that_took_its_title() -> None:
    """Found by the machine in itself: a page whose title is another's cannot be restored."""
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


def test_a_document_that_lost_its_stamp_is_told_by_its_hint() -> None:
    """Found by the machine in itself: a revert of the commit that settled a creation."""
    team = Team()
    team.start(plain=False, past=True)
    team.ana_moves(m=0, n=0)
    team.ana_labels(add=True, label="old", n=0)
    team.ana_restores(n=5)
    team.repair(d=1)
    team.revert_a_commit(back=0, d=2, then=False)
    team.write_a_new_document(d=1, n=1)
    team.ana_restores(n=7)
    team.write_a_new_document(d=0, n=7)
    team.ana_restores(n=7)
    team.revert_a_commit(back=1, d=0, then=True)
    team.revert_a_commit(back=0, d=0, then=False)
    for _ in range(3):
        team.back_up()
    team.check()
    team.teardown()


@pytest.mark.parametrize("again", [False, True])
def test_a_document_that_is_emptied_while_a_pull_moves_it_is_moved_as_it_is(again: bool) -> None:
    """Found by the machine in itself: a rename loses nothing that an editor still writes."""
    team = Team()
    team.start(plain=False, past=True)
    team.merge_a_branch(d=0, how=("--no-edit",), then=False)
    team.put_aside(d=0)
    team.ana_uses_a_folder(m=0, n=0)
    team.clone(d=0)
    team.ana_uses_a_folder(m=3, n=6)
    pull(team)
    team.pull(ana=1, commit=True, cut=0, d=1, me=1, merge=False, moment=8, refresh=True)
    team.check()
    if again:
        pull(team, d=1)
        team.repair(d=1)
    team.check()
    team.teardown()


def test_what_git_put_back_is_held() -> None:
    """A push that commits, and a revert of that commit."""
    team = Team()
    team.start()
    team.type_a_line(d=0, n=1, where=0)
    push(team, commit=True)
    team.revert_a_commit(d=0, back=0)
    assert len(team.desk(0).held()) == 1
    pull(team)
    push(team)
    team.check()
    team.teardown()


@pytest.mark.parametrize("how", MERGES[2:], ids=lambda how: how[-1])
def test_a_merge_that_takes_sides_is_held_too(how: tuple[str, ...]) -> None:
    team = Team()
    team.start()
    team.change_branches(d=0, n=1)
    team.type_a_line(d=0, n=1, where=0)
    push(team, commit=True)
    team.merge_a_branch(d=0, how=how)
    assert len(team.desk(0).held()) == (how[-1] == "ours" and "-s" in how)
    pull(team)
    team.check()
    team.teardown()


@pytest.mark.parametrize("how", sorted(BROKEN))
def test_a_broken_document_is_left_alone_and_its_page_is_not_deleted(how: str) -> None:
    team = Team()
    team.start()
    team.break_a_document(d=0, n=2, how=how)
    team.ana_types_a_line(n=1, where=0)
    pull(team)
    push(team, delete=True)
    assert len(team.site.pages()) == 5
    team.repair(d=0)
    pull(team)
    team.check()
    team.teardown()


def test_a_pointer_is_never_sent() -> None:
    team = Team()
    team.start()
    team.write_a_file(d=0, n=1, m=0)
    push(team)
    team.leave_a_pointer(d=0, n=0)
    push(team)
    pull(team)
    (file,) = [one for row in team.site.pages() for one in team.site.store.attachments(row.id)]
    assert file.version == 1
    team.check()
    team.teardown()


def test_what_a_restored_server_lost_is_in_the_trash() -> None:
    team = Team()
    team.start()
    team.back_up()
    team.type_a_line(d=0, n=1, where=0)
    push(team)
    team.restore_the_backup()
    assert not team.desk(0).typed <= team.site.ever_had()
    pull(team)
    team.check()
    assert team.desk(0).typed
    team.teardown()


@pytest.mark.parametrize("odd", Odd)
def test_an_odd_answer_about_a_page_stops_no_other(odd: Odd) -> None:
    team = Team()
    team.start()
    team.answer_oddly(d=0, n=1, odd=odd)
    for n in range(5):
        team.ana_types_a_line(n=n, where=0)
    pull(team)
    news = {row.id for row in team.site.pages()} - {team.page(1).id}
    seen = team.desk(0).seen
    assert all(seen[i].stamp.version == team.site.store.page(i).version for i in news)
    push(team, delete=True)
    team.check()
    team.teardown()


@pytest.mark.parametrize("search", Search)
def test_a_search_for_attachments_loses_and_removes_nothing(search: Search) -> None:
    team = Team()
    team.start()
    for n in (1, 2):
        team.ana_attaches(n=n, m=0)
    pull(team)
    before = team.desk(0).attachments()
    assert len(before) == 2
    team.search_so(d=0, search=search)
    team.ana_attaches(n=3, m=0)
    pull(team)
    pull(team)
    assert set(before) <= set(team.desk(0).attachments())
    assert len(team.desk(0).attachments()) == (2 if search in (Search.LAGGING, Search.EMPTY) else 3)
    push(team, delete=True)
    team.check()
    team.search_so(d=0, search=Search.RIGHT)
    pull(team)
    assert len(team.desk(0).attachments()) == 3
    team.teardown()


@pytest.mark.parametrize("trash", [False, True])
def test_a_new_page_with_an_old_title_has_its_own_files(trash: bool) -> None:
    team = Team()
    team.start()
    team.ana_attaches(n=1, m=0)
    pull(team)
    team.ana_reuses_a_title(n=1, m=0, trash=trash)
    pull(team)
    push(team, delete=True)
    team.check()
    team.teardown()


def test_a_drawing_keeps_its_media_type() -> None:
    team = Team()
    team.start()
    team.ana_draws(n=1)
    pull(team)
    team.write_a_file(d=0, n=2, m=7)
    push(team)
    (file,) = [one for row in team.site.pages() for one in team.site.store.attachments(row.id)]
    assert (file.version, file.media_type) == (2, "application/vnd.jgraph.mxfile")
    team.check()
    team.teardown()


def test_what_a_pull_removed_is_no_persons_deletion() -> None:
    team = Team()
    team.start()
    team.ana_trashes(n=2)
    pull(team)
    team.ana_restores(n=0)
    push(team, delete=True)
    assert len(team.site.pages()) == 5
    team.check()
    team.teardown()


def test_machines_that_merge_from_one_another_lose_nothing() -> None:
    team = Team()
    team.start()
    team.type_a_line(d=0, n=1, where=0)
    push(team, commit=True)
    team.type_a_line(d=1, n=2, where=0)
    team.fetch(d=1, e=0)
    push(team, 1, commit=True)
    team.fetch(d=0, e=1)
    assert team.desk(0).seen.keys() == team.desk(1).seen.keys()
    push(team)
    team.check()
    team.teardown()


def test_a_move_by_git_is_a_move() -> None:
    team = Team()
    team.start()
    team.move_a_file(d=0, n=4, m=2, branch=False, by_git=True)
    push(team, commit=True)
    other, guide = (team.site.pages()[n] for n in (3, 1))
    assert other.parent_id == guide.id
    team.check()
    team.teardown()


def test_of_two_documents_of_a_page_a_person_keeps_the_newer() -> None:
    """Found by the machine in itself: a commit brings back the place before a colleague's title."""
    team = Team()
    team.start(past=True)
    team.ana_retitles(n=1)
    team.pick_a_commit(back=3, branch="topic", d=0, then=True)
    team.pick_a_commit(back=1, branch="topic", d=0)
    team.check()
    team.teardown()


@pytest.mark.parametrize("trouble", [None, *Trouble])
def test_a_page_that_one_desk_archives_leaves_the_other_desk(trouble: Trouble | None) -> None:
    team = Team()
    team.start()
    names = [path.name for path in team.desk(0).documents()]
    team.delete_a_document(d=0, n=1)
    arguments = {"ana": 0, "cut": 0, "d": 0, "me": 0, "moment": 0, "delete": True, "archive": True}
    team.push(**arguments, trouble=trouble)
    team.push(**arguments, trouble=None)
    assert [row.status for row in team.site.pages("archived", "trashed")] == ["archived"]
    pull(team, 1)
    assert len(team.desk(1).documents()) == len(names) - 1
    team.check()
    team.teardown()
