"""`confsync comment`: list the comments of a page, answer one once, resolve one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.remote import client
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
ANSWER = "Yes & no."


@pytest.fixture
def inline(wiki: Sandbox, guide: str) -> str:
    wiki.store.comment(guide, "8080", "Ben")
    return wiki.store.comments(guide)[0].id


@pytest.fixture
def desk(inline: str, desk_at: Callable[..., Desk]) -> Desk:
    return desk_at()


def said(wiki: Sandbox, guide: str) -> list[str]:
    """Return the replies on a page."""
    return [row.body for row in wiki.store.comments(guide) if row.parent_id]


def test_the_comments_of_a_page_are_listed(
    wiki: Sandbox, desk: Desk, guide: str, inline: str
) -> None:
    reply = wiki.store.reply(inline, "<p>one</p><p>two</p>", "Ana").id
    footer = wiki.store.add_comment(guide, "<p>Thanks</p>", "Ana").id
    for name in (GUIDE, guide):
        lines = desk("comment", name).out.split("\n")
        assert lines[0].startswith(f"comment {inline} on '8080', open: Ben, ")
        assert lines[1] == "  Is this right?"
        assert lines[2].startswith(f"  comment {reply}: Ana, ")
        assert lines[3:5] == ["    one", "    two"]
        assert lines[5].startswith(f"comment {footer}: Ana, ")
    assert writes(wiki) == []


def test_a_page_without_comments_says_so(desk: Desk) -> None:
    assert desk("comment", "ENG/index.xhtml").out == "the page has no comments\n"


@pytest.mark.parametrize("kind", ["inline", "footer", "reply"])
def test_an_answer_stands_below_its_comment_once(
    wiki: Sandbox, desk: Desk, guide: str, inline: str, kind: str
) -> None:
    target = {
        "inline": lambda: inline,
        "footer": lambda: wiki.store.add_comment(guide, "<p>Why?</p>", "Ben").id,
        "reply": lambda: wiki.store.reply(inline, "<p>Why?</p>", "Ben").id,
    }[kind]()
    words = ("comment", GUIDE, "--reply", target, "-m", ANSWER)
    run = desk(*words)
    assert "+ answered" in run.out
    assert "comment: 1 answered\n" in run.out
    (row,) = (row for row in wiki.store.comments(guide) if row.parent_id == target)
    assert row.body == "<p>Yes &amp; no.</p>"
    run = desk(*words)
    assert "you have given this answer already" in run.out
    assert [row.parent_id for row in wiki.store.comments(guide)].count(target) == 1
    assert '"answered"' in desk("log", "--local", "--json").out


def test_the_same_answer_of_another_person_is_not_mine(
    wiki: Sandbox, desk: Desk, guide: str, inline: str
) -> None:
    wiki.store.reply(inline, "<p>Yes &amp; no.</p>", "Ana")
    desk("comment", GUIDE, "--reply", inline, "-m", ANSWER)
    assert said(wiki, guide) == ["<p>Yes &amp; no.</p>"] * 2


def test_paragraphs_and_markup_are_text(wiki: Sandbox, desk: Desk, guide: str, inline: str) -> None:
    desk("comment", GUIDE, "--reply", inline, "-m", "a <b>\nb\n\n\nc")
    assert said(wiki, guide) == ["<p>a &lt;b&gt;<br />b</p><p>c</p>"]
    run = desk("comment", GUIDE, "--reply", inline, "-m", "a <b>\nb\n\n\nc")
    assert "already" in run.out


@pytest.mark.parametrize("lost", ["answer", "everything", "answer and look"])
def test_an_answer_whose_fate_is_unknown_is_never_doubled(
    wiki: Sandbox, desk: Desk, guide: str, inline: str, lost: str
) -> None:
    sent: list[str] = []

    def post(method: str, path: str) -> bool:
        is_post = method == "POST" and path.endswith(("/content", "-comments"))
        sent.extend([path] if is_post else [])
        return is_post

    words = ("comment", GUIDE, "--reply", inline, "-m", ANSWER)
    if lost == "everything":
        wiki.faults.refuse = lambda method, path: 503 if post(method, path) else None
    else:
        wiki.faults.lose_response = post
    if lost == "answer and look":
        wiki.faults.refuse = lambda method, path: 500 if sent and method == "GET" else None
    run = desk(*words, exit=0 if lost == "answer" else 3)
    assert len(sent) == 1
    assert ("+ answered" in run.out) == (lost == "answer")
    wiki.faults.refuse = wiki.faults.lose_response = None
    desk(*words)
    assert said(wiki, guide) == ["<p>Yes &amp; no.</p>"]


def test_a_comment_is_resolved_once(wiki: Sandbox, desk: Desk, guide: str, inline: str) -> None:
    run = desk("comment", GUIDE, "--resolve", inline)
    assert "* resolved" in run.out
    assert f"(comment {inline} on '8080')" in run.out
    assert wiki.store.comments(guide)[0].resolution == "resolved"
    wiki.clear_requests()
    assert "the comment is resolved already" in desk("comment", GUIDE, "--resolve", inline).out
    assert writes(wiki) == []


@pytest.mark.parametrize("lost", ["answer", "everything"])
def test_a_resolution_whose_answer_is_lost_is_found(
    wiki: Sandbox, desk: Desk, guide: str, inline: str, lost: str
) -> None:
    if lost == "answer":
        wiki.faults.lose_response = lambda method, path: method == "PUT"
    else:
        wiki.faults.refuse = lambda method, path: 503 if method == "PUT" else None
    desk("comment", GUIDE, "--resolve", inline, exit=0 if lost == "answer" else 3)
    wiki.faults.refuse = wiki.faults.lose_response = None
    desk("comment", GUIDE, "--resolve", inline)
    (row,) = wiki.store.comments(guide)
    assert row.resolution == "resolved"


def test_a_resolution_that_the_server_ignores_is_told(
    desk: Desk, inline: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.Client, "put", lambda *_: {})
    run = desk("comment", GUIDE, "--resolve", inline, exit=3)
    assert f"the server took the resolution of comment {inline}, but does not show it" in run.err


def test_only_an_open_inline_comment_can_be_resolved(
    wiki: Sandbox, desk: Desk, guide: str, inline: str
) -> None:
    reply = wiki.store.reply(inline, "<p>x</p>", "Ana").id
    footer = wiki.store.add_comment(guide, "<p>x</p>", "Ana").id
    for one in (reply, footer):
        run = desk("comment", GUIDE, "--resolve", one, exit=1)
        assert "only an inline comment can be resolved, and no reply" in run.out
    wiki.store.edit(guide, "<p>other</p>")
    run = desk("comment", GUIDE, "--resolve", inline, exit=1)
    assert "the comment has lost its words on the page" in run.out


def test_an_answer_and_a_resolution_go_together(
    wiki: Sandbox, desk: Desk, guide: str, inline: str
) -> None:
    words = ("comment", GUIDE, "--reply", inline, "-m", ANSWER, "--resolve", inline)
    assert "comment: 1 answered, 1 resolved\n" in desk(*words).out
    assert len(said(wiki, guide)) == 1
    assert "comment: 2 unchanged\n" in desk(*words).out


def test_a_resolved_comment_takes_no_answer(
    wiki: Sandbox, desk: Desk, guide: str, inline: str
) -> None:
    wiki.store.resolve(inline)
    run = desk("comment", GUIDE, "--reply", inline, "-m", ANSWER, exit=1)
    assert "takes no replies" in run.err


def test_a_comment_that_is_not_there_has_a_way_out(desk: Desk) -> None:
    for option in (("--resolve",), ("-m", "x", "--reply")):
        run = desk("comment", GUIDE, *option, "777", exit=2)
        assert "there is no comment 777, or you may not see it" in run.err
        assert "Is this right?" in desk.follow(run, "confsync comment")


@pytest.mark.parametrize(
    "words",
    [("--reply", "7"), ("-m", "x"), ("--reply", "7", "-m", " "), ("--resolve", "7", "-m", "x")],
)
def test_an_answer_needs_a_text_and_a_comment(desk: Desk, words: tuple[str, ...]) -> None:
    assert "--reply needs the text" in desk("comment", GUIDE, *words, exit=2).err


def test_a_blog_posts_comment_is_answered(wiki: Sandbox, desk: Desk) -> None:
    post = wiki.store.create_post("ENG", "News", "<p>big news</p>").id
    asked = wiki.store.add_comment(post, "<p>Really?</p>", "Ben").id
    desk("comment", post, "--reply", asked, "-m", ANSWER)
    assert said(wiki, post) == ["<p>Yes &amp; no.</p>"]


def test_the_file_of_comments_follows_with_the_next_pull(
    wiki: Sandbox, desk: Desk, inline: str
) -> None:
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}comments: true\n")
    desk("pull")
    run = desk("comment", GUIDE, "--reply", inline, "-m", ANSWER)
    assert ANSWER not in desk.text("ENG/guide.comments.yaml")
    desk.follow(run, "confsync pull")
    assert ANSWER in desk.text("ENG/guide.comments.yaml")
    run = desk("comment", GUIDE, "--resolve", inline)
    desk.follow(run, "confsync pull --refresh")
    assert "state: resolved" in desk.text("ENG/guide.comments.yaml")
