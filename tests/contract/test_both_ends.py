"""A large space is listed from both ends at once, and nothing that a server does costs a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

import pytest

from confsync.errors import APIAccessError
from confsync.model.page import PageInfo, Space
from confsync.remote import Credentials, Remote, open_remote
from confsync.remote.cloud import cloud
from confsync.sandbox import Sandbox
from tests.contract.conftest import Server

# The rows of an answer, so that a small space has many answers.
SIZE = 5


@pytest.fixture(autouse=True)
def small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloud, "BULK", SIZE)


@pytest.fixture
def on_cloud(no_waiting: None) -> Iterator[Server]:
    with Sandbox() as wiki:
        wiki.store.create_space("ENG", "Engineering", "Engineering")
        remote = open_remote(wiki.url, Credentials(wiki.token, wiki.user), jobs=4)
        yield Server(wiki, remote)
        remote.close()


def filled(server: Server, pages: int) -> Space:
    """Return a space with so many pages, the home page among them. One of them is archived."""
    with server.wiki.store.batch():
        made = [server.page(f"Page {n * 7 % 211:03}", f"<p>{n}</p>") for n in range(pages - 1)]
    if pages > 3:
        server.wiki.store.archive(made[pages // 2])
    space = server.remote.space("ENG")
    server.wiki.clear_requests()
    return space


def with_one_job(server: Server) -> Remote:
    return open_remote(server.wiki.url, Credentials(server.wiki.token, server.wiki.user), jobs=1)


def orders(server: Server) -> list[str]:
    """Return the orders of the listing's requests since the last call, sorted."""
    asked = [
        parse_qs(one.query).get("sort", [""])[0]
        for one in server.wiki.requests
        if "/spaces/" in one.path
    ]
    server.wiki.clear_requests()
    return sorted(asked)


def read(remote: Remote, space: Space) -> dict[str, tuple[PageInfo, str]]:
    """Return each page's row and body. Each comes once."""
    pairs = [pair for lot in remote.contents(space, archived=True) for pair in lot]
    found = {info.id: (info, page.body if page else "") for info, page in pairs}
    assert len(found) == len(pairs)
    return found


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("labels", [False, True])
def test_a_listing_is_that_of_one_chain_and_in_its_order(
    server: Server, labels: bool, short: bool
) -> None:
    space = filled(server, 28)
    server.wiki.store.create_page("ENG", "Labelled", "", labels=["one", "two"])
    for n in range(12):
        server.wiki.store.create_post(
            "ENG", f"Post {n}", "<p>post</p>", at=f"2026-03-{n + 1:02}T09:30:00.000Z"
        )
    server.wiki.faults.short_pages = short
    for several, one in (
        (server.remote, with_one_job(server)),
        (server.remote.posts, with_one_job(server).posts),
    ):
        listed = list(several.listing(space, labels=labels, archived=True))
        assert len(listed) == (29 if one.posts is not one else 12)
        assert listed == list(one.listing(space, labels=labels, archived=True))
        assert read(several, space) == read(one, space)


