"""Doing several things at once, and stopping in time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Item = TypeVar("Item")
Done = TypeVar("Done")


# So many wait for the disk at a time; more make no disk faster.
HANDS = 4


class Workers:
    """At most `jobs` requests at a time, and beside those `hands` that work on this machine.

    With one of each nothing is done at the same time as anything else.
    """

    def __init__(self, jobs: int = 1, hands: int = HANDS) -> None:
        if jobs < 1 or hands < 1:
            raise ValueError(f"{min(jobs, hands)} workers cannot do anything")
        self.jobs = jobs
        self.hands = hands

    @property
    def locally(self) -> Workers:
        """The same, for what is no request."""
        return Workers(self.hands, self.hands)

    def each(
        self, call: Callable[[Item], Done], items: Iterable[Item], *, at_most: int | None = None
    ) -> Iterator[Done]:
        """What `call` answers for each item, in order.

        The first exception ends it: nothing more is begun, and what is under way is waited for.
        ^C does not wait.
        """
        given = list(items)
        jobs = min(self.jobs, at_most or self.jobs, len(given))
        if jobs < 2:
            yield from map(call, given)
            return
        pool = _pool(jobs)
        wait = True
        try:
            for future in [pool.submit(call, item) for item in given]:
                yield future.result()
        except KeyboardInterrupt:
            wait = False
            raise
        finally:
            pool.shutdown(wait=wait, cancel_futures=True)

    def ahead(
        self,
        call: Callable[[Item], Done],
        items: Iterable[Item],
        *,
        at_most: int,
        window: int | None = None,
    ) -> Iterator[Done]:
        """What `call` answers for each item, in order, `at_most` at a time.

        No more than `window` (`at_most`) are under way, or done and not yet let go of: what is
        answered may be large. Items are taken from `items` as there is room. Ends as `each` does,
        and waits for nothing that nobody takes any more.
        """
        if self.jobs < 2 and self.hands < 2:
            yield from map(call, items)
            return
        jobs = min(self.jobs, at_most)
        room = max(2, window or at_most)  # of two, one is made while the other is used
        pool = _pool(jobs)
        waiting: deque[Future[Done]] = deque()
        wait = True
        try:
            for item in items:
                waiting.append(pool.submit(call, item))
                if len(waiting) == room:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except (KeyboardInterrupt, GeneratorExit):
            wait = False
            raise
        finally:
            pool.shutdown(wait=wait, cancel_futures=True)

    @contextmanager
    def aside(self) -> Iterator[Aside[Any]]:
        """Somebody to make lists, one after the other, beside what goes on."""
        alone = self.jobs < 2
        pool = None if alone else _pool(1)
        wait = True
        try:
            yield Aside(pool)
        except KeyboardInterrupt:
            wait = False
            raise
        finally:
            if pool is not None:
                pool.shutdown(wait=wait, cancel_futures=not wait)

    def early(self, items: Iterable[Item], *, by: int = 1) -> Iterator[Item]:
        """The items, each made while one of the `by` before it is used."""
        if self.jobs < 2 and self.hands < 2:
            yield from items
            return
        coming = iter(items)
        pool = _pool(1)
        wait = True
        try:
            waiting = deque(pool.submit(next, coming, None) for _ in range(by))
            while (item := waiting.popleft().result()) is not None:
                waiting.append(pool.submit(next, coming, None))
                yield item
        except (KeyboardInterrupt, GeneratorExit):
            wait = False
            raise
        finally:
            pool.shutdown(wait=wait, cancel_futures=True)


class Aside(Generic[Done]):
    """Makes one list after the other; without a pool at once."""

    def __init__(self, pool: ThreadPoolExecutor | None) -> None:
        self._pool = pool
        self._waiting: list[Callable[[], list[Done]]] = []

    def put(self, call: Callable[[], list[Done]]) -> None:
        """Begin something."""
        if self._pool is None:
            done = call()
            self._waiting.append(lambda: done)
        else:
            self._waiting.append(self._pool.submit(call).result)

    def taken(self) -> list[Done]:
        """What everything that was begun has made; waits for it."""
        done: list[Done] = []
        while self._waiting:
            made = self._waiting.pop(0)
            try:
                done += made()
            except KeyboardInterrupt:
                self._waiting.insert(0, made)  # to be waited for once more
                raise
        return done


def _pool(size: int) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # 5 ms for a command that has no use for it

    return ThreadPoolExecutor(size, thread_name_prefix="confsync")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
