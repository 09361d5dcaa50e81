"""The options of a history, and the values of its run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from confsync.mirror.mirror import Mirror
from confsync.progress import Progress, silent
from confsync.remote import Remote
from confsync.sync.report import Report


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """The options of `confsync history`.

    `spaces` are keys, none for all. A first history begins at `since`. With `refresh` every body is
    fetched, to find changes without a version.
    """

    spaces: tuple[str, ...] = ()
    since: datetime | None = None
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """One run: a mirror and its server, the options, and the report of what happened."""

    mirror: Mirror
    remote: Remote
    options: HistoryOptions
    progress: Progress = silent
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    report: Report = field(default_factory=lambda: Report("history"))