@pytest.mark.parametrize(
    ("pages", "up", "down"),
    [
        *((1, 1, 0), (5, 1, 0), (6, 2, 1), (9, 2, 1), (10, 2, 1), (14, 3, 1), (15, 3, 2)),
        *((19, 3, 2), (20, 4, 2), (28, 4, 3), (29, 4, 3), (30, 5, 3), (99, 11, 10), (100, 12, 10)),
    ],
)
def test_a_listing_costs_exactly_so_many_requests(
    on_cloud: Server, pages: int, up: int, down: int
) -> None:
    space = filled(on_cloud, pages)
    assert len(list(on_cloud.remote.listing(space))) == pages
    assert Counter(orders(on_cloud)) == Counter({"id": up, "-id": down})
    assert up + down <= -(-pages // SIZE) + 2
    assert len(read(on_cloud.remote, space)) == pages
    assert Counter(orders(on_cloud)) == Counter({"id": up, "-id": down})
    assert len(list(with_one_job(on_cloud).listing(space))) == pages
    assert orders(on_cloud) == [""] * -(-pages // SIZE)


@pytest.mark.parametrize("order", ["id", "title", "text", "answers", "refused"])
def test_a_server_that_does_not_sort_costs_no_page(on_cloud: Server, order: str) -> None:
    with on_cloud.wiki.store.batch():
        on_cloud.wiki.store.database.new_id(999_985)  # so that the text of later ids comes first
    space = filled(on_cloud, 28)
    plain = list(with_one_job(on_cloud).listing(space))
    on_cloud.wiki.clear_requests()
    on_cloud.wiki.faults.order = order  # type: ignore[assignment]
    listed = list(on_cloud.remote.listing(space))
    assert sorted(listed) == sorted(plain)
    assert "" in orders(on_cloud)
    assert read(on_cloud.remote, space) == read(with_one_job(on_cloud), space)


@pytest.mark.parametrize("sort", ["id", "-id"])
def test_a_cursor_that_the_server_forgets_costs_no_page(on_cloud: Server, sort: str) -> None:
    space = filled(on_cloud, 28)
    plain = list(with_one_job(on_cloud).listing(space))
    on_cloud.wiki.clear_requests()
    on_cloud.wiki.faults.lose_cursor = sort
    listed = list(on_cloud.remote.listing(space))
    assert (len(listed), sorted(listed)) == (28, sorted(plain))
    assert orders(on_cloud).count("") == 6
    assert len(read(on_cloud.remote, space)) == 28


def test_the_order_does_not_depend_on_the_network(on_cloud: Server) -> None:
    space = filled(on_cloud, 28)

    def order() -> list[str]:
        lots = on_cloud.remote.contents(space, archived=True)
        return [info.id for lot in lots for info, _ in lot]

    found, numbers = order(), iter(range(999))
    for late in (0, 1):
        on_cloud.wiki.faults.slow = lambda *_, late=late: 0.04 * (next(numbers) % 2 == late)  # type: ignore[misc]
        assert order() == found


def change(server: Server, moment: int, act: Callable[[], object]) -> None:
    """Let something happen just before a request, counted from 0."""
    seen = 0

    def before(method: str, path: str) -> None:
        nonlocal seen
        seen += 1
        if seen == moment + 1:
            act()

    server.wiki.faults.before = before


@pytest.mark.parametrize("moment", range(7))
@pytest.mark.parametrize("what", ["created", "trashed", "archived", "moved out", "moved in"])
def test_a_space_that_changes_meanwhile_costs_no_page(
    on_cloud: Server, what: str, moment: int
) -> None:
    store = on_cloud.wiki.store
    store.create_space("OPS", "Operations", "Operations")
    other = [store.create_page("OPS", f"Other {n}", "").id for n in range(7)]
    space = filled(on_cloud, 28)
    pages = [info.id for info in with_one_job(on_cloud).listing(space)]
    some = pages[2::4]

    def act() -> None:
        for n, page in enumerate(some):
            match what:
                case "created":
                    on_cloud.page(f"New {n}")
                case "trashed":
                    store.trash(page)
                case "archived":
                    store.archive(page)
                case "moved out":
                    store.move_to_space(page, "OPS")
                case "moved in":
                    store.move_to_space(other[n], "ENG")

    change(on_cloud, moment, act)
    found = [info.id for info in on_cloud.remote.listing(space)]
    assert len(found) == len(set(found))
    stays = what not in ("trashed", "moved out")
    assert set(pages) - set(() if stays else some) <= set(found)
    change(on_cloud, 99, act)
    assert set(read(on_cloud.remote, space)) == {i.id for i in on_cloud.remote.listing(space)}


@pytest.mark.parametrize("moment", range(7))
@pytest.mark.parametrize("status", [429, 503])
def test_a_side_that_has_to_wait_costs_no_page(on_cloud: Server, status: int, moment: int) -> None:
    space = filled(on_cloud, 28)
    plain = list(with_one_job(on_cloud).listing(space))
    numbers = iter(range(99))
    on_cloud.wiki.faults.refuse = lambda *_: status if next(numbers) == moment else None
    assert list(on_cloud.remote.listing(space)) == plain


@pytest.mark.parametrize("moment", range(7))
@pytest.mark.parametrize("status", [403, 409, 500])
def test_an_error_of_one_side_is_that_of_the_listing(
    on_cloud: Server, status: int, moment: int
) -> None:
    space = filled(on_cloud, 28)
    numbers = iter(range(99))
    on_cloud.wiki.faults.refuse = lambda *_: status if next(numbers) == moment else None
    with pytest.raises(APIAccessError) as caught:
        list(on_cloud.remote.listing(space))
    assert caught.value.status == status
    # One request may be under way beside the refused one, and one more follows its answer.
    assert len(orders(on_cloud)) <= moment + 3
