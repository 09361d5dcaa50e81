"""Moments as servers write them, in UTC. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: str) -> datetime | None:
    """Return the time of a server's row, such as ``2026-03-07T12:00:00.000Z``, in UTC.

    One without a zone is in UTC. None for what is no time, and for one beyond the calendar.
    """
    try:
        return in_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def in_utc(time: datetime) -> datetime:
    """Return a time in UTC, of which one without a zone is. Raises OverflowError."""
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
