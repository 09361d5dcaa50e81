"""The newest comments of a server: a hint which pages to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from confsync.errors import APIAccessError
from confsync.model.page import Comment
from confsync.remote.cloud import comments as cloud_comments
from confsync.remote.datacenter import comments as datacenter_comments
from tests.contract.conftest import Server

TEXT = "<p>Is it?</p>"
START = datetime(2026, 3, 7, tzinfo=UTC)


def newest(server: Server, *keys: str) -> list[Comment]:
    listings = server.remote.newest_comments(keys or ["ENG"])
    return [comment for listing in listings for answer in listing for comment in answer]


def ids(found: list[Comment]) -> list[str]:
    return [comment.id for comment in found]


@pytest.fixture
def minutes(server: Server) -> None:
    """Each write comes a minute after the one before."""
    passed = iter(range(1000))
    server.wiki.store.clock = lambda: START + timedelta(minutes=next(passed))


@pytest.mark.usefixtures("minutes")
def test_comments_of_each_kind_say_what_they_are_about(server: Server) -> None:
    store, page = server.wiki.store, server.page(body="<p>some text</p>")
    post = store.create_post("ENG", "News", "<p>some news</p>").id
    footer = store.add_comment(page, TEXT, "Ana")
    ref = store.comment(page, "text", "Ben")
    inline = next(row for row in store.comments(page) if row.ref == ref)
    reply = store.reply(inline.id, TEXT, "Ana")
    news = store.add_comment(post, TEXT, "Ben")
    found = {comment.id: comment for comment in newest(server)}
    assert found.keys() == {footer.id, inline.id, reply.id, news.id}
    assert not any(comment.flaw or comment.settled for comment in found.values())
    assert [found[i].page for i in (footer.id, inline.id, reply.id, news.id)] == [page] * 3 + [post]
    assert [one.id for one in found.values() if one.inline] == [reply.id, inline.id]
    assert [one.id for one in found.values() if one.marker] == [inline.id]
    assert found[inline.id].marker == ref
    assert found[footer.id].version.created_at.startswith("2026-03-07T00:")
    author = found[inline.id].version.author
    assert server.remote.people([author])[author].name == "Ben"


@pytest.mark.usefixtures("minutes")
def test_the_comment_that_was_changed_last_is_first(server: Server) -> None:
    store, page = server.wiki.store, server.page()
    first, second, third = (store.add_comment(page, TEXT, "Ana").id for _ in range(3))
    store.edit_comment(first, TEXT + TEXT, 2, "Ana")
    found = newest(server)
    assert ids(found) == [first, third, second]
    assert found[0].version.number == 2


@pytest.mark.usefixtures("minutes")
def test_a_settled_comment_says_so_and_needs_no_marker(server: Server) -> None:
    store, page = server.wiki.store, server.page(body="<p>one two three</p>")
    refs = [store.comment(page, word) for word in ("one", "two", "three")]
    by_ref = {row.ref: row.id for row in store.comments(page)}
    resolved, reopened, opened = (by_ref[ref] for ref in refs)
    store.resolve(resolved)
    store.resolve(reopened)
    store.resolve(reopened, False)
    found = {comment.id: comment for comment in newest(server)}
    assert [found[i].settled for i in (resolved, reopened, opened)] == [True, True, False]
    assert [found[i].marker for i in (resolved, reopened, opened)] == ["", *refs[1:]]


def test_a_comment_whose_marker_is_gone_needs_none(server: Server) -> None:
    store, page = server.wiki.store, server.page(body="<p>some text</p>")
    store.comment(page, "text")
    store.edit(page, "<p>other</p>", author="Ana")
    (found,) = newest(server)
    assert (found.inline, found.marker) == (True, "")


def test_other_spaces_cost_a_data_center_nothing(server: Server) -> None:
    server.wiki.store.create_space("OPS", "Operations", "Home")
    server.wiki.store.create_space("~ana", "Ana", "Home")
    pages = [
        server.wiki.store.create_page(key, "Page", "<p>x</p>").id for key in ("ENG", "OPS", "~ana")
    ]
    for page in pages:
        server.wiki.store.add_comment(page, TEXT)
    server.wiki.clear_requests()
    found = [comment.page for comment in newest(server, "ENG", "~ana")]
    assert found == (pages[::-1] if server.cloud else [pages[2], pages[0]])
    assert len(server.wiki.requests) == (2 if server.cloud else 1)


@pytest.mark.usefixtures("minutes")
@pytest.mark.parametrize("short", [False, True])
def test_every_comment_comes_once_whatever_the_answers_hold(
    server: Server, monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    monkeypatch.setattr(cloud_comments, "ROWS", 5)
    monkeypatch.setattr(datacenter_comments, "ROWS", 5)
    server.wiki.faults.short_pages = short
    page = server.page()
    said = [server.wiki.store.add_comment(page, TEXT).id for _ in range(12)]
    assert ids(newest(server)) == said[::-1]


def listed_in_threes(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, list[str], Iterator[list[Comment]]]:
    """Return a page, its eight comments, and a listing with three of them in an answer."""
    monkeypatch.setattr(datacenter_comments, "ROWS", 3)
    monkeypatch.setattr(cloud_comments, "ROWS", 3)
    page = server.page()
    said = [server.wiki.store.add_comment(page, TEXT).id for _ in range(8)]
    *_, listing = server.remote.newest_comments(["ENG"])
    return page, said, iter(listing)


@pytest.mark.usefixtures("minutes")
def test_a_comment_that_is_deleted_meanwhile_hides_no_other(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Data Center it moves the rows behind it, which is told."""
    _, said, listing = listed_in_threes(server, monkeypatch)
    found = ids(next(listing))
    assert found == said[:4:-1]
    server.wiki.store.remove_comment(said[-1])
    if server.cloud:
        return  # a cursor is the server's own
    with pytest.raises(APIAccessError, match="the comments changed while they were listed"):
        next(listing)


@pytest.mark.usefixtures("minutes")
def test_a_comment_that_comes_meanwhile_hides_no_other(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, said, listing = listed_in_threes(server, monkeypatch)
    found = ids(next(listing))
    server.wiki.store.add_comment(page, TEXT)
    found += [comment.id for answer in listing for comment in answer]
    assert set(said) <= set(found)
