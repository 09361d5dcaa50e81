"""Points in time as servers write them, in UTC. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: str) -> datetime | None:
    """Return the time of a server's row, such as ``2026-03-07T12:00:00.000Z``, in UTC.

    A time without a zone is in UTC. Return None for text that is no time or is beyond the calendar.
    """
    try:
        return in_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def in_utc(time: datetime) -> datetime:
    """Return a time in UTC. A time without a zone is in UTC already. Raise OverflowError."""
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
