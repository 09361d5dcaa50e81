"""Hints of a push: what was refused or left over, and what ends that."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from confsync.remote import failures
from confsync.remote.client import Client
from confsync.sandbox import Sandbox
from confsync.sync.compare import Absent
from confsync.sync.fetch import Reader
from tests.flows.conftest import Desk
from tests.hints.conftest import commit, configure

GUIDE = "ENG/guide.xhtml"
PLAN = "ENG/my plan.xhtml"


@pytest.fixture
def many(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone of thirty pages."""
    for number in range(30):
        wiki.store.create_page("ENG", f"P {number}", "<p>text</p>")
    return desk_at("my mirror")


def ids(wiki: Sandbox, *titles: str) -> list[str]:
    """Return the ids of pages by their titles."""
    known = {page.title: page.id for page in wiki.store.pages("ENG")}
    return [known[title] for title in titles]


# -- guards ----------------------------------------------------------------------------------------


def test_many_deletions_are_listed_and_permitted(wiki: Sandbox, many: Desk) -> None:
    many.git("init", "-q", "--template=")
    commit(many)
    for number in range(20):
        many.path(f"ENG/p-{number}.xhtml").unlink()
    run = many("push", "--delete", exit=1)
    listed = many.follow(run, "confsync push --delete --dry-run")
    assert listed.count("deleted") >= 20
    many.follow(run, "confsync push --delete --allow-mass-delete")
    assert len(list(wiki.store.pages("ENG"))) <= 11


def test_many_moves_are_listed_and_permitted(wiki: Sandbox, many: Desk) -> None:
    many.path("ENG/p-0").mkdir()
    for number in range(1, 20):
        many.path(f"ENG/p-{number}.xhtml").rename(many.path(f"ENG/p-0/p-{number}.xhtml"))
    run = many("push", exit=1)
    assert many.follow(run, "confsync status").count(" > moved") == 19
    many.follow(run, "confsync push --allow-mass-move")


def test_the_home_page_is_put_back_by_a_pull(wiki: Sandbox, desk: Desk) -> None:
    desk.path("ENG/index.xhtml").rename(desk.path("ENG/old.xhtml"))
    desk.path(GUIDE).rename(desk.path("ENG/index.xhtml"))
    desk.edit("ENG/index.xhtml", "8080", "8081")
    run = desk("push", exit=1)
    assert "but the home page of ENG is" in run.err
    desk.follow(run, "confsync pull")
    desk("push")


# -- the order of a push ---------------------------------------------------------------------------


def test_a_parent_that_was_not_named_comes_first(wiki: Sandbox, desk: Desk) -> None:
    desk("new", PLAN, "--title", "Plan")
    desk("new", "ENG/my plan/part.xhtml", "--title", "Part")
    desk.follow(desk("push", "ENG/my plan/part.xhtml", exit=1), "confsync push")
    desk("push", "ENG/my plan/part.xhtml")
    assert ids(wiki, "Plan", "Part")


def test_a_title_that_another_document_gives_up_comes_first(wiki: Sandbox, desk: Desk) -> None:
    desk("new", PLAN, "--title", "Plan")
    desk("push")
    desk.edit(PLAN, "title: Plan", "title: Old plan")
    desk.edit(GUIDE, "title: Guide", "title: Plan")
    desk.follow(desk("push", GUIDE, exit=1), "confsync push")
    desk("push", GUIDE)
    assert ids(wiki, "Plan", "Old plan")


def test_a_page_that_makes_a_cycle_is_moved_first(wiki: Sandbox, desk: Desk) -> None:
    desk("new", "ENG/guide/my plan.xhtml", "--title", "Plan")
    desk("push")
    desk.path("ENG/guide/my plan.xhtml").rename(desk.path(PLAN))
    desk.path("ENG/guide").rmdir()
    desk.path("ENG/my plan").mkdir()
    desk.path(GUIDE).rename(desk.path("ENG/my plan/guide.xhtml"))
    run = desk("push", "ENG/my plan/guide.xhtml", exit=1)
    desk.follow(run, "confsync push")
    desk("push")
    plan, guide = ids(wiki, "Plan", "Guide")
    assert wiki.store.page(guide).parent_id == plan


