"""Attachments: files beside the documents, pulled when they changed, sent before the page."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confsync.mirror import entry, mirror
from confsync.push import run as push_run
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, each_git_format, writes

GUIDE = "ENG/guide.xhtml"
FILES = "ENG/guide.attachments"
IMAGE = '<ac:image><ri:attachment ri:filename="{}" /></ac:image>'


@pytest.fixture
def attached(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone that has attachments, in a git repository; the guide has a diagram."""
    wiki.store.attach(guide, "diagram.png", b"first", author="Ana")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    desk("pull")
    for arguments in (
        ("init", "-q"),
        ("config", "user.name", "Me"),
        ("config", "user.email", "me@example.com"),
        ("add", "-A"),
        ("commit", "-qm", "start"),
    ):
        desk.git(*arguments)
    wiki.clear_requests()
    return desk


def on_server(wiki: Sandbox, page_id: str) -> dict[str, tuple[int, bytes]]:
    """Version and bytes of each attachment."""
    return {
        row.title: (row.version, wiki.store.attachment_data(row.id))
        for row in wiki.store.attachments(page_id)
    }


def replaced(wiki: Sandbox, page_id: str, name: str, data: bytes) -> None:
    """Upload a new version as a colleague."""
    (row,) = wiki.store.attachments(page_id, name)
    wiki.store.replace_attachment(row.id, data, "Ben")


def here(desk: Desk, directory: str = FILES) -> dict[str, bytes]:
    """Return the files beside a document."""
    found = desk.path(directory)
    return {p.name: p.read_bytes() for p in found.iterdir()} if found.is_dir() else {}


def downloads(wiki: Sandbox) -> int:
    """Return the count of downloads, on every host."""
    return len([r for r in wiki.requests if "download" in r.path])


def settled(wiki: Sandbox, desk: Desk) -> None:
    """Nothing is left to do on either side."""
    count, before = len(writes(wiki)), desk.files()
    assert "nothing to do" in desk("push").out
    assert "nothing to do" in desk("pull").out
    assert "clean" in desk("status", "--remote").out
    assert (len(writes(wiki)), desk.files()) == (count, before)


# -- pulling ---------------------------------------------------------------------------------------


