"""The progress bar of a long command on a terminal: activity, amount, rate, and time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from confsync.progress import Progress as Show


class Rate(ProgressColumn):
    """A column with the number a second, once it is known."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.1f}/s" if task.speed else "", style="progress.data.speed")


@contextmanager
def shown(console: Console | None = None) -> Iterator[Show]:
    """Show progress on stderr, and remove it at the end."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
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
