"""The dates of a query: `"2026-03-07 10:00"`, `now("-4w")`, `startOfMonth("-1M")` and so on.

A comparison knows minutes. All users live in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

MINUTE = "%Y-%m-%dT%H:%M"
_WRITTEN = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?")
_OFFSET = re.compile(r"([+-]?)(\d+)([yMwdhm])")
_FUNCTION = re.compile(r"(start|end)of(day|week|month|year)")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


def written(text: str) -> str | None:
    """Return a date of a query to the minute; None if `text` is no date."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=UTC).strftime(MINUTE)
    except ValueError:
        return None


def computed(name: str, offset: str, now: datetime) -> str | None:
    """Return the minute of a function of a query; None if there is no such function."""
    if name == "now":
        start: datetime | None = now
    else:
        start = _bound(name, now)
    moved = None if start is None else _moved(start, offset)
    return None if moved is None else moved.strftime(MINUTE)


def _bound(name: str, now: datetime) -> datetime | None:
    match = _FUNCTION.fullmatch(name)
    if match is None:
        return None
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match match[2]:
        case "week":
            day -= timedelta(days=day.isoweekday() % 7)  # a week begins on Sunday
            after = day + timedelta(weeks=1)
        case "month":
            day = day.replace(day=1)
            after = _months(day, 1)
        case "year":
            day = day.replace(month=1, day=1)
            after = _months(day, 12)
        case _:
            after = day + timedelta(days=1)
    return day if match[1] == "start" else after - timedelta(minutes=1)


def _moved(start: datetime, offset: str) -> datetime | None:
    if not offset:
        return start
    match = _OFFSET.fullmatch(offset)
    if match is None:
        return None
    amount = int(match[2]) * (-1 if match[1] == "-" else 1)
    if match[3] in "yM":
        return _months(start, amount * (12 if match[3] == "y" else 1))
    return start + timedelta(**{_UNITS[match[3]]: amount})


def _months(start: datetime, count: int) -> datetime:
    """Return the same day so many months later, or the last day of that month."""
    months = start.year * 12 + start.month - 1 + count
    year, month = divmod(months, 12)
    for day in range(start.day, 27, -1):
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return start.replace(year=year, month=month + 1, day=min(start.day, 28))
