"""The SQLite database of a sandbox: schema, lock, transactions, and reads of the past.

One connection serves all threads under one lock. Triggers keep an undo log in a temporary table. A
read of the past applies the log inside a transaction and rolls it back at the end
(https://www.sqlite.org/undoredo.html).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FIRST_ID = 622593
REMEMBERED_WRITES = 200

SCHEMA = """
CREATE TABLE IF NOT EXISTS counter (next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY, account_id TEXT NOT NULL UNIQUE, email TEXT NOT NULL, token TEXT
);
CREATE TABLE IF NOT EXISTS spaces (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, homepage_id INTEGER,
    creator TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS content (
    id INTEGER PRIMARY KEY, type TEXT NOT NULL, space_id INTEGER NOT NULL, title TEXT NOT NULL,
    title_key TEXT NOT NULL, status TEXT NOT NULL, parent_id INTEGER, trashed_from INTEGER,
    position INTEGER NOT NULL, version INTEGER NOT NULL,
    author TEXT NOT NULL, message TEXT NOT NULL,
    creator TEXT NOT NULL, created_at TEXT NOT NULL, modified_at TEXT NOT NULL, subtype TEXT,
    restricted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS content_title ON content (space_id, title_key);
CREATE INDEX IF NOT EXISTS content_listing ON content (space_id, type, status, id);
CREATE INDEX IF NOT EXISTS content_modified ON content (space_id, modified_at, id);
CREATE INDEX IF NOT EXISTS content_parent ON content (parent_id, position);
CREATE TABLE IF NOT EXISTS versions (
    id INTEGER PRIMARY KEY, content_id INTEGER NOT NULL, number INTEGER NOT NULL,
    title TEXT NOT NULL, author TEXT NOT NULL, message TEXT NOT NULL, created_at TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS versions_number ON versions (content_id, number);
CREATE TABLE IF NOT EXISTS labels (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS content_labels (
    content_id INTEGER NOT NULL, label_id INTEGER NOT NULL, UNIQUE (content_id, label_id)
);
CREATE INDEX IF NOT EXISTS labels_content ON content_labels (label_id, content_id);
CREATE TABLE IF NOT EXISTS attachments (
    id INTEGER PRIMARY KEY, content_id INTEGER NOT NULL, title TEXT NOT NULL,
    media_type TEXT NOT NULL, version INTEGER NOT NULL, UNIQUE (content_id, title)
);
CREATE TABLE IF NOT EXISTS attachment_versions (
    attachment_id INTEGER NOT NULL, number INTEGER NOT NULL, author TEXT NOT NULL,
    comment TEXT NOT NULL, created_at TEXT NOT NULL, data BLOB NOT NULL,
    UNIQUE (attachment_id, number)
);
CREATE TABLE IF NOT EXISTS restrictions (
    content_id INTEGER NOT NULL, operation TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    UNIQUE (content_id, operation, kind, name)
);
CREATE TABLE IF NOT EXISTS properties (
    id INTEGER PRIMARY KEY, content_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    version INTEGER NOT NULL, created_at TEXT NOT NULL, author TEXT NOT NULL,
    UNIQUE (content_id, key)
);
"""
# Columns that files of earlier versions lack
ADDED = (
    ("content", "read_only", "INTEGER NOT NULL DEFAULT 0"),
    ("content", "minor", "INTEGER NOT NULL DEFAULT 0"),
    ("versions", "minor", "INTEGER NOT NULL DEFAULT 0"),
    ("spaces", "read_only", "INTEGER NOT NULL DEFAULT 0"),
)
UNDOABLE = (
    "spaces",
    "content",
    "versions",
    "content_labels",
    "restrictions",
    "attachments",
    "attachment_versions",
    "properties",
)


class Database:
    """A connection with its lock. `path` None keeps everything in memory."""

    def __init__(self, path: Path | None) -> None:
        self.lock = threading.RLock()
        self.monotonic = time.monotonic
        self.on_write: list[Callable[[], None]] = []
        self._depth = 0
        self._marks: deque[tuple[float, int]] = deque()
        self._connection = sqlite3.connect(
            ":memory:" if path is None else path,
            isolation_level=None,
            check_same_thread=False,
        )
        # Writes survive the end of the process. Only a power failure loses the last ones, and no
        # write waits for the disk.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)
        if self.one("SELECT next FROM counter") is None:
            self._connection.execute("INSERT INTO counter VALUES (?)", (FIRST_ID,))
        self._add_columns()
        self._watch()

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
            try:
                for (sql,) in steps:
                    self._connection.execute(str(sql))
                yield
            finally:
                self._connection.execute("ROLLBACK")

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

    def _add_columns(self) -> None:
        for table, name, kind in ADDED:
            info = self._connection.execute(f"PRAGMA table_info({table})").fetchall()
            if name not in [row[1] for row in info]:
                self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")

    def _watch(self) -> None:
        self._connection.execute("CREATE TEMP TABLE undo (id INTEGER PRIMARY KEY, sql TEXT)")
        for table in UNDOABLE:
            info = self._connection.execute(f"PRAGMA table_info({table})").fetchall()
            names = [str(row[1]) for row in info]
            sets = " || ',' || ".join(f"'{name} = ' || quote(old.{name})" for name in names)
            values = " || ',' || ".join(f"quote(old.{name})" for name in names)
            columns = ",".join(names)
            delete = f"'DELETE FROM {table} WHERE rowid = ' || new.rowid"  # noqa: S608 - constants
            update = f"'UPDATE {table} SET ' || {sets} || ' WHERE rowid = ' || old.rowid"  # noqa: S608
            insert = f"'INSERT INTO {table} (rowid,{columns}) VALUES ('"  # noqa: S608
            insert += f" || old.rowid || ',' || {values} || ')'"
            for event, sql in (("INSERT", delete), ("UPDATE", update), ("DELETE", insert)):
                name = f"undo_{event}_{table} AFTER {event} ON main.{table}"
                step = f"INSERT INTO undo (sql) VALUES ({sql})"  # noqa: S608
                self._connection.execute(f"CREATE TEMP TRIGGER {name} BEGIN {step}; END")
