"""Situations in which each command once named the other one: each has a command that ends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from confsync import failpoints
from confsync.errors import NetworkError
from confsync.remote import failures
from confsync.remote.base import Connection
from confsync.remote.client import Client
from confsync.sandbox import Sandbox
from confsync.sync import labels
from tests.flows.conftest import Desk, quiet, writes

GUIDE = "ENG/guide.xhtml"
NEW = "ENG/guide/ports.xhtml"
DOUBTS = ".confsync/in-doubt"


def titled(wiki: Sandbox, title: str) -> list[str]:
    return [page.id for page in wiki.store.pages("ENG") if page.title == title]


def write_new(desk: Desk) -> None:
    desk.path(NEW).parent.mkdir(exist_ok=True)
    desk.path(NEW).write_text("---\ntitle: Ports\nowner: me # mine\n---\n<p>new</p>\n")


def lose_a_creation(wiki: Sandbox, desk: Desk, *, drop: bool = False) -> str:
    """Create a page by a push that gets no answer, and edit the file. Return the page's id."""
    cut: list[str] = []

    def lose_everything_from_the_post_on(method: str, path: str) -> bool:
        cut.extend([path] if method == "POST" and not path.endswith("users-bulk") else [])
        return bool(cut)

    wiki.faults.drop_message_on_create = drop
    wiki.faults.lose_response = lose_everything_from_the_post_on
    write_new(desk)
    desk("push", exit=3)
    wiki.faults.lose_response = None
    desk.edit(NEW, "<p>new</p>", "<p>newer</p>")
    (page,) = titled(wiki, "Ports")
    return page


# -- a lost creation, and then an edit -------------------------------------------------------------


@pytest.mark.parametrize("drop", [False, True])
def test_a_lost_creation_that_was_edited_since_has_a_way_out(
    wiki: Sandbox, desk: Desk, drop: bool
) -> None:
    page = lose_a_creation(wiki, desk, drop=drop)
    desk.path(DOUBTS).unlink()
    assert "'confsync push' finds out" in desk("pull").out
    run = desk("push", exit=1)
    assert f"page {page}, which you created with another text, has this title" in run.out
    desk.follow(run, "confsync pull --ours")
    assert "owner: me # mine" in desk.text(NEW)
    assert "<p>newer</p>" in desk.text(NEW)
    assert any("new</p>" in path.read_text() for path in desk.path(".confsync/trash").rglob("*.x*"))
    desk("push")
    assert wiki.store.page(page).body == "<p>newer</p>"
    assert wiki.store.page(page).version == 2
    quiet(wiki, desk)


class KilledError(BaseException):
    """The process is gone."""


def kill_a_creation(wiki: Sandbox, desk: Desk) -> str:
    """Create a page by a push that is killed, and edit the file. Return the page's id."""

    def kill(number: int, what: str) -> None:
        if any(method == "POST" for method, _ in writes(wiki)):
            raise KilledError

    write_new(desk)
    with failpoints.watched(kill), pytest.raises(KilledError):
        desk("push")
    desk.edit(NEW, "<p>new</p>", "<p>newer</p>")
    (page,) = titled(wiki, "Ports")
    return page


CHANGES: dict[str, Callable[[Desk], str]] = {
    "edited": lambda desk: NEW,
    "retitled": lambda desk: retitle(desk, NEW),
    "moved": lambda desk: str(desk.path(NEW).rename(desk.path("ENG/ports.xhtml")).name),
}


def retitle(desk: Desk, path: str) -> str:
    desk.edit(path, "title: Ports", "title: Harbours")
    return path


