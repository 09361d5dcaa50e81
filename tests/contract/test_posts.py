"""Blog posts: what every remote does about them, and that pages and posts stay apart."""

from __future__ import annotations

import json

import pytest

from confsync import connect
from confsync.errors import (
    NetworkError,
    NotVisibleError,
    ServerError,
    VersionConflictError,
    WriteRefusedError,
)
from confsync.model.page import NewVersion, Status
from confsync.remote import Remote
from tests.contract.conftest import Server

DAY = "2026-03-07"
AT = f"{DAY}T09:30:00.000Z"


def posted(server: Server, title: str = "News", body: str = "<p>text</p>", at: str = AT) -> str:
    return server.wiki.store.create_post("ENG", title, body, at=at).id


def put(server: Server, post: str, base: int, **changes: str) -> int:
    new = NewVersion("News", "<p>mine</p>", "m")._replace(**changes)
    return server.remote.posts.put(post, new, base=base).version.number


def test_the_posts_of_posts_are_they_themselves(server: Server) -> None:
    posts: Remote = server.remote.posts
    assert posts.posts is posts
    assert (posts.flavor, posts.who, posts.url) == (
        server.remote.flavor,
        server.remote.who,
        server.remote.url,
    )


def test_a_space_is_not_asked_for_twice(server: Server) -> None:
    space = server.remote.space("ENG")
    asked = len(server.wiki.requests)
    assert server.remote.posts.space("eng") == space
    assert len(server.wiki.requests) == asked
    server.remote.space("ENG")
    assert len(server.wiki.requests) == asked + 1


def test_a_listing_has_every_post_with_its_day_and_no_page(server: Server) -> None:
    page = server.page()
    ids = [
        posted(server, f"Post {n}", at=f"2026-03-{n % 28 + 1:02}T00:00:00.000Z") for n in range(270)
    ]
    server.wiki.store.edit(ids[3], "<p>two</p>", message="said")
    gone = posted(server, "Gone")
    server.wiki.store.trash(gone)
    space = server.remote.space("ENG")
    found = {info.id: info for info in server.remote.posts.listing(space)}
    assert set(found) == set(ids)
    assert (found[ids[3]].version.number, found[ids[3]].version.message) == (2, "said")
    assert [found[i].posted for i in ids[:29]] == [f"2026-03-{n % 28 + 1:02}" for n in range(29)]
    assert {(info.parent, info.status) for info in found.values()} == {(None, Status.CURRENT)}
    pages = {info.id: info.posted for info in server.remote.listing(space)}
    assert pages == {space.home: None, page: None}


def test_contents_are_every_post_with_its_day_and_its_body_and_no_page(server: Server) -> None:
    server.page()
    ids = [posted(server, f"Post {n}", f"<p>{n}</p>") for n in range(60)]
    space = server.remote.space("ENG")
    posts = server.remote.posts
    found = [pair for answer in posts.contents(space) for pair in answer]
    assert {info.id: info for info, _ in found} == {i.id: i for i in posts.listing(space)}
    assert {info.id: page.body for info, page in found if page} == {
        i: f"<p>{n}</p>" for n, i in enumerate(ids)
    }


@pytest.mark.parametrize("count", [1, 3, 120])
def test_bodies_come_in_bulk_and_pages_do_not(server: Server, count: int) -> None:
    page = server.page()
    ids = [posted(server, f"Post {n}", f"<p>{n}</p>") for n in range(count)]
    space = server.remote.space("ENG")
    list(server.remote.posts.listing(space))
    server.wiki.clear_requests()
    found = server.remote.posts.pages(space, [*ids, page])
    assert {i: found[i].body for i in found} == {i: f"<p>{n}</p>" for n, i in enumerate(ids)}
    assert {found[i].info.posted for i in ids} == {DAY}
    # the listing with bodies in fifties, and the page, which is not in it, alone
    assert len(server.wiki.requests) <= (1 if server.cloud else 2 + min(count, 3))
    assert set(server.remote.pages(space, [*ids, page])) == {page}


def test_neither_is_found_as_the_other(server: Server) -> None:
    page, post = server.page(), posted(server)
    for remote, other in ((server.remote, post), (server.remote.posts, page)):
        with pytest.raises(NotVisibleError):
            remote.page(other)
        with pytest.raises(NotVisibleError):
            remote.old_page(other, 1)
    server.wiki.store.trash(post)
    with pytest.raises(NotVisibleError):
        server.remote.page(post)
    assert server.remote.posts.page(post).info.status is Status.TRASHED


def test_old_versions_and_the_list_of_them(server: Server) -> None:
    post = posted(server, body="<p>one</p>")
    server.wiki.store.edit(post, "<p>two</p>", message="second", title="Old news")
    old = server.remote.posts.old_page(post, 1)
    assert (old.info.title, old.body) == ("News", "<p>one</p>")
    assert server.remote.posts.page(post).info.title == "Old news"
    later = server.remote.posts.versions_after(post, 1)
    assert [(v.number, v.message) for v in later] == [(2, "second")]