# -- places and titles that a push refuses ---------------------------------------------------------


def _write(desk: Desk, place: str, title: str) -> None:
    desk.path(place).parent.mkdir(parents=True, exist_ok=True)
    desk.path(place).write_text(f"---\ntitle: {title}\n---\n<p>new</p>\n")


def test_a_title_of_a_page_is_shown(wiki: Sandbox, desk: Desk) -> None:
    _write(desk, PLAN, "Guide")
    assert "8080" in desk.follow(desk("push", exit=1), "confsync show")
    _write(desk, PLAN, "Plan")
    desk("push")
    assert ids(wiki, "Guide", "Plan")


def test_one_of_two_new_documents_with_one_title_leaves(wiki: Sandbox, desk: Desk) -> None:
    _write(desk, PLAN, "Plan")
    _write(desk, "ENG/my plan (2).xhtml", "Plan")
    desk.follow(desk("push", exit=1), "mv")
    desk("push")
    assert ids(wiki, "Plan")


def test_a_name_of_a_device_is_replaced(wiki: Sandbox, desk: Desk) -> None:
    _write(desk, "ENG/aux.xhtml", "Plan")
    desk.follow(desk("push", exit=1), "mv")
    assert desk.path("ENG/aux-page.xhtml").exists()
    desk("push")
    assert ids(wiki, "Plan")


@pytest.mark.parametrize("way", ["mv", "confsync new"])
def test_a_document_below_no_page_gets_a_parent(wiki: Sandbox, desk: Desk, way: str) -> None:
    _write(desk, "ENG/my things/my plan.xhtml", "Plan")
    desk.follow(desk("push", exit=1), way)
    desk("push")
    assert ids(wiki, "Plan", *(["my things"] if way == "confsync new" else []))


def test_a_copy_is_taken_out_of_the_mirror(wiki: Sandbox, desk: Desk) -> None:
    desk.path("ENG/my copy.xhtml").write_text(desk.text(GUIDE))
    desk.follow(desk("push", exit=4), "mv")
    desk("push")
    assert len(list(desk.path("ENG").glob("*.xhtml.txt"))) == 1


# -- documents that are not sent -------------------------------------------------------------------