def test_without_being_asked_for_they_cost_nothing(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    wiki.store.attach(guide, "diagram.png", b"first")
    desk = desk_at()
    desk("pull")
    assert not desk.path(FILES).exists()
    assert not [r for r in wiki.requests if "attachment" in r.path]


def test_a_pull_brings_them_and_stamps_them(wiki: Sandbox, attached: Desk, guide: str) -> None:
    assert here(attached) == {"diagram.png": b"first"}
    text = attached.text(GUIDE)
    assert re.search(
        r'\n    "diagram.png": \{id: "att\d+", version: 1, digest: "?[0-9a-f]{32}"?\}\n', text
    )
    assert wiki.store.page(guide).version == 1
    settled(wiki, attached)


def test_only_what_changed_is_downloaded(wiki: Sandbox, attached: Desk, guide: str) -> None:
    wiki.store.attach(guide, "other.txt", b"text")
    assert attached.json("status", "--remote").outcomes == {GUIDE: "behind"}
    assert attached.json("pull").outcomes == {GUIDE: "refreshed"}
    assert here(attached) == {"diagram.png": b"first", "other.txt": b"text"}
    assert downloads(wiki) == 1
    replaced(wiki, guide, "diagram.png", b"second")
    assert attached.json("pull", "--dry-run").outcomes == {GUIDE: "refreshed"}
    assert here(attached)["diagram.png"] == b"first"
    attached("pull")
    assert here(attached)["diagram.png"] == b"second"
    assert downloads(wiki) == 2
    settled(wiki, attached)


def test_one_that_is_gone_there_goes_to_the_trash(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    (row,) = wiki.store.attachments(guide)
    wiki.store.remove_attachment(row.id)
    attached("pull")
    assert not attached.path(FILES).exists()
    assert "attachments:" not in attached.text(GUIDE)
    trash = attached.path(f".confsync/trash/{FILES}/diagram.png")
    assert trash.read_bytes() == b"first"
    settled(wiki, attached)


def test_a_file_that_is_missing_for_no_known_reason_comes_back(
    wiki: Sandbox, attached: Desk
) -> None:
    attached.git("rm", "-q", "--cached", f"{FILES}/diagram.png")
    attached.git("commit", "-qm", "not in git")
    attached.path(f"{FILES}/diagram.png").unlink()
    attached("pull")
    assert here(attached) == {"diagram.png": b"first"}


def test_the_same_number_over_other_bytes_is_seen_by_the_size(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    (row,) = wiki.store.attachments(guide)
    wiki.store.remove_attachment(row.id)
    wiki.store.attach(guide, "diagram.png", b"not the first")
    attached("pull")
    assert here(attached) == {"diagram.png": b"not the first"}


@pytest.mark.parametrize(
    "name",
    [
        *("a b.txt", "über/maß.png", "../../escape.txt", ".git", ".hidden", "CON.txt", "x" * 250),
        *(
            "a\\b",
            "q?.txt",
            "<b>.txt",
            "日本.txt",
            "e\u0301.txt",
            "trailing.",
            "con",
            "\u202egnp.exe",
        ),
        *('"quoted".txt', "a:b", "#x", "- y", "..."),
    ],
)
def test_any_name_has_a_safe_file_and_comes_and_goes(
    wiki: Sandbox, attached: Desk, guide: str, name: str
) -> None:
    wiki.store.attach(guide, name, b"hers")
    attached("pull")
    (file,) = set(here(attached)) - {"diagram.png"}
    assert {p for p in attached.files() if "attachments/" in p} == {
        f"{FILES}/diagram.png",
        f"{FILES}/{file}",
    }
    attached.path(f"{FILES}/{file}").write_bytes(b"mine")
    assert attached.json("push").outcomes == {GUIDE: "updated"}
    assert on_server(wiki, guide)[name] == (2, b"mine")
    settled(wiki, attached)


def test_names_that_differ_in_case_alone_have_files_of_their_own(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    wiki.store.attach(guide, "Diagram.PNG", b"other")
    attached("pull")
    assert sorted(here(attached).values()) == [b"first", b"other"]
    assert len({name.lower() for name in here(attached)}) == 2
    settled(wiki, attached)


def test_patterns_say_which_come_along(wiki: Sandbox, attached: Desk, guide: str) -> None:
    config = attached.path(".confsync.yaml")
    config.write_text(config.read_text().replace("attachments: true", "attachments: ['*.txt']"))
    wiki.store.attach(guide, "notes.txt", b"text")
    replaced(wiki, guide, "diagram.png", b"second")
    attached("pull")
    assert here(attached) == {"diagram.png": b"first", "notes.txt": b"text"}


# -- pushing ---------------------------------------------------------------------------------------


def test_a_changed_one_is_sent_and_makes_no_version_of_the_page(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    assert attached.json("status").outcomes == {GUIDE: "modified"}
    assert attached.json("push", "--dry-run").outcomes == {GUIDE: "updated"}
    assert on_server(wiki, guide)["diagram.png"] == (1, b"first")
    assert attached.json("push").outcomes == {GUIDE: "updated"}
    assert on_server(wiki, guide)["diagram.png"] == (2, b"mine")
    assert wiki.store.page(guide).version == 1
    settled(wiki, attached)


def test_one_that_was_emptied_is_not_sent(wiki: Sandbox, attached: Desk, guide: str) -> None:
    before = on_server(wiki, guide)
    name = next(name for name, data in here(attached).items() if data)
    whole = attached.path(f"{FILES}/{name}").read_bytes()
    attached.path(f"{FILES}/{name}").write_bytes(b"")
    run = attached("push", exit=1)
    assert f"{FILES}/{name} is empty, but was not before" in run.out
    assert on_server(wiki, guide) == before
    attached("pull", "--theirs", f"{FILES}/{name}")
    assert attached.path(f"{FILES}/{name}").read_bytes() == whole


def test_a_new_one_is_sent_before_the_page_that_shows_it(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/new.png").write_bytes(b"new")
    attached.edit(GUIDE, "</h1>\n", f"</h1>\n<p>{IMAGE.format('new.png')}</p>\n")
    assert attached.json("push").outcomes == {GUIDE: "updated"}
    assert on_server(wiki, guide)["new.png"] == (1, b"new")
    assert [method for method, _ in writes(wiki)] == ["POST", "PUT"]
    settled(wiki, attached)


def test_one_that_no_page_shows_is_sent_when_it_is_listed(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/notes.txt").write_bytes(b"text")
    assert "nothing to do" in attached("push").out
    attached.edit(GUIDE, "title: Guide\n", "title: Guide\nattachments: [notes.txt]\n")
    assert attached.json("push").outcomes == {GUIDE: "updated"}
    assert on_server(wiki, guide)["notes.txt"] == (1, b"text")
    settled(wiki, attached)


def test_a_new_page_gets_its_attachments(wiki: Sandbox, attached: Desk) -> None:
    attached("new", "ENG/shown.xhtml", "--title", "Shown")
    attached.edit("ENG/shown.xhtml", "<p />", f"<p>{IMAGE.format('a b.png')}</p>")
    attached.path("ENG/shown.attachments").mkdir()
    attached.path("ENG/shown.attachments/a b.png").write_bytes(b"image")
    assert attached.json("push").outcomes == {"ENG/shown.xhtml": "created"}
    (page,) = [row for row in wiki.store.pages("ENG") if row.title == "Shown"]
    assert on_server(wiki, page.id) == {"a b.png": (1, b"image")}
    settled(wiki, attached)


def test_an_upload_does_not_replace_a_file_that_was_attached_anew(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    (row,) = wiki.store.attachments(guide, "diagram.png")
    theirs = b"x" * row.size
    wiki.store.remove_attachment(row.id)
    wiki.store.attach(guide, "diagram.png", theirs, author="Ben")
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    told = "the file here is based on v1, which was removed, the server has v1 (Ben)"
    assert f"diagram.png: {told}" in attached("push", exit=1).out
    assert on_server(wiki, guide) == {"diagram.png": (1, theirs)}
    attached("pull", "--theirs", f"{FILES}/diagram.png")
    assert here(attached) == {"diagram.png": theirs}
    settled(wiki, attached)


def test_a_stamp_of_an_earlier_confsync_names_no_attachment(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    text = attached.text(GUIDE)
    attached.path(GUIDE).write_text(re.sub(r'id: "att\d+", ', "", text))
    settled(wiki, attached)
    attached.path(f"{FILES}/diagram.png").write_bytes(b"second")
    assert attached.json("push").outcomes == {GUIDE: "updated"}
    assert on_server(wiki, guide) == {"diagram.png": (2, b"second")}
    assert attached.text(GUIDE).count('{id: "att') == 1


def test_a_colleagues_new_version_is_refused_and_told(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    attached.edit(GUIDE, "8080", "8081")
    replaced(wiki, guide, "diagram.png", b"theirs")
    run = attached("push", exit=1)
    assert "diagram.png: the file here is based on v1, the server has v2" in run.out + run.err
    assert "pull --theirs ENG/guide.attachments/diagram.png" in run.out + run.err
    assert writes(wiki) == []
    assert attached.json("status", "--remote").outcomes == {GUIDE: "diverged"}
    attached("pull", exit=1)
    assert here(attached) == {"diagram.png": b"mine"}


def test_theirs_by_name_gives_up_the_file_here(wiki: Sandbox, attached: Desk, guide: str) -> None:
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    attached.edit(GUIDE, "8080", "8081")
    replaced(wiki, guide, "diagram.png", b"theirs")
    attached("pull", "--theirs", f"{FILES}/diagram.png")
    assert here(attached) == {"diagram.png": b"theirs"}
    assert "8081" in attached.text(GUIDE), "the text was not named"
    assert attached.path(f".confsync/trash/{FILES}/diagram.png").read_bytes() == b"mine"
    attached("push")
    settled(wiki, attached)


def test_ours_by_name_and_number_gives_up_the_servers(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    replaced(wiki, guide, "diagram.png", b"theirs")
    attached("pull", "--ours", f"{FILES}/diagram.png", "--at", "1", exit=1)
    attached("push", exit=1)
    attached("pull", "--ours", f"{FILES}/diagram.png", "--at", "2")
    assert here(attached) == {"diagram.png": b"mine"}
    assert attached.path(f".confsync/trash/{FILES}/diagram.png").read_bytes() == b"theirs"
    attached("push")
    assert on_server(wiki, guide)["diagram.png"] == (3, b"mine")
    settled(wiki, attached)


def test_the_same_bytes_on_both_sides_are_no_conflict(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/diagram.png").write_bytes(b"the same")
    replaced(wiki, guide, "diagram.png", b"the same")
    attached("push")
    assert on_server(wiki, guide)["diagram.png"] == (2, b"the same")
    settled(wiki, attached)


def test_one_that_is_gone_there_and_changed_here_is_kept_until_the_user_decides(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    (row,) = wiki.store.attachments(guide)
    wiki.store.remove_attachment(row.id)
    for command in ("pull", "push"):
        run = attached(command, exit=1)
        assert "diagram.png: deleted on the server, but changed here" in run.out + run.err
        assert here(attached) == {"diagram.png": b"mine"}
    attached("pull", "--ours", f"{FILES}/diagram.png", "--at", "1")
    attached.edit(GUIDE, "</h1>\n", f"</h1>\n<p>{IMAGE.format('diagram.png')}</p>\n")
    attached("push")
    assert on_server(wiki, guide)["diagram.png"] == (1, b"mine")
    settled(wiki, attached)


# -- deleting --------------------------------------------------------------------------------------


@each_git_format
def test_one_that_was_deleted_here_is_deleted_there_only_when_asked(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/diagram.png").unlink()
    assert attached.json("status").outcomes == {GUIDE: "modified"}
    attached("pull")
    attached("push")
    assert here(attached) == {}
    assert "diagram.png" in on_server(wiki, guide)
    attached("push", "--delete")
    assert on_server(wiki, guide) == {}
    assert "attachments:" not in attached.text(GUIDE)
    settled(wiki, attached)


@pytest.mark.parametrize("how", ["deleted in git", "named"])
def test_a_deleted_page_takes_its_files_along_except_new_ones(
    wiki: Sandbox, attached: Desk, guide: str, how: str
) -> None:
    attached.path(f"{FILES}/notes.txt").write_bytes(b"mine alone")
    if how == "named":
        attached("push", "--delete", f"{guide}@1")
    else:
        attached.path(GUIDE).unlink()
        attached("push", "--delete")
    assert wiki.store.page(guide).status == "trashed"
    assert here(attached) == {"notes.txt": b"mine alone"}
    kept = attached.path(".confsync/trash") / FILES / "diagram.png"
    assert kept.read_bytes() == b"first"


@pytest.mark.parametrize("how", ["all unlinked", "the document unlinked", "git rm", "named"])
def test_they_are_committed_with_the_deletion_of_their_page(
    wiki: Sandbox, attached: Desk, guide: str, how: str
) -> None:
    for name in ("kept.txt", "gone.txt"):
        attached.path(f"{FILES}/{name}").write_bytes(b"no attachment")
    attached.git("add", "-A")
    attached.git("commit", "-qm", "what no page shows")
    attached.path(f"{FILES}/gone.txt").unlink()
    if how != "named":
        attached.path(GUIDE).unlink()
    if how in ("all unlinked", "git rm"):
        attached.path(f"{FILES}/diagram.png").unlink()
    if how == "git rm":
        attached.git("rm", "-q", GUIDE, f"{FILES}/diagram.png")
    named = (f"{guide}@1",) if how == "named" else ()
    attached("push", "--delete", "--commit", *named)
    assert wiki.store.page(guide).status == "trashed"
    assert attached.git("show", "--format=%B", "--name-only", "HEAD").split("\n") == [
        "confsync push: 1 page",
        "",
        f"{GUIDE} deleted",
        "",
        f"Confsync-Run: {attached.last_run()}",
        "",
        "",
        f"{FILES}/diagram.png",
        GUIDE,
        "",
    ]
    assert attached.git("status", "--porcelain") == f" D {FILES}/gone.txt\n"
    assert here(attached) == {"kept.txt": b"no attachment"}


def test_one_that_was_changed_stays_when_the_deletion_of_its_page_is_committed(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(GUIDE).unlink()
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    attached("push", "--delete", "--commit")
    assert attached.git("show", "--format=", "--name-only", "HEAD") == f"{GUIDE}\n"
    assert attached.git("status", "--porcelain") == f" M {FILES}/diagram.png\n"
    assert here(attached) == {"diagram.png": b"mine"}


def test_the_deletion_of_one_is_committed_with_its_document(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/diagram.png").unlink()
    attached("push", "--commit")
    assert attached.git("status", "--porcelain") == f" D {FILES}/diagram.png\n"
    attached("push", "--delete", "--commit")
    assert on_server(wiki, guide) == {}
    assert attached.git("show", "--format=", "--name-only", "HEAD").split() == [
        f"{FILES}/diagram.png",
        GUIDE,
    ]
    assert attached.git("status", "--porcelain") == ""


def test_one_that_a_colleague_changed_is_not_deleted(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/diagram.png").unlink()
    replaced(wiki, guide, "diagram.png", b"theirs")
    run = attached("push", "--delete", exit=1)
    assert "was deleted here, but the server has v2" in run.out + run.err
    assert on_server(wiki, guide)["diagram.png"] == (2, b"theirs")
    attached("pull", "--theirs", f"{FILES}/diagram.png")
    assert here(attached) == {"diagram.png": b"theirs"}
    settled(wiki, attached)


def test_an_attachment_that_was_never_pulled_is_never_deleted(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    wiki.store.attach(guide, "hers.txt", b"hers")
    attached.path(f"{FILES}/diagram.png").unlink()
    attached("push", "--delete")
    assert set(on_server(wiki, guide)) == {"hers.txt"}


def test_many_deletions_of_attachments_are_asked_about(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    for n in range(11):
        wiki.store.attach(guide, f"{n}.txt", b"text")
    attached("pull")
    attached.git("add", "-A")
    attached.git("commit", "-qm", "more")
    for n in range(11):
        attached.path(f"{FILES}/{n}.txt").unlink()
    run = attached("push", "--delete", exit=1)
    assert "would delete 11 attachments" in run.err
    assert len(on_server(wiki, guide)) == 12
    attached("push", "--delete", "--allow-mass-delete")
    assert len(on_server(wiki, guide)) == 1


# -- with the document -----------------------------------------------------------------------------


def test_they_go_where_the_document_goes(wiki: Sandbox, attached: Desk, guide: str) -> None:
    wiki.store.edit(guide, title="Manual")
    attached("pull")
    assert here(attached, "ENG/manual.attachments") == {"diagram.png": b"first"}
    assert not attached.path(FILES).exists()
    assert downloads(wiki) == 0
    settled(wiki, attached)


@each_git_format
def test_a_document_that_was_moved_alone_gets_them_at_the_next_pull(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>")
    attached("pull")
    attached.path("ENG/other").mkdir()
    attached.path(GUIDE).rename(attached.path("ENG/other/guide.xhtml"))
    assert FILES in attached("status").err + attached("status").out
    attached("push")
    assert wiki.store.page(guide).parent_id == other.id
    attached("pull")
    assert here(attached, "ENG/other/guide.attachments") == {"diagram.png": b"first"}
    assert not attached.path(FILES).exists()
    assert downloads(wiki) == 0
    settled(wiki, attached)


def test_a_trashed_page_takes_them_along_unless_they_were_changed(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/mine.txt").write_bytes(b"mine")
    wiki.store.trash(guide)
    attached("pull")
    assert set(here(attached)) == {"diagram.png", "mine.txt"}
    assert attached.path(GUIDE).exists()
    attached.path(f"{FILES}/mine.txt").unlink()
    attached("pull")
    assert not attached.path(FILES).exists()
    assert not attached.path(GUIDE).exists()
    assert attached.path(f".confsync/trash/{FILES}/diagram.png").read_bytes() == b"first"


def test_a_document_among_attachments_is_no_page(wiki: Sandbox, attached: Desk, guide: str) -> None:
    wiki.store.attach(guide, "page.xhtml", attached.path(GUIDE).read_bytes())
    attached("pull")
    assert set(here(attached)) == {"diagram.png", "page.xhtml"}
    settled(wiki, attached)


def test_since_means_the_document_whose_attachment_changed(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.git("checkout", "-qb", "topic")
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    attached.git("commit", "-qam", "diagram")
    main = attached.git("rev-parse", "HEAD~1").strip()
    assert attached.json("push", "--since", main, "--commit").outcomes == {GUIDE: "updated"}
    assert on_server(wiki, guide)["diagram.png"] == (2, b"mine")
    assert attached.git("status", "--porcelain") == ""


def test_a_link_beside_the_document_is_no_attachment(
    wiki: Sandbox, attached: Desk, guide: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    attached.path(f"{FILES}/link.txt").symlink_to(secret)
    attached.edit(GUIDE, "</h1>\n", f"</h1>\n<p>{IMAGE.format('link.txt')}</p>\n")
    run = attached("push", exit=1)
    assert f"{FILES}/link.txt is a link to {secret}" in run.out
    assert "link.txt" not in on_server(wiki, guide)


# -- while it runs ---------------------------------------------------------------------------------


def test_a_file_that_is_saved_while_the_new_bytes_come_is_left_alone(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    replaced(wiki, guide, "diagram.png", b"theirs")
    path = attached.path(f"{FILES}/diagram.png")

    def save(method: str, where: str) -> None:
        if "/download" in where:
            path.write_bytes(b"saved meanwhile")

    wiki.faults.before = save
    run = attached("pull", exit=4)
    wiki.faults.before = None
    assert "changed while confsync ran" in run.out + run.err
    assert here(attached) == {"diagram.png": b"saved meanwhile"}
    run = attached("push", exit=1)
    assert "the server has v2" in run.out + run.err


@pytest.mark.parametrize("lost", [True, False])
def test_an_upload_whose_answer_is_lost_is_made_once(
    wiki: Sandbox, attached: Desk, guide: str, lost: bool
) -> None:
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    tries: list[str] = []

    def once(method: str, where: str) -> bool:
        if method == "POST":
            tries.append(where)
        return method == "POST" and len(tries) == 1

    if lost:
        wiki.faults.lose_response = once
    else:
        wiki.faults.refuse = lambda method, where: 503 if once(method, where) else None
    attached("push")
    assert on_server(wiki, guide)["diagram.png"] == (2, b"mine")
    assert len(tries) == (1 if lost else 2)
    wiki.faults.lose_response = wiki.faults.refuse = None
    settled(wiki, attached)


def test_a_lost_upload_without_any_answer_after_is_found_by_the_next_push(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path(f"{FILES}/diagram.png").write_bytes(b"mine")
    down: list[bool] = []

    def lose(method: str, where: str) -> bool:
        down.append(method == "POST")
        return any(down)

    wiki.faults.lose_response = lose
    run = attached("push", exit=3)
    assert "next push finds out" in run.out + run.err
    wiki.faults.lose_response = None
    attached("push")
    assert on_server(wiki, guide)["diagram.png"] == (2, b"mine")
    settled(wiki, attached)


def test_a_download_that_breaks_off_goes_on_where_it_was(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    data = bytes(range(256)) * 20_000
    wiki.store.attach(guide, "large.bin", data)
    broken: list[str] = []

    def truncate(method: str, where: str) -> bool:
        if ("/media/" in where or "/download/attachments" in where) and len(broken) < 2:
            broken.append(where)
            return True
        return False

    wiki.faults.truncate = truncate
    attached("pull")
    assert here(attached)["large.bin"] == data
    assert len(broken) == 2
    sent = [r for r in wiki.requests if "/media/" in r.path or "/download/att" in r.path]
    assert [r.status for r in sent][-2:] == [206, 206]


@pytest.mark.parametrize("damage", ["shorter", "longer"])
def test_other_bytes_than_the_listing_promised_are_not_taken(
    wiki: Sandbox, attached: Desk, guide: str, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki.store.attach(guide, "new.bin", b"0123456789")
    other = b"01234" if damage == "shorter" else b"0123456789abc"
    monkeypatch.setattr(type(wiki.store), "attachment_data", lambda *_: other)
    attached("pull", exit=3)
    assert here(attached) == {"diagram.png": b"first"}
    monkeypatch.undo()


# -- checking, and git -----------------------------------------------------------------------------


def test_check_tells_of_one_that_is_nowhere(wiki: Sandbox, attached: Desk, guide: str) -> None:
    images = "\n".join(IMAGE.format(name) for name in ("diagram.png", "new.png", "none.png"))
    attached.edit(GUIDE, "</h1>\n", f"</h1>\n{images}\n")
    attached.path(f"{FILES}/diagram.png").unlink()
    attached.path(f"{FILES}/new.png").write_bytes(b"new")
    (found,) = attached.json("check").data["findings"]
    line = attached.text(GUIDE).splitlines()[found["line"] - 1]
    assert line[found["column"] - 1 :].startswith('<ri:attachment ri:filename="none.png"')
    assert (found["severity"], found["code"]) == ("warning", "attachment")
    assert "'none.png'" in found["message"]


def test_git_leaves_their_bytes_alone(wiki: Sandbox, attached: Desk, guide: str) -> None:
    attached.git("config", "core.autocrlf", "true")
    attached.path(f"{FILES}/a.xhtml").write_bytes(b"one\r\ntwo\n")
    attached.git("add", "-A")
    attached.git("commit", "-qm", "more")
    stored = attached.git("cat-file", "-s", f"HEAD:{FILES}/a.xhtml").strip()
    assert stored == str(len(b"one\r\ntwo\n"))


# -- size ------------------------------------------------------------------------------------------

MEGABYTE = 1 << 20


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to measure")
def test_200_megabytes_come_and_go_within_64_of_memory(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    piece = bytes(range(256)) * (MEGABYTE // 256)
    wiki.store.attach(guide, "film.bin", piece * 200)
    assert measured(attached, "pull") < 64
    path = attached.path(f"{FILES}/film.bin")
    assert path.stat().st_size == 200 * MEGABYTE
    with path.open("r+b") as file:
        file.write(b"new")
    assert measured(attached, "push") < 64
    version, data = on_server(wiki, guide)["film.bin"]
    assert version == 2
    assert len(data) == 200 * MEGABYTE
    assert data.startswith(b"new\x03")


def measured(desk: Desk, command: str) -> float:
    """Run a command as a process of its own; its peak memory in megabytes."""
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from confsync.cli import main\n"
        "code = main([sys.argv[1], '-q'])\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text())\n"
        "print(code, peak[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, command],
        cwd=desk.root,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    exit_code, kilobytes = map(int, done.stdout.split())
    assert exit_code == 0, done.stderr
    return kilobytes / 1024


# -- with an index, only changed files are read ----------------------------------------------------


def test_a_file_alone_is_pushed_for_a_document_whose_text_is_not_read(
    wiki: Sandbox, attached: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.sleep(0.02)  # a tick of the file system: the index leaves out younger files
    attached("status")
    read: list[str] = []
    whole = entry.read

    def noted(root: Path, name: str) -> entry.Entry:
        read.append(name)
        return whole(root, name)

    for module in (entry, mirror):
        monkeypatch.setattr(module, "read", noted)
    attached.path(f"{FILES}/diagram.png").write_bytes(b"second")
    text = attached.text(GUIDE)
    assert attached.json("push").outcomes == {GUIDE: "updated"}
    assert set(read) == {GUIDE}
    assert on_server(wiki, guide) == {"diagram.png": (2, b"second")}
    assert wiki.store.page(guide).version == 1
    now = attached.text(GUIDE)
    assert re.sub(r"version: 2, digest: \w+", "", now) == re.sub(
        r"version: 1, digest: \w+", "", text
    )
    settled(wiki, attached)


def test_a_label_alone_is_pushed_for_a_document_whose_text_is_not_read(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    config = attached.path(".confsync.yaml")
    config.write_text(config.read_text() + "labels: true\n")
    attached("pull")
    path = attached.path(GUIDE)
    path.write_bytes(path.read_bytes().replace(b"labels: []", b"labels: [ops]", 1))
    time.sleep(0.02)
    attached("status")
    body = attached.text(GUIDE).partition("\n---\n")[2]
    assert attached.json("push").outcomes == {GUIDE: "updated"}
    assert [row.name for row in wiki.store.labels(guide)] == ["ops"]
    assert attached.text(GUIDE).partition("\n---\n")[2] == body
    settled(wiki, attached)


def test_a_document_that_changes_after_the_scan_is_not_sent(
    wiki: Sandbox, attached: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.sleep(0.02)
    attached("status")
    attached.path(f"{FILES}/diagram.png").write_bytes(b"second")
    real = push_run.outgoing_in

    def edited_first(*given: Any) -> list[entry.Entry]:
        path = attached.path(GUIDE)
        path.write_bytes(path.read_bytes().replace(b"</p>", b" more</p>", 1))
        return real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(push_run, "outgoing_in", edited_first)
        assert attached.json("push", exit=4).outcomes == {GUIDE: "failed"}
    assert not writes(wiki)
    assert attached.json("push").outcomes == {GUIDE: "updated"}
    settled(wiki, attached)


def test_a_page_that_moves_with_its_parent_gets_what_is_new_in_the_same_pull(
    wiki: Sandbox, attached: Desk
) -> None:
    """Its document was read as an outline before the move. Its text is at the new place."""
    parent = wiki.store.create_page("ENG", "Parent", "<p>parent</p>")
    child = wiki.store.create_page("ENG", "Child", "<p>child</p>", parent.id)
    attached("pull")
    time.sleep(0.02)
    attached("pull")
    wiki.store.edit(parent.id, title="Other")
    wiki.store.attach(child.id, "more.txt", b"more")
    assert "failed" not in attached.json("pull", "--refresh").outcomes.values()
    assert here(attached, "ENG/other/child.attachments") == {"more.txt": b"more"}
    assert "<p>child</p>" in attached.text("ENG/other/child.xhtml")
    settled(wiki, attached)
