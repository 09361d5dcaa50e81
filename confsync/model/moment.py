"""Points in time as servers and confsync write them, in UTC. Pure."""

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


def written(time: datetime) -> str:
    """Return a time as confsync writes it, such as ``2026-03-07T12:00:00Z``: texts sort by time."""
    return in_utc(time).isoformat(timespec="seconds").replace("+00:00", "Z")


def shown(text: str) -> str:
    """Return a time for people, in UTC: ``2026-03-07 12:00``. Return other text as it is."""
    then = moment(text)
    # strftime gives years before 1000 fewer digits on some systems.
    return then.isoformat(" ")[:16] if then else text


def in_utc(time: datetime) -> datetime:
    """Return a time in UTC. A time without a zone is in UTC already. Raise OverflowError."""
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
