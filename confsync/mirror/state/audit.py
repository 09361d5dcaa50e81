"""The audit trail: `.confsync/audit.jsonl`, a line for each write to the server and each conflict.

Digests and names, never a text or a token; and the mark of the clone, without which a line is read
by nothing here. A convenience: one that cannot be written stops nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.mirror.state import disk, mark, regular

if TYPE_CHECKING:
    from confsync.model.event import Event

# At this size a file is put aside, and the oldest of these is forgotten.
MAX_BYTES = 1024 * 1024
_MOST_BYTES = 8 * MAX_BYTES
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
        self._mark = ""  # of the clone, once something is written
        self._size: int | None = None  # of the file, once it was added to

    def add(self, event: Event) -> None:
        """Write an event down, with the time. What is in the way of that is only logged."""
        import json
        import logging

        row = {"time": self._clock(), **{k: v for k, v in event._asdict().items() if k != "time"}}
        with self._lock:
            try:
                self._mark = self._mark or mark.made(self._path.parent)
                line = json.dumps({**row, "mark": self._mark}, ensure_ascii=True) + "\n"
                if self._size is None or self._size >= MAX_BYTES:
                    self._rotate()
                self._size = disk.append(self._path, line.encode(), size=self._size)
            except OSError as error:
                self._size = None
                log = logging.getLogger("confsync.audit")
                log.info("%s cannot be written: %s", self._path.name, error.strerror)

    def read(self) -> Iterator[Event]:
        """The events, oldest first. A torn line, and one of another clone, is passed over."""
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
        """Put a full file aside."""
        self._size = None
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
