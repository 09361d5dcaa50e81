"""Plans of a push: what a reviewer reads, and an application that does exactly that."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from confsync import failpoints
from confsync.cli.manual.topics import MANUAL
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Run, writes

PLAN = "plan.json"
SCHEMA = Draft202012Validator(
    json.loads((MANUAL / "reference/plan.schema.json").read_text(encoding="utf-8"))
)
# What is decided from files alone needs no second server.
on_cloud = pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
Colleague = Callable[[Sandbox, dict[str, str]], object]
Edit = Callable[[Desk], object]


@pytest.fixture
def pages(wiki: Sandbox) -> dict[str, str]:
    """Return the ids of pages, by the names of their documents."""
    found = {}
    for name in ("edited", "retitled", "moved", "labelled", "pictured", "deleted", "other"):
        body = '<p>old</p><ac:image><ri:attachment ri:filename="a.png" /></ac:image>'
        found[name] = wiki.store.create_page("ENG", name.capitalize(), body, author="Ana").id
        wiki.store.attach(found[name], "a.png", b"picture " + name.encode())
    return found


@pytest.fixture
def desk(desk_at: Callable[..., Desk], pages: dict[str, str]) -> Desk:
    """Return a committed mirror with a change of each kind that is not pushed."""
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("labels: true\nattachments: true\n")
    desk("pull")
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    desk.edit("ENG/edited.xhtml", "<p>old</p>", "<p>new</p>")
    desk.edit("ENG/retitled.xhtml", "title: Retitled", "title: Titled")
    desk.path("ENG/other").mkdir()
    for name in ("moved.xhtml", "moved.attachments"):
        desk.path(f"ENG/{name}").rename(desk.path(f"ENG/other/{name}"))
    desk.edit("ENG/labelled.xhtml", "\nlabels: []", "\nlabels: [runbook]")
    desk.path("ENG/pictured.attachments/a.png").write_bytes(b"another picture")
    desk.path("ENG/deleted.xhtml").unlink()
    shutil.rmtree(desk.path("ENG/deleted.attachments"))
    desk("new", "ENG/other/made.xhtml", "--title", "Made")
    return desk


PLANNED = {
    "ENG/edited.xhtml": "update",
    "ENG/retitled.xhtml": "update",
    "ENG/other/moved.xhtml": "move",
    "ENG/labelled.xhtml": "update",
    "ENG/pictured.xhtml": "update",
    "ENG/other/made.xhtml": "create",
    "ENG/deleted.xhtml": "delete",
}


def plan_of(desk: Desk, *options: str) -> dict[str, object]:
    desk("push", "--delete", "--plan", PLAN, *options)
    found: dict[str, object] = json.loads(desk.text(PLAN))
    SCHEMA.validate(found)
    return found


def state(wiki: Sandbox) -> dict[str, object]:
    """All that a push can change on the server, by title."""
    store = wiki.store
    return {
        page.title: (
            page.status,
            page.version,
            page.body,
            page.parent_id,
            [label.name for label in store.labels(page.id)],
            [(one.title, one.version) for one in store.attachments(page.id)],
        )
        for page in store.pages("ENG", ("current", "trashed"))
    }


def refused(run: Run) -> set[str]:
    return {path for path, outcome in run.outcomes.items() if outcome in ("rejected", "failed")}


def test_a_plan_says_what_a_push_would_do_and_does_nothing(
    wiki: Sandbox, desk: Desk, pages: dict[str, str]
) -> None:
    before, files = state(wiki), desk.files()
    wiki.clear_requests()
    desk("push", "--delete", "--dry-run")
    dry = len(wiki.requests)
    wiki.clear_requests()
    run = desk("push", "--delete", "--plan", PLAN)
    assert len(wiki.requests) <= dry
    assert writes(wiki) == []
    assert state(wiki) == before
    plan = json.loads(desk.text(PLAN))
    assert desk.files() == files | {PLAN: desk.text(PLAN).encode()}
    assert {page["path"]: page["action"] for page in plan["pages"]} == PLANNED
    assert all(path in run.out for path in PLANNED)
    ids = {page["path"]: page["id"] for page in plan["pages"]}
    assert ids["ENG/edited.xhtml"] == pages["edited"]
    assert ids["ENG/other/made.xhtml"] is None
    assert (plan["url"], plan["refused"]) == (wiki.url, [])
    moved = next(page for page in plan["pages"] if page["action"] == "move")
    assert moved["parent"] == pages["other"]


def test_applying_it_does_exactly_that_and_only_once(
    wiki: Sandbox, desk: Desk, pages: dict[str, str]
) -> None:
    plan_of(desk)
    desk.edit("ENG/other.xhtml", "<p>old</p>", "<p>not planned</p>")
    run = desk.json("push", "--apply", PLAN, "-m", "as reviewed")
    assert run.outcomes.keys() == PLANNED.keys()
    after = state(wiki)
    store = wiki.store
    assert store.page(pages["edited"]).body.startswith("<p>new</p>")
    assert store.page(pages["edited"]).message.endswith("as reviewed")
    assert store.page(pages["retitled"]).title == "Titled"
    assert store.page(pages["moved"]).parent_id == pages["other"]
    assert [label.name for label in store.labels(pages["labelled"])] == ["runbook"]
    assert [one.version for one in store.attachments(pages["pictured"])] == [2]
    assert store.page(pages["deleted"]).status == "trashed"
    assert store.page(pages["other"]).version == 1
    assert "Made" in after
    wiki.clear_requests()
    again = desk.json("push", "--apply", PLAN)
    assert again.outcomes == dict.fromkeys(PLANNED, "unchanged")
    assert writes(wiki) == []
    assert state(wiki) == after


def test_another_checkout_that_has_not_the_new_stamps_writes_nothing_twice(
    wiki: Sandbox, desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan_of(desk)
    other = Desk(tmp_path / "other checkout", capsys)
    shutil.copytree(desk.root, other.root, symlinks=True)
    desk("push", "--apply", PLAN)
    after = state(wiki)
    wiki.clear_requests()
    run = other.json("push", "--apply", PLAN)
    assert state(wiki) == after
    texts = ("edited", "retitled", "other/moved", "deleted")
    assert {run.outcomes[f"ENG/{name}.xhtml"] for name in texts} == {"unchanged"}
    again = other.json("push", "--apply", PLAN)
    assert again.outcomes == dict.fromkeys(PLANNED, "unchanged")
    assert state(wiki) == after


THEIRS: dict[str, tuple[Colleague, str]] = {
    "edit": (lambda w, p: w.store.edit(p["edited"], "<p>hers</p>"), "ENG/edited.xhtml"),
    "trash": (lambda w, p: w.store.trash(p["retitled"]), "ENG/retitled.xhtml"),
    "edit of the moved": (
        lambda w, p: w.store.edit(p["moved"], "<p>h</p>"),
        "ENG/other/moved.xhtml",
    ),
    "edit of the deleted": (
        lambda w, p: w.store.edit(p["deleted"], "<p>h</p>"),
        "ENG/deleted.xhtml",
    ),
    "comment on the deleted": (
        lambda w, p: w.store.comment(p["deleted"], "old"),
        "ENG/deleted.xhtml",
    ),
    **{
        f"move of the {name}": (
            lambda w, p, name=name: w.store.move(p[name], "append", p["other"]),
            f"ENG/{name}.xhtml",
        )
        for name in ("edited", "retitled", "labelled", "pictured", "deleted")
    },
    "move of the labelled, as a version": (
        lambda w, p: w.store.edit(p["labelled"], parent=p["other"]),
        "ENG/labelled.xhtml",
    ),
    "picture": (
        lambda w, p: w.store.replace_attachment(
            w.store.attachments(p["pictured"])[0].id, b"her picture"
        ),
        "ENG/pictured.xhtml",
    ),
    "the same title": (
        lambda w, p: w.store.create_page("ENG", "Made", "<p>hers</p>"),
        "ENG/other/made.xhtml",
    ),
}


@pytest.mark.parametrize(
    ("what", "whole"),
    [*((one, False) for one in THEIRS), ("edit", True), ("edit of the moved", True)],
)
def test_a_colleague_who_was_faster_refuses_that_page_alone(
    wiki: Sandbox, desk: Desk, pages: dict[str, str], what: str, whole: bool
) -> None:
    edit, path = THEIRS[what]
    plan_of(desk)
    edit(wiki, pages)
    before = state(wiki)
    wiki.clear_requests()
    if whole:
        run = desk("push", "--apply", PLAN, "--all-or-nothing", exit=1)
        assert "nothing was sent" in run.err
        assert state(wiki) == before
        assert writes(wiki) == []
        return
    run = desk.json("push", "--apply", PLAN, exit=1)
    assert refused(run) == {path}
    assert run.outcomes.keys() == PLANNED.keys()
    after = state(wiki)
    again = desk.json("push", "--apply", PLAN, exit=1)
    assert again.outcomes == {**dict.fromkeys(PLANNED, "unchanged"), path: "rejected"}
    assert state(wiki) == after


@on_cloud
def test_a_plan_names_pages_that_were_moved_on_the_server(
    wiki: Sandbox, desk: Desk, pages: dict[str, str]
) -> None:
    for name in ("edited", "deleted"):
        wiki.store.move(pages[name], "append", pages["other"])
    run = desk("push", "--delete", "--plan", PLAN, exit=1)
    plan = json.loads(desk.text(PLAN))
    names = {"ENG/edited.xhtml", "ENG/deleted.xhtml"}
    assert {one["path"] for one in plan["refused"]} == names
    assert not names & {page["path"] for page in plan["pages"]}
    assert "another place on the server than its document has" in run.out
    desk.follow(run, "confsync show")
    desk.follow(run, "confsync pull")
    desk.follow(run, "confsync push --plan")
    desk("push", "--plan", PLAN)


def _back_at(desk: Desk, name: str) -> str:
    """Take a deleted document from git, and move it."""
    desk.git("checkout", "ENG/deleted.xhtml")
    desk.path(name).parent.mkdir(exist_ok=True)
    desk.path("ENG/deleted.xhtml").rename(desk.path(name))
    return name


OURS: dict[str, tuple[Edit, str]] = {
    "text": (
        lambda d: d.edit("ENG/edited.xhtml", "<p>new</p>", "<p>newer</p>"),
        "ENG/edited.xhtml",
    ),
    "taken back": (lambda d: d.git("checkout", "ENG/edited.xhtml"), "ENG/edited.xhtml"),
    "title": (
        lambda d: d.edit("ENG/retitled.xhtml", "title: Titled", "title: Another"),
        "ENG/retitled.xhtml",
    ),
    "place": (
        lambda d: d.path("ENG/other/moved.xhtml").rename(d.path("ENG/moved.xhtml")),
        "ENG/other/moved.xhtml",
    ),
    "labels": (
        lambda d: d.edit("ENG/labelled.xhtml", "[runbook]", "[runbook, more]"),
        "ENG/labelled.xhtml",
    ),
    "picture": (
        lambda d: d.path("ENG/pictured.attachments/a.png").write_bytes(b"a third picture"),
        "ENG/pictured.xhtml",
    ),
    "new text": (
        lambda d: d.edit("ENG/other/made.xhtml", "<p />", "<p>text</p>"),
        "ENG/other/made.xhtml",
    ),
    "no new page": (lambda d: d.path("ENG/other/made.xhtml").unlink(), "ENG/other/made.xhtml"),
    "no document": (lambda d: d.path("ENG/edited.xhtml").unlink(), "ENG/edited.xhtml"),
    "document outside": (lambda d: _back_at(d, "aside/deleted.xhtml"), "ENG/deleted.xhtml"),
    "document elsewhere, broken": (
        lambda d: d.path(_back_at(d, "ENG/there.xhtml")).write_bytes(b"\xff"),
        "ENG/deleted.xhtml",
    ),
    "document back": (lambda d: d.git("checkout", "ENG/deleted.xhtml"), "ENG/deleted.xhtml"),
    "unreadable": (
        lambda d: d.path("ENG/edited.xhtml").write_bytes(b"\xff\xfe"),
        "ENG/edited.xhtml",
    ),
}


@on_cloud
@pytest.mark.parametrize("what", OURS)
def test_a_file_that_is_not_as_planned_refuses_that_page_alone(
    wiki: Sandbox, desk: Desk, pages: dict[str, str], what: str
) -> None:
    edit, path = OURS[what]
    plan_of(desk)
    edit(desk)
    before = wiki.store.page(pages["edited"]) if "edited" in path else None
    run = desk.json("push", "--apply", PLAN, exit=None)
    assert run.exit != 0
    assert refused(run) == {path}
    assert run.outcomes.keys() == PLANNED.keys()
    if before:
        assert wiki.store.page(pages["edited"]) == before
    if "deleted" in path:
        assert wiki.store.page(pages["deleted"]).status == "current"


@on_cloud
def test_a_newer_stamp_is_not_as_planned(wiki: Sandbox, desk: Desk, pages: dict[str, str]) -> None:
    plan_of(desk)
    wiki.store.edit(pages["edited"], wiki.store.page(pages["edited"]).body + "<p>hers</p>")
    desk("pull", "--merge")
    run = desk("push", "--apply", PLAN, exit=1)
    assert (
        "[rejected]  ENG/edited.xhtml   not as planned: it is based on v2 instead of v1" in run.out
    )
    assert "+<p>new</p>" in desk.follow(run, "confsync diff")
    assert "1 updated" in desk.follow(run, "confsync push --plan")


@on_cloud
def test_pages_that_a_push_refuses_stand_in_the_plan_for_the_reviewer(
    wiki: Sandbox, desk: Desk, pages: dict[str, str]
) -> None:
    wiki.store.edit(pages["edited"], "<p>hers</p>", author="Ana")
    run = desk("push", "--plan", PLAN, exit=1)
    plan = json.loads(desk.text(PLAN))
    assert [one["path"] for one in plan["refused"]] == ["ENG/edited.xhtml"]
    assert "ENG/edited.xhtml" not in {page["path"] for page in plan["pages"]}
    assert "[rejected]  ENG/edited.xhtml" in run.out


def test_a_lost_answer_is_settled_by_applying_again(
    wiki: Sandbox, desk: Desk, pages: dict[str, str]
) -> None:
    plan_of(desk)
    lost = iter([True])

    def once(method: str, path: str) -> bool:
        return method == "PUT" and path.endswith(pages["edited"]) and next(lost, False)

    wiki.faults.lose_response = once
    desk("push", "--apply", PLAN, exit=None)
    desk("push", "--apply", PLAN)
    assert wiki.store.page(pages["edited"]).version == 2


@on_cloud
def test_a_deletion_that_is_committed_is_applied_once(
    wiki: Sandbox, desk: Desk, pages: dict[str, str]
) -> None:
    desk.git("add", "-A")
    desk.git("commit", "-qm", "deleted")
    plan_of(desk, "--since", "HEAD~1")
    run = desk.json("push", "--apply", PLAN)
    assert wiki.store.page(pages["deleted"]).status == "trashed"
    assert run.outcomes["ENG/deleted.xhtml"] == "deleted"
    again = desk.json("push", "--apply", PLAN)
    assert again.outcomes == dict.fromkeys(PLANNED, "unchanged")
    wiki.store.purge(pages["deleted"])
    assert refused(desk.json("push", "--apply", PLAN, exit=1)) == {"ENG/deleted.xhtml"}


MACRO = '<ac:structured-macro ac:name="toc" ac:macro-id="1" />'


@on_cloud
def test_a_text_that_the_server_stores_otherwise_is_as_planned(
    wiki: Sandbox, desk: Desk, pages: dict[str, str]
) -> None:
    desk.edit("ENG/edited.xhtml", "<p>new</p>", f"<p>new</p>{MACRO}")
    desk.edit("ENG/other/made.xhtml", "<p />", f"<p>made</p>{MACRO}")
    plan_of(desk)
    desk("push", "--apply", PLAN)
    assert MACRO not in wiki.store.page(pages["edited"]).body
    again = desk.json("push", "--apply", PLAN)
    assert again.outcomes == dict.fromkeys(PLANNED, "unchanged")
    desk.edit("ENG/edited.xhtml", "<p>new</p>", "<p>newer</p>")
    assert refused(desk.json("push", "--apply", PLAN, exit=1)) == {"ENG/edited.xhtml"}


@on_cloud
def test_a_text_that_landed_without_its_labels_gets_them_by_applying_again(
    wiki: Sandbox, desk: Desk, pages: dict[str, str]
) -> None:
    desk.edit("ENG/labelled.xhtml", "<p>old</p>", f"<p>new</p>{MACRO}")
    plan_of(desk)
    wiki.faults.refuse = lambda method, path: (
        500 if method == "POST" and path.endswith(f"{pages['labelled']}/label") else None
    )
    run = desk.json("push", "--apply", PLAN, exit=None)
    assert run.outcomes["ENG/labelled.xhtml"] == "failed"
    wiki.faults.refuse = None
    wiki.store.add_labels(pages["labelled"], ["hers"])
    desk("push", "--apply", PLAN)
    assert wiki.store.page(pages["labelled"]).version == 2
    assert {label.name for label in wiki.store.labels(pages["labelled"])} == {"runbook", "hers"}
    again = desk.json("push", "--apply", PLAN)
    assert again.outcomes == dict.fromkeys(PLANNED, "unchanged")


@on_cloud
def test_a_new_page_has_the_planned_parent(
    wiki: Sandbox, desk: Desk, pages: dict[str, str]
) -> None:
    plan = plan_of(desk)
    assert {page["parent"] for page in plan["pages"] if page["action"] == "create"} == {
        pages["other"]
    }
    wiki.store.create_page("ENG", "Extra", "<p>extra</p>")
    desk("pull")
    desk.path("ENG/other.xhtml").rename(desk.path("ENG/former.xhtml"))
    desk.path("ENG/extra.xhtml").rename(desk.path("ENG/other.xhtml"))
    run = desk.json("push", "--apply", PLAN, exit=1)
    assert refused(run) == {"ENG/other/made.xhtml", "ENG/other/moved.xhtml"}


@on_cloud
def test_a_file_that_a_pull_renames_later_is_as_planned(wiki: Sandbox, desk: Desk) -> None:
    plan_of(desk)
    desk("push", "--apply", PLAN)
    desk("pull")
    assert not desk.path("ENG/retitled.xhtml").exists()
    again = desk.json("push", "--apply", PLAN)
    assert again.outcomes == dict.fromkeys(PLANNED, "unchanged")


@on_cloud
@pytest.mark.parametrize("dies", [False, True])
def test_a_new_post_that_was_moved_below_its_day_is_as_planned(
    wiki: Sandbox, desk: Desk, dies: bool
) -> None:
    config = desk.text(".confsync.yaml").replace("key: ENG\n", "key: ENG\n  blog: true\n")
    desk.path(".confsync.yaml").write_text(config)
    desk.path("ENG/blog").mkdir()
    desk.path("ENG/blog/post.xhtml").write_text("---\ntitle: Post\n---\n<p>post</p>\n")
    desk("push", "--plan", PLAN, "ENG/blog")

    def die(number: int, what: str) -> None:
        if dies and what.startswith("write a temporary file") and what.endswith("post.xhtml"):
            raise KeyboardInterrupt

    with failpoints.watched(die):
        desk("push", "--apply", PLAN, exit=130 if dies else 0)
    assert not desk.path("ENG/blog/post.xhtml").exists()
    desk("push", "--apply", PLAN)
    (post,) = wiki.store.posts("ENG")
    assert f'id: "{post.id}"' in desk.text(next(desk.root.rglob("post.xhtml")))
    again = desk.json("push", "--apply", PLAN)
    assert list(again.outcomes.values()) == ["unchanged"]
    assert len(wiki.store.posts("ENG")) == 1


# -- files -----------------------------------------------------------------------------------------


@on_cloud
def test_a_file_that_is_no_plan_is_not_replaced(wiki: Sandbox, desk: Desk) -> None:
    desk.path(PLAN).write_text("my notes")
    run = desk("push", "--plan", PLAN, exit=4)
    assert "exists and is not a plan; confsync did not change it" in run.err
    assert desk.text(PLAN) == "my notes"
    assert desk.follow(run, "confsync push --plan")
    desk("push", "--plan", "plan.json.json")  # an earlier plan is replaced


@on_cloud
@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"confsync_plan": 1}', '{"confsync_plan": 2}', "[" * 100_000],
)
def test_what_is_no_plan_is_not_applied(wiki: Sandbox, desk: Desk, text: str) -> None:
    desk.path(PLAN).write_text(text)
    run = desk("push", "--apply", PLAN, exit=4)
    assert PLAN in run.err
    assert writes(wiki) == []
    if "is not a plan" in run.err:
        desk.follow(run, "confsync push --plan")
    run = desk("push", "--apply", "absent.json", exit=4)
    assert "absent.json: there is no such file" in run.err
    desk.follow(run, "confsync push --plan")


@on_cloud
def test_the_plan_of_another_server_is_not_applied(wiki: Sandbox, desk: Desk) -> None:
    plan = plan_of(desk)
    desk.path(PLAN).write_text(json.dumps(plan | {"url": "https://other.example.com/wiki"}))
    run = desk("push", "--apply", PLAN, exit=4)
    assert "https://other.example.com/wiki" in run.err
    assert writes(wiki) == []


@on_cloud
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--plan", "a", "--apply", "b"), "exclude each other"),
        (("--apply", PLAN, "ENG/edited.xhtml"), "takes the pages from the plan"),
        (("--apply", PLAN, "--delete"), "takes the pages from the plan"),
        (("--all-or-nothing",), "needs --apply"),
    ],
)
def test_options_that_do_not_fit_are_told(desk: Desk, options: tuple[str, ...], why: str) -> None:
    assert why in desk("push", *options, exit=2).err


def _edited(desk: Desk, _: Sandbox, __: str) -> None:
    desk.edit("ENG/other.xhtml", "<p>old</p>", "<p>mine</p>")


def _moved(desk: Desk, _: Sandbox, __: str) -> None:
    desk.path("ENG/aside.xhtml").write_bytes(desk.path("ENG/other.xhtml").read_bytes())
    desk.path("ENG/other.xhtml").unlink()


def _hers(_: Desk, wiki: Sandbox, page: str) -> None:
    wiki.store.edit(page, "<p>hers</p>")


def _pulled(desk: Desk, wiki: Sandbox, page: str) -> None:
    _hers(desk, wiki, page)
    desk("pull")


@pytest.fixture
def leaving(desk_at: Callable[..., Desk], wiki: Sandbox) -> tuple[Desk, str]:
    """Return a mirror without git, and the plan to delete a page whose document is here."""
    page = wiki.store.create_page("ENG", "Other", "<p>old</p>").id
    desk = desk_at()
    desk("pull")
    desk("push", "--delete", f"{page}@1", "--plan", PLAN)
    SCHEMA.validate(json.loads(desk.text(PLAN)))
    assert desk.path("ENG/other.xhtml").exists()
    return desk, page


def test_a_named_page_is_deleted_with_its_document(
    wiki: Sandbox, leaving: tuple[Desk, str]
) -> None:
    desk, page = leaving
    for outcome in ("deleted", "unchanged", "unchanged"):
        run = desk.json("push", "--apply", PLAN)
        assert run.outcomes == {"ENG/other.xhtml": outcome}
        assert wiki.store.page(page).status == "trashed"
        assert not desk.path("ENG/other.xhtml").exists()


@pytest.mark.parametrize("change", [_edited, _moved, _hers, _pulled])
def test_a_named_page_that_is_not_as_planned_stays(
    wiki: Sandbox, leaving: tuple[Desk, str], change: Callable[[Desk, Sandbox, str], None]
) -> None:
    desk, page = leaving
    change(desk, wiki, page)
    before = desk.files()
    run = desk.json("push", "--apply", PLAN, exit=1)
    assert refused(run) == {"ENG/other.xhtml"}
    assert wiki.store.page(page).status == "current"
    assert desk.files() == before


@on_cloud
def test_a_named_page_without_a_document_is_deleted_once(
    wiki: Sandbox, leaving: tuple[Desk, str]
) -> None:
    desk, _ = leaving
    page = wiki.store.create_page("ENG", "Elsewhere", "<p>old</p>").id
    desk("push", "--delete", f"{page}@1", "--plan", PLAN)
    for outcome in ("deleted", "unchanged"):
        run = desk.json("push", "--apply", PLAN)
        assert list(run.outcomes.values()) == [outcome]
        assert wiki.store.page(page).status == "trashed"
