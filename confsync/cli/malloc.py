"""How glibc's allocator is set for a process of ours.

It gives each thread an arena, and what is freed in one stays there: eight threads that read answers
of 5 MB one after the other hold 60 MB more than they use. One for all is as fast, as Python lets
one thread at a time ask for memory.
"""

from __future__ import annotations

import contextlib

_M_ARENA_MAX = -8  # of malloc.h
_ONE_ARENA = 1


def limit() -> None:
    """Let the threads that are to come share an arena; nothing where the allocator is another."""
    import ctypes  # 3 ms

    with contextlib.suppress(AttributeError, OSError, TypeError):  # TypeError: Windows
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ONE_ARENA)
