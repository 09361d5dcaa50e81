"""A push makes one version of one edit, or refuses after any change in between."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from confsync.mirror.entry import Entry
from confsync.push import run as push_run
from confsync.push.options import SpacePush
from confsync.push.order import Order
from confsync.sandbox import Sandbox
from confsync.sync import compare
from confsync.sync.compare import Content
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"


def test_one_edit_makes_exactly_one_version_with_a_token(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    before = wiki.store.page(guide)
    desk.edit(GUIDE, "8080", "8081")
    run = desk.json("push", "-m", "New port")
    after = wiki.store.page(guide)
    assert run.outcomes == {GUIDE: "updated"}
    assert after.version == before.version + 1
    assert after.body == before.body.replace("8080", "8081")
    assert re.fullmatch(r"\[confsync [0-9a-f]{12}\] \[run [0-9a-f]{12}\] New port", after.message)
    assert writes(wiki) == [("PUT", 200)]
    assert desk("status").out == "clean: 2 pages\n"


def test_a_second_push_asks_and_sends_nothing(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    files = desk.files()
    wiki.clear_requests()
    assert desk("push").out == "push: nothing to do\n"
    assert wiki.requests == []
    assert desk.files() == files


def test_the_file_is_settled_with_what_the_server_stored(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    macro = '<ac:structured-macro ac:name="toc"/>'
    desk.edit(GUIDE, "<p>The second", f"{macro}<p>The second")
    desk("push")
    stored = wiki.store.page(guide)
    assert 'ac:macro-id="' in stored.body
    assert re.search(r'<ac:structured-macro [^>]*ac:macro-id="[^"]+"', desk.text(GUIDE))
    assert f"version: {stored.version}\n" in desk.text(GUIDE)
    wiki.clear_requests()
    desk("pull", "--refresh")
    desk("push")
    assert writes(wiki) == []


@pytest.mark.parametrize("path", [GUIDE, "ENG/new.xhtml"])
@pytest.mark.parametrize(
    ("old", "new"), [("8081", "8082"), ("\ntitle:", "\nteam: ops\ntitle:")], ids=["text", "key"]
)
def test_a_document_that_changes_after_the_push_chose_it_waits_for_the_next_one(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch, path: str, old: str, new: str
) -> None:
    """The push read its text, let go of it, and reads it again to send it."""
    desk.edit(GUIDE, "8080", "8081")
    if path != GUIDE:
        desk.path(GUIDE).rename(desk.path("guide.txt"))
        desk.path(path).write_bytes(b"---\ntitle: New\n---\n<p>Port 8081</p>\n")
    real = push_run.order_of

    def edited_first(space: SpacePush, outgoing: list[Entry]) -> Order:
        assert [entry.raw for entry in outgoing] == [b""]
        desk.edit(path, old, new)
        return real(space, outgoing)

    with monkeypatch.context() as patched:
        patched.setattr(push_run, "order_of", edited_first)
        run = desk.json("push", exit=4)
    assert run.outcomes == {path: "failed"}
    assert "changed while confsync ran" in run.data["pages"][0]["error"]
    assert writes(wiki) == []
    after = {path: "updated" if path == GUIDE else "created"}
    assert desk.json("push").outcomes == after
    assert new in desk.text(path)


def test_a_colleagues_edit_is_refused_and_told(wiki: Sandbox, desk: Desk, guide: str) -> None:
    theirs = wiki.store.page(guide).body.replace("9090", "9999")
    wiki.store.edit(guide, theirs, author="Ana", message="new ports")
    wiki.store.edit(guide, theirs + "<p>more</p>", author="Ana", message="and more")
    before = wiki.store.page(guide)
    desk.edit(GUIDE, "8080", "8081")
    files = desk.files()
    run = desk("push", exit=1)
    assert desk.files() == files
    assert wiki.store.page(guide) == before
    assert writes(wiki) == []
    assert (
        " ! [rejected]  ENG/guide.xhtml   local is based on v1, the server has v3 "
        '(Ana, just now: "and more")'
    ) in run.out
    assert run.err == (
        "error: 1 page was rejected because the server has changes that you do not have.\n"
        "hint: 'confsync diff --remote ENG/guide.xhtml' shows them; "
        "'confsync pull --merge ENG/guide.xhtml' brings them in.\n"
    )


def test_without_the_check_the_servers_own_compare_and_swap_still_refuses(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    desk.edit(GUIDE, "8080", "8081")
    monkeypatch.setattr(compare, "_content", lambda *_: Content.AHEAD)
    desk("push", exit=1)
    assert wiki.store.page(guide).body == "<p>theirs</p>"
    assert set(writes(wiki)) == {("PUT", 409)}


def test_an_edit_between_check_and_put_is_refused(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    files = desk.files()

    def colleague(method: str, path: str) -> None:
        if method == "PUT":
            wiki.faults.before = None
            wiki.store.edit(guide, "<p>theirs</p>", author="Ana")

    wiki.faults.before = colleague
    run = desk.json("push", exit=1)
    assert run.outcomes == {GUIDE: "rejected"}
    assert wiki.store.page(guide).body == "<p>theirs</p>"
    assert desk.files() == files
    assert writes(wiki) == [("PUT", 409)]


def test_one_refused_page_does_not_stop_the_others(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    ids = [wiki.store.create_page("ENG", f"Page {n}", f"<p>text {n}</p>").id for n in range(5)]
    desk = desk_at()
    for n in range(5):
        desk.edit(f"ENG/page-{n}.xhtml", f"text {n}", f"mine {n}")
    wiki.store.edit(ids[2], "<p>theirs</p>", author="Ana")
    run = desk.json("push", exit=1)
    assert run.data["summary"] == {"rejected": 1, "updated": 4}
    assert wiki.store.page(ids[2]).body == "<p>theirs</p>"
    assert wiki.store.page(ids[4]).body == "<p>mine 4</p>"


def test_dry_run_says_the_same_and_sends_nothing(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    files = desk.files()
    run = desk.json("push", "--dry-run")
    assert run.outcomes == {GUIDE: "updated"}
    assert writes(wiki) == []
    assert desk.files() == files


def test_a_file_edited_during_the_push_is_left_alone(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")

    def editor(method: str, path: str) -> None:
        if method == "PUT":
            wiki.faults.before = None
            desk.edit(GUIDE, "9090", "9091")

    wiki.faults.before = editor
    run = desk.json("push", exit=4)
    assert run.outcomes == {GUIDE: "updated"}
    assert "stays unchanged" in run.data["pages"][0]["error"]
    assert "9091" in desk.text(GUIDE)
    assert "8081" in wiki.store.page(guide).body


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("<p>open", "line 11, column 1: <p> is never closed"),
        ("<p>&nope;</p>", "line 11, column 4: undefined entity"),
        ("<!DOCTYPE x>", "line 11, column 1: DOCTYPE is not allowed"),
        ("\n<<<<<<< local\n", "line 12: conflict marker"),
    ],
)
def test_bad_text_is_refused_before_any_request(
    wiki: Sandbox, desk: Desk, broken: str, said: str
) -> None:
    desk.edit(GUIDE, "<p>The second", f"{broken}<p>The second")
    run = desk.json("push", exit=1)
    assert run.outcomes == {GUIDE: "rejected"}
    assert run.data["pages"][0]["error"] == said
    assert wiki.requests == []


@pytest.mark.parametrize("jobs", ["1", "8"])
def test_bad_text_behind_the_first_batch_is_refused_and_stops_no_other(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    monkeypatch.setattr("confsync.push.send.BATCH", 2)
    monkeypatch.setattr("confsync.push.send.FEW", 1)
    for number in range(7):
        wiki.store.create_page("ENG", f"Page {number}", f"<p>{number}</p>")
    desk = desk_at()
    for number in range(7):
        desk.edit(f"ENG/page-{number}.xhtml", "</p>", " more</p>")
    for number in (0, 4, 6):
        desk.edit(f"ENG/page-{number}.xhtml", " more</p>", " more</i>")
    wanted = {f"ENG/page-{n}.xhtml": "rejected" if n in (0, 4, 6) else "updated" for n in range(7)}
    for arguments in (["--dry-run"], []):
        run = desk.json("push", "--jobs", jobs, *arguments, exit=1)
        assert run.outcomes == wanted
        told = {page["path"]: page for page in run.data["pages"]}
        for number in (0, 4, 6):
            assert "mismatched tag" in told[f"ENG/page-{number}.xhtml"]["error"]
        assert len(writes(wiki)) == (0 if arguments else 4)
    sent = {request.path.rpartition("/")[2] for request in wiki.requests if request.body}
    assert len(sent) == 4
    assert desk.json("push", "--jobs", jobs, exit=1).outcomes == {
        path: outcome for path, outcome in wanted.items() if outcome == "rejected"
    }


def test_who_waits_for_a_title_of_bad_text_behind_the_first_batch_is_not_sent(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confsync.push.send.BATCH", 1)
    monkeypatch.setattr("confsync.push.send.FEW", 1)
    for title in "ABC":
        wiki.store.create_page("ENG", title, "<p>x</p>")
    desk = desk_at()
    desk.edit("ENG/a.xhtml", "<p>x</p>", "<p>y</p>")
    desk.edit("ENG/b.xhtml", "title: B", "title: C")
    desk.edit("ENG/c.xhtml", "title: C", "title: Z")
    desk.edit("ENG/c.xhtml", "<p>x</p>", "<p>x")
    run = desk.json("push", exit=1)
    assert run.outcomes == {
        "ENG/a.xhtml": "updated",
        "ENG/b.xhtml": "skipped",
        "ENG/c.xhtml": "rejected",
    }
    assert "waits for ENG/c.xhtml, which was not pushed" in run.out
    assert len(writes(wiki)) == 1


def test_a_page_about_git_may_have_conflict_markers(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    body = "<p>text</p><pre>\n&lt;&lt;\n=======\n</pre>"
    page = wiki.store.create_page("ENG", "Git", body, raw=True).id
    desk = desk_at()
    desk.edit("ENG/git.xhtml", "text", "words")
    desk("push")
    assert wiki.store.page(page).body == body.replace("text", "words")


def test_a_retitled_page_is_pushed_and_a_taken_title_is_refused(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "title: Guide", "title: Handbook")
    desk("push")
    assert wiki.store.page(guide).title == "Handbook"
    desk.edit(GUIDE, "title: Handbook", "title: engineering")
    run = desk.json("push", exit=1)
    told = "ENG/index.xhtml has the title 'engineering' already"
    assert run.data["pages"][0]["error"] == told
    assert wiki.store.page(guide).title == "Handbook"


def test_a_push_of_one_path_leaves_the_others(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    one = wiki.store.create_page("ENG", "One", "<p>one</p>").id
    two = wiki.store.create_page("ENG", "Two", "<p>two</p>").id
    desk = desk_at()
    desk.edit("ENG/one.xhtml", "one</p>", "1</p>")
    desk.edit("ENG/two.xhtml", "two</p>", "2</p>")
    desk("push", "ENG/two.xhtml")
    assert wiki.store.page(one).version == 1
    assert wiki.store.page(two).version == 2
    desk("push", "ENG/three.xhtml", exit=2)
    desk("push", "../elsewhere", exit=2)


@pytest.mark.parametrize("status", ["trash", "archive", "restrict"])
def test_a_page_that_is_gone_is_refused_and_the_file_kept(
    wiki: Sandbox, desk: Desk, guide: str, status: str
) -> None:
    getattr(wiki.store, status)(guide)
    desk.edit(GUIDE, "8080", "8081")
    files = desk.files()
    run = desk.json("push", exit=1)
    assert run.outcomes == {GUIDE: "rejected"}
    assert desk.files() == files
    assert writes(wiki) == []


# -- a file that was cut off -----------------------------------------------------------------------


def test_a_document_that_is_cut_off_behind_its_front_matter_is_not_sent(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    body = wiki.store.page(guide).body
    whole = desk.text(GUIDE)
    desk.path(GUIDE).write_text(whole[: whole.index("<h1>")])
    assert "the document has no text" in desk("check", exit=1).out
    run = desk("push", exit=1)
    assert "the document has no text; to empty the page on purpose, write '<p />'" in run.out
    assert wiki.store.page(guide).body == body
    desk.path(GUIDE).write_text(whole[: whole.index("<h1>")] + "<p />\n")
    desk("check")
    desk("push")
    assert wiki.store.page(guide).body != body


def test_a_page_that_always_was_empty_gets_another_title(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "", raw=True)
    desk("pull")
    desk.edit(GUIDE, "title: Guide", "title: Manual")
    desk("check")
    desk("push")
    assert wiki.store.page(guide).title == "Manual"
