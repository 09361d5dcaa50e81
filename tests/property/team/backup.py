"""A backup of the server: its content comes back, and no id is given twice."""

from __future__ import annotations

from confsync.sandbox import Store
from confsync.sandbox.store.database import UNDOABLE


class Backup:
    """The content of a store at a moment."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = {
            table: store.database.all(f"SELECT rowid, * FROM {table}") for table in UNDOABLE
        }
        self._columns = {
            table: ["rowid"]
            + [str(row[1]) for row in store.database.all(f"PRAGMA table_info({table})")]
            for table in UNDOABLE
        }

    def restore(self) -> None:
        """Put everything back as it was, and take away what came since."""
        write = self._store.database.execute
        with self._store.batch():
            for table, rows in self._rows.items():
                write(f"DELETE FROM {table}")
                columns = self._columns[table]
                places = ",".join("?" * len(columns))
                for row in rows:
                    write(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({places})", row)
