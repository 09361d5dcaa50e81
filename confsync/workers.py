"""Thread pools that run several calls at once and stop in time."""

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


# At most this many threads wait for the disk. More threads make no disk faster.
HANDS = 4


class Workers:
    """At most `jobs` requests at a time, and `hands` threads for work on this machine.

    With one of each, no two calls run at the same time.
    """

    def __init__(self, jobs: int = 1, hands: int = HANDS) -> None:
        if jobs < 1 or hands < 1:
            raise ValueError(f"{min(jobs, hands)} workers cannot do anything")
        self.jobs = jobs
        self.hands = hands

    @property
    def locally(self) -> Workers:
        """Return workers for local work instead of requests."""
        return Workers(self.hands, self.hands)

    def each(
        self, call: Callable[[Item], Done], items: Iterable[Item], *, at_most: int | None = None
    ) -> Iterator[Done]:
        """Call `call` for each item. Yield the answers in order.

        The first exception ends it: no further call begins, and running calls are waited for. ^C
        does not wait.
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
        """Call `call` for each item, `at_most` at a time. Yield the answers in order.

        At most `window` answers (default: `at_most`) are in progress or held, since an answer may
        be large. An item is taken when there is room. It ends as `each` does, but does not wait for
        calls whose answers are not taken.
        """
        if self.jobs < 2 and self.hands < 2:
            yield from map(call, items)
            return
        jobs = min(self.jobs, at_most)
        room = max(2, window or at_most)  # with two, one is computed while the other is used
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
        """Provide a thread that makes lists, one after the other, beside the caller's work."""
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
        """Yield the items. Make each one while one of the `by` items before it is used."""
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
    """Makes lists one after the other in a pool, or at once without a pool."""

    def __init__(self, pool: ThreadPoolExecutor | None) -> None:
        self._pool = pool
        self._waiting: list[Callable[[], list[Done]]] = []

    def put(self, call: Callable[[], list[Done]]) -> None:
        """Begin to make a list."""
        if self._pool is None:
            done = call()
            self._waiting.append(lambda: done)
        else:
            self._waiting.append(self._pool.submit(call).result)

    def taken(self) -> list[Done]:
        """Wait for every list that was begun, and return them joined."""
        done: list[Done] = []
        while self._waiting:
            made = self._waiting.pop(0)
            try:
                done += made()
            except KeyboardInterrupt:
                self._waiting.insert(0, made)  # so that the next call waits for it
                raise
        return done


def _pool(size: int) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # costs 5 ms that most commands need not pay

    return ThreadPoolExecutor(size, thread_name_prefix="confsync")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Split the items into lists of at most `size`."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
