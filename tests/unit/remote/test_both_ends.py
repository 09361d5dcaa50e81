"""Two chains of cursors that meet have listed every page, whatever happens to the space."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confsync.errors import NetworkError, RateLimitError, ServerError, WriteRefusedError
from confsync.remote.cloud.both_ends import DOWN, UP, Chain, OrderError, ascending, have_met, listed
from confsync.workers import Workers

PATH = "api/v2/spaces/1/pages"
Key = Callable[[int], Any]
Change = tuple[bool, int]

ORDERS: dict[str, Key] = {
    "by id": lambda number: number,
    "by the text of ids": str,
    "by title": lambda number: number * 7919 % 101,
}


@dataclass
class Server:
    """A space whose listing continues behind the page that a cursor names.

    Before each answer, the space changes. `sorts` is whether the server knows descending orders.
    `breaks` raises the error of a request, by its number and parameters.
    """

    pages: set[int]
    size: int = 2
    key: Key = ORDERS["by id"]
    sorts: bool = True
    changes: list[list[Change]] = field(default_factory=list)
    breaks: Callable[[int, Mapping[str, Any]], None] = lambda number, params: None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def get(self, path: str, params: Mapping[str, Any], *, limit: int) -> dict[str, Any]:
        for adds, page in self.changes.pop(0) if self.changes else ():
            (self.pages.add if adds else self.pages.discard)(page)
        self.asked.append(dict(params))
        self.breaks(len(self.asked), params)
        down = self.sorts and params.get("sort") == "-id"
        rows = sorted(self.pages, key=self.key, reverse=down)
        if "cursor" in params:
            last = self.key(json.loads(params["cursor"]))
            rows = [row for row in rows if (self.key(row) < last if down else self.key(row) > last)]
        links = {"next": f"/x?cursor={rows[self.size - 1]}"} if len(rows) > self.size else {}
        return {"results": [{"id": str(row)} for row in rows[: self.size]], "_links": links}


class Pair(Workers):
    """Two workers in one thread. Which one is first is drawn."""

    def __init__(self, is_first_first: Callable[[], bool] = lambda: True) -> None:
        super().__init__(2)
        self._is_first_first = is_first_first

    def ahead(
        self,
        call: Callable[[Any], Any],
        items: Iterable[Any],
        *,
        at_most: int,
        window: int | None = None,
    ) -> Iterator[Any]:
        waiting: list[Callable[[], Any]] = []
        for item in items:
            waiting.append(partial(call, item))
            if len(waiting) == 2:
                if not self._is_first_first():
                    done = waiting[1]()
                    waiting[1] = partial(lambda done: done, done)
                yield waiting.pop(0)()
        while waiting:
            yield waiting.pop(0)()


def ids(server: Server, workers: Workers | None = None) -> list[int]:
    lots = listed(server, workers or Pair(), PATH, {"limit": 250})  # type: ignore[arg-type]
    return [int(row["id"]) for row in ascending(lots)]


numbers = st.integers(1, 120)
changes = st.lists(st.lists(st.tuples(st.booleans(), numbers), max_size=4), max_size=14)


@given(
    st.sets(numbers, max_size=40),
    st.integers(1, 6),
    st.sampled_from(sorted(ORDERS)),
    st.booleans(),
    changes,
    st.data(),
)
def test_each_page_that_is_there_throughout_is_listed_once(
    pages: set[int], size: int, order: str, sorts: bool, changes: list[list[Change]], data: Any
) -> None:
    touched = {page for some in changes for _, page in some}
    server = Server(set(pages), size, ORDERS[order], sorts, changes)
    found = ids(server, Pair(lambda: data.draw(st.booleans())))
    assert len(found) == len(set(found))
    assert pages - touched <= set(found) <= pages | touched


@given(st.sets(numbers), st.integers(1, 6), changes, st.data())
def test_chains_that_meet_have_every_page_whatever_their_speeds(
    pages: set[int], size: int, changes: list[list[Change]], data: Any
) -> None:
    touched = {page for some in changes for _, page in some}
    server = Server(set(pages), size, changes=changes)
    chains = {"id": Chain(UP), "-id": Chain(DOWN)}
    while not have_met(*chains.values()):
        sort = data.draw(st.sampled_from([s for s, c in chains.items() if not c.has_ended]))
        chain = chains[sort]
        cursor = {"cursor": str(chain.last)} if chain.ids else {}
        answer = server.get(PATH, {"sort": sort, **cursor}, limit=1)
        chain.add([int(row["id"]) for row in answer["results"]], ends=not answer["_links"])
    found = chains["id"].ids | chains["-id"].ids
    assert pages - touched <= found <= pages | touched


@pytest.mark.parametrize("count", range(1, 40))
def test_the_rows_are_in_the_order_of_one_chain_and_cost_two_requests_more_at_most(
    count: int,
) -> None:
    server, size = Server(set(range(1, count + 1)), size=5), 5
    assert ids(server) == list(range(1, count + 1))
    one_chain = -(-count // size)
    # One more than it takes to share a page is under way by then. A chain that has ended asks for
    # no more.
    shared = count // size + 1
    both = one_chain if one_chain == 1 else 3 if one_chain == 2 else shared + 1
    assert len(server.asked) == both <= one_chain + 2


def test_one_job_asks_one_chain_without_an_order() -> None:
    server = Server(set(range(1, 8)))
    assert ids(server, Workers(1)) == list(range(1, 8))
    assert server.asked == [
        {"limit": 250},
        *({"limit": 250, "cursor": str(last)} for last in (2, 4, 6)),
    ]


def test_a_space_of_one_answer_costs_one_request() -> None:
    server = Server({1, 2})
    assert ids(server) == [1, 2]
    assert server.asked == [{"limit": 250, "sort": "id"}]


@pytest.mark.parametrize("up", [[10, 9], [10, 10], [10, 20, 15]])
def test_ids_out_of_order_are_noticed(up: list[int]) -> None:
    for numbers, direction in ((up, UP), ([100 - n for n in up], DOWN)):
        with pytest.raises(OrderError):
            Chain(direction).add(numbers, ends=False)
        chain = Chain(direction)
        chain.add(numbers[:-1], ends=False)
        with pytest.raises(OrderError):
            chain.add(numbers[-1:], ends=False)


@pytest.mark.parametrize(
    ("up", "down", "met"),
    [
        (([1, 2], False), ([9, 8], False), False),
        (([1, 2], False), ([4, 3], False), False),  # a page between them was not ruled out
        (([1, 2, 3], False), ([4, 3], False), True),
        (([1, 2, 3], False), ([5, 2], False), True),
        (([1, 2, 4], False), ([5, 3], False), False),  # they cross, but share no page
        (([1, 2], True), ([4, 3], False), False),
        (([1, 2], True), ([4, 3], True), True),
        (([], True), ([], True), True),
        (([], False), ([4, 3], True), False),
        (([1, 2, 3], False), ([3, 2], False), False),  # all that there is, but more follows
        (([1, 2, 3], True), ([3, 2], False), True),
        (([1, 2, 3], True), ([3, 2, 1], False), False),
        (([2], False), ([2], False), False),  # one page shows no order
    ],
)
def test_what_it_takes_to_meet(
    up: tuple[list[int], bool], down: tuple[list[int], bool], met: bool
) -> None:
    chains = Chain(UP), Chain(DOWN)
    for chain, (numbers, ends) in zip(chains, (up, down), strict=True):
        chain.add(numbers, ends=ends)
    assert have_met(*chains) is met


@pytest.mark.parametrize("order", sorted(ORDERS))
def test_a_server_that_ignores_the_order_is_asked_for_one_chain(order: str) -> None:
    pages = set(range(1, 13))
    server = Server(pages, key=ORDERS[order], sorts=False)
    assert sorted(ids(server)) == sorted(pages)
    alone = [asked for asked in server.asked if "sort" not in asked]
    assert len(alone) == 6
    assert len(server.asked) <= 6 + 3


def test_ids_in_the_order_of_text_do_not_pass_for_numbers() -> None:
    """1, 10 and 95, 9 are in order and overlap as numbers. As text, they are far apart."""
    pages = {1, *range(10, 20), 89, 9, 95}
    server = Server(set(pages), key=str)
    assert sorted(ids(server)) == sorted(pages)
    orders = [asked.get("sort", "") for asked in server.asked]
    assert orders == ["id", "id", "-id", "id", "-id", *[""] * 7]


def test_a_server_that_sorts_within_answers_costs_no_page() -> None:
    """Each answer has the same pages in both orders, so that the first answers share them all."""
    answers = [[7, 5, 6], [9, 10, 8], [3, 1, 2], [12, 11, 4]]
    asked: list[str] = []

    class Shuffled(Server):
        def get(self, path: str, params: Mapping[str, Any], *, limit: int) -> dict[str, Any]:
            number, sort = int(params.get("cursor", 0)), params.get("sort", "")
            asked.append(sort)
            rows = sorted(answers[number], reverse=sort == "-id") if sort else answers[number]
            links = {"next": f"/x?cursor={number + 1}"} if number < 3 else {}
            return {"results": [{"id": str(row)} for row in rows], "_links": links}

    assert sorted(ids(Shuffled(set()))) == list(range(1, 13))
    assert asked == ["id", "id", "-id", "id", *[""] * 4]


def test_a_row_without_an_id_is_listed_as_one_chain_lists_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server(set(range(1, 10)))
    plain = server.get

    def get(*args: Any, **more: Any) -> dict[str, Any]:
        answer = plain(*args, **more)
        spoiled = [{} if row["id"] == "5" else row for row in answer["results"]]
        return {**answer, "results": spoiled}

    monkeypatch.setattr(server, "get", get)
    rows = list(ascending(listed(server, Pair(), PATH, {})))  # type: ignore[arg-type]
    assert rows.count({}) == 1
    assert {row["id"] for row in rows if row} == {str(n) for n in range(1, 10) if n != 5}


@pytest.mark.parametrize("status", [400, 413])
def test_an_order_that_the_server_refuses_is_not_asked_for_again(status: int) -> None:
    def refuse(number: int, params: Mapping[str, Any]) -> None:
        if "sort" in params:
            raise WriteRefusedError("Provided value {id} for 'sort'", status=status)

    server = Server(set(range(1, 6)), breaks=refuse)
    if status == 400:
        assert ids(server) == [1, 2, 3, 4, 5]
        assert len(server.asked) == 1 + 3
        return
    with pytest.raises(WriteRefusedError):
        ids(server)
    assert len(server.asked) == 1


@pytest.mark.parametrize("bad", range(1, 7))
def test_a_cursor_that_breaks_costs_no_page(bad: int) -> None:
    """The same cursor again, whichever request it answers."""
    server = Server(set(range(1, 12)))
    plain = server.get

    def get(path: str, params: Mapping[str, Any], *, limit: int) -> dict[str, Any]:
        answer = plain(path, params, limit=limit)
        broken = len(server.asked) == bad and "sort" in params
        return {**answer, "_links": {"next": "/x"}} if broken else answer

    server.get = get  # type: ignore[method-assign]
    assert sorted(ids(server)) == list(range(1, 12))


@pytest.mark.parametrize("error", [NetworkError, RateLimitError, ServerError])
@pytest.mark.parametrize("bad", range(1, 6))
def test_an_error_of_one_side_ends_both(error: type[Exception], bad: int) -> None:
    def fail(number: int, params: Mapping[str, Any]) -> None:
        if number == bad:
            raise error("no answer")

    server = Server(set(range(1, 9)), breaks=fail)
    with pytest.raises(error, match="no answer"):
        ids(server, Workers(2))
    assert len(server.asked) <= bad + 1