def test_broken_markup_is_checked_and_pushed(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080.</p>", "8081.</b>")
    run = desk("push", exit=1)
    assert "mismatched tag" in desk.follow(run, "confsync check", exit=1)
    desk.edit(GUIDE, "8081.</b>", "8081.</p>")
    desk.follow(run, "confsync push")
    assert "8081" in wiki.store.page(guide).body


def test_a_conflict_in_a_status_is_checked_and_pushed(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    text = desk.text(GUIDE)
    sides = "<<<<<<< a\n<p>one</p>\n=======\n<p>two</p>\n>>>>>>> b\n"
    desk.path(GUIDE).write_text(text + sides)
    run = desk("status")
    assert "conflict marker" in desk.follow(run, "confsync check", exit=1)
    desk.path(GUIDE).write_text(text + "<p>both</p>\n")
    desk.follow(run, "confsync push")
    assert "both" in wiki.store.page(guide).body


def test_a_file_that_is_not_staged_is_staged(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.edit(GUIDE, "8080", "8081")
    repo.git("add", GUIDE)
    repo.edit(GUIDE, "8081", "8082")
    repo.follow(repo("push", "--staged", GUIDE, exit=1), "git add")
    repo("push", "--staged")
    assert "8082" in wiki.store.page(guide).body


@pytest.mark.parametrize("command", ["push", "pull --prune"])
def test_an_edit_of_an_excluded_page_goes_to_the_trash(desk: Desk, command: str) -> None:
    _exclude(desk)
    desk.edit(GUIDE, "8080", "8081")
    run = desk(*command.split(), exit=None)
    assert "excluded by .confsync.yaml" in run.out
    desk.follow(run, "confsync pull --theirs")
    assert not desk.path(GUIDE).exists()
    (copy,) = desk.path(".confsync/trash").rglob("guide.xhtml")
    assert "8081" in copy.read_text()


def _exclude(desk: Desk) -> None:
    path = desk.path(".confsync.yaml")
    path.write_text(path.read_text().replace("path: ENG", 'path: ENG\n  exclude: ["guide*"]'))


def test_what_is_excluded_and_unmodified_is_pruned(wiki: Sandbox, desk: Desk) -> None:
    _exclude(desk)
    run = desk("pull")
    desk.follow(run, "confsync pull --prune")
    assert not desk.path(GUIDE).exists()


def test_an_emptied_attachment_is_deleted_first(wiki: Sandbox, repo: Desk, guide: str) -> None:
    shown = '<p>x</p><ac:image><ri:attachment ri:filename="a plan.png" /></ac:image>'
    wiki.store.edit(guide, shown, author="Ana")
    wiki.store.attach(guide, "a plan.png", b"one")
    configure(repo, "attachments: true\n")
    repo("pull")
    commit(repo)
    file = repo.path("ENG/guide.attachments/a plan.png")
    file.write_bytes(b"")
    run = repo("push", exit=1)
    file.unlink()
    repo.follow(run, "confsync push --delete")
    file.write_bytes(b"")
    repo("push", exit=None)
    assert [wiki.store.attachment_data(one.id) for one in wiki.store.attachments(guide)] == [b""]


def test_an_emptied_attachment_comes_back(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.attach(guide, "a plan.png", b"one")
    configure(desk, "attachments: true\n")
    desk("pull")
    file = desk.path("ENG/guide.attachments/a plan.png")
    file.write_bytes(b"")
    desk.follow(desk("push", exit=1), "confsync pull --theirs")
    assert file.read_bytes() == b"one"


# -- deletions -------------------------------------------------------------------------------------


def test_a_page_that_is_named_by_its_id_is_looked_at_and_deleted(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.path(GUIDE).unlink()
    run = desk("push", "--delete", guide, exit=1)
    assert "8080" in desk.follow(run, "confsync show")
    desk.follow(run, "confsync push --delete")
    assert wiki.store.page(guide).status == "trashed"


def test_a_page_is_deleted_with_the_pages_below_it(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    leaf = wiki.store.create_page("ENG", "Leaf", "<p>l</p>", parent=child).id
    desk = desk_at("my mirror")
    run = desk("push", "--delete", f"{guide}@1", exit=1)
    path = desk.as_typed("ENG/guide/child.xhtml")
    assert f"it has children that this push does not delete: {path}\n" in run.out
    desk.follow(run, "confsync push --delete")
    assert {wiki.store.page(one).status for one in (guide, child, leaf)} == {"trashed"}


def test_a_child_without_a_document_is_shown(wiki: Sandbox, desk: Desk, guide: str) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>the child</p>", parent=guide).id
    run = desk("push", "--delete", f"{guide}@1", exit=1)
    assert f"it has children that this push does not delete: page {child}\n" in run.out
    assert "the child" in desk.follow(run, "confsync show")


def test_a_page_that_is_in_no_space_is_looked_for_in_the_trash(desk: Desk) -> None:
    run = desk("push", "--delete", "123456789", exit=1)
    assert "the trash is empty" in desk.follow(run, "confsync restore")


def test_an_edit_of_a_page_to_delete_is_given_up(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    run = desk("push", "--delete", guide, exit=1)
    desk.follow(run, "confsync pull --theirs")
    desk("push", "--delete", f"{guide}@1")
    assert wiki.store.page(guide).status == "trashed"


def test_a_document_in_a_sparse_checkout_is_brought_back(repo: Desk) -> None:
    repo.path("ENG/other").mkdir()
    repo.git("mv", GUIDE, "ENG/other/guide.xhtml")
    repo.git("sparse-checkout", "set", "--no-cone", "/*", "!/ENG/other/")
    repo.follow(repo("push", "--delete", exit=1), "git sparse-checkout")
    assert repo.path("ENG/other/guide.xhtml").exists()


def test_a_document_that_was_moved_out_is_deleted_by_its_id(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.git("mv", GUIDE, "old guide.xhtml")
    repo.follow(repo("push", "--delete", exit=1), "confsync push --delete")
    assert wiki.store.page(guide).status == "trashed"


def test_a_merge_that_is_not_finished_is_shown(repo: Desk) -> None:
    repo.git("switch", "-qc", "other")
    repo.edit(GUIDE, "8080", "8081")
    commit(repo)
    repo.git("switch", "-q", "main")
    repo.edit(GUIDE, "8080", "8082")
    commit(repo)
    with pytest.raises(AssertionError):
        repo.git("-c", "merge.confsync.driver=false", "merge", "other")
    repo.path(GUIDE).unlink()
    told = repo.follow(repo("push", "--delete", exit=1), "git status")
    assert "unmerged" in told.lower()


# -- a server that is slow, deaf or ill ------------------------------------------------------------


def test_a_write_that_is_not_shown_yet_is_settled_later(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.faults.stale_reads_count = 1000
    desk.edit(GUIDE, "8080", "8081")
    run = desk("push", exit=3)
    wiki.faults.stale_reads_count = 0
    desk.follow(run, "confsync push")
    assert "version: 2" in desk.text(GUIDE)


def test_a_lagging_server_is_asked_again(wiki: Sandbox, desk: Desk) -> None:
    wiki.faults.stale_reads_count = 1000
    wiki.faults.drop_message = True
    desk.edit(GUIDE, "8080", "8081")
    desk("push", exit=3)
    run = desk("push", exit=3)
    assert "does not show it yet" in run.out
    wiki.faults.stale_reads_count = 0
    desk.follow(run, "confsync push")


def test_a_connection_that_breaks_is_tried_again(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    wiki.faults.refuse = lambda method, path: 500 if method == "PUT" else None
    wiki.faults.lose_response = lambda method, path: method == "PUT"
    run = desk("push", exit=3)
    wiki.faults.refuse = wiki.faults.lose_response = None
    desk.follow(run, "confsync push")
    assert "8081" in wiki.store.page(guide).body


def test_a_500_for_one_page_shows_what_was_changed(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "_said", lambda _: "")
    wiki.faults.refuse = lambda method, path: 500 if method == "PUT" else None
    desk.edit(GUIDE, "8080", "8081")
    assert "8081" in desk.follow(desk("push", exit=1), "confsync diff")


def test_a_move_that_the_server_ignores_is_made_in_the_browser(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Client.put

    def without_parent(self: Client, path: str, body: dict[str, object]) -> dict[str, object]:
        kept = {key: body[key] for key in body if key not in ("parentId", "ancestors")}
        return put(self, path, kept)

    top = wiki.store.create_page("ENG", "Top", "<p>t</p>").id
    desk("pull")
    desk.path("ENG/top").mkdir()
    desk.path(GUIDE).rename(desk.path("ENG/top/guide.xhtml"))
    monkeypatch.setattr(Client, "put", without_parent)
    run = desk("push", exit=1)
    wiki.store.edit(guide, parent=top, author="Ana")
    desk.follow(run, "confsync pull")


def test_a_creation_that_is_not_shown_yet_is_settled_later(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk("new", PLAN, "--title", "Plan")
    with monkeypatch.context() as patch:
        patch.setattr(Reader, "current", lambda self, ids: dict.fromkeys(ids, Absent.NOT_VISIBLE))
        run = desk("push", exit=3)
    desk.follow(run, "confsync push")
    assert len(ids(wiki, "Plan")) == 1


def test_a_marker_that_the_base_may_have_is_given_up(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.path(GUIDE).write_text(f"{desk.text(GUIDE)}<pre>\n{'=' * 7}\n</pre>\n")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    wiki.store.delete_version(guide, 1)
    shutil.rmtree(desk.path(".confsync"))
    desk.follow(desk("push", exit=1), "confsync pull --theirs")
    assert "hers" in desk.text(GUIDE)
