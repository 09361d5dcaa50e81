"""The layouts of a page's versions, one after the other, with the lines that two of them share.

The layout of a line depends on the line, and on the next one up to its first `<`. So if two bodies
begin or end with the same lines, only the text between is laid out anew.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from confsync.document.layout import lay_surely, lines_surely


class LayoutSeries:
    """Lays out bodies one after the other, each with the lines of the body before."""

    def __init__(self) -> None:
        self._lines: list[str] = [""]

    def lay_surely(self, body: str) -> str | None:
        """Return what `layout.lay_surely` returns for a body."""
        lines = _lines(body, self._lines)
        if lines is None:
            return lay_surely(body)
        self._lines = lines
        return "\n".join([*lines, ""])


def _lines(body: str, before: Sequence[str]) -> list[str] | None:
    """Return the lines of a body, or None where `layout.lines_surely` does.

    `before` are the lines of another body.
    """
    other = "".join(before)
    places = [0, *accumulate(map(len, before))]
    head = _most(min(len(body), len(other)), lambda n, m: body[n:m] == other[n:m])
    first = max(bisect_right(places, head) - 2, 0)  # the end of one more depends on what follows
    start = places[first]
    a, b = len(body), len(other)
    tail = _most(min(a - start, b), lambda n, m: body[a - m : a - n] == other[b - m : b - n])
    last = max(bisect_left(places, b - tail), 1)  # the first line may begin with any text
    if last < len(before):
        # These lines begin with a `<`. The text before them is laid out as if it were alone, if
        # one of its lines ends there.
        between = lines_surely(f"{body[start : a - b + places[last]]}<")
        if between and between[-1] == "<":
            return [*before[:first], *between[:-1], *before[last:]]
    rest = lines_surely(body[start:])
    return [*before[:first], *rest] if rest else None


def _most(limit: int, is_same: Callable[[int, int], bool]) -> int:
    """Return the largest length up to `limit` at which everything from 0 on is the same."""
    found = 0
    for power in reversed(range(limit.bit_length())):
        longer = found + (1 << power)
        if longer <= limit and is_same(found, longer):
            found = longer
    return found
