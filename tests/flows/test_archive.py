"""Archiving pages instead of deleting them: the same looks before, a task, and a look after."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from confsync.cli.manual.topics import MANUAL
from confsync.push.deletion import archive
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, status_of, writes

GUIDE = "ENG/guide.xhtml"
ARCHIVE = ("POST", "/wiki/rest/api/content/archive")
SCHEMA = Draft202012Validator(
    json.loads((MANUAL / "reference/plan.schema.json").read_text(encoding="utf-8"))
)
# A Data Center archives no single pages.
on_cloud = pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
on_datacenter = pytest.mark.parametrize("wiki", ["datacenter"], indirect=True)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "TASK_PAUSES", (0.0,) * 6)
    monkeypatch.setattr(archive, "LOOK_PAUSES", (0.0,) * 3)


@pytest.fixture
def repo(desk: Desk) -> Desk:
    """Return the clone, committed."""
    desk.commit()
    return desk


def requests_to_archive(wiki: Sandbox) -> list[list[int]]:
    """Return the ids of each request to archive pages."""
    bodies = [one.body for one in wiki.requests if (one.method, one.path) == ARCHIVE]
    return [[page["id"] for page in json.loads(body)["pages"]] for body in bodies]


@on_cloud
def test_a_deleted_document_archives_its_page_only_when_asked(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    assert repo.json("push", "--delete", "--archive", "-n").outcomes == {GUIDE: "archived"}
    assert (status_of(wiki, guide), writes(wiki)) == ("current", [])
    run = repo("push", "--delete", "--archive")
    assert " - archived    ENG/guide.xhtml   v1\npush: 1 archived\n" in run.out
    assert status_of(wiki, guide) == "archived"
    assert requests_to_archive(wiki) == [[int(guide)]]
    run = repo("push", "--delete", "--archive")
    assert "the page is already archived" in run.out
    assert len(writes(wiki)) == 1
    repo.commit()
    assert "nothing to do" in repo("push", "--delete", "--archive").out
    events = repo.json("log", "--local").data["events"]
    assert [(event["what"], event["page"], event["base"]) for event in events] == [
        ("archived", guide, 1)
    ]
    assert "archived" in repo("log", "--local").out


@on_cloud
def test_a_page_that_was_edited_since_is_not_archived(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    wiki.store.edit(guide, "<p>hers</p>", author="Ana", message="still needed")
    run = repo("push", "--delete", "--archive", exit=1)
    assert "[rejected]  ENG/guide.xhtml   local is based on v1, the server has v2 (Ana" in run.out
    assert writes(wiki) == []
    assert "hers" in repo.follow(run, "confsync show")
    assert "archived" in repo.follow(run, "confsync push")
    assert status_of(wiki, guide) == "archived"


@on_cloud
def test_a_comment_since_is_a_change_of_a_page_to_archive(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    wiki.store.comment(guide, "8080")
    repo("push", "--delete", "--archive", exit=1)
    assert (status_of(wiki, guide), writes(wiki)) == ("current", [])


@on_cloud
def test_a_page_to_archive_may_be_named_and_takes_its_document_along(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk("push", "--delete", "--archive", f"{guide}@1", exit=1)
    desk("pull")
    desk.edit(GUIDE, "hers", "mine")
    run = desk("push", "--delete", "--archive", f"{guide}@2", exit=1)
    assert "it has unpushed changes" in run.out
    desk("push", GUIDE)
    assert status_of(wiki, guide) == "current"
    desk("push", "--delete", "--archive", f"{guide}@3")
    assert status_of(wiki, guide) == "archived"
    assert not desk.path(GUIDE).exists()
    assert "mine" in desk.text(f".confsync/trash/{GUIDE}")
    assert "nothing to do" in desk("pull").out


@on_cloud
def test_each_page_of_a_branch_is_archived_by_a_request_of_its_own_children_first(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    leaf = wiki.store.create_page("ENG", "Leaf", "<p>l</p>", parent=child).id
    desk = desk_at()
    desk.commit()
    desk.git("rm", "-qr", GUIDE, "ENG/guide")
    wiki.store.edit(leaf, "<p>hers</p>", author="Ana")
    run = desk.json("push", "--delete", "--archive", exit=1)
    assert set(run.outcomes.values()) == {"rejected"}
    assert {status_of(wiki, i) for i in (guide, child, leaf)} == {"current"}
    desk("push", "--delete", "--archive", f"{leaf}@2", GUIDE, "ENG/guide/child.xhtml")
    assert requests_to_archive(wiki) == [[int(leaf)], [int(child)], [int(guide)]]
    assert {status_of(wiki, i) for i in (guide, child, leaf)} == {"archived"}


@on_cloud
def test_a_page_with_a_new_child_is_not_archived(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.path(GUIDE).unlink()
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    run = repo("push", "--delete", "--archive", exit=1)
    assert f"it has children that this push does not archive: page {child}" in run.out
    assert writes(wiki) == []
    wiki.store.archive(child)  # in the browser: it is in no tree now
    repo("push", "--delete", "--archive")
    assert status_of(wiki, guide) == "archived"


@on_cloud
def test_the_children_with_documents_are_named_in_one_command(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    desk = desk_at()
    run = desk("push", "--delete", "--archive", f"{guide}@1", exit=1)
    desk.follow(run, "confsync push --delete --archive")
    assert {status_of(wiki, i) for i in (guide, child)} == {"archived"}


@on_cloud
def test_a_page_whose_child_could_not_be_archived_stays(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    desk = desk_at()
    desk.commit()
    desk.git("rm", "-qr", GUIDE, "ENG/guide")
    wiki.store.read_only_page(child)
    run = desk.json("push", "--delete", "--archive", exit=5)
    assert run.outcomes == {"ENG/guide/child.xhtml": "failed", GUIDE: "rejected"}
    assert {status_of(wiki, i) for i in (guide, child)} == {"current"}


# -- the answer and the task -----------------------------------------------------------------------


@on_cloud
@pytest.mark.parametrize("waiting", [0, 2])
def test_a_lost_answer_is_settled_by_looking(
    wiki: Sandbox, repo: Desk, guide: str, waiting: int
) -> None:
    repo.path(GUIDE).unlink()
    wiki.faults.task_requests = waiting
    wiki.faults.lose_response = lambda method, path: method == "POST"
    assert repo.json("push", "--delete", "--archive").outcomes == {GUIDE: "archived"}
    assert requests_to_archive(wiki) == [[int(guide)]]
    events = repo.json("log", "--local").data["events"]
    assert [event["what"] for event in events] == ["archived"]


@on_cloud
@pytest.mark.parametrize("status", [500, 503])
def test_a_request_that_did_nothing_is_not_sent_again(
    wiki: Sandbox, repo: Desk, guide: str, status: int
) -> None:
    repo.path(GUIDE).unlink()
    wiki.faults.refuse = lambda method, path: status if method == "POST" else None
    assert repo.json("push", "--delete", "--archive", exit=3).outcomes == {GUIDE: "failed"}
    assert len(writes(wiki)) == 1
    assert status_of(wiki, guide) == "current"
    assert repo.json("log", "--local").data["events"] == []


@on_cloud
def test_without_an_answer_to_the_look_the_next_push_finds_out(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    sent: list[str] = []

    def silent(method: str, path: str) -> bool:
        sent.extend([path] if method == "POST" else [])
        return bool(sent)

    wiki.faults.lose_response = silent
    run = repo("push", "--delete", "--archive", exit=3)
    assert f"the next push finds out whether the archiving of page {guide}" in run.out
    wiki.faults.lose_response = None
    assert "the page is already archived" in repo("push", "--delete", "--archive").out
    assert requests_to_archive(wiki) == [[int(guide)]]


@on_cloud
def test_a_task_is_waited_for(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.path(GUIDE).unlink()
    wiki.faults.task_requests = 3
    repo("push", "--delete", "--archive")
    assert status_of(wiki, guide) == "archived"
    asked = [one.path for one in wiki.requests if "/longtask/" in one.path]
    assert len(asked) == 4


@on_cloud
def test_a_task_that_fails_archives_nothing(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.faults.task_fails = True
    run = desk("push", "--delete", "--archive", f"{guide}@1", exit=1)
    why = "the server does not archive the page: its task failed: The job failed."
    assert f"[rejected]  ENG/guide.xhtml   {why}" in run.out
    assert status_of(wiki, guide) == "current"
    assert desk.path(GUIDE).exists()
    assert len(writes(wiki)) == 1


@on_cloud
def test_a_task_that_never_ends_is_left_to_the_next_push(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.faults.task_requests = 1000
    run = desk("push", "--delete", "--archive", f"{guide}@1", exit=3)
    assert "the server took the request, but has not archived the page yet" in run.out
    assert desk.path(GUIDE).exists()
    again = desk("push", "--delete", "--archive", f"{guide}@1", exit=1)
    assert "An archival job is already running." in again.out
    for _ in range(1001):
        wiki.store.advance()
    assert "the page is already archived" in desk("push", "--delete", "--archive", f"{guide}@1").out
    assert desk.json("pull").outcomes == {GUIDE: "deleted"}


@on_cloud
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_task_that_is_not_shown_is_settled_by_looking(
    wiki: Sandbox, repo: Desk, guide: str, status: int
) -> None:
    repo.path(GUIDE).unlink()
    wiki.faults.task_requests = 2
    wiki.faults.refuse = lambda method, path: status if "longtask" in path else None
    repo("push", "--delete", "--archive")
    assert status_of(wiki, guide) == "archived"


@on_cloud
def test_the_page_itself_says_whether_it_is_archived(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiki.store, "archive", lambda page_id: None)
    desk("push", "--delete", "--archive", f"{guide}@1", exit=3)
    assert desk.path(GUIDE).exists()
    assert desk.json("log", "--local").data["events"] == []


@on_cloud
def test_a_page_that_is_archived_in_the_moment_of_the_request_is_archived(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()

    def faster(method: str, path: str) -> None:
        if method == "POST":
            wiki.store.archive(guide)

    wiki.faults.before = faster
    assert repo.json("push", "--delete", "--archive").outcomes == {GUIDE: "archived"}
    assert writes(wiki) == [("POST", 400)]


@on_cloud
def test_a_server_whose_plan_lacks_the_archive_refuses_each_page_once(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    desk = desk_at()
    desk.commit()
    desk.git("rm", "-q", GUIDE, "ENG/other.xhtml")
    wiki.faults.refuse = lambda method, path: 400 if method == "POST" else None
    run = desk("push", "--delete", "--archive", exit=1)
    assert run.out.count("[rejected]") == 2
    assert writes(wiki) == [("POST", 400), ("POST", 400)]
    wiki.faults.refuse = None
    desk.follow(run, "confsync push --delete")
    assert {status_of(wiki, guide), status_of(wiki, other)} == {"current", "trashed"}


@on_cloud
def test_without_the_permission_nothing_is_archived(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.path(GUIDE).unlink()
    wiki.store.read_only_page(guide)
    run = repo("push", "--delete", "--archive", exit=5)
    assert " ! failed      ENG/guide.xhtml   not allowed: " in run.out
    assert len(writes(wiki)) == 1
    assert status_of(wiki, guide) == "current"


# -- pages in other states -------------------------------------------------------------------------


@on_cloud
def test_a_page_that_was_archived_in_the_browser_is_archived_already(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    wiki.store.archive(guide)
    assert "the page is already archived" in repo("push", "--delete", "--archive").out
    assert writes(wiki) == []
    repo.commit()
    assert "nothing to do" in repo("push", "--delete", "--archive").out


@on_cloud
def test_a_page_in_the_trash_is_not_taken_for_an_archived_one(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    wiki.store.trash(guide)
    run = repo("push", "--delete", "--archive", exit=1)
    assert "[rejected]  ENG/guide.xhtml   the page is in the trash" in run.out
    assert writes(wiki) == []
    repo.follow(run, "confsync restore")
    assert status_of(wiki, guide) == "current"


def test_an_archived_page_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: not opened.append(address))
    repo.path(GUIDE).unlink()
    wiki.store.archive(guide)
    for words in ([], [f"{guide}@1"]):
        run = repo("push", "--delete", *words, exit=1)
        assert "[rejected]  ENG/guide.xhtml   the page is archived\n" in run.out
        assert ("--archive" in run.err) == (wiki.flavor == "cloud")
        repo.follow(run, "confsync open")
    assert (status_of(wiki, guide), writes(wiki)) == ("archived", [])


@on_cloud
def test_a_live_doc_is_archived_in_the_browser_only(wiki: Sandbox, desk: Desk) -> None:
    live = wiki.store.create_page("ENG", "Live", "<p>Live</p>", raw=True, subtype="live").id
    desk("pull")
    run = desk("push", "--delete", "--archive", f"{live}@1", exit=1)
    assert "confsync only pulls live docs: archive it in the browser" in run.out
    assert (status_of(wiki, live), writes(wiki)) == ("current", [])


@on_cloud
def test_a_blog_post_is_not_archived(wiki: Sandbox, desk: Desk) -> None:
    text = desk.text(".confsync.yaml").replace("key: ENG\n", "key: ENG\n  blog: true\n")
    desk.path(".confsync.yaml").write_text(text)
    post = wiki.store.create_post("ENG", "News", "<p>n</p>", at="2026-03-07T12:00:00.000Z").id
    desk("pull")
    desk.commit()
    desk.git("rm", "-q", "ENG/blog/2026/03/07/news.xhtml")
    run = desk("push", "--delete", "--archive", exit=1)
    assert "no server archives blog posts" in run.out
    assert (status_of(wiki, post), writes(wiki)) == ("current", [])
    desk.follow(run, "confsync push --delete")
    assert status_of(wiki, post) == "trashed"


@on_cloud
def test_with_archived_pages_in_the_mirror_the_document_comes_again_to_read(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    text = desk.text(".confsync.yaml").replace("key: ENG\n", "key: ENG\n  archived: true\n")
    desk.path(".confsync.yaml").write_text(text)
    desk("push", "--delete", "--archive", f"{guide}@1")
    assert not desk.path(GUIDE).exists()
    assert desk.json("pull").outcomes == {GUIDE: "created"}
    run = desk("push", "--delete", "--archive", f"{guide}@1")
    assert "the page is already archived" in run.out
    assert len(writes(wiki)) == 1
    assert "archived pages are pulled and never pushed" in desk("status", "--remote").out


@on_datacenter
@pytest.mark.parametrize("named", [False, True])
def test_a_data_center_is_refused_before_anything_is_sent(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str, named: bool
) -> None:
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    desk = desk_at()
    desk.commit()
    desk.edit("ENG/other.xhtml", "other", "mine")
    words = [f"{guide}@1", "ENG/other.xhtml"] if named else []
    if not named:
        desk.path(GUIDE).unlink()
    desk.below = "ENG" if named else "."
    run = desk("push", "--delete", "--archive", *words, exit=2)
    assert "a Data Center archives whole spaces only" in run.err
    assert writes(wiki) == []
    assert "deleted" in desk.follow(run, "confsync push --delete")
    assert status_of(wiki, guide) == "trashed"


def test_archive_alone_says_which_command_lists_the_pages(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()
    repo.edit("ENG/index.xhtml", "title: Engineering", "title: Works")
    run = repo("push", "--archive", GUIDE, exit=2)
    assert "--archive needs --delete" in run.err
    assert writes(wiki) == []
    if wiki.flavor == "cloud":
        assert "1 archived" in repo.follow(run, "confsync push --delete --archive --dry-run")
        assert writes(wiki) == []


@on_cloud
def test_many_pages_are_archived_with_permission_only(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    ids = [wiki.store.create_page("ENG", f"P {n}", "<p>x</p>").id for n in range(11)]
    desk = desk_at()
    desk.commit()
    for n in range(11):
        desk.path(f"ENG/p-{n}.xhtml").unlink()
    run = desk("push", "--delete", "--archive", exit=1)
    assert "this push would archive 11 pages (such as ENG/p-" in run.err
    assert desk.follow(run, "confsync push --delete --archive --dry-run").count("archived") == 12
    assert {status_of(wiki, i) for i in ids} == {"current"}
    desk.follow(run, "confsync push --delete --archive --allow-mass-delete")
    assert {status_of(wiki, i) for i in ids} == {"archived"}


@on_cloud
def test_a_document_that_comes_back_meanwhile_is_not_archived(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    raw = repo.path(GUIDE).read_bytes()
    repo.path(GUIDE).unlink()

    def back(method: str, path: str) -> None:
        if path.endswith("direct-children"):
            repo.path(GUIDE).write_bytes(raw)

    wiki.faults.before = back
    run = repo("push", "--delete", "--archive", exit=1)
    assert "its document is here again" in run.out
    assert (status_of(wiki, guide), writes(wiki)) == ("current", [])


# -- what tells of it later ------------------------------------------------------------------------


@on_cloud
def test_a_commit_has_the_removal_of_the_document(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo("push", "--delete", "--archive", "--commit", f"{guide}@1")
    assert status_of(wiki, guide) == "archived"
    assert repo.git("status", "--porcelain").strip() == ""
    assert GUIDE not in repo.git("ls-files")


@on_cloud
def test_without_the_audit_trail_git_tells_which_pages_a_run_archived(
    wiki: Sandbox, two: tuple[Desk, str], guide: str
) -> None:
    desk, other = two
    desk("push", "--delete", "--archive", "--commit", GUIDE)
    assert f"\nConfsync-Archived: {guide}\n" in f"{desk.git('log', '-1', '--format=%B')}\n"
    desk("push", "--delete", "--commit")
    desk.path(".confsync/audit.jsonl").unlink()
    runs = desk.json("log", "--runs").data["runs"]
    assert [[(page["page"], page["what"]) for page in run["pages"]] for run in runs] == [
        [(guide, "archived")],
        [(other, "deleted")],
    ]
    run = desk("revert", "--run", runs[0]["run"])
    assert "that push archived its page" in run.out
    assert f"'confsync open {guide}' shows the page in the browser" in run.err


@on_cloud
def test_a_run_that_archived_a_page_is_not_reverted_but_named(
    wiki: Sandbox, repo: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: not opened.append(address))
    repo.path(GUIDE).unlink()
    repo("push", "--delete", "--archive")
    assert repo.json("log", "--runs").data["runs"][0]["pages"] == [
        {
            "page": guide,
            "path": GUIDE,
            "what": "archived",
            "base": 1,
            "version": None,
            "attachments": [],
        }
    ]
    assert "archived" in repo("log", "--runs").out
    for command in (["revert", "--run", "last"], ["status"], ["restore", guide]):
        run = repo(*command, exit=None)
        assert "archived" in run.out
        repo.follow(run, "confsync open")
        assert opened.pop().endswith(f"/pages/viewpage.action?pageId={guide}")
    assert "is not in the trash, but archived" in repo("restore", GUIDE, exit=1).out
    wiki.store.restore(guide)
    repo.git("checkout", "HEAD", "--", GUIDE)
    assert "clean" in repo("status", "--remote").out


# -- plans -----------------------------------------------------------------------------------------


def plan_of(desk: Desk, *options: str) -> dict[str, str]:
    """Write a plan. Return its actions by page."""
    desk("push", "--delete", *options, "--plan", "plan.json")
    found = json.loads(desk.text("plan.json"))
    SCHEMA.validate(found)
    return {page["id"]: page["action"] for page in found["pages"]}


@pytest.fixture
def two(wiki: Sandbox, desk_at: Callable[..., Desk], guide: str) -> tuple[Desk, str]:
    """Return a committed mirror without the documents of two pages, and the second id."""
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    desk = desk_at()
    desk.commit()
    desk.git("rm", "-q", GUIDE, "ENG/other.xhtml")
    return desk, other


@on_cloud
def test_a_plan_says_which_pages_are_archived_and_its_application_archives_them(
    wiki: Sandbox, two: tuple[Desk, str], guide: str
) -> None:
    desk, other = two
    assert plan_of(desk, "--archive") == {guide: "archive", other: "archive"}
    assert writes(wiki) == []
    wiki.store.edit(other, "<p>hers</p>", author="Ana")
    run = desk.json("push", "--apply", "plan.json", exit=1)
    assert run.outcomes == {GUIDE: "archived", "ENG/other.xhtml": "rejected"}
    assert (status_of(wiki, guide), status_of(wiki, other)) == ("archived", "current")
    count = len(writes(wiki))
    again = desk.json("push", "--apply", "plan.json", exit=1)
    assert again.outcomes == {GUIDE: "unchanged", "ENG/other.xhtml": "rejected"}
    assert len(writes(wiki)) == count
    desk.commit()
    assert desk.json("push", "--apply", "plan.json", exit=1).outcomes[GUIDE] == "unchanged"


@on_cloud
def test_each_page_of_a_plan_goes_where_the_plan_says(
    wiki: Sandbox, two: tuple[Desk, str], guide: str
) -> None:
    desk, other = two
    plan_of(desk)
    text = desk.text("plan.json")
    head, _, tail = text.partition('"action": "delete"')
    desk.path("plan.json").write_text(f'{head}"action": "archive"{tail}')
    desk("push", "--apply", "plan.json")
    assert (status_of(wiki, guide), status_of(wiki, other)) == ("archived", "trashed")
    desk.commit()
    again = desk.json("push", "--apply", "plan.json")
    assert set(again.outcomes.values()) == {"unchanged"}


@on_cloud
def test_a_planned_page_that_is_elsewhere_than_planned_is_refused(
    wiki: Sandbox, two: tuple[Desk, str], guide: str
) -> None:
    desk, other = two
    plan_of(desk, "--archive")
    desk.commit()
    wiki.store.trash(guide)
    wiki.store.archive(other)
    run = desk.json("push", "--apply", "plan.json", exit=1)
    assert run.outcomes == {GUIDE: "rejected", "ENG/other.xhtml": "unchanged"}
    assert writes(wiki) == []
