"""The policy for rate limits, row by row, and who is told of a wait."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from confsync.remote import rate_limit
from confsync.remote.rate_limit import PATIENCE, TRIES, GiveUp, Pace, Refusal, Wait, asked, verdict

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def date(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


NONE_LEFT = {"X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": "9"}

ASKED = [
    ({"Retry-After": "7"}, 7.0),
    ({"Retry-After": " 7 "}, 7.0),
    ({"Retry-After": "1.5"}, 1.5),
    ({"Retry-After": date(42)}, 42.0),
    ({"Retry-After": date(42), "Date": date(-3600)}, 3642.0),
    ({"Retry-After": date(3642), "Date": date(3600)}, 42.0),
    ({"Retry-After": date(42), "Date": "soon"}, 42.0),
    ({"Retry-After": "Mon, 04 May 2026 12:00:42"}, 42.0),
    # Nothing that could be waited for.
    ({}, None),
    ({"Retry-After": ""}, None),
    ({"Retry-After": "0"}, None),
    ({"Retry-After": "0.01"}, None),
    ({"Retry-After": "-5"}, None),
    ({"Retry-After": "\u0663"}, None),
    ({"Retry-After": date(0)}, None),
    ({"Retry-After": date(-86_400)}, None),
    ({"Retry-After": "Mon, 01 Jan 0001 00:00:00 +9959"}, None),
    ({"Retry-After": "soon"}, None),
    # What is left of the rate counts where the header says nothing.
    (NONE_LEFT, 9.0),
    ({**NONE_LEFT, "Retry-After": "0"}, 9.0),
    ({**NONE_LEFT, "Retry-After": "2"}, 2.0),
    ({**NONE_LEFT, "X-RateLimit-Interval-Seconds": "3600"}, None),
    # Absurd numbers end at a year.
    ({"Retry-After": "9" * 30}, 366 * 86_400.0),
    ({"Retry-After": "9" * 5000}, 366 * 86_400.0),
    ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 366 * 86_400.0),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "seconds"), ASKED)
def test_what_a_refusal_asks_for(headers: Mapping[str, str], seconds: float | None) -> None:
    assert asked(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("left", "interval", "seconds"),
    [
        ("0", "3", 3.0),
        ("0", "300", 300.0),
        ("0", "301", 0.0),
        ("0", "3600", 0.0),
        ("0", "9" * 400, 0.0),
        ("0", "now and then", 1.0),
        ("0", "", 1.0),
        ("0", "0", 0.0),
        ("1", "3", 0.0),
        ("", "3", 0.0),
    ],
)
def test_a_rate_that_is_used_up_is_waited_for_within_patience(
    left: str, interval: str, seconds: float
) -> None:
    headers = {"X-RateLimit-Remaining": left, "X-RateLimit-Interval-Seconds": interval}
    assert rate_limit.used_up(headers) == seconds


RATE, BUSY = rate_limit.RATE, rate_limit.BUSY
VERDICTS = [
    # 429: the server did nothing, so that any request follows again.
    (Refusal(429, 7.0, True, 1, 0.0), Wait(7.0, False, RATE)),
    (Refusal(429, 7.0, False, 1, 0.0), Wait(7.0, False, RATE)),
    (Refusal(429, PATIENCE, False, 1, 0.0), Wait(PATIENCE, False, RATE)),
    # It names no pause: each is longer.
    (Refusal(429, None, False, 1, 0.0), Wait(0.5, True, RATE)),
    (Refusal(429, None, False, 4, 7.0), Wait(4.0, True, RATE)),
    (Refusal(429, None, False, 9, 127.0), Wait(60.0, True, RATE)),
    # 503 with a pause: a request that reads follows again.
    (Refusal(503, 7.0, True, 1, 0.0), Wait(7.0, False, BUSY)),
    (Refusal(503, 7.0, False, 1, 0.0), None),
    (Refusal(503, None, True, 1, 0.0), None),
    # All else is no limit.
    (Refusal(502, 7.0, True, 1, 0.0), None),
    (Refusal(500, None, True, 1, 0.0), None),
    (Refusal(0, None, True, 1, 0.0), None),
]


@pytest.mark.parametrize(("refusal", "expected"), VERDICTS)
def test_what_follows_from_a_refusal(refusal: Refusal, expected: Wait | None) -> None:
    assert verdict(refusal, NOW) == expected


@pytest.mark.parametrize(
    ("refusal", "said", "when"),
    [
        (Refusal(429, 3600.0, True, 1, 0.0), "asks to wait 3600 s", "2026-05-04 13:00:00 UTC"),
        (Refusal(503, 3600.0, True, 1, 0.0), "asks to wait 3600 s", "2026-05-04 13:00:00 UTC"),
        (Refusal(429, 366 * 86_400.0, True, 1, 0.0), "31622400 s", "2027-05-05 12:00:00 UTC"),
        (Refusal(429, 60.0, True, 6, 300.0), "waited 300 s", "2026-05-04 12:01:00 UTC"),
        (Refusal(429, 2.0, True, 2, 299.0), "waited 299 s", "2026-05-04 12:00:02 UTC"),
        (Refusal(429, 1.0, True, TRIES, 11.0), "refused 12 tries", "2026-05-04 12:00:01 UTC"),
        (Refusal(429, None, True, TRIES, 200.0), "refused 12 tries", "2026-05-04 12:01:00 UTC"),
    ],
)
def test_beyond_patience_the_error_says_when_to_try_again(
    refusal: Refusal, said: str, when: str
) -> None:
    found = verdict(refusal, NOW)
    assert isinstance(found, GiveUp)
    assert said in found.message
    assert found.hint == f"try again after {when}, with fewer --jobs"


@pytest.mark.parametrize("seconds", [None, 1.0, 2.0, 29.0, 299.0])
def test_no_request_waits_longer_than_patience(seconds: float | None) -> None:
    waited = 0.0
    for attempt in itertools.count(1):
        found = verdict(Refusal(429, seconds, True, attempt, waited), NOW)
        if not isinstance(found, Wait):
            break
        waited += found.seconds
    assert attempt <= TRIES
    assert waited <= PATIENCE
    assert seconds is not None or waited > 60


def test_the_backoff_grows_and_ends() -> None:
    steps = [rate_limit.backoff(attempt) for attempt in range(1, 2000)]
    assert steps[:3] == [0.5, 1.0, 2.0]
    assert max(steps) == rate_limit.LONGEST_BACKOFF
    assert all(math.isfinite(step) for step in steps)


class Clock:
    """A time that only sleeping moves."""

    def __init__(self) -> None:
        self.time = 0.0
        self.told: list[str] = []
        self.pace = Pace(self.sleep, lambda: self.time, self.told.append)

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def test_a_wait_is_told_when_it_begins() -> None:
    clock = Clock()
    clock.pace.pause(41.5)
    assert clock.told == []
    clock.pace.wait()
    assert clock.told == ["waiting 42 s: the server's rate limit"]
    assert clock.time == 41.5


def test_a_wait_is_told_once_for_all_workers() -> None:
    clock = Clock()
    for _ in range(8):
        clock.pace.announce(30.0, RATE)
    clock.pace.announce(31.0, RATE)
    assert len(clock.told) == 1
    clock.pace.announce(60.0, BUSY)
    assert clock.told[1:] == ["waiting 60 s: the server is busy (503)"]


def test_short_waits_one_after_the_other_are_told_now_and_then() -> None:
    clock = Clock()
    for _ in range(100):
        clock.pace.pause(1.0)
        clock.pace.wait()
        clock.pace.pause(0.3)
        clock.pace.wait()
    assert 5 <= len(clock.told) <= 13
