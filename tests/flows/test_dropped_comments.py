"""A text that drops the marker of an open comment is refused; that of a resolved one goes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
WHY = "the text drops an open comment: Ben on '8080'"


@pytest.fixture
def ref(wiki: Sandbox, guide: str) -> str:
    wiki.store.create_page("ENG", "Other", "<p>some words</p>")
    return wiki.store.comment(guide, "8080", "Ben")


@pytest.fixture(params=["false", "true"], ids=["without files", "with files"])
def desk(
    request: pytest.FixtureRequest, wiki: Sandbox, ref: str, desk_at: Callable[..., Desk]
) -> Desk:
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}comments: {request.param}\n")
    desk("pull")
    assert ref in desk.text(GUIDE)
    return desk


def has_file(desk: Desk) -> bool:
    return desk.path("ENG/guide.comments.yaml").exists()


def drop(desk: Desk) -> None:
    """Delete the words with their marker."""
    found = re.compile("<ac:inline-comment-marker.*?</ac:inline-comment-marker>")
    text, count = found.subn("", desk.text(GUIDE))
    assert count == 1
    desk.path(GUIDE).write_text(text)


def resolve(wiki: Sandbox, guide: str) -> None:
    wiki.store.resolve(wiki.store.comments(guide)[0].id)


def test_a_push_that_drops_an_open_comment_is_refused(
    wiki: Sandbox, desk: Desk, guide: str, ref: str
) -> None:
    drop(desk)
    for more in ([], ["--dry-run"]):
        run = desk("push", *more, exit=1)
        assert WHY in run.out
    assert writes(wiki) == []
    desk.follow(run, f"confsync diff {GUIDE}")
    desk.follow(run, f"confsync push --drop-comments {GUIDE}")
    assert ref not in wiki.store.page(guide).body


def test_a_resolved_comment_goes(wiki: Sandbox, desk: Desk, guide: str, ref: str) -> None:
    drop(desk)
    resolve(wiki, guide)
    assert desk.json("push").outcomes == {GUIDE: "updated"}
    assert ref not in wiki.store.page(guide).body


def test_a_marker_without_words_keeps_no_comment(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, ">8080</ac:inline-comment-marker>", "></ac:inline-comment-marker>")
    assert WHY in desk("push", exit=1).out
    assert writes(wiki) == []


def test_words_that_change_within_their_marker_keep_the_comment(
    wiki: Sandbox, desk: Desk, guide: str, ref: str
) -> None:
    desk.edit(GUIDE, ">8080</ac:inline-comment-marker>", ">8081</ac:inline-comment-marker>")
    assert desk.json("push").outcomes == {GUIDE: "updated"}
    assert ref in wiki.store.page(guide).body


def test_a_push_that_drops_nothing_asks_for_no_comment(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "9090", "9091")
    wiki.clear_requests()
    desk("push")
    assert not [one.path for one in wiki.requests if "comment" in one.path]


def test_comments_that_cannot_be_listed_stop_the_page_alone(
    wiki: Sandbox, desk: Desk, guide: str, ref: str
) -> None:
    drop(desk)
    desk.edit("ENG/other.xhtml", "words", "more words")
    wiki.faults.refuse = lambda method, path: 500 if "comment" in path else None
    found = desk.json("push", exit=3).outcomes
    assert found == {GUIDE: "failed", "ENG/other.xhtml": "updated"}
    assert ref in wiki.store.page(guide).body


def test_a_check_says_what_it_can_know(wiki: Sandbox, desk: Desk, guide: str) -> None:
    assert "nothing found" in desk("check").out
    drop(desk)
    if not has_file(desk):
        said = "the text drops the comment on '8080'; a push refuses that if it is open"
        assert f"warning: {said}" in desk("check").out
        return
    assert f"error: {WHY}" in desk("check", exit=1).out
    assert "nothing found" in desk("check", "--drop-comments").out
    resolve(wiki, guide)
    desk("pull", "--refresh", GUIDE, exit=None)
    assert "nothing found" in desk("check").out


def test_a_check_finds_the_base_in_git(wiki: Sandbox, desk: Desk) -> None:
    subprocess.run(["git", "init", "-q", "--template="], cwd=desk.root, check=True)
    desk.path(".gitignore").write_text(".confsync\n")
    for words in (("add", "-A"), ("commit", "-qm", "all")):
        subprocess.run(["git", *words], cwd=desk.root, check=True)
    desk.path(".confsync").rename(desk.path("gone"))
    drop(desk)
    if has_file(desk):
        assert f"error: {WHY}" in desk("check", exit=1).out
    else:
        assert "comment" not in desk("check").out


def test_a_comment_that_is_newer_than_the_document_is_not_dropped(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    """Its marker is not in the base, so the text never had it."""
    wiki.store.comment(guide, "9090", "Ana")
    desk.edit(GUIDE, "Ports", "All ports")
    desk("pull", exit=1)
    assert "nothing found" in desk("check").out


def test_many_comments_are_counted(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> None:
    page = wiki.store.create_page("ENG", "Many", "<p>one two three four five</p>").id
    for word in ("one", "two", "three", "four", "five"):
        wiki.store.comment(page, word, "Ben")
    desk = desk_at()
    text = re.sub("(?s)<p>.*</p>", "<p>nothing</p>", desk.text("ENG/many.xhtml"))
    desk.path("ENG/many.xhtml").write_text(text)
    found = "the text drops 5 open comments: Ben on 'one', Ben on 'two', Ben on 'three' and 2 more"
    assert found in desk("push", exit=1).out
    assert writes(wiki) == []


def test_an_offline_status_names_what_the_edit_drops(
    wiki: Sandbox, desk: Desk, guide: str, ref: str
) -> None:
    assert WHY not in desk("status").out
    drop(desk)
    wiki.clear_requests()
    run = desk("status")
    assert (WHY in run.out) == has_file(desk)
    assert (desk.json("status").data["pages"][0]["error"] == WHY) == has_file(desk)
    assert wiki.requests == []
    if has_file(desk):
        desk.follow(run, f"confsync push --drop-comments {GUIDE}")
        assert ref not in wiki.store.page(guide).body


def test_status_says_nothing_of_a_resolved_comment_that_goes(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    resolve(wiki, guide)
    desk("pull", "--refresh")
    drop(desk)
    out = desk("status", GUIDE).out
    assert "M modified" in out
    assert "comment" not in out


def test_a_named_document_has_its_open_comments_named(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    (comment,) = wiki.store.comments(guide)
    said = f"open comment {comment.id} on {GUIDE}: Ben on '8080'"
    assert (said in desk("status", GUIDE).out) == has_file(desk)
    assert said not in desk("status").out
    shown = desk.json("show", GUIDE).data
    here = f"# open comment {comment.id}: Ben on '8080'"
    assert (here in shown["text"].splitlines()) == has_file(desk)
    found = [(one["id"], one["author"], one["words"], one["state"]) for one in shown["threads"]]
    assert found == ([(comment.id, "Ben", "8080", "open")] if has_file(desk) else [])
    assert desk.json("show", f"{GUIDE}@1").data["threads"] == []
    (thread,) = desk.json("comment", GUIDE).data["threads"]
    assert (thread["id"], thread["author"], thread["kind"]) == (comment.id, "Ben", "inline")
