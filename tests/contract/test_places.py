"""The places of pages among their siblings, on every server."""

from __future__ import annotations

import pytest

from confsync.errors import NetworkError, NotVisibleError
from confsync.model.page import ParentKind, Sibling
from confsync.remote.cloud.places import Places
from tests.contract.conftest import Server


def places_of(server: Server) -> Places:
    assert server.remote.places is not None
    return server.remote.places


def test_a_listing_and_a_page_tell_the_number(server: Server) -> None:
    ids = [server.page(title) for title in "ABC"]
    listed = {info.id: info.position for info in server.remote.listing(server.remote.space("ENG"))}
    assert [listed[page_id] for page_id in ids] == [1, 2, 3]
    assert [server.remote.page(page_id).info.position for page_id in ids] == [1, 2, 3]


def test_only_cloud_changes_the_order_of_pages(server: Server) -> None:
    assert (server.remote.places is not None) == server.cloud
    assert server.remote.posts.places is None


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_siblings_are_pages_in_their_order(server: Server) -> None:
    places = places_of(server)
    top = server.page("Top")
    one, two = (server.page(title, parent=top) for title in ("One", "Two"))
    server.page("Below", parent=one)
    old = server.page("Old", parent=top)
    server.wiki.store.archive(old)
    folder = server.wiki.store.create_folder("ENG", "Folder", parent=top).id
    inside = server.page("Inside", parent=folder)
    assert places.siblings(top, ParentKind.PAGE) == (Sibling(one, 1), Sibling(two, 2))
    assert places.siblings(two, ParentKind.PAGE) == ()
    assert [page.id for page in places.siblings(folder, ParentKind.FOLDER)] == [inside]
    with pytest.raises(NotVisibleError):
        places.siblings("99999999", ParentKind.PAGE)


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_more_siblings_than_an_answer_holds_are_all_listed(server: Server) -> None:
    places = places_of(server)
    top = server.page("Top")
    ids = [server.page(f"P {number}", parent=top) for number in range(260)]
    assert [one.id for one in places.siblings(top, ParentKind.PAGE)] == ids


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
@pytest.mark.parametrize(("beside", "order"), [("before", "CABD"), ("after", "ACBD")])
def test_a_move_makes_no_version(server: Server, beside: str, order: str) -> None:
    places = places_of(server)
    top = server.page("Top")
    ids = {title: server.page(title, parent=top) for title in "ABCD"}
    places.move(ids["C"], "before" if beside == "before" else "after", ids["A"])
    found = places.siblings(top, ParentKind.PAGE)
    assert [one.id for one in found] == [ids[title] for title in order]
    assert server.remote.page(ids["C"]).info.version.number == 1


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_a_move_is_never_tried_twice(server: Server) -> None:
    places = places_of(server)
    top = server.page("Top")
    one, two = (server.page(title, parent=top) for title in ("One", "Two"))
    server.wiki.faults.lose_response = lambda method, path: "/move/" in path
    with pytest.raises(NetworkError):
        places.move(two, "before", one)
    server.wiki.faults.lose_response = None
    moves = [request for request in server.wiki.requests if "/move/" in request.path]
    assert len(moves) == 1
    assert [page.id for page in places.siblings(top, ParentKind.PAGE)] == [two, one]
