"""Several things at once: in order, bounded, and over when one of them fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from confsync.workers import Workers


@pytest.mark.parametrize("workers", [Workers(1, hands=1), Workers(1), Workers(8)])
def test_what_is_made_ahead_comes_in_order_and_is_never_more_than_was_allowed(
    workers: Workers,
) -> None:
    lock = threading.Lock()
    alive = most = 0

    def make(number: int) -> int:
        nonlocal alive, most
        with lock:
            alive += 1
            most = max(most, alive)
        return number

    found = []
    for number in workers.ahead(make, range(50), at_most=3):
        found.append(number)
        with lock:
            alive -= 1  # only now it is let go of
    assert found == list(range(50))
    assert most <= 3


def test_items_are_taken_as_there_is_room() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    answers = Workers(8).ahead(lambda number: number, items(), at_most=3)
    assert next(answers) == 0
    assert taken == 3
    answers.close()  # type: ignore[attr-defined]
    assert taken == 3


@pytest.mark.parametrize("workers", [Workers(1, hands=1), Workers(8)])
def test_the_first_failure_ends_it(workers: Workers) -> None:
    def make(number: int) -> int:
        if number == 2:
            raise ValueError(number)
        return number

    found = []
    with pytest.raises(ValueError, match="2"):
        for number in workers.ahead(make, range(50), at_most=3):
            found.append(number)
    assert found == [0, 1]


@pytest.mark.parametrize("workers", [Workers(1, hands=1), Workers(8)])
def test_one_is_made_while_another_is_used(workers: Workers) -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(5):
            made.append(number)
            yield number

    assert list(workers.early(items())) == list(range(5))
    assert made == list(range(5))


@pytest.mark.parametrize("workers", [Workers(1), Workers(8)])
def test_what_is_done_aside_is_taken_once_and_its_failure_is_told(workers: Workers) -> None:
    def fails() -> list[int]:
        raise ValueError("no")

    with workers.aside() as aside:
        aside.put(lambda: [1])
        aside.put(lambda: [2, 3])
        assert aside.taken() == [1, 2, 3]
        assert aside.taken() == []
    with pytest.raises(ValueError, match="no"), workers.aside() as aside:
        aside.put(fails)
        aside.taken()


def test_what_is_done_aside_is_not_lost_to_an_interrupt() -> None:
    """A caller that waits once more is told what the work made."""
    answers: list[object] = [KeyboardInterrupt(), [1]]

    def made() -> list[int]:
        found = answers.pop(0)
        if isinstance(found, KeyboardInterrupt):
            raise found
        return [1]

    with Workers(1, hands=1).aside() as aside:
        aside._waiting.append(made)
        with pytest.raises(KeyboardInterrupt):
            aside.taken()
        assert aside.taken() == [1]
        assert aside.taken() == []
