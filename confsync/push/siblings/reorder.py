"""The moves of a push among siblings: look, move, and look after each one.

A server may give all siblings new numbers at each move. So each number in a file is compared with
the number that the server had before the first move of this run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from confsync.document.settings.names import ORDER
from confsync.document.settings.values import canonical, stored
from confsync.errors import APIAccessError, UnsettledError
from confsync.model.page import PageInfo, ParentKind, PropertyInfo, Sibling, Version
from confsync.remote.cloud.places import Places
from confsync.sync.settings.compare import Decision, Sides, decide
from confsync.sync.settings.siblings import Move, in_order, moves, numbers_of, wanted_order

MEANWHILE = "order: another person changed the order of these pages meanwhile"


class OrderConflict(Exception):  # noqa: N818 - it is expected, and told of as a refusal
    """Raised if a page must not be moved among its siblings."""


class Parent(NamedTuple):
    """The page or folder above siblings."""

    id: str
    kind: ParentKind


class Wish(NamedTuple):
    """The new number of a page. `moved` means that this run brought the page to its parent."""

    sides: Sides
    moved: bool


Placed = PropertyInfo | OrderConflict | APIAccessError | None


class Reorders:
    """The orders of siblings that one run changes."""

    def __init__(self, places: Places) -> None:
        self._places = places
        # The numbers before the first move of this run, those that count for places, and the order
        # after the last move.
        self._before: dict[Parent, dict[str, int | None]] = {}
        self._counted: dict[Parent, dict[str, int]] = {}
        self._after: dict[Parent, tuple[str, ...]] = {}

    def as_before(self, sides: Sides) -> Sides:
        """Return a setting with the number that its page had before this run's first move."""
        for numbers in [*self._before.values()] if sides.remote else ():
            if sides.remote and sides.remote.id in numbers:
                return replace(sides, remote=_info(sides.remote.id, numbers[sides.remote.id]))
        return sides

    def place(self, parent: Parent, wishes: Mapping[str, Wish]) -> dict[str, Placed]:
        """Move pages to their places. Return the new number of each, or what went wrong."""
        try:
            found = self._places.siblings(*parent)
        except APIAccessError as error:
            return dict.fromkeys(wishes, error)
        now = in_order(found)
        if not _agree(now, self._after.get(parent, now)):
            return dict.fromkeys(wishes, OrderConflict(MEANWHILE))
        before = {**_numbers(found), **self._before.get(parent, {})}
        told: dict[str, Placed] = {}
        going: dict[str, int] = {}
        for page_id, wish in wishes.items():
            if page_id not in now:
                told[page_id] = OrderConflict(
                    "order: the page is not among the current pages of its parent"
                )
                continue
            sides = replace(wish.sides, remote=_info(page_id, before[page_id]))
            if not wish.moved and decide(sides) is Decision.DIVERGED:
                told[page_id] = OrderConflict(MEANWHILE)
            elif (number := number_of(wish.sides)) is not None:
                going[page_id] = number
        counted = {**numbers_of(found), **self._counted.get(parent, {})}
        order = wanted_order(now, counted, going)
        self._before[parent], self._counted[parent] = before, {**counted, **going}
        shown, failed = self._moved(parent, found, moves(now, order, going))
        self._after[parent] = in_order(shown)
        held = _numbers(shown)
        done = {page_id: _info(page_id, held.get(page_id)) for page_id in going}
        return {**told, **done, **{i: why for i, why in failed.items() if i in going}}

    def _moved(
        self, parent: Parent, shown: Sequence[Sibling], planned: Iterable[Move]
    ) -> tuple[Sequence[Sibling], dict[str, Placed]]:
        """Do the moves. Return the siblings as they are then, and what went wrong, by page."""
        failed: dict[str, Placed] = {}
        why: Placed = None
        for move in planned:
            if why is None:
                shown, why = self._one(parent, shown, move)
            if why is not None:
                failed[move.page_id] = why
        return shown, failed

    def _one(
        self, parent: Parent, shown: Sequence[Sibling], move: Move
    ) -> tuple[Sequence[Sibling], Placed]:
        """Do one move. Return the siblings as they are then, and what went wrong, or None."""
        lost: APIAccessError | None = None
        try:
            self._places.move(move.page_id, move.beside, move.target)
        except APIAccessError as error:
            lost = error
        try:
            now = self._places.siblings(*parent)
        except APIAccessError as error:
            return shown, UnsettledError(f"the order of page {move.page_id}", error)
        if _agree(in_order(now), move.after):
            return now, None
        if lost is not None and _agree(in_order(now), in_order(shown)):
            return now, lost
        return now, OrderConflict(MEANWHILE)


def placed_in(reorders: Reorders, wishes: Mapping[str, tuple[PageInfo, Wish]]) -> dict[str, Placed]:
    """Move pages to their places, parent by parent. Return what came of each, by id."""
    told: dict[str, Placed] = {}
    below: dict[Parent, dict[str, Wish]] = {}
    for page_id, (info, wish) in wishes.items():
        if info.parent is None or info.parent_kind not in (ParentKind.PAGE, ParentKind.FOLDER):
            told[page_id] = OrderConflict("order: the page has no siblings that a push can order")
        else:
            below.setdefault(Parent(info.parent, info.parent_kind), {})[page_id] = wish
    for parent, some in below.items():
        told |= reorders.place(parent, some)
    return told


def number_of(sides: Sides) -> int | None:
    """Return the number that a file asks for, or None."""
    kept = stored(sides.name, sides.line)
    return None if kept is None or sides.is_invalid else int(kept.strip('"'))


def _agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether the pages of both are in the same order. Pages may come and go."""
    both = {*one} & {*other}
    return [i for i in one if i in both] == [i for i in other if i in both]


def _numbers(found: Iterable[Sibling]) -> dict[str, int | None]:
    return {one.id: one.position for one in found}


def _info(page_id: str, number: int | None) -> PropertyInfo | None:
    if number is None:
        return None
    return PropertyInfo(page_id, ORDER, Version(0), canonical(number))
