"""Hints about pages that are archived instead of deleted."""

from __future__ import annotations

from collections.abc import Callable

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, status_of
from tests.hints.conftest import commit

GUIDE = "ENG/guide.xhtml"


def test_archive_alone_lists_the_pages(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.path(GUIDE).unlink()
    run = repo("push", "--archive", GUIDE, exit=2)
    assert "1 archived" in repo.follow(run, "confsync push --delete --archive --dry-run")
    assert status_of(wiki, guide) == "current"


def test_a_page_that_changed_is_looked_at_and_archived(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    run = repo("push", "--delete", "--archive", exit=1)
    assert "hers" in repo.follow(run, "confsync show")
    repo.follow(run, "confsync push --delete --archive")
    assert status_of(wiki, guide) == "archived"


def test_a_page_is_archived_with_the_pages_below_it(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    desk = desk_at("my mirror")
    run = desk("push", "--delete", "--archive", f"{guide}@1", exit=1)
    desk.follow(run, "confsync push --delete --archive")
    assert {status_of(wiki, one) for one in (guide, child)} == {"archived"}


def test_a_document_that_was_moved_out_is_archived_by_its_id(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.git("mv", GUIDE, "old guide.xhtml")
    run = repo("push", "--delete", "--archive", exit=1)
    assert "move it back, or delete it there and push --delete --archive again" in run.err
    repo.follow(run, "confsync push --delete --archive")
    assert status_of(wiki, guide) == "archived"


def test_many_pages_to_archive_are_listed_and_permitted(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    for number in range(12):
        wiki.store.create_page("ENG", f"P {number}", "<p>text</p>")
    desk = desk_at("my mirror")
    desk.git("init", "-q", "--template=")
    commit(desk)
    for number in range(12):
        desk.path(f"ENG/p-{number}.xhtml").unlink()
    run = desk("push", "--delete", "--archive", exit=1)
    listed = desk.follow(run, "confsync push --delete --archive --dry-run")
    assert "12 archived" in listed
    desk.follow(run, "confsync push --delete --archive --allow-mass-delete")
    assert len(wiki.store.pages("ENG", ("archived",))) == 12


def test_a_page_that_the_server_does_not_archive_goes_into_the_trash(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    wiki.faults.refuse = lambda method, path: 400 if method == "POST" else None
    run = repo("push", "--delete", "--archive", exit=1)
    wiki.faults.refuse = None
    repo.follow(run, "confsync push --delete")
    assert status_of(wiki, guide) == "trashed"


def test_a_page_in_the_trash_is_restored_and_archived(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    wiki.store.trash(guide)
    repo.path(GUIDE).unlink()
    repo.follow(repo("push", "--delete", "--archive", exit=1), "confsync restore")
    repo("push", "--delete", "--archive", f"{guide}@2")
    assert status_of(wiki, guide) == "archived"


def test_a_page_to_delete_that_is_archived_stays_there(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    wiki.store.archive(guide)
    run = repo("push", "--delete", exit=1)
    assert "the page is archived\n" in run.out
    assert "already archived" in repo.follow(run, "confsync push --delete --archive")
    assert status_of(wiki, guide) == "archived"
