"""The audit trail: `.confsync/audit.jsonl`, a line for each write to the server and each conflict.

Digests and names, never a text or a token. A convenience: one that cannot be written stops nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.mirror.state import disk

if TYPE_CHECKING:
    from confsync.model.event import Event

# At this size a file is put aside, and the oldest of these is forgotten.
MAX_BYTES = 1024 * 1024
KEPT = 4


def now() -> str:
    """This moment in ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class AuditLog:
    """Appends events, and reads them back. May be used by several threads."""

    def __init__(self, path: Path, clock: Callable[[], str] = now) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._size: int | None = None  # of the file, once it was added to

    def add(self, event: Event) -> None:
        """Write an event down, with the time. What is in the way of that is only logged."""
        import json
        import logging

        row = {"time": self._clock(), **{k: v for k, v in event._asdict().items() if k != "time"}}
        line = json.dumps(row, ensure_ascii=True) + "\n"
        with self._lock:
            try:
                if self._size is None or self._size >= MAX_BYTES:
                    self._rotate()
                self._size = disk.append(self._path, line.encode(), size=self._size)
            except OSError as error:
                self._size = None
                log = logging.getLogger("confsync.audit")
                log.info("%s cannot be written: %s", self._path.name, error.strerror)

    def read(self) -> Iterator[Event]:
        """The events, oldest first. A torn or foreign line is passed over."""
        for path in (*(self._aside(n) for n in range(KEPT, 0, -1)), self._path):
            try:
                lines = path.read_bytes().split(b"\n")
            except OSError:
                continue
            for line in lines:
                event = _event(line)
                if event:
                    yield event

    def _aside(self, number: int) -> Path:
        return self._path.with_suffix(f".{number}{self._path.suffix}")

    def _rotate(self) -> None:
        """Put a full file aside."""
        self._size = None
        if not self._path.exists() or self._path.stat().st_size < MAX_BYTES:
            return
        for number in range(KEPT - 1, 0, -1):
            if self._aside(number).exists():
                disk.rename(self._aside(number), self._aside(number + 1))
        disk.rename(self._path, self._aside(1))


def _event(line: bytes) -> Event | None:
    import json

    from confsync.model.event import Event

    try:
        row = json.loads(line)
        return Event(**row) if isinstance(row, dict) else None
    except (ValueError, TypeError):
        return None
