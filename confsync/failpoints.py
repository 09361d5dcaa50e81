"""Every step that outlives the process, numbered by the program as it comes to them.

A change of the disk or a request to the server calls `before` first, so that whoever watches, such
as a test, can stop the program before any of them. With -vv they are shown.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator

# Called with the number, from 1, and what is about to happen; what it raises ends the run there.
Watcher = Callable[[int, str], None]

_numbers = itertools.count(1)
_watcher: Watcher | None = None


def before(what: str) -> None:
    """Say that a step is next, such as ``replace docs/ENG/guide.xhtml`` or ``PUT …/pages/7``."""
    import logging  # it costs a command without steps 2 ms

    number = next(_numbers)
    logging.getLogger("confsync.steps").info("%d: %s", number, what)
    if _watcher is not None:
        _watcher(number, what)


@contextlib.contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Count from 1 again, and let somebody watch, in all threads."""
    global _numbers, _watcher
    previous = _numbers, _watcher
    _numbers, _watcher = itertools.count(1), watcher
    try:
        yield
    finally:
        _numbers, _watcher = previous
