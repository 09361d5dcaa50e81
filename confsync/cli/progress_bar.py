"""The progress bar of a long command on a terminal: activity, amount, rate, and time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from confsync.progress import Progress as Show


# Narrow enough for all columns on a terminal of 80 characters.
_BAR_WIDTH = 16


class Count(ProgressColumn):
    """A column with the number done, and the total if it is known."""

    def render(self, task: Task) -> Text:
        done = f"{int(task.completed)}" if task.completed else ""
        told = done if task.total is None else f"{done or 0}/{int(task.total)}"
        return Text(told, style="progress.download")


class Left(ProgressColumn):
    """A column with the time that is left, once it is known."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        left = task.time_remaining
        told = "" if left is None else f"{timedelta(seconds=int(left))} left"
        return Text(told, style="progress.remaining")


class Rate(ProgressColumn):
    """A column with the number a second, once it is known."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.1f}/s" if task.speed else "", style="progress.data.speed")


@contextmanager
def shown(console: Console | None = None) -> Iterator[Show]:
    """Show progress on stderr, and remove it at the end."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(_BAR_WIDTH),
        Count(),
        Rate(),
        TimeElapsedColumn(),
        Left(),
    )
    console = console or Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        doing = ""

        def show(what: str, done: int, total: int | None) -> None:
            nonlocal doing
            if what != doing:
                # The next activity has a speed of its own.
                doing = what
                bar.reset(task, description=what, total=total)
            bar.update(task, completed=done, total=total)

        yield show
