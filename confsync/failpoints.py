"""Numbers for every durable step, in the order in which the program reaches them.

A change of the disk or a request to the server first calls `before`. A watcher, such as a test, can
then stop the program. With -vv the terminal shows each step.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator

# Called with the step's number, from 1, and its description. An exception from it ends the run
# there.
Watcher = Callable[[int, str], None]

_numbers = itertools.count(1)
_watcher: Watcher | None = None


def before(what: str) -> None:
    """Announce the next step, such as ``replace docs/ENG/guide.xhtml`` or ``PUT …/pages/7``."""
    import logging  # importing it costs 2 ms, also for a command without steps

    number = next(_numbers)
    logging.getLogger("confsync.steps").info("%d: %s", number, what)
    if _watcher is not None:
        _watcher(number, what)


@contextlib.contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Count from 1 again, and call `watcher` before each step of every thread."""
    global _numbers, _watcher
    previous = _numbers, _watcher
    _numbers, _watcher = itertools.count(1), watcher
    try:
        yield
    finally:
        _numbers, _watcher = previous
