"""The setting of glibc's memory allocator for this process.

glibc gives each thread an arena, which keeps its freed memory. Eight threads that read answers of 5
MB in turn hold 60 MB more than they use. One arena is as fast, because Python lets only one thread
at a time allocate.
"""

from __future__ import annotations

import contextlib

_M_ARENA_MAX = -8  # from malloc.h
_ONE_ARENA = 1


def limit() -> None:
    """Let later threads share one arena. Do nothing with another allocator."""
    import ctypes  # importing it costs 3 ms

    with contextlib.suppress(AttributeError, OSError, TypeError):  # TypeError: Windows
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ONE_ARENA)
