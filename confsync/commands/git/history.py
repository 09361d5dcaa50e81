"""The command `history`: the versions of pages as commits on a branch of their own."""

from __future__ import annotations

from datetime import UTC, datetime

from confsync.errors import UsageError
from confsync.history.options import HistoryOptions, HistoryRun
from confsync.history.run import record_history
from confsync.mirror.mirror import Mirror
from confsync.model.moment import moment
from confsync.model.result import Result
from confsync.progress import Progress, silent
from confsync.remote import Remote


def history(
    mirror: Mirror, remote: Remote, options: HistoryOptions, progress: Progress = silent
) -> Result:
    """Record what is new. Raise FileError, UsageError, APIAccessError."""
    return record_history(HistoryRun(mirror, remote, options, progress))


def beginning(text: str | None) -> datetime | None:
    """Return the moment that an option names, such as `2026-03-07`, in UTC. Raise UsageError."""
    if text is None:
        return None
    found = moment(text)
    if found is None or found > datetime.now(UTC):
        raise UsageError(
            f"--since: '{text}' is not a day in the past", hint="write the day as in 2026-03-07"
        )
    return found
