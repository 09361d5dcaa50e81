"""The token bucket of a server's rate limit, and the headers about it."""

from __future__ import annotations

import threading
import time

from .faults import Faults

UNLIMITED = 10_000  # the limit in the headers if `Faults.rate_limit` is off


class Bucket:
    """Holds up to `rate_limit` tokens. Each API request takes one."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.monotonic = time.monotonic
        self._lock = threading.Lock()
        self._limit = 0
        self._tokens = 0
        self._filled = 0.0

    def take(self) -> bool:
        """Take a token. Return whether there was one."""
        with self._lock:
            self._fill()
            if not self._limit:
                return True
            if not self._tokens:
                return False
            self._tokens -= 1
            return True

    def headers(self, *, empty: bool) -> list[tuple[str, str]]:
        """Return the headers of one answer; `empty` says that it is a 429, for any reason."""
        with self._lock:
            limit = self._limit or UNLIMITED
            left = 0 if empty else self._tokens if self._limit else limit - 1
        return [
            ("X-RateLimit-Limit", str(limit)),
            ("X-RateLimit-Remaining", str(left)),
            ("X-RateLimit-FillRate", str(self.faults.rate_fill)),
            ("X-RateLimit-Interval-Seconds", str(self.faults.rate_interval)),
        ]

    def _fill(self) -> None:
        if self._limit != self.faults.rate_limit:
            self._limit = self._tokens = self.faults.rate_limit
            self._filled = self.monotonic()
        rounds = int((self.monotonic() - self._filled) / self.faults.rate_interval)
        if rounds:
            self._filled += rounds * self.faults.rate_interval
            self._tokens = min(self._limit, self._tokens + rounds * self.faults.rate_fill)
