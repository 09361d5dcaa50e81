"""A listing from both ends at once: one chain of cursors ascends by id, the other descends.

A chain waits for each answer before it can ask for the next one. Two chains that meet in the middle
take half the time. If their answers do not prove that they meet, one whole chain is listed instead.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle
from typing import Any, Generic, NamedTuple, TypeVar

from confsync.errors import RowError, WriteRefusedError
from confsync.remote import rows
from confsync.remote.client import Client
from confsync.remote.cloud.pagination import CursorError, answers_by_cursor, by_cursor, has_next
from confsync.remote.rows import Row
from confsync.workers import Workers

log = logging.getLogger("confsync.remote")

UP, DOWN = 1, -1
Item = TypeVar("Item")


class OrderError(Exception):
    """The answers of a chain are not in the order of the ids."""


class Lot(NamedTuple, Generic[Item]):
    """Some rows of a listing. Those of the descending chain are `backward`."""

    rows: list[Item]
    backward: bool = False


class Chain:
    """One of the two chains: its direction, and the ids that it has listed so far."""

    def __init__(self, direction: int) -> None:
        self.ids: set[int] = set()
        self.first = self.last = 0  # no page has this id
        self.has_ended = False
        self._direction = direction

    def add(self, page_ids: Iterable[int], *, ends: bool) -> None:
        """Add the ids of the next answer. Raise OrderError if they are out of order."""
        for page_id in page_ids:
            if self.ids and (page_id - self.last) * self._direction <= 0:
                raise OrderError
            self.first = self.first or page_id
            self.last = page_id
            self.ids.add(page_id)
        self.has_ended = ends

    def reaches(self, page_id: int) -> bool:
        """Return whether the chain has come to an id, or beyond it."""
        return (self.last - page_id) * self._direction >= 0


def have_met(up: Chain, down: Chain) -> bool:
    """Return whether two chains together have listed every page.

    A shared page proves it: one chain has listed everything below that page, the other everything
    above. Ids in between prove nothing, since the server may sort in another order. A chain that
    comes to the other chain's first page has come to the end of the space. If its last answer says
    that more pages follow, the server does not sort, or pages are new: the chain has to end.
    """
    if up.has_ended and down.has_ended:
        return True
    if not (up.ids and down.ids and up.reaches(down.last)) or up.ids.isdisjoint(down.ids):
        return False
    return (up.has_ended or not up.reaches(down.first)) and (
        down.has_ended or not down.reaches(up.first)
    )


class _Side:
    """A chain of cursors, and what it has listed."""

    def __init__(
        self, client: Client, path: str, params: Mapping[str, Any], direction: int
    ) -> None:
        order = "id" if direction == UP else "-id"
        self.chain = Chain(direction)
        self._backward = direction == DOWN
        self._path = path
        self.answers = answers_by_cursor(client, path, {**params, "sort": order})

    def ask(self) -> Row | None:
        """Return the next answer, or None after the last one."""
        return None if self.chain.has_ended else next(self.answers)

    def lot_of(self, answer: Row) -> Lot[Row]:
        """Note an answer, and return its rows. Raise OrderError if they are out of order."""
        found = rows.results_of(answer, self._path)
        self.chain.add(map(_number, found), ends=not has_next(answer))
        return Lot(found, self._backward)


def listed(
    client: Client, workers: Workers, path: str, params: Mapping[str, Any]
) -> Iterator[Lot[Row]]:
    """Yield the rows of a listing as they are answered, each page once.

    Without a second worker, and if the chains prove nothing, list one chain.
    """
    given: set[str] = set()
    if workers.jobs > 1:
        sides = (_Side(client, path, params, UP), _Side(client, path, params, DOWN))
        try:
            for lot in _lots(workers, *sides):
                fresh = [row for row in lot.rows if str(row.get("id")) not in given]
                given.update(str(row.get("id")) for row in fresh)
                yield lot._replace(rows=fresh)
        except (OrderError, RowError, CursorError, WriteRefusedError) as error:
            if not _is_of_order(error):
                raise
            log.info("%s: not listed from both ends, as the order of the rows is unknown", path)
        else:
            return
    for found in by_cursor(client, path, params):
        yield Lot([row for row in found if str(row.get("id")) not in given])


def _is_of_order(error: Exception) -> bool:
    """Return whether another order can help: the server may refuse an order, or lose its place."""
    return not isinstance(error, WriteRefusedError) or error.status == 400


def _lots(workers: Workers, up: _Side, down: _Side) -> Iterator[Lot[Row]]:
    """Yield the answers of both sides in alternation until they meet, two requests at a time.

    The first answer comes alone: a small space has no more. Each later request waits for the answer
    before the last one. So neither the requests nor the order of the rows depend on the network.
    """

    def asked() -> Iterator[_Side]:
        for side in cycle((up, down)):
            if have_met(up.chain, down.chain):
                return
            yield side

    def ask(side: _Side) -> tuple[_Side, Row | None]:
        return side, side.ask()

    yield up.lot_of(next(up.answers))
    if up.chain.has_ended:
        return
    for side, answer in workers.ahead(ask, asked(), at_most=2):
        if answer is not None:
            yield side.lot_of(answer)


def ascending(lots: Iterable[Lot[Item]]) -> Iterator[Item]:
    """Yield the rows of all lots in the order of one chain: backward lots last, and reversed."""
    held: list[list[Item]] = []
    for lot in lots:
        if lot.backward:
            held.append(lot.rows)
        else:
            yield from lot.rows
    for some in reversed(held):
        yield from reversed(some)


def _number(row: Row) -> int:
    return int(rows.id_of(row))
