"""The order that numbers ask for, and the moves that bring it about."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from confsync.model.page import Sibling
from confsync.sync.settings.siblings import in_order, moves, numbers_of, wanted_order

TENS = {one: 10 * number for number, one in enumerate("abcd", 1)}
ONES = {one: number for number, one in enumerate("abcd", 1)}


@pytest.mark.parametrize(
    ("numbers", "wishes", "order"),
    [
        (ONES, {}, "abcd"),
        (ONES, {"d": 1}, "dabc"),
        (ONES, {"a": 4}, "bcda"),
        (ONES, {"a": 2}, "bacd"),
        (ONES, {"c": 2}, "acbd"),
        (ONES, {"a": 2, "b": 1}, "bacd"),
        (ONES, {"a": 3, "c": 1}, "cbad"),
        (ONES, {"a": 4, "b": 3, "c": 2, "d": 1}, "dcba"),
        (ONES, {"a": 9, "b": 9}, "cdab"),
        (ONES, {"c": -5}, "cabd"),
        (TENS, {"a": 25}, "bacd"),
        (TENS, {"d": 15, "a": 35}, "dbca"),
        (TENS, {"b": 21}, "abcd"),
    ],
)
def test_a_page_stands_between_those_whose_numbers_surround_its_own(
    numbers: dict[str, int], wishes: dict[str, int], order: str
) -> None:
    assert "".join(wanted_order("abcd", numbers, wishes)) == order


def test_a_move_names_a_sibling_that_is_in_its_place() -> None:
    (move,) = moves("abcd", "dabc", {"d": 1})
    assert move == ("d", "before", "a", tuple("dabc"))
    (move,) = moves("abcd", "bcda", {"a": 4})
    assert move == ("a", "after", "d", tuple("bcda"))
    assert not [*moves("abcd", "abcd", {"b": 2})]


def test_siblings_without_numbers_count_from_one() -> None:
    some = [Sibling("b", None), Sibling("a", None), Sibling("c", None)]
    assert numbers_of(some) == {"b": 1, "a": 2, "c": 3}
    assert in_order(some) == ("b", "a", "c")
    assert in_order([Sibling("b", 7), Sibling("a", -2)]) == ("a", "b")


ids = st.lists(st.integers(0, 30), min_size=1, max_size=8, unique=True)


@given(ids, st.data())
def test_the_moves_bring_the_wanted_order_and_move_no_other_page(
    found: list[int], data: st.DataObject
) -> None:
    now = [str(one) for one in found]
    gaps = data.draw(st.lists(st.integers(1, 3), min_size=len(now), max_size=len(now)))
    numbers = {one: sum(gaps[: index + 1]) for index, one in enumerate(now)}
    wishes = data.draw(st.dictionaries(st.sampled_from(now), st.integers(-2, 25)))
    order = wanted_order(now, numbers, wishes)
    assert sorted(order) == sorted(now)
    assert [one for one in order if one not in wishes] == [one for one in now if one not in wishes]
    shown = [*now]
    for move in moves(now, order, wishes):
        assert move.page_id in wishes
        shown.remove(move.page_id)
        shown.insert(shown.index(move.target) + (move.beside == "after"), move.page_id)
        assert tuple(shown) == move.after
    assert tuple(shown) == order
    for one, wish in wishes.items():
        before = [numbers[i] for i in order[: order.index(one)] if i not in wishes]
        after = [numbers[i] for i in order[order.index(one) :] if i not in wishes]
        assert all(number <= wish for number in before)
        assert all(number >= wish for number in after)