@pytest.mark.parametrize("colleague", [False, True])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("lose", [lose_a_creation, kill_a_creation])
def test_a_lost_creation_is_found_whatever_was_changed_since(
    wiki: Sandbox, desk: Desk, lose: Callable[..., str], change: str, colleague: bool
) -> None:
    page = lose(wiki, desk)
    path = f"ENG/{CHANGES[change](desk).removeprefix('ENG/')}"
    if colleague:
        wiki.store.edit(page, "<p>hers</p>", author="Ana")
    assert "'confsync push' finds out" in desk("pull").out
    run = desk("push", exit=1)
    assert f"an earlier push of this file created page {page}; your changes" in run.out
    assert f'id: "{page}"\n  version: 1\n' in desk.text(path)
    assert "<p>newer</p>" in desk.text(path)
    desk.follow(run, "confsync push", exit=int(colleague))
    assert len([one for one in wiki.store.pages("ENG") if one.title in ("Ports", "Harbours")]) == 1
    assert wiki.store.page(page).body == ("<p>hers</p>" if colleague else "<p>newer</p>")
    if not colleague:
        desk("pull")
        quiet(wiki, desk)


def test_a_lost_creation_that_a_colleague_edited_is_settled_and_followed(
    wiki: Sandbox, desk: Desk
) -> None:
    page = lose_a_creation(wiki, desk)
    desk.edit(NEW, "<p>newer</p>", "<p>new</p>")
    wiki.store.edit(page, "<p>hers</p>", author="Ana")
    assert desk.json("push").outcomes == {NEW: "created"}
    assert desk.json("pull").outcomes == {NEW: "pulled"}
    assert "<p>hers</p>" in desk.text(NEW)
    quiet(wiki, desk)


def test_a_lost_creation_without_a_message_has_a_way_out_under_a_new_title(
    wiki: Sandbox, desk: Desk
) -> None:
    page = lose_a_creation(wiki, desk, drop=True)
    retitle(desk, NEW)
    run = desk("push", exit=1)
    assert f"page {page}, 'Ports', was created by an earlier push of this file" in run.out
    desk.follow(run, "confsync pull --ours")
    desk("push")
    assert wiki.store.page(page).title == "Harbours"
    assert not titled(wiki, "Ports")


def test_a_creation_that_did_not_land_is_made_again(wiki: Sandbox, desk: Desk) -> None:
    page = lose_a_creation(wiki, desk)
    wiki.store.trash(page)
    retitle(desk, NEW)
    assert desk.json("push").outcomes == {NEW: "created"}
    assert desk.path(DOUBTS).read_text().count("\n") == 1
    quiet(wiki, desk)


def test_the_text_of_a_lost_creation_may_be_taken_instead(wiki: Sandbox, desk: Desk) -> None:
    lose_a_creation(wiki, desk)
    run = desk("pull", "--theirs", NEW)
    assert "your file is given up" in run.out
    assert "owner: me # mine" in desk.text(NEW)
    assert "<p>new</p>" in desk.text(NEW)
    kept = [path.read_text() for path in desk.path(".confsync/trash").rglob("*.xhtml")]
    assert any("<p>newer</p>" in text for text in kept)
    quiet(wiki, desk)


def test_a_new_document_takes_over_only_the_version_that_was_named(
    wiki: Sandbox, desk: Desk
) -> None:
    page = lose_a_creation(wiki, desk)
    desk.path(DOUBTS).unlink()
    wiki.store.edit(page, "<p>hers</p>", author="Ana")
    before = desk.text(NEW)
    run = desk("pull", "--ours", NEW, "--at", "1", exit=1)
    assert "the server has v2, not v1" in run.out
    assert desk.text(NEW) == before
    assert "belongs to page" in desk("push", exit=1).out
    assert wiki.store.page(page).body == "<p>hers</p>"


