"""The comments of one page, with their texts, replies and states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from confsync.errors import NotVisibleError
from confsync.model.page import PageComment, Resolution
from confsync.remote.cloud import comments as cloud_comments
from confsync.remote.datacenter import comments as datacenter_comments
from tests.contract.conftest import Server

TEXT = "<p>Is it?</p>"
START = datetime(2026, 3, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def minutes(server: Server) -> None:
    """Each write comes a minute after the one before."""
    passed = iter(range(1000))
    server.wiki.store.clock = lambda: START + timedelta(minutes=next(passed))


def of(server: Server, page: str) -> dict[str, PageComment]:
    return {comment.id: comment for comment in server.remote.threads.of(page)}


def test_each_kind_of_comment_comes_with_its_text(server: Server) -> None:
    store, page = server.wiki.store, server.page(body="<p>some text</p>")
    footer = store.add_comment(page, TEXT, "Ana").id
    ref = store.comment(page, "text", "Ben")
    inline = next(row.id for row in store.comments(page) if row.ref == ref)
    reply = store.reply(inline, "<p>Yes.</p>", "Ana").id
    below = store.reply(reply, "<p>No.</p>", "Ben").id
    found = of(server, page)
    assert list(found) == [footer, inline, reply, below]
    assert [one.below for one in found.values()] == ["", "", inline, reply]
    assert [one.inline for one in found.values()] == [False, True, True, True]
    assert [one.words for one in found.values()] == ["", "text", "", ""]
    assert [one.marker for one in found.values()] == ["", ref, "", ""]
    assert found[reply].body == "<p>Yes.</p>"
    assert found[footer].version.created_at.startswith("2026-03-07T00:")
    authors = [one.version.author for one in found.values()]
    people = server.remote.people(authors)
    assert [people[one].name for one in authors] == ["Ana", "Ben", "Ana", "Ben"]


def test_the_state_of_an_inline_comment_is_told(server: Server) -> None:
    store, page = server.wiki.store, server.page(body="<p>one two three four</p>")
    refs = [store.comment(page, word) for word in ("one", "two", "three", "four")]
    ids = {row.ref: row.id for row in store.comments(page)}
    store.resolve(ids[refs[1]])
    store.resolve(ids[refs[2]])
    store.resolve(ids[refs[2]], False)
    body = store.page(page).body
    store.edit(page, body[: body.index(">three<") + 7] + body[-27:], author="Ana", raw=True)
    store.edit(page, body.replace(refs[3], "gone"), author="Ana", raw=True)
    found = {one.marker: one.state for one in of(server, page).values()}
    assert [found[ref] for ref in refs] == [
        Resolution.OPEN,
        Resolution.RESOLVED,
        Resolution.REOPENED,
        Resolution.DANGLING,
    ]
    assert [state.is_open for state in found.values()] == [True, False, True, False]


def test_a_listing_costs_what_it_says(server: Server) -> None:
    store, page = server.wiki.store, server.page()
    first = store.add_comment(page, TEXT).id
    store.reply(first, TEXT)
    store.add_comment(server.page("Other"), TEXT)
    server.wiki.clear_requests()
    assert len(of(server, page)) == 2
    assert len(server.wiki.requests) == (2 + 2 if server.cloud else 1)


def test_every_comment_comes_whatever_an_answer_holds(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud_comments, "ROWS", 2)
    monkeypatch.setattr(datacenter_comments, "ROWS", 2)
    page = server.page()
    said = [server.wiki.store.add_comment(page, TEXT).id for _ in range(5)]
    said += [server.wiki.store.reply(said[0], TEXT).id for _ in range(5)]
    assert list(of(server, page)) == said


def test_a_blog_post_has_comments_too(server: Server) -> None:
    post = server.wiki.store.create_post("ENG", "News", "<p>some news</p>").id
    ref = server.wiki.store.comment(post, "news", "Ben")
    (found,) = server.remote.posts.threads.of(post)
    assert found.marker == ref
    server.remote.posts.threads.reply(post, found, "<p>Yes.</p>")
    assert [row.body for row in server.wiki.store.comments(post)][1:] == ["<p>Yes.</p>"]


def test_a_page_that_is_not_visible_says_so(server: Server) -> None:
    with pytest.raises(NotVisibleError):
        server.remote.threads.of("999999")


@pytest.mark.parametrize("inline", [True, False])
def test_a_reply_stands_below_its_comment_as_its_author(server: Server, inline: bool) -> None:
    store, page = server.wiki.store, server.page(body="<p>some text</p>")
    if inline:
        store.comment(page, "text", "Ben")
    else:
        store.add_comment(page, TEXT, "Ben")
    (asked,) = of(server, page).values()
    made = server.remote.threads.reply(page, asked, "<p>A &amp; B</p>")
    found = of(server, page)[made]
    assert (found.below, found.body, found.inline) == (asked.id, "<p>A &amp; B</p>", inline)
    assert found.by == server.remote.whoami().id
    assert asked.by != found.by


def test_an_inline_comment_is_resolved_and_its_marker_stays(server: Server) -> None:
    store, page = server.wiki.store, server.page(body="<p>some text</p>")
    ref = store.comment(page, "text", "Ben")
    (asked,) = of(server, page).values()
    server.remote.threads.resolve(page, asked)
    (found,) = of(server, page).values()
    assert (found.state, found.body) == (Resolution.RESOLVED, asked.body)
    assert ref in store.page(page).body