@pytest.mark.parametrize("base", [1, 3])
def test_a_write_over_another_version_than_the_current_is_a_conflict(
    server: Server, base: int
) -> None:
    post = posted(server)
    server.wiki.store.edit(post, "<p>two</p>")
    with pytest.raises(VersionConflictError) as caught:
        put(server, post, base)
    assert caught.value.current_version == 2
    assert server.wiki.store.page(post).body == "<p>two</p>"


def test_a_write_makes_the_next_version_and_sends_no_more_than_it_must(server: Server) -> None:
    post = posted(server)
    assert put(server, post, 1, title="Old news", message="why") == 2
    now = server.wiki.store.page(post)
    assert (now.title, now.body, now.message) == ("Old news", "<p>mine</p>", "why")
    assert now.created_at == AT
    sent = json.loads(next(r.body for r in server.wiki.requests if r.method == "PUT"))
    allowed = {"id", "status", "title", "body", "version"} | (set() if server.cloud else {"type"})
    assert set(sent) == allowed


@pytest.mark.parametrize("status", [409, 500, 503])
def test_a_write_is_never_tried_twice(server: Server, status: int) -> None:
    post = posted(server)
    server.wiki.faults.refuse = lambda method, path: status if method != "GET" else None
    with pytest.raises(ServerError):
        put(server, post, 1)
    with pytest.raises(ServerError):
        server.remote.posts.create(
            server.remote.space("ENG"), title="New", body="<p />", message="", parent=None
        )
    assert [r.method for r in server.wiki.requests if r.method != "GET"] == ["PUT", "POST"]


def test_a_post_is_created_and_found_by_its_title(server: Server) -> None:
    space = server.remote.space("ENG")
    older = posted(server, "NEW", at="2026-01-01T00:00:00.000Z")
    server.page("New")
    made = server.remote.posts.create(
        space, title="New", body="<p>x</p>", message="why", parent=None
    )
    assert (made.version.number, made.title) == (1, "New")
    now = server.wiki.store.page(made.id)
    assert (now.type, now.body, now.message) == ("blogpost", "<p>x</p>", "why")
    found = {info.id: info for info in server.remote.posts.titled(space, "new")}
    assert set(found) == {older, made.id}
    assert (found[older].posted, found[made.id].posted) == ("2026-01-01", now.created_at[:10])
    assert server.remote.posts.titled(space, "Ne") == ()
    with pytest.raises(WriteRefusedError, match="already exists"):
        server.remote.posts.create(space, title="new", body="<p />", message="", parent=None)


def test_a_post_goes_into_the_trash_and_comes_back(server: Server) -> None:
    post = posted(server)
    posts = server.remote.posts
    assert posts.children(post) == ()
    posts.delete(post)
    with pytest.raises(NotVisibleError):
        posts.delete(post)
    assert posts.page(post).info.status is Status.TRASHED
    assert put(server, post, 1) == 2
    now = posts.page(post)
    assert (now.info.status, now.body) == (Status.CURRENT, "<p>text</p>")


def test_labels_attachments_and_permissions_are_those_of_the_post(server: Server) -> None:
    post, posts = posted(server), server.remote.posts
    posts.add_labels(post, ["b", "a"])
    posts.remove_label(post, "b")
    assert posts.labels(post) == ("a",)
    space = server.remote.space("ENG")
    assert [i.labels for i in posts.listing(space, labels=True)] == [("a",)]
    assert {i.labels for i in server.remote.listing(space, labels=True)} == {()}
    server.wiki.store.attach(post, "a.txt", b"x")
    assert [info.name for info in posts.attachments(post)] == ["a.txt"]
    assert posts.may_write(post)
    server.wiki.store.read_only_page(post)
    assert not posts.may_write(post)
    assert posts.others(space) == ()


def test_the_library_takes_the_id_of_a_post_for_what_it_is(server: Server) -> None:
    post, wiki = posted(server), server.wiki
    with connect(wiki.url, user=wiki.user, token=wiki.token, flavor=wiki.flavor) as library:
        found = library.fetch_page(post)
        assert (found.title, found.space_key, found.parent_id) == ("News", "ENG", None)
        given = {"page_id": post, "title": "News", "version": 1}
        assert library.update_page(content="<p>mine</p>", **given) == 2  # type: ignore[arg-type]
        with pytest.raises(VersionConflictError):
            library.update_page(content="<p>late</p>", **given)  # type: ignore[arg-type]
    assert server.wiki.store.page(post).body == "<p>mine</p>"


def test_a_lost_answer_to_a_creation_is_no_proof_of_anything(server: Server) -> None:
    server.wiki.faults.lose_response = lambda method, path: method == "POST"
    with pytest.raises(NetworkError):
        server.remote.posts.create(
            server.remote.space("ENG"), title="New", body="<p />", message="", parent=None
        )
    assert len(server.wiki.store.posts("ENG")) == 1
