"""A server's rate limit: how long a request waits for it, and when confsync gives up.

`asked`, `used_up`, `backoff` and `verdict` are pure. `Pace` does the waiting.
"""

from __future__ import annotations

import logging
import math
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from confsync.model.moment import in_utc

log = logging.getLogger("confsync.remote")

# A server does not process a request that it answers 429, so confsync repeats it more times.
TRIES = 12
# All pauses of one request together, in seconds. If a server asks for more, confsync says so.
PATIENCE = 300.0
LONGEST_BACKOFF = 60.0
# A shorter pause, such as `Retry-After: 0` or a date in the past, is none: confsync backs off.
SHORTEST = 1.0
# A year. A server means no longer pause, and a clock cannot add an endless one.
_MOST = 366 * 86_400.0
_SECONDS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
# Workers share a pause. A pause is announced only if it ends this many seconds after the last one.
_APART = 10.0
RATE = "the server's rate limit"
BUSY = "the server is busy (503)"


class Refusal(NamedTuple):
    """An answer that refuses a request for now. Times are in seconds.

    `asked` is what the answer's headers ask for, see the function. `repeat` says that the request
    only reads. `attempt` counts the refusals, from 1; `waited` is the sum of the earlier pauses.
    """

    status: int
    asked: float | None
    repeat: bool
    attempt: int
    waited: float


class Wait(NamedTuple):
    """Repeat the request after a pause: `alone`, or with all other requests."""

    seconds: float
    alone: bool
    why: str


class GiveUp(NamedTuple):
    """Raise an error with this message and hint."""

    message: str
    hint: str


def asked(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that the headers of a refusal ask to wait, or None if they name no pause.

    `Retry-After` holds seconds, or a date by the server's clock. If it is unusable, `X-RateLimit-*`
    counts.
    """
    seconds = _seconds_until(headers.get("Retry-After", ""), headers.get("Date", ""), now)
    if seconds < SHORTEST:
        seconds = used_up(headers)
    return min(seconds, _MOST) if seconds >= SHORTEST else None


def used_up(headers: Mapping[str, str]) -> float:
    """Return the seconds to wait before the next request: 0.0 while the rate is not used up.

    Data Center says with each answer how many requests are left. If its interval is longer than
    confsync's patience, return 0.0. The next answer then says whether the rate is really used up.
    """
    if headers.get("X-RateLimit-Remaining", "").strip() != "0":
        return 0.0
    interval = headers.get("X-RateLimit-Interval-Seconds", "").strip()
    seconds = float(interval) if _SECONDS.fullmatch(interval) else 1.0
    return seconds if seconds <= PATIENCE else 0.0


def backoff(attempt: int) -> float:
    """Return the seconds to wait if the server names no pause: longer with each attempt."""
    return min(LONGEST_BACKOFF, 0.25 * 2.0 ** min(attempt, 16))


def verdict(refusal: Refusal, now: datetime) -> Wait | GiveUp | None:
    """Decide what follows from a refusal; None if it is not about a limit.

    A 429 says that the server did nothing: any request may follow again. A 503 may come from a
    proxy after the server has stored a write: only a request that reads follows again.
    """
    limited = refusal.status == 429
    if not limited and not (refusal.status == 503 and refusal.repeat and refusal.asked):
        return None
    why = RATE if limited else BUSY
    seconds = refusal.asked or backoff(refusal.attempt)
    if refusal.waited + seconds > PATIENCE or refusal.attempt >= TRIES:
        return GiveUp(f"{why}: {_said(refusal)}", _hint(refusal, now))
    return Wait(seconds, refusal.asked is None, why)


def _said(refusal: Refusal) -> str:
    if refusal.asked and refusal.asked > PATIENCE:
        return (
            f"the server asks to wait {refusal.asked:.0f} s; "
            f"confsync waits {PATIENCE:.0f} s at most"
        )
    return f"the server refused {refusal.attempt} tries; confsync waited {refusal.waited:.0f} s"


def _hint(refusal: Refusal, now: datetime) -> str:
    when = now + timedelta(seconds=refusal.asked or LONGEST_BACKOFF)
    return f"try again after {when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, with fewer --jobs"


def _seconds_until(retry_after: str, date: str, now: datetime) -> float:
    """Return the seconds of a `Retry-After`; 0.0 or less if it asks for no pause.

    A date counts from the `Date` of the same answer, since clocks differ.
    """
    text = retry_after.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    when = instant(text)
    return (when - (instant(date) or now)).total_seconds() if when else 0.0


def instant(text: str) -> datetime | None:
    """Return the time of a header such as `Date` in UTC; None if it is not a time.

    Its form is that of RFC 9110, section 5.6.7.
    """
    try:
        return in_utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


class Pace:
    """One pause for all workers: if the server asks to wait, all workers wait.

    `tell` gets a line such as "waiting 42 s: the server's rate limit" when a wait begins.
    """

    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        tell: Callable[[str], None] = log.info,
    ) -> None:
        self._until = 0.0
        self._spared = 0.0
        self._told = -math.inf
        self._lock = threading.Lock()
        self._sleep = sleep
        self._now = now
        self._tell = tell

    def pause(self, seconds: float) -> None:
        """Keep all threads from sending for this many seconds."""
        with self._lock:
            until = self._now() + max(0.0, seconds)
            self._until = max(self._until, until)

    def spare(self, seconds: float) -> None:
        """Pause because the rate is used up, for at most confsync's patience in total.

        The server has not refused a request yet. After that patience, its next answer decides.
        """
        with self._lock:
            now = self._now()
            until = now + max(0.0, seconds)
            more = until - max(self._until, now)
            if more > 0 and self._spared + more <= PATIENCE:
                self._spared += more
                self._until = until

    def wait(self) -> None:
        """Wait until the pause is over."""
        while (left := self._until - self._now()) > 0:
            self.announce(left, RATE)
            self._sleep(left)

    def backoff(self, seconds: float) -> None:
        """Wait alone, for a random time up to this many seconds."""
        self._sleep(seconds * random.uniform(0.5, 1.0))

    def announce(self, seconds: float, why: str) -> None:
        """Say that a wait begins, once for all waits with about the same end."""
        with self._lock:
            until = self._now() + seconds
            if seconds < SHORTEST or until < self._told + _APART:
                return
            self._told = until
        self._tell(f"waiting {math.ceil(seconds)} s: {why}")
