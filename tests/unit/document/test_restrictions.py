"""Restrictions as values: one text for equal ones, and changes in an order that opens nothing."""

from __future__ import annotations

import json

import hypothesis.strategies as st
import pytest
from hypothesis import given

from confsync.document.settings import restrictions
from confsync.document.settings.restrictions import EVERYONE, OPERATIONS, Change, Names

OPEN: frozenset[str] = frozenset()
MINE = frozenset({"user:me", "group:mine"})
NAMES = sorted(MINE | {"user:ana", "user:bo", "group:others"})


def names_for_me() -> st.SearchStrategy[frozenset[str]]:
    """Return sets of names that let me in: none at all, or some with one of mine."""
    some = st.frozensets(st.sampled_from(NAMES)).filter(lambda names: names & MINE)
    return st.just(frozenset()) | some


sides = st.fixed_dictionaries({one: names_for_me() for one in OPERATIONS})


def plain(names: Names) -> Names:
    return {operation: some for operation, some in names.items() if some}


@given(before=sides, after=sides)
def test_no_moment_locks_me_out_or_opens_more_than_the_ends(before: Names, after: Names) -> None:
    now, seen = before, []
    for change in restrictions.changes(before, after, MINE):
        now = restrictions.applied(now, change)
        seen.append(now)
        for operation in OPERATIONS:
            names, ends = now.get(operation, OPEN), (before[operation], after[operation])
            assert not names or names & MINE
            assert names or OPEN in ends
            assert OPEN in ends or names <= ends[0] | ends[1]
    assert plain(now) == plain(after)
    assert len(seen) == sum(len(before[one] ^ after[one]) for one in OPERATIONS)


@given(before=sides, after=sides)
def test_who_is_at_neither_end_is_in_at_no_moment(before: Names, after: Names) -> None:
    """Also where one end is open: what lies between only has names of the ends."""
    now = before
    for change in restrictions.changes(before, after, MINE):
        now = restrictions.applied(now, change)
        for operation in OPERATIONS:
            assert now.get(operation, OPEN) <= before[operation] | after[operation]


def test_names_go_before_others_come_if_one_of_mine_stays() -> None:
    before: Names = {"read": frozenset({"user:me", "user:bo"})}
    after: Names = {"read": frozenset({"user:me", "user:ana"})}
    assert restrictions.changes(before, after, MINE) == (
        Change("read", "user:bo", adds=False),
        Change("read", "user:ana", adds=True),
    )


def test_the_last_name_to_go_is_mine() -> None:
    before: Names = {"update": frozenset({"group:mine", "user:me", "user:zoe"})}
    last = restrictions.changes(before, EVERYONE, MINE)[-1]
    assert last == Change("update", "user:me", adds=False)


@given(names=sides, seed=st.randoms())
def test_the_order_of_names_says_nothing(names: Names, seed: object) -> None:
    given_here = {one: sorted(names[one]) for one in reversed(OPERATIONS)}
    for some in given_here.values():
        seed.shuffle(some)  # type: ignore[attr-defined]
    found = restrictions.named(json.dumps(given_here))
    assert found == plain(names)
    assert restrictions.value_of(found) == restrictions.value_of(names)


@pytest.mark.parametrize("value", [None, "null", "{}", '{"read":[]}', '{"read":null}'])
def test_no_names_are_no_value(value: str | None) -> None:
    assert restrictions.value_of(restrictions.named(value)) is None


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ('"ana"', "it must be like"),
        ('["user:ana"]', "it must be like"),
        ('{"delete":["user:ana"]}', "'delete' cannot be restricted, only read and update"),
        ('{"read":"user:ana"}', "read must be a list"),
        ('{"read":["ana"]}', "read has 'ana', which is not like"),
        ('{"read":["user:"]}', "read has 'user:', which is not like"),
        ('{"read":["user: "]}', "which is not like"),
        ('{"update":[7]}', "update has '7', which is not like"),
        ('{"update":[{"user":"ana"}]}', 'update has \'{"user": "ana"}\', which is not like'),
    ],
)
def test_what_is_malformed_is_said(value: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".*") as caught:
        restrictions.named(value)
    assert why in str(caught.value)


def test_the_operations_that_i_could_not_do_are_named() -> None:
    ana = frozenset({"user:ana"})
    assert restrictions.locked({}, MINE) == ()
    assert restrictions.locked({"read": ana, "update": ana | MINE}, MINE) == ("read",)
    assert restrictions.locked({"read": frozenset({"group:mine"}), "update": ana}, MINE) == (
        "update",
    )
