"""Times of servers' rows, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from confsync.model.moment import moment

NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-07T12:00:00.000Z",
        "2026-03-07T14:00:00+02:00",
        "2026-03-07T12:00:00",
        "20260307T120000Z",
    ],
)
def test_a_time_is_told_in_utc(text: str) -> None:
    assert moment(text) == NOON


@pytest.mark.parametrize(
    "text",
    [
        *("", "today", "2026-02-30T12:00:00Z", "None"),
        # The same moment in UTC stands in no calendar.
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00"),
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment(text) is None
