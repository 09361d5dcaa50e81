"""The people who like content or a comment."""

from __future__ import annotations

from .. import changes
from ..queries import number
from ..state import State


class Likes(State):
    """The likes of a store."""

    def likes(self, content_id: str) -> tuple[str, ...]:
        """Return the names of the people who like a page, a blog post or a comment."""
        rows = self.database.all(
            "SELECT name FROM likes WHERE content_id = ? ORDER BY rowid", (number(content_id),)
        )
        return tuple(str(row[0]) for row in rows)

    def like(self, content_id: str, name: str = "Ana", on: bool = True) -> None:
        """Like content or a comment. `on` False takes that back."""
        with self.batch():
            changes.add_user(self.database, name)
            values = (number(content_id), name)
            if on:
                self.database.execute("INSERT OR IGNORE INTO likes VALUES (?, ?)", values)
            else:
                self.database.execute("DELETE FROM likes WHERE content_id = ? AND name = ?", values)
