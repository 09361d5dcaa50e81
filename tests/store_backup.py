"""A backup of the server: its content comes back."""

from __future__ import annotations

from collections.abc import Hashable

from confsync.sandbox import Store
from confsync.sandbox.store.database import UNDOABLE


def content(store: Store) -> Hashable:
    """Return all that a store holds, but for the times."""
    database, found = store.database, []
    for table in (*UNDOABLE, "labels"):
        names = [str(row[1]) for row in database.all(f"PRAGMA table_info({table})")]
        columns = ",".join(name for name in names if not name.endswith("_at"))
        found.append(tuple(database.all(f"SELECT {columns} FROM {table} ORDER BY rowid")))
    return tuple(found)


class Backup:
    """The content of a store at a moment.

    A server that is restored gives no id twice; with `counter` it does, and all that is done again
    has the same ids as the first time.
    """

    def __init__(self, store: Store, *, counter: bool = False) -> None:
        self._store = store
        tables = (*UNDOABLE, "labels", "counter") if counter else UNDOABLE
        self._rows = {
            table: store.database.all(f"SELECT rowid, * FROM {table}") for table in tables
        }
        self._columns = {
            table: ["rowid"]
            + [str(row[1]) for row in store.database.all(f"PRAGMA table_info({table})")]
            for table in tables
        }

    def restore(self, store: Store | None = None) -> None:
        """Put everything back as it was, and take away what came since.

        Another `store` gets the same content in place of its own.
        """
        into = store or self._store
        write = into.database.execute
        with into.batch():
            for table, rows in self._rows.items():
                write(f"DELETE FROM {table}")
                columns = self._columns[table]
                places = ",".join("?" * len(columns))
                for row in rows:
                    write(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({places})", row)
