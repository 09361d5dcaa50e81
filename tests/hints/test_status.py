"""Hints of `status` about pages and files, and of the commands that a path or an id is named to."""

from __future__ import annotations

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk
from tests.hints.conftest import commit, configure

GUIDE = "ENG/guide.xhtml"
PLAN = "ENG/my plan.xhtml"
NEW = "---\ntitle: Plan\n---\n<p>new</p>\n"


@pytest.fixture
def plan(wiki: Sandbox) -> str:
    """Return the id of a page whose document has a space in its name."""
    return wiki.store.create_page("ENG", "my plan", "<p>Port 8080.</p>", author="Ana").id


@pytest.fixture
def planned(plan: str, desk: Desk) -> Desk:
    """Return the desk with the document of the plan under a name with a space."""
    desk("pull")
    desk.path("ENG/my-plan.xhtml").rename(desk.path(PLAN))
    return desk


def in_git(desk: Desk) -> Desk:
    desk.git("init", "-q", "-b", "main", "--template=")
    commit(desk)
    return desk


def titles(wiki: Sandbox) -> set[str]:
    return {page.title for page in wiki.store.pages("ENG")}


# -- pages that differ on one side -----------------------------------------------------------------


def test_an_edit_is_sent(wiki: Sandbox, planned: Desk, plan: str) -> None:
    planned.edit(PLAN, "8080", "8081")
    planned.follow(planned("status"), "confsync push")
    assert "8081" in wiki.store.page(plan).body


def test_an_edit_beside_a_diverged_page_is_sent_alone(
    wiki: Sandbox, planned: Desk, plan: str, guide: str
) -> None:
    planned.edit(PLAN, "8080", "8081")
    planned.edit(GUIDE, "8080", "8082")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    planned.follow(planned("status", "--remote"), "confsync push")
    assert "8081" in wiki.store.page(plan).body
    assert wiki.store.page(guide).body == "<p>hers</p>"


@pytest.mark.parametrize("emptied", [False, True], ids=["file", "directory"])
def test_a_document_that_no_push_finds_is_moved_back(
    wiki: Sandbox, planned: Desk, plan: str, emptied: bool
) -> None:
    below = wiki.store.create_page("ENG", "Part", "<p>part</p>", parent=plan, author="Ana").id
    planned("pull")
    in_git(planned)
    path = planned.path("ENG/my plan/part.xhtml")
    if emptied:
        planned.git("mv", "ENG/my plan/part.xhtml", "ENG/my part.html")
        path.parent.rmdir()
    else:
        path.rename(path.with_suffix(".html"))
    status = planned("status")
    assert "its document stands at " in status.out
    assert "sends what you changed" not in status.out
    planned.follow(status, "mkdir" if emptied else "mv")
    assert f'id: "{below}"' in path.read_text()
    assert planned("status").out.startswith("clean: ")


def test_an_edit_is_discarded(planned: Desk) -> None:
    planned.edit(PLAN, "8080", "8081")
    planned.follow(planned("status"), "confsync pull --theirs")
    assert "8080" in planned.text(PLAN)


def test_what_the_server_changed_is_shown(wiki: Sandbox, planned: Desk, plan: str) -> None:
    wiki.store.edit(plan, "<p>hers</p>", author="Ana")
    run = planned("status", "--remote")
    assert "+<p>hers" in planned.follow(run, "confsync diff --remote")


def test_a_page_in_the_trash_is_restored(wiki: Sandbox, planned: Desk, plan: str) -> None:
    wiki.store.trash(plan)
    planned.follow(planned("status", "--remote"), "confsync restore")
    assert wiki.store.page(plan).status == "current"


# -- files that are not sent -----------------------------------------------------------------------


def test_a_suffix_in_large_letters_is_made_small(wiki: Sandbox, desk: Desk) -> None:
    desk.path("ENG/my plan.XHTML").write_text(NEW)
    desk.follow(desk("status"), "mv")
    desk("push")
    assert "Plan" in titles(wiki)


def test_a_new_document_outside_every_space_moves_to_one(wiki: Sandbox, desk: Desk) -> None:
    desk.path("my plans").mkdir()
    desk.path("my plans/my plan.xhtml").write_text(NEW)
    desk.follow(desk("status"), "mv")
    desk("push")
    assert "Plan" in titles(wiki)


def test_the_list_of_removals_is_staged(wiki: Sandbox, repo: Desk, guide: str) -> None:
    wiki.store.trash(guide)
    repo("pull")
    repo.follow(repo("status"), "git add")
    assert ".confsync.removed" in repo.git("diff", "--cached", "--name-only")


# -- what was deleted here -------------------------------------------------------------------------


def test_a_document_that_git_does_not_know_comes_back(planned: Desk) -> None:
    planned.path(PLAN).unlink()
    planned.follow(planned("status"), "confsync pull")
    assert planned.path("ENG/my-plan.xhtml").exists()


def test_the_page_of_a_document_that_git_does_not_know_is_deleted(
    wiki: Sandbox, planned: Desk, plan: str
) -> None:
    planned.path(PLAN).unlink()
    planned.follow(planned("status"), "confsync push --delete")
    assert wiki.store.page(plan).status == "trashed"


@pytest.mark.parametrize("command", [("status",), ("push", PLAN)], ids=["status", "push"])
def test_a_deleted_document_comes_back_from_git(planned: Desk, command: tuple[str, ...]) -> None:
    in_git(planned).path(PLAN).unlink()
    planned.follow(planned(*command, exit=None), "git checkout")
    assert planned.path(PLAN).exists()


