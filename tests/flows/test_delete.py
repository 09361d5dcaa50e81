"""Deleting pages and bringing them back: only on purpose, only what was seen, never in a mass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, each_git_format, status_of, writes

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def repo(desk: Desk) -> Desk:
    """Return the clone, committed."""
    desk.commit()
    return desk


@each_git_format
def test_a_deleted_document_deletes_its_page_only_when_asked(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    assert repo.json("status").outcomes == {GUIDE: "deleted"}
    repo("push")
    repo("pull")
    assert not repo.path(GUIDE).exists()
    assert status_of(wiki, guide) == "current"
    assert repo.json("push", "--delete", "--dry-run").outcomes == {GUIDE: "deleted"}
    assert status_of(wiki, guide) == "current"
    assert repo.json("push", "--delete").outcomes == {GUIDE: "deleted"}
    assert status_of(wiki, guide) == "trashed"
    count = len(writes(wiki))
    assert "already in the trash" in repo("push", "--delete").out
    assert len(writes(wiki)) == count
    repo.commit()
    assert "nothing to do" in repo("push", "--delete").out
    events = repo.json("log", "--local").data["events"]
    assert [(event["what"], event["page"]) for event in events] == [("deleted", guide)]


def test_a_page_that_was_edited_since_is_not_deleted(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.path(GUIDE).unlink()
    wiki.store.edit(guide, "<p>hers</p>", author="Ana", message="still needed")
    run = repo("push", "--delete", exit=1)
    assert "[rejected]  ENG/guide.xhtml   local is based on v1, the server has v2 (Ana" in run.out
    assert f"'confsync push --delete {guide}@2' deletes it" in run.err
    assert status_of(wiki, guide) == "current"
    repo("push", "--delete", f"{guide}@1", exit=1)
    assert status_of(wiki, guide) == "current"
    assert repo.json("push", "--delete", f"{guide}@2").outcomes == {GUIDE: "deleted"}
    assert status_of(wiki, guide) == "trashed"


def test_a_comment_since_is_a_change_too(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.path(GUIDE).unlink()
    wiki.store.comment(guide, "8080")
    repo("push", "--delete", exit=1)
    assert status_of(wiki, guide) == "current"


def test_without_git_a_missing_file_is_no_deletion(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.path(GUIDE).unlink()
    assert "nothing to do" in desk("push", "--delete").out
    run = desk("push", "--delete", guide, exit=1)
    assert "'Guide' is at v1, but you named no version" in run.out
    assert status_of(wiki, guide) == "current"
    desk("push", "--delete", f"{guide}@1")
    assert status_of(wiki, guide) == "trashed"


def test_a_named_page_whose_document_stands_takes_it_along(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    assert "it has unpushed changes" in desk("push", "--delete", guide, exit=1).out
    assert status_of(wiki, guide) == "current"
    desk("push", GUIDE)
    desk("push", "--delete", guide)
    assert status_of(wiki, guide) == "trashed"
    assert not desk.path(GUIDE).exists()
    assert "8081" in desk.text(f".confsync/trash/{GUIDE}")


def test_naming_a_page_pushes_nothing_else(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    desk = desk_at()
    desk.edit("ENG/other.xhtml", "other", "mine")
    desk("push", "--delete", guide)
    assert wiki.store.page(other).version == 1
    run = desk("push", "--delete", "123456789", exit=1)
    assert "page 123456789 is not in a space of this mirror" in run.err


def test_a_branch_goes_children_first_and_a_child_that_stays_keeps_its_parents(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    leaf = wiki.store.create_page("ENG", "Leaf", "<p>l</p>", parent=child).id
    desk = desk_at()
    desk.commit()
    for name in ("guide.xhtml", "guide/child.xhtml", "guide/child/leaf.xhtml"):
        desk.path(f"ENG/{name}").unlink()
    wiki.store.edit(leaf, "<p>hers</p>", author="Ana")
    run = desk.json("push", "--delete", exit=1)
    assert set(run.outcomes.values()) == {"rejected"}
    assert {status_of(wiki, i) for i in (guide, child, leaf)} == {"current"}
    run = desk.json("push", "--delete", f"{leaf}@2", "ENG/guide.xhtml", "ENG/guide/child.xhtml")
    assert list(run.outcomes.values()) == ["deleted"] * 3
    assert [path.rpartition("/")[2] for path in run.outcomes] == [
        "leaf.xhtml",
        "child.xhtml",
        "guide.xhtml",
    ]
    assert {status_of(wiki, i) for i in (guide, child, leaf)} == {"trashed"}


def test_a_page_with_a_new_child_in_the_browser_stays(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    run = repo("push", "--delete", exit=1)
    assert f"it has children that this push does not delete: page {child}" in run.out
    assert status_of(wiki, guide) == "current"


@pytest.mark.parametrize("how", ["403", "lost"])
def test_a_page_whose_child_could_not_be_deleted_stays(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str, how: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    desk = desk_at()
    desk.commit()
    desk.git("rm", "-qr", GUIDE, "ENG/guide")

    def at_child(method: str, path: str) -> int | None:
        status = 403 if how == "403" else 500
        return status if method == "DELETE" and path.endswith(child) else None

    wiki.faults.refuse = at_child
    run = desk.json("push", "--delete", exit=None)
    assert (status_of(wiki, child), status_of(wiki, guide)) == ("current", "current")
    assert run.outcomes[GUIDE] == "rejected"
    wiki.faults.refuse = None
    desk("push", "--delete")
    assert (status_of(wiki, child), status_of(wiki, guide)) == ("trashed", "trashed")


def test_children_that_moved_away_in_the_same_push_do_not_stay_below(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    desk = desk_at()
    desk.commit()
    desk.git("mv", "ENG/guide/child.xhtml", "ENG/child.xhtml")
    desk.git("rm", "-q", GUIDE)
    desk("push", "--delete")
    assert status_of(wiki, guide) == "trashed"
    page = wiki.store.page(child)
    assert (page.status, page.version) == ("current", 2)
    assert page.parent_id == wiki.store.space("ENG").homepage_id


def test_many_deletions_are_asked_about(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    ids = [wiki.store.create_page("ENG", f"P {n}", "<p>x</p>").id for n in range(11)]
    desk = desk_at()
    desk.commit()
    for n in range(11):
        desk.path(f"ENG/p-{n}.xhtml").unlink()
    run = desk("push", "--delete", exit=1)
    assert "this push would delete 11 pages (such as ENG/p-" in run.err
    assert "--allow-mass-delete" in run.err
    assert {status_of(wiki, i) for i in ids} == {"current"}
    desk("push", "--delete", "--allow-mass-delete")
    assert {status_of(wiki, i) for i in ids} == {"trashed"}


@pytest.mark.parametrize("whole", [False, True])
def test_a_push_that_would_empty_a_space_is_asked_about(
    wiki: Sandbox, repo: Desk, guide: str, whole: bool
) -> None:
    if whole:
        repo.path("ENG").rename(repo.root.parent / "not mounted")
    else:
        repo.path(GUIDE).unlink()
        repo.path("ENG/index.xhtml").unlink()
    run = repo("push", "--delete", exit=1)
    assert "there is no document in ENG/: this push would delete 2 pages" in run.err
    assert status_of(wiki, guide) == "current"
    assert "--allow-mass-delete" in run.err
    repo.git("checkout", "HEAD", "--", "ENG")
    repo("push", "--delete")
    assert status_of(wiki, guide) == "current"


@pytest.mark.parametrize("fault", ["lost", "refused"])
def test_a_lost_answer_is_looked_into(wiki: Sandbox, repo: Desk, guide: str, fault: str) -> None:
    repo.path(GUIDE).unlink()
    if fault == "lost":
        wiki.faults.lose_response = lambda method, path: method == "DELETE"
        repo("push", "--delete")
        assert status_of(wiki, guide) == "trashed"
    else:
        wiki.faults.refuse = lambda method, path: 503 if method == "DELETE" else None
        repo("push", "--delete", exit=3)
        assert status_of(wiki, guide) == "current"
    assert [method for method, _ in writes(wiki)] == ["DELETE"]


@each_git_format
def test_an_older_commit_tells_what_was_deleted(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.git("rm", "-q", GUIDE)
    repo.commit()
    assert "nothing to do" in repo("push", "--delete").out
    repo("push", "--delete", "--since", "HEAD~1")
    assert status_of(wiki, guide) == "trashed"
    assert (
        "git knows no commit 'nonsense'"
        in repo("push", "--delete", "--since", "nonsense", exit=2).err
    )


def test_a_moved_document_is_not_a_deleted_one(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.git("mv", GUIDE, "ENG/handbook.xhtml")
    repo("push", "--delete")
    assert status_of(wiki, guide) == "current"


@each_git_format
def test_a_trashed_page_comes_back_with_its_text(wiki: Sandbox, repo: Desk, guide: str) -> None:
    before = repo.text(GUIDE)
    repo.path(GUIDE).unlink()
    repo("push", "--delete")
    run = repo("restore", guide)
    assert f"'git checkout HEAD -- {GUIDE}', then 'confsync pull'" in run.out
    assert status_of(wiki, guide) == "current"
    assert repo.json("restore", guide, exit=1).outcomes == {GUIDE: "unchanged"}
    repo.git("checkout", "HEAD", "--", GUIDE)
    repo("pull")
    assert repo.text(GUIDE).partition("<h1>")[2] == before.partition("<h1>")[2]
    assert "clean" in repo("status", "--remote").out
    assert [e["what"] for e in repo.json("log", "--local").data["events"]] == [
        "deleted",
        "restored",
    ]


def test_a_restoration_whose_answer_is_lost_is_looked_into(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.trash(guide)
    wiki.faults.lose_response = lambda method, path: method == "PUT"
    desk("restore", guide)
    wiki.faults.lose_response = None
    assert (status_of(wiki, guide), wiki.store.page(guide).version) == ("current", 2)
    desk("pull")
    assert desk.path(GUIDE).exists()


def test_restoring_what_is_not_there_is_told(wiki: Sandbox, desk: Desk) -> None:
    assert "'confsync doctor' checks what you may see" in desk("restore", "99999999", exit=1).err
    assert "is not in the trash, but current" in desk("restore", GUIDE, exit=1).out
    told = desk("restore", "ENG/nothing.xhtml", exit=2).err
    assert "ENG/nothing.xhtml: confsync knows no page that had this document" in told


def test_what_a_pull_removed_was_not_deleted_by_the_user(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    wiki.store.trash(guide)
    repo("pull")
    assert not repo.path(GUIDE).exists()
    wiki.store.restore(guide)
    assert "nothing to do" in repo("push", "--delete").out
    assert status_of(wiki, guide) == "current"
    repo("pull")
    assert repo.path(GUIDE).exists()
    repo.path(GUIDE).unlink()
    repo("push", "--delete")
    assert status_of(wiki, guide) == "trashed"


def test_a_document_that_was_moved_out_of_every_space_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path("notes/old").mkdir(parents=True)
    repo.path(GUIDE).rename(repo.path("notes/old/guide.xhtml"))
    assert repo.json("status").outcomes == {GUIDE: "moved"}
    assert "stands at notes/old/guide.xhtml now, outside every space" in repo("status").out
    pulled = repo("pull").out
    assert "stands at notes/old/guide.xhtml now, outside every space" in pulled
    assert "on purpose" not in pulled
    run = repo("push", "--delete", exit=1)
    assert "[rejected]  ENG/guide.xhtml   stands at notes/old/guide.xhtml now" in run.out
    assert "move it back, or delete it there" in run.err
    assert status_of(wiki, guide) == "current"
    assert repo.json("push", "--delete", guide).outcomes == {GUIDE: "deleted"}, "by name it is"
    assert status_of(wiki, guide) == "trashed"
