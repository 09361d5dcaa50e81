"""The people who watch content, spaces or labels."""

from __future__ import annotations

from .. import changes
from ..state import State

CONTENT, SPACE, LABEL = KINDS = ("content", "space", "label")


class Watches(State):
    """The watches of a store. `key` is the id of content or a space, or the name of a label."""

    def watchers(self, kind: str, key: str) -> tuple[str, ...]:
        """Return the names of the people who watch something, in the order of their beginning."""
        rows = self.database.all(
            "SELECT name FROM watches WHERE kind = ? AND key = ? ORDER BY rowid", (kind, key)
        )
        return tuple(str(row[0]) for row in rows)

    def watch(self, kind: str, key: str, name: str = "Ana", on: bool = True) -> None:
        """Begin to watch something. `on` False ends that."""
        with self.batch():
            changes.add_user(self.database, name)
            values = (kind, key, name)
            if on:
                self.database.execute("INSERT OR IGNORE INTO watches VALUES (?, ?, ?)", values)
            else:
                self.database.execute(
                    "DELETE FROM watches WHERE kind = ? AND key = ? AND name = ?", values
                )
