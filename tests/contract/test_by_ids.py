"""Data Center by ids: servers that know the parameter, and servers that ignore it, answer alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from confsync.remote import Credentials, open_remote
from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.contract.conftest import Server
from tests.fault.test_requests import strike

SERVERS = {"9.3.1": True, "9.3.1, ids ignored": False, "7.4.0": False}
CONTENT = "/confluence/rest/api/content"


@pytest.fixture(params=SERVERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def knows(name: str) -> bool:
    """Return whether the server knows the parameter."""
    return SERVERS[name]


@pytest.fixture
def server(name: str, knows: bool, no_waiting: None) -> Iterator[Server]:
    with Sandbox(flavor="datacenter", version=name.partition(",")[0]) as wiki:
        wiki.faults.ignore_ids = "ignored" in name
        wiki.store.create_space("ENG", "Engineering", "Engineering")
        credentials = Credentials(wiki.token, wiki.user)
        remote = open_remote(wiki.url, credentials, flavor="datacenter", jobs=4)
        yield Server(wiki, remote)
        remote.close()
        check_requests(wiki)


def asked(server: Server) -> tuple[int, int]:
    """Return how many requests were sent by ids and for one page, since the last call."""
    paths = [request.path for request in server.wiki.requests]
    server.wiki.clear_requests()
    assert all(path.startswith(CONTENT) for path in paths)
    by_ids = paths.count(CONTENT)
    return by_ids, len(paths) - by_ids


def filled(server: Server, count: int) -> list[str]:
    with server.wiki.store.batch():
        return [server.page(f"Page {n}", f"<p>{n}</p>", raw=True) for n in range(count)]


@pytest.mark.parametrize("count", [2, 50, 51, 120])
def test_pages_are_read_by_fifties_or_one_by_one(server: Server, knows: bool, count: int) -> None:
    ids = filled(server, count)
    space = server.remote.space("ENG")
    server.wiki.clear_requests()
    for time in range(2):
        for n, page_id in enumerate(ids):
            server.wiki.store.edit(page_id, f"<p>{n} {time}</p>")
        found = server.remote.pages(space, ids)
        assert {i: found[i].body for i in found} == {
            i: f"<p>{n} {time}</p>" for n, i in enumerate(ids)
        }
        home = server.wiki.store.space("ENG").homepage_id
        assert {page.info.parent for page in found.values()} == {home}
        if knows:  # a last single page is read alone
            assert asked(server) == (count // 50 + (count % 50 > 1), int(count % 50 == 1))
        else:
            assert asked(server) == (1 - time, count)


def test_posts_know_what_pages_found_out(server: Server, knows: bool) -> None:
    pages = filled(server, 3)
    posts = [server.wiki.store.create_post("ENG", f"News {n}", f"<p>{n}</p>").id for n in range(3)]
    space = server.remote.space("ENG")
    server.wiki.clear_requests()
    assert set(server.remote.pages(space, pages)) == set(pages)
    assert set(server.remote.posts.pages(space, posts)) == set(posts)
    assert asked(server) == ((2, 0) if knows else (1, 6))
    # No kind is found as the other one.
    assert set(server.remote.pages(space, [*pages, *posts])) == set(pages)
    assert set(server.remote.posts.pages(space, [*pages, *posts])) == set(posts)


def test_what_is_not_current_or_not_visible_is_not_in_the_answer(server: Server) -> None:
    store = server.wiki.store
    ids = filled(server, 6)
    store.create_space("OPS", "Operations", "Operations")
    elsewhere = store.create_page("OPS", "Other", "<p>x</p>").id
    store.trash(ids[0])
    store.archive(ids[1])
    store.restrict(ids[2])
    space = server.remote.space("ENG")
    found = server.remote.pages(space, [*ids, elsewhere, "999999999"])
    assert {i: page.info.space for i, page in found.items()} == {
        **dict.fromkeys(ids[3:], "ENG"),
        elsewhere: "OPS",
    }


def test_an_answer_that_the_server_cuts_is_completed(server: Server, knows: bool) -> None:
    ids = filled(server, 60)
    space = server.remote.space("ENG")
    server.wiki.faults.short_pages = True
    server.wiki.clear_requests()
    assert set(server.remote.pages(space, ids)) == set(ids)
    by_ids, alone = asked(server)
    assert alone < 5 if knows else (by_ids, alone) == (1, 60)


def test_a_listing_is_read_where_it_takes_as_few_requests(server: Server, knows: bool) -> None:
    ids = filled(server, 120)
    space = server.remote.space("ENG")
    list(server.remote.listing(space))
    server.wiki.clear_requests()
    assert set(server.remote.pages(space, ids)) == set(ids)
    whole = [request for request in server.wiki.requests if "ids=" in request.query]
    assert whole == []
    server.wiki.clear_requests()
    assert set(server.remote.pages(space, ids[:20])) == set(ids[:20])
    sent = [("ids=" in request.query) for request in server.wiki.requests if request.status == 200]
    # One request by ids. Without them: the one that finds out, and three of a listing.
    assert sent == ([True] if knows else [True, False, False, False])


@pytest.mark.parametrize(
    "kind",
    ["lost answer", "truncated", "login page", *("400", "404", "409", "429", "500", "501", "503")],
)
def test_one_bad_answer_costs_no_page(server: Server, knows: bool, kind: str) -> None:
    """The request may be any one of those that read pages twice."""
    ids = filled(server, 4)
    for number in range(1, 3 if knows else 10):
        remote = open_remote(
            server.wiki.url,
            Credentials(server.wiki.token, server.wiki.user),
            flavor="datacenter",
            jobs=1,
        )
        space = remote.space("ENG")
        strike(server.wiki.faults, kind, number)
        for _ in range(2):
            found = {i: page.body for i, page in remote.pages(space, ids).items()}
            wanted = {i: f"<p>{n}</p>" for n, i in enumerate(ids)}
            # A page that cannot be read alone is left out: its caller asks for the reason.
            assert found.items() <= wanted.items()
            assert len(found) >= len(ids) - 1
        remote.close()
        server.wiki.faults.before = None