def test_a_colleagues_page_of_that_title_is_not_called_an_earlier_try(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.create_page("ENG", "Ports", "<p>hers</p>", parent=guide, author="Ana")
    desk.path(NEW).parent.mkdir(exist_ok=True)
    desk.path(NEW).write_text("---\ntitle: Ports\n---\n<p>new</p>\n")
    run = desk("push", exit=1)
    assert "belongs to page" in run.out
    assert "which you created" not in run.out


# -- a lost answer, and then an undo ---------------------------------------------------------------


def lose_an_answer(wiki: Sandbox, desk: Desk, *, before: bool = False) -> None:
    """Push a write that gets no answer and cannot be asked about, or that never arrives."""
    cut: list[str] = []

    def from_the_write_on(method: str, path: str) -> bool:
        written = method == "PUT" or (method == "POST" and "attachment" in path)
        cut.extend([path] if written else [])
        return bool(cut)

    if before:
        wiki.faults.refuse = lambda *request: 500 if from_the_write_on(*request) else None
    else:
        wiki.faults.lose_response = from_the_write_on
    desk("push", exit=3)
    wiki.faults.lose_response = wiki.faults.refuse = None


@pytest.mark.parametrize("command", ["push", "pull"])
@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("way", ["--ours", "--theirs"])
def test_an_undo_after_a_lost_answer_is_an_edit(
    wiki: Sandbox, desk: Desk, guide: str, command: str, later: bool, way: str
) -> None:
    before = desk.text(GUIDE)
    desk.edit(GUIDE, "8080", "8081")
    lose_an_answer(wiki, desk)
    desk.path(GUIDE).write_text(before)
    if later:
        wiki.store.edit(guide, wiki.store.page(guide).body + "<p>hers</p>", author="Ana")
    run = desk(command, exit=1)
    assert "an earlier push wrote v2, and the file was put back to v1" in run.out
    assert desk.text(GUIDE) == before
    assert desk.json("status", "--remote", exit=None).outcomes == {GUIDE: "restored"}
    if later:
        desk.follow(run, "confsync pull --merge")
        desk("push")
        assert "8080" in wiki.store.page(guide).body and "hers" in wiki.store.page(guide).body
    else:
        desk.follow(run, f"confsync pull {way}")
        desk("push")
        assert ("8080" in wiki.store.page(guide).body) == (way == "--ours")
    desk("pull")
    assert not desk.path(DOUBTS).read_text().partition("\n")[2]
    quiet(wiki, desk)


def test_an_undo_of_what_never_arrived_is_none(wiki: Sandbox, desk: Desk, guide: str) -> None:
    before = desk.text(GUIDE)
    desk.edit(GUIDE, "8080", "8081")
    lose_an_answer(wiki, desk, before=True)
    desk.path(GUIDE).write_text(before)
    quiet(wiki, desk)
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    assert desk.json("pull").outcomes == {GUIDE: "pulled"}


@pytest.mark.parametrize("command", ["push", "pull"])
def test_an_undone_picture_after_a_lost_answer_is_an_edit(
    wiki: Sandbox, desk: Desk, guide: str, command: str
) -> None:
    wiki.store.attach(guide, "a.png", b"one")
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    desk("pull")
    file = desk.path("ENG/guide.attachments/a.png")
    file.write_bytes(b"two")
    lose_an_answer(wiki, desk)
    file.write_bytes(b"one")
    run = desk(command, exit=1)
    assert "a.png: an earlier push wrote v2, and the file is based on v1" in run.out
    assert file.read_bytes() == b"one"
    desk.follow(run, "confsync pull --ours")
    desk("push")
    assert wiki.store.attachment_data(wiki.store.attachments(guide)[0].id) == b"one"
    quiet(wiki, desk)


# -- a change that the server strips ---------------------------------------------------------------


def test_a_change_that_makes_no_version_is_sent_once(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.edit(guide, "<p>a<br />b</p>")
    desk("pull")
    wiki.faults.no_version_for_identical = True
    desk.edit(GUIDE, "<br />", "<br/>")
    wiki.clear_requests()
    for _ in range(3):
        assert desk.json("push", exit=1).outcomes == {GUIDE: "unchanged"}
    assert writes(wiki) == [("PUT", 200)]
    assert "<br/>" in desk.text(GUIDE)
    desk.edit(GUIDE, "b</p>", "c</p>")
    assert desk.json("push").outcomes == {GUIDE: "updated"}
    quiet(wiki, desk)


def test_what_the_server_strips_can_be_given_up(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.edit(guide, "<p>a<br />b</p>")
    desk("pull")
    wiki.faults.no_version_for_identical = True
    desk.edit(GUIDE, "<br />", "<br/>")
    run = desk("push", exit=1)
    assert "the server made no version" in run.out
    desk.follow(run, "confsync pull --theirs")
    quiet(wiki, desk)


def test_without_its_notes_a_stripped_change_is_sent_once_more(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>a<br />b</p>")
    desk("pull")
    wiki.faults.no_version_for_identical = True
    desk.edit(GUIDE, "<br />", "<br/>")
    desk("push", exit=1)
    desk.path(".confsync/unchanged").unlink()
    wiki.clear_requests()
    assert desk.json("push", exit=1).outcomes == {GUIDE: "unchanged"}
    assert writes(wiki) == [("PUT", 200)]


def test_a_change_that_is_stripped_from_a_new_version_settles(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = wiki.store.update

    def stripping(page_id: str, **given: object) -> object:
        given["body"] = str(given["body"]).replace("<script>x</script>", "")
        return update(page_id, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(wiki.store, "update", stripping)
    desk.edit(GUIDE, "8080", "8080<script>x</script>")
    desk("push")
    assert "script" not in desk.text(GUIDE)
    assert wiki.store.page(guide).version == 2
    quiet(wiki, desk)


# -- a server that answers, and does not accept one page -------------------------------------------


def plain_500(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the words about a race out of the sandbox's 500."""
    monkeypatch.setattr(failures, "_said", lambda _: "")


@pytest.fixture
def two(wiki: Sandbox, desk_at: Callable[..., Desk], guide: str) -> Desk:
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    return desk_at()


def test_a_500_for_one_page_is_that_pages_trouble(
    wiki: Sandbox, two: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_500(monkeypatch)
    wiki.faults.refuse = lambda method, path: (
        500 if method == "PUT" and path.endswith(guide) else None
    )
    two.edit(GUIDE, "8080", "8081")
    two.edit("ENG/other.xhtml", "other", "mine")
    run = two("push", exit=1)
    assert "the server answered 500 and did not store this page" in run.out
    assert "cannot be reached" not in run.out + run.err
    assert "'confsync diff'" in run.err
    assert two.json("push", exit=1).outcomes == {GUIDE: "rejected"}
    assert writes(wiki).count(("PUT", 200)) == 1


def test_a_500_for_a_new_page_is_that_pages_trouble(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_500(monkeypatch)
    wiki.faults.refuse = lambda method, path: (
        500 if method == "POST" and not path.endswith("users-bulk") else None
    )
    desk.path(NEW).parent.mkdir(exist_ok=True)
    desk.path(NEW).write_text("---\ntitle: Ports\n---\n<p>new</p>\n")
    assert "the server answered 500 and did not store this page" in desk("push", exit=1).out


def test_a_page_at_which_the_connection_breaks_stops_no_other(
    wiki: Sandbox, two: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a proxy that drops what is too large: everything else is answered."""
    put = Client.put

    def broken(self: Client, path: str, body: dict[str, object]) -> dict[str, object]:
        if path.endswith(guide):
            raise NetworkError("127.0.0.1: the connection was lost")
        return put(self, path, body)

    monkeypatch.setattr(Client, "put", broken)
    two.edit(GUIDE, "8080", "8081")
    two.edit("ENG/other.xhtml", "other", "mine")
    run = two.json("push", "--jobs", "1", exit=3)
    assert run.outcomes == {GUIDE: "failed", "ENG/other.xhtml": "updated"}
    (told,) = [page["error"] for page in run.data["pages"] if page["path"] == GUIDE]
    assert "each time this page was sent; other requests succeed" in told


# -- a base that is nowhere ------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["--theirs", "--ours"])
def test_an_edit_whose_base_is_nowhere_has_two_ways_out(
    wiki: Sandbox, desk: Desk, guide: str, way: str
) -> None:
    wiki.store.edit(guide, "<p>second</p>", raw=True, author="Ana")
    desk("pull")
    desk.edit(GUIDE, "second", "mine")
    for text in ("<p>third</p>", "<p>fourth</p>"):
        wiki.store.edit(guide, text, raw=True, author="Ana")
    wiki.store.delete_version(guide, 2)
    shutil.rmtree(desk.path(".confsync"))
    desk.follow(desk("diff", exit=4), "confsync pull --theirs ENG/guide.xhtml")
    desk.edit(GUIDE, "fourth", "mine")
    shutil.rmtree(desk.path(".confsync"))
    wiki.store.edit(guide, "<p>fifth</p>", raw=True, author="Ana")
    wiki.store.edit(guide, "<p>sixth</p>", raw=True, author="Ana")
    wiki.store.delete_version(guide, 3)
    run = desk("pull", "--merge", GUIDE, exit=None)
    assert "cache, git and server do not have the base" in run.out
    desk.follow(run, f"confsync pull {way} ENG/guide.xhtml")
    desk("push")
    assert wiki.store.page(guide).body == ("<p>mine</p>" if way == "--ours" else "<p>sixth</p>")


WRITES: dict[str, Callable[[str, str], bool]] = {
    "a page": lambda method, path: method == "PUT",
    "a new page": lambda method, path: method == "POST" and path.endswith(("/pages", "/content")),
    "an attachment": lambda method, path: method == "POST" and "/child/attachment" in path,
}


def write_all(wiki: Sandbox, desk: Desk, guide: str, what: str) -> None:
    """Prepare a write of one kind, beside an edit of another page."""
    wiki.store.attach(guide, "a.png", b"one")
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    desk("pull")
    desk.edit("ENG/other.xhtml", "other", "mine")
    if what == "a page":
        desk.edit(GUIDE, "8080", "8081")
    elif what == "an attachment":
        desk.path("ENG/guide.attachments/a.png").write_bytes(b"two")
    else:
        desk.path(NEW).parent.mkdir(exist_ok=True)
        desk.path(NEW).write_text("---\ntitle: Ports\n---\n<p>new</p>\n")
    wiki.clear_requests()


@pytest.mark.parametrize("status", [406, 415, 422, 500])
@pytest.mark.parametrize("what", WRITES)
def test_a_refused_write_is_sent_once_and_has_a_way_out(
    wiki: Sandbox, two: Desk, guide: str, monkeypatch: pytest.MonkeyPatch, what: str, status: int
) -> None:
    plain_500(monkeypatch)
    write_all(wiki, two, guide, what)
    meant = WRITES[what]
    wiki.faults.refuse = lambda method, path: (
        status if meant(method, path) and (what != "a page" or path.endswith(guide)) else None
    )
    run = two("push", exit=1)
    assert "\nhint: " in run.out + run.err
    sent = [answer for _, answer in writes(wiki)]
    assert sorted(sent) == [200, status]


@pytest.mark.parametrize("what", WRITES)
def test_a_write_at_which_the_connection_breaks_has_a_way_out(
    wiki: Sandbox, two: Desk, guide: str, what: str
) -> None:
    write_all(wiki, two, guide, what)

    def broken(method: str, path: str) -> bool:
        return WRITES[what](method, path) and (what != "a page" or path.endswith(guide))

    wiki.faults.lose_response = broken
    wiki.faults.refuse = lambda method, path: 500 if broken(method, path) else None
    run = two("push", exit=3)
    assert "other requests succeed" in run.out
    assert "\nhint: 'confsync push' tries again" in run.out + run.err
    assert any("mine" in page.body for page in wiki.store.pages("ENG"))


# -- a server that answers 200 and does nothing ----------------------------------------------------


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server ignore where a page is to be."""
    put = Client.put

    def without_parent(self: Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        kept = {key: body[key] for key in body if key not in ("parentId", "ancestors")}
        return put(self, path, kept)

    monkeypatch.setattr(Client, "put", without_parent)


def below_top(wiki: Sandbox, desk: Desk) -> str:
    """Another page, below which the guide is moved here."""
    top = wiki.store.create_page("ENG", "Top", "<p>t</p>").id
    desk("pull")
    desk.path("ENG/top").mkdir()
    desk.path(GUIDE).rename(desk.path("ENG/top/guide.xhtml"))
    return top


@pytest.mark.usefixtures("deaf")
@pytest.mark.parametrize("edited", [False, True])
def test_a_move_that_the_server_ignores_is_told_and_stays_to_be_made(
    wiki: Sandbox, desk: Desk, guide: str, edited: bool
) -> None:
    top = below_top(wiki, desk)
    if edited:
        desk.edit("ENG/top/guide.xhtml", "8080", "8081")
    run = desk("push", exit=1)
    assert "the server ignored the move: the page is still where it was" in run.out
    assert "hint: move the page in the browser, then 'confsync pull'" in run.out + run.err
    assert "nothing to do" in desk("pull").out
    assert desk.json("status").outcomes == {"ENG/top/guide.xhtml": "moved"}
    assert "the server ignored the move" in desk("push", exit=1).out
    assert wiki.store.page(guide).version == 2
    wiki.store.edit(guide, parent=top, author="Ana")
    desk("pull")
    assert "clean: 3 pages" in desk("status", "--remote").out


@pytest.mark.usefixtures("deaf")
@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("first", ["pull", "push"])
def test_an_ignored_move_whose_answer_was_lost_stays_to_be_made(
    wiki: Sandbox, desk: Desk, guide: str, edited: bool, first: str
) -> None:
    top = below_top(wiki, desk)
    if edited:
        desk.edit("ENG/top/guide.xhtml", "8080", "8081")
    lose_an_answer(wiki, desk)
    run = desk(first, exit=1 if first == "push" else 0)
    assert "the server ignored the move: the page is still where it was" in run.out
    desk("pull")
    assert desk.json("status").outcomes == {"ENG/top/guide.xhtml": "moved"}
    assert wiki.store.page(guide).version == 2
    wiki.store.edit(guide, parent=top, author="Ana")
    desk("pull")
    assert "clean: 3 pages" in desk("status", "--remote").out


def test_labels_that_the_server_ignores_are_told_and_stay_to_be_sent(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "PAUSES", ())
    wiki.store.add_labels(guide, ["ops", "runbook"])
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "labels: true\n")
    desk("pull")
    desk.edit(GUIDE, "\nlabels: [ops, runbook]", "\nlabels: [ops, mine]")
    with monkeypatch.context() as patch:
        patch.setattr(Connection, "add_labels", lambda self, page_id, names: None)
        patch.setattr(Connection, "remove_label", lambda self, page_id, name: None)
        run = desk("push", exit=1)
        assert "did not change these labels, and gave no error: 'mine', 'runbook'" in run.out
        desk("pull")
        assert "\nlabels: [mine, ops]\n" in desk.text(GUIDE)
        assert desk.json("status").outcomes == {GUIDE: "modified"}
    desk("push")
    assert {label.name for label in wiki.store.labels(guide)} == {"mine", "ops"}
    assert "clean" in desk("status", "--remote").out


# -- an edit, and its page in the trash ------------------------------------------------------------


@pytest.mark.parametrize("verb", ["push", "pull"])
@pytest.mark.parametrize("way", ["restore", "pull --theirs"])
def test_an_edited_document_whose_page_is_in_the_trash_has_two_ways_out(
    wiki: Sandbox, desk: Desk, guide: str, verb: str, way: str
) -> None:
    wiki.store.trash(guide)
    desk.edit(GUIDE, "8080", "8081")
    run = desk(verb, exit=int(verb == "push"))
    assert "8081" in desk.text(GUIDE)
    desk.follow(run, f"confsync {way}")
    if way == "restore":
        desk("pull")  # the restored page has a new version with the same text
        desk("push")
        assert "8081" in wiki.store.page(guide).body
    else:
        assert not desk.path(GUIDE).exists()
        assert "8081" in desk.text(f".confsync/trash/{GUIDE}")
    quiet(wiki, desk)
