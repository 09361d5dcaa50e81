"""The SQLite database of a sandbox: schema, lock, transactions, and reads of the past.

One connection serves all threads under one lock. Triggers keep an undo log in a table that is never
written to a file. A read of the past applies the log inside a transaction and rolls it back at the
end (https://www.sqlite.org/undoredo.html).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from .schema import ADDED, SCHEMA, UNDOABLE
from .search import words

FIRST_ID = 622593
REMEMBERED_WRITES = 200


class Database:
    """A connection with its lock. `path` None keeps everything in memory."""

    def __init__(self, path: Path | None) -> None:
        self.lock = threading.RLock()
        self.monotonic = time.monotonic
        self.on_write: list[Callable[[], None]] = []
        # Answers of earlier queries, by whatever they depend on; `state` is always a part of that
        self.remembered: dict[tuple[object, ...], Any] = {}
        self._depth = 0
        self._writes = 0
        self._past = 0
        self._marks: deque[tuple[float, int]] = deque()
        self._connection = sqlite3.connect(
            ":memory:" if path is None else path,
            isolation_level=None,
            check_same_thread=False,
        )
        self._connection.create_function("contains", 2, words.contains, deterministic=True)
        # Writes survive the end of the process. Only a power failure loses the last ones, and no
        # write waits for the disk.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if path is None and hasattr(self._connection, "deserialize"):
            self._connection.deserialize(_empty())
        else:
            _create_tables(self._connection)
            _keep_undo_log(self._connection, "TEMP")

    def close(self) -> None:
        with self.lock:
            self._connection.close()

    def execute(self, sql: str, values: tuple[object, ...] = ()) -> None:
        """Run one statement. Call it inside `write`."""
        self._connection.execute(sql, values)

    def one(self, sql: str, values: tuple[object, ...] = ()) -> tuple[object, ...] | None:
        rows = self.all(sql, values)
        return rows[0] if rows else None

    def all(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        with self.lock:
            return self._connection.execute(sql, values).fetchall()

    def trace(self, listener: Callable[[str], object] | None) -> None:
        """Call `listener` with each statement from now on."""
        self._connection.set_trace_callback(listener)

    def new_id(self, at_least: int = 0) -> int:
        """Return the next id.

        Spaces, content and labels share one sequence, and no id is used twice.
        """
        (found,) = self._connection.execute("SELECT next FROM counter").fetchone()
        number = max(int(found), at_least)
        self.execute("UPDATE counter SET next = ?", (number + 1,))
        return number

    @contextmanager
    def write(self) -> Iterator[None]:
        """Run one transaction under the lock. An inner one is part of the outer one."""
        with self.lock:
            if self._depth:
                yield
                return
            mark = self._last_undo()
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            else:
                self._connection.execute("COMMIT")
                self._writes += 1
                self._remember(mark)
            finally:
                self._depth -= 1
            for listener in self.on_write:
                listener()

    @contextmanager
    def past(self, *, writes: int = 0, seconds: float = 0.0) -> Iterator[None]:
        """Let this thread read the state before the last `writes` writes, or `seconds` ago."""
        with self.lock:
            marks = list(self._marks)
            since = self.monotonic() - seconds
            recent = sum(at > since for at, _ in marks) if seconds else 0
            undone = [mark for _, mark in marks[len(marks) - max(writes, recent) :]]
            if not undone:
                yield
                return
            steps = self.all("SELECT sql FROM undo WHERE id > ? ORDER BY id DESC", (undone[0],))
            self._connection.execute("BEGIN")
            self._past = undone[0] + 1
            try:
                for (sql,) in steps:
                    self._connection.execute(str(sql))
                yield
            finally:
                self._past = 0
                self._connection.execute("ROLLBACK")

    @contextmanager
    def tentative(
        self, steps: Iterable[tuple[str, tuple[object, ...]]]
    ) -> Iterator[Callable[[], bool]]:
        """Let this thread work on a state with some changes. At the end, undo everything.

        Yield a function that returns whether there were more changes.
        """
        with self.lock:
            before, self._past = self._past, -1
            self._depth += 1  # each write is a part of this, and is undone with it
            self._connection.execute("SAVEPOINT tentative")
            remembered, self.remembered = self.remembered, {}
            try:
                for sql, values in steps:
                    self._connection.execute(sql, values)
                mark = self._last_undo()
                yield lambda: self._last_undo() != mark
            finally:
                self._connection.execute("ROLLBACK TO tentative")
                self._connection.execute("RELEASE tentative")
                self._depth -= 1
                self._past, self.remembered = before, remembered

    def state(self) -> tuple[int, int]:
        """Return what tells the state that this thread reads now from all other ones."""
        with self.lock:
            return self._writes, self._past

    def _last_undo(self) -> int:
        (found,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM undo").fetchone()
        return int(found)

    def _remember(self, mark: int) -> None:
        if self._last_undo() == mark:
            return
        self._marks.append((self.monotonic(), mark))
        if len(self._marks) > REMEMBERED_WRITES:
            self._marks.popleft()
            self._connection.execute("DELETE FROM undo WHERE id <= ?", (self._marks[0][1],))


@cache
def _empty() -> bytes:
    """Return a database without a row, with its undo log.

    A copy of it takes a tenth of the time of making one.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _create_tables(connection)
    _keep_undo_log(connection)
    made = connection.serialize()
    connection.close()
    return made


def _create_tables(connection: sqlite3.Connection) -> None:
    """Create what is missing of the tables, columns and the counter."""
    connection.executescript(SCHEMA)
    if connection.execute("SELECT next FROM counter").fetchone() is None:
        connection.execute("INSERT INTO counter VALUES (?)", (FIRST_ID,))
    for table, name, kind in ADDED:
        info = connection.execute(f"PRAGMA table_info({table})").fetchall()
        if name not in [row[1] for row in info]:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def _keep_undo_log(connection: sqlite3.Connection, place: str = "") -> None:
    """Create the undo log and its triggers, in the database itself or as `TEMP` ones."""
    connection.execute(f"CREATE {place} TABLE undo (id INTEGER PRIMARY KEY, sql TEXT)")
    for table in UNDOABLE:
        info = connection.execute(f"PRAGMA table_info({table})").fetchall()
        names = [str(row[1]) for row in info]
        sets = " || ',' || ".join(f"'{name} = ' || quote(old.{name})" for name in names)
        values = " || ',' || ".join(f"quote(old.{name})" for name in names)
        columns = ",".join(names)
        delete = f"'DELETE FROM {table} WHERE rowid = ' || new.rowid"  # noqa: S608 - constants
        update = f"'UPDATE {table} SET ' || {sets} || ' WHERE rowid = ' || old.rowid"  # noqa: S608
        insert = f"'INSERT INTO {table} (rowid,{columns}) VALUES ('"  # noqa: S608
        insert += f" || old.rowid || ',' || {values} || ')'"
        for event, sql in (("INSERT", delete), ("UPDATE", update), ("DELETE", insert)):
            name = f"undo_{event}_{table} AFTER {event} ON {table}"
            step = f"INSERT INTO undo (sql) VALUES ({sql})"  # noqa: S608
            connection.execute(f"CREATE {place} TRIGGER {name} BEGIN {step}; END")
