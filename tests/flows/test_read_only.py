"""Archived pages and live docs are pulled and never pushed; other content is not mirrored."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

OLD = "ENG/old.xhtml"
LIVE = "ENG/live.xhtml"
BELOW = "ENG/old/below.xhtml"


def configure(desk: Desk, *, archived: bool) -> None:
    path = desk.path(".confsync.yaml")
    data = yaml.safe_load(path.read_text())
    data["spaces"][0]["archived"] = archived
    path.write_text(yaml.safe_dump(data))


@pytest.fixture
def old(wiki: Sandbox) -> str:
    """Return a page that is archived, with one below it that is not."""
    page = wiki.store.create_page("ENG", "Old", "<p>Old</p>", raw=True).id
    wiki.store.create_page("ENG", "Below", "<p>Below</p>", parent=page, raw=True)
    wiki.store.archive(page)
    return page


@pytest.fixture
def archive(old: str, desk_at: Callable[..., Desk]) -> Desk:
    desk = desk_at()
    configure(desk, archived=True)
    desk("pull")
    return desk


def test_archived_pages_are_not_mirrored_unless_the_configuration_says_so(
    wiki: Sandbox, old: str, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    assert OLD not in desk.files()
    assert "ENG/below.xhtml" in desk.files()
    configure(desk, archived=True)
    assert "N new" in desk("status", "--remote").out
    desk("pull")
    assert {OLD, BELOW} <= set(desk.files())
    assert "ENG/below.xhtml" not in desk.files()
    assert wiki.store.page(old).version == 1
    configure(desk, archived=False)
    assert desk.json("pull").outcomes[OLD] == "deleted"
    assert "ENG/below.xhtml" in desk.files()
    assert writes(wiki) == []


def test_an_archived_page_stays_up_to_date_and_is_named_by_status(
    wiki: Sandbox, old: str, archive: Desk
) -> None:
    files = archive.files()
    assert archive("pull").out == "pull: nothing to do\n"
    assert archive.files() == files
    told = archive("status", "--remote").out
    assert "archived pages are pulled and never pushed: ENG/old.xhtml" in told
    assert "clean: 3 pages" in told
    wiki.store.edit(old, "<p>New</p>", author="Ana")
    archive("pull")
    assert "<p>New</p>" in archive.text(OLD)
    wiki.store.restore(old)
    assert archive("status", "--remote").out == "clean: 3 pages\n"


def test_an_edit_of_an_archived_page_is_refused_until_it_is_restored(
    wiki: Sandbox, old: str, archive: Desk
) -> None:
    before = wiki.store.page(old)
    archive.edit(OLD, "<p>Old</p>", "<p>mine</p>")
    files = archive.files()
    for command in (["push"], ["push", "--dry-run"]):
        run = archive.json(*command, exit=1)
        assert run.outcomes == {OLD: "rejected"}
        assert "restore it in the browser" in run.data["pages"][0]["error"]
    assert "restore it in the browser" in archive("status", "--remote").out
    archive("pull")
    assert archive.files() == files
    assert writes(wiki) == []
    assert wiki.store.page(old) == before
    wiki.store.restore(old)
    archive("push")
    assert wiki.store.page(old).body == "<p>mine</p>"


def test_a_move_and_a_deletion_of_an_archived_page_are_refused(
    wiki: Sandbox, old: str, archive: Desk
) -> None:
    archive.git("init", "-q")
    archive.git("add", ".")
    archive.git("commit", "-qm", "all")
    archive("new", "ENG/place.xhtml", "--title", "Place")
    archive("push")
    wiki.clear_requests()
    archive.path("ENG/place").mkdir()
    archive.path(OLD).rename(archive.path("ENG/place/old.xhtml"))
    assert archive.json("push", "ENG/place", exit=1).outcomes == {"ENG/place/old.xhtml": "rejected"}
    archive.path("ENG/place/old.xhtml").rename(archive.path(OLD))
    (below,) = [page.id for page in wiki.store.pages("ENG") if page.title == "Below"]
    wiki.store.archive(below)
    archive.path(BELOW).unlink()
    run = archive.json("push", "--delete", exit=1)
    assert run.outcomes == {BELOW: "rejected"}
    assert "the page is archived" in run.data["pages"][0]["error"]
    assert writes(wiki) == []
    assert wiki.store.page(old).status == wiki.store.page(below).status == "archived"


def test_an_archived_answer_removes_an_unmodified_file_and_keeps_a_modified_one(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.archive(guide)
    files = desk.files()
    desk.edit("ENG/guide.xhtml", "8080", "8081")
    assert desk.json("pull").outcomes == {"ENG/guide.xhtml": "kept"}
    desk.path("ENG/guide.xhtml").write_bytes(files["ENG/guide.xhtml"])
    assert desk.json("pull").outcomes == {"ENG/guide.xhtml": "deleted"}


def test_live_docs_are_pulled_and_never_pushed_and_said_so(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    if wiki.flavor == "datacenter":
        pytest.skip("Data Center has no live docs")
    live = wiki.store.create_page("ENG", "Live", "<p>Live</p>", raw=True, subtype="live").id
    desk = desk_at()
    assert "live docs are pulled and never pushed: ENG/live.xhtml" in desk("status", "--remote").out
    wiki.store.edit(live, "<p>theirs</p>", author="Ana")
    desk("pull")
    desk.edit(LIVE, "<p>theirs</p>", "<p>mine</p>")
    before = wiki.store.page(live)
    for command in (["push"], ["push", "--dry-run"]):
        run = desk.json(*command, exit=1)
        assert run.outcomes == {LIVE: "rejected"}
        assert run.data["pages"][0]["error"] == "confsync does not push live docs"
    assert "confsync does not push live docs" in desk("status", "--remote").out
    desk("pull", "--theirs", LIVE)
    told = desk("push", "--delete", f"{live}@2", exit=1).out
    assert "confsync only pulls live docs: delete it in the browser" in told
    assert writes(wiki) == []
    assert wiki.store.page(live) == before


def test_what_is_not_mirrored_at_all_is_noted_for_one_request(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    board = wiki.store.create_whiteboard("ENG", "Board")
    wiki.store.create_page("ENG", "On board", "<p>x</p>", parent=board.id)
    page = wiki.store.create_page("ENG", "Page", "<p>x</p>")
    deep = wiki.store.create_whiteboard("ENG", "Deep", parent=page.id)
    wiki.store.create_page("ENG", "On deep", "<p>x</p>", parent=deep.id)
    desk = desk_at()
    offline = desk("status").out
    wiki.clear_requests()
    told = desk("status", "--remote").out
    if wiki.flavor == "datacenter":
        assert told == offline
        return
    assert told == (
        "not mirrored: 1 below the home page: whiteboard 'Board'\n"
        "not mirrored: 1 whiteboards or databases with pages below them\n"
        f"{offline}"
    )
    assert len([r for r in wiki.requests if r.path.endswith("direct-children")]) == 1
    wiki.faults.refuse = lambda method, path: 500 if path.endswith("direct-children") else None
    assert "Board" not in desk("status", "--remote").out
