"""The audit trail, `.confsync/audit.jsonl`: a line for each write and each conflict.

A line has digests and names, but no text and no token. It carries the mark of the clone; confsync
ignores lines without it. If a line cannot be written, confsync continues.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.mirror.state import disk, mark, mutex, regular
from confsync.model.moment import written

if TYPE_CHECKING:
    from confsync.model.event import Event

# Bytes. A larger file is rotated, and the oldest file is deleted.
MAX_BYTES = 1024 * 1024
_MOST_BYTES = 8 * MAX_BYTES
KEPT = 4


def now() -> str:
    """Return the present time in ISO 8601, UTC."""
    return written(datetime.now(UTC))


class AuditLog:
    """The audit log. Several threads may use it."""

    def __init__(self, path: Path, clock: Callable[[], str] = now) -> None:
        self._run = ""
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._mark = ""  # set with the first write

    @contextmanager
    def run(self, run_id: str) -> Iterator[None]:
        """Give the events of a push its id."""
        self._run = run_id
        try:
            yield
        finally:
            self._run = ""

    def add(self, event: Event) -> None:
        """Write an event with the time. An error is only logged."""
        import json
        import logging

        told = event._replace(time=self._clock(), run=self._run)._asdict()
        row = {"time": told.pop("time"), **{k: v for k, v in told.items() if v is not False}}
        with self._lock:
            try:
                self._mark = self._mark or mark.made(self._path.parent)
                line = json.dumps({**row, "mark": self._mark}, ensure_ascii=True) + "\n"
                with mutex.held(self._path.parent):
                    self._rotate()
                    disk.append(self._path, line.encode())
            except OSError as error:
                log = logging.getLogger("confsync.audit")
                log.info("%s cannot be written: %s", self._path.name, error.strerror)

    def read(self) -> Iterator[Event]:
        """Yield the events, oldest first. Corrupt lines and lines of another clone are skipped."""
        word = mark.known(self._path.parent)
        for path in (*(self._aside(n) for n in range(KEPT, 0, -1)), self._path):
            try:
                lines = regular.read(path, _MOST_BYTES).split(b"\n")
            except OSError:
                continue
            for line in lines:
                event = _event(line, word)
                if event:
                    yield event

    def _aside(self, number: int) -> Path:
        return self._path.with_suffix(f".{number}{self._path.suffix}")

    def _rotate(self) -> None:
        """Rotate a full file."""
        found = disk.key(self._path)
        if found is None or found[0] < MAX_BYTES:
            return
        for number in range(KEPT - 1, 0, -1):
            if disk.key(self._aside(number)):
                disk.rename(self._aside(number), self._aside(number + 1))
        disk.rename(self._path, self._aside(1))


def _event(line: bytes, word: str) -> Event | None:
    import json

    from confsync.model.event import Event

    try:
        row = json.loads(line)
        if not word or not isinstance(row, dict) or row.pop("mark", None) != word:
            return None
        return Event(**row) if all(isinstance(v, str | int | None) for v in row.values()) else None
    except (ValueError, TypeError, RecursionError):
        return None