@pytest.mark.parametrize("command", [("status",), ("push", PLAN)], ids=["status", "push"])
def test_the_page_of_a_deleted_document_is_deleted(
    wiki: Sandbox, planned: Desk, plan: str, command: tuple[str, ...]
) -> None:
    in_git(planned).path(PLAN).unlink()
    planned.follow(planned(*command, exit=None), "confsync push --delete")
    assert wiki.store.page(plan).status == "trashed"


def test_the_attachment_of_a_deleted_file_is_deleted(wiki: Sandbox, repo: Desk, guide: str) -> None:
    wiki.store.attach(guide, "a plan.png", b"one")
    configure(repo, "attachments: true\n")
    repo("pull")
    commit(repo)
    repo.path("ENG/guide.attachments/a plan.png").unlink()
    repo.follow(repo("status"), "confsync push --delete")
    assert list(wiki.store.attachments(guide)) == []


# -- a path that means no document -----------------------------------------------------------------


def test_a_path_that_never_was_a_document_may_come_with_a_pull(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.create_page("ENG", "Ports", "<p>x</p>")
    desk.follow(desk("push", "ENG/ports.xhtml", exit=2), "confsync pull")
    assert desk.path("ENG/ports.xhtml").exists()


@pytest.mark.parametrize(
    ("stands", "document"), [("ENG/my plan.XHTML", PLAN), ("my plan.xhtml", PLAN)]
)
def test_a_file_that_is_no_document_becomes_one(desk: Desk, stands: str, document: str) -> None:
    desk.path(stands).write_text(NEW)
    desk.follow(desk("push", stands, exit=2), "mv")
    assert "0 documents" not in desk("check", document).out


def test_a_check_of_a_file_that_is_no_document_names_the_command_too(desk: Desk) -> None:
    desk.path("ENG/my plan.XHTML").write_text(NEW)
    desk.follow(desk("check", "ENG/my plan.XHTML"), "mv")
    assert "1 document" in desk("check", PLAN).out


# -- a page that is named --------------------------------------------------------------------------


def test_a_page_of_the_trash_is_chosen_from_the_list(
    wiki: Sandbox, planned: Desk, plan: str
) -> None:
    wiki.store.trash(plan)
    listed = planned.follow(planned("restore", exit=2), "confsync restore --list")
    assert "my plan" in listed
    run = planned("restore", "ENG/nothing.xhtml", exit=2)
    assert planned.follow(run, "confsync restore --list") == listed
    planned.follow(planned("restore", "--list"), "confsync restore")
    assert wiki.store.page(plan).status == "current"


def test_one_of_several_pages_that_had_a_document_is_restored(
    wiki: Sandbox, planned: Desk, plan: str
) -> None:
    in_git(planned)
    planned.git("rm", "-q", PLAN)
    commit(planned)
    other = wiki.store.create_page("ENG", "Other", "<p>x</p>").id
    planned("pull")
    planned.path("ENG/other.xhtml").rename(planned.path(PLAN))
    commit(planned)
    planned.git("rm", "-q", PLAN)
    commit(planned)
    planned.path(".confsync/audit.jsonl").unlink(missing_ok=True)
    for page in (plan, other):
        wiki.store.trash(page)
    planned.follow(planned("restore", PLAN, exit=2), "confsync restore")
    assert {wiki.store.page(page).status for page in (plan, other)} == {"current", "trashed"}


def test_an_edit_of_a_page_that_is_not_in_the_trash_is_discarded(planned: Desk) -> None:
    planned.edit(PLAN, "8080", "8081")
    planned.follow(planned("restore", PLAN, exit=1), "confsync pull --theirs")
    assert "8080" in planned.text(PLAN)


def test_the_versions_of_a_page_that_is_not_in_the_trash_are_listed(planned: Desk) -> None:
    run = planned("restore", PLAN, exit=1)
    assert "edit" not in run.err
    assert "v1" in planned.follow(run, "confsync log")


def test_a_page_that_is_not_in_the_trash_comes_with_a_pull(desk: Desk, plan: str) -> None:
    desk("pull")
    desk.path("ENG/my-plan.xhtml").unlink()
    desk.follow(desk("restore", plan, exit=1), "confsync pull")
    assert desk.path("ENG/my-plan.xhtml").exists()


def test_a_document_whose_page_is_not_in_the_trash_comes_from_git(planned: Desk, plan: str) -> None:
    in_git(planned).path(PLAN).unlink()
    planned.follow(planned("restore", plan, exit=1), "git checkout")
    assert planned.path(PLAN).exists()


def test_after_a_deletion_status_says_how_to_take_it_back_and_not_how_to_do_it_again(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    assert "push --delete" in repo("status").out
    repo("push", "--delete")
    run = repo("status")
    assert "this mirror put its page into the trash" in run.out
    assert "push --delete" not in run.out + run.err
    repo.follow(run, "confsync restore")
    assert wiki.store.page(guide).status == "current"
    assert "into the trash" not in repo("status").out


def test_the_versions_of_a_page_are_listed_where_one_is_missing(desk: Desk) -> None:
    run = desk("show", f"{GUIDE}@99", exit=1)
    assert "  v1 " in desk.follow(run, "confsync log").replace("*", " ")


def test_a_version_is_shown_and_not_opened(planned: Desk) -> None:
    run = planned("open", f"{PLAN}@1", exit=2)
    assert "8080" in planned.follow(run, "confsync show")
