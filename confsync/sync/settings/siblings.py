"""The order of siblings that the numbers in files ask for, and the moves that bring it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from confsync.model.page import Beside, Sibling


class Move(NamedTuple):
    """A move of a page before or after a sibling, and the order of the siblings after it."""

    page_id: str
    beside: Beside
    target: str
    after: tuple[str, ...]


def in_order(siblings: Sequence[Sibling]) -> tuple[str, ...]:
    """Return the ids of siblings in the server's order."""
    return tuple(sorted(numbers_of(siblings), key=numbers_of(siblings).__getitem__))


def numbers_of(siblings: Sequence[Sibling]) -> dict[str, int]:
    """Return the numbers of siblings by id.

    If a sibling has no number, all count from 1, in the order in which the server lists them.
    """
    found = {one.id: one.position for one in siblings if one.position is not None}
    if len(found) < len(siblings):
        return {one.id: number for number, one in enumerate(siblings, 1)}
    return found


def wanted_order(
    now: Sequence[str], numbers: Mapping[str, int], wishes: Mapping[str, int]
) -> tuple[str, ...]:
    """Return the order of siblings after the pages with a wish got their new numbers.

    `now` is the present order. The siblings without a wish keep their order. A page stands between
    those whose numbers surround its own. If a sibling has exactly this number, the page takes its
    place, and the sibling moves towards the place that the page left.
    """
    place = {one: index for index, one in enumerate(now)}
    staying = [one for one in now if one not in wishes]

    def slot(page_id: str) -> int:
        wish = wishes[page_id]
        return sum(
            numbers[one] < wish or (numbers[one] == wish and place[one] > place[page_id])
            for one in staying
        )

    moving = sorted(wishes, key=lambda one: (slot(one), wishes[one], place[one]))
    order: list[str] = []
    for index, one in enumerate([*staying, ""]):
        order += [page_id for page_id in moving if slot(page_id) == index]
        order += [one] * (index < len(staying))
    return tuple(order)


def moves(now: Sequence[str], order: Sequence[str], moving: Mapping[str, int]) -> Iterator[Move]:
    """Yield the moves that bring an order about. Only the pages in `moving` are moved."""
    shown = list(now)
    for index, one in enumerate(order):
        if one not in moving:
            continue
        at = shown.index(order[index - 1]) + 1 if index else 0
        if shown[at : at + 1] == [one]:
            continue
        beside: Beside = "after" if index else "before"
        target = order[index - 1] if index else shown[0]
        shown.remove(one)
        shown.insert(shown.index(target) + (beside == "after"), one)
        yield Move(one, beside, target, tuple(shown))
