"""The function through which a long command reports its progress."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with the current activity, the number done, and the total (None: unknown)."""

    def __call__(self, what: str, done: int, total: int | None) -> None: ...


def silent(what: str, done: int, total: int | None) -> None:
    """Show nothing."""
