"""The common base of a store's parts: the database, its transactions, the clock and the people."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from . import changes, queries
from .database import Database
from .rows import PageRow, UserRow


def now() -> datetime:
    return datetime.now(UTC)


class State:
    """A Confluence site. `path` None keeps it in memory; `clock` gives the time of each write."""

    def __init__(self, path: str | Path | None = None, clock: Callable[[], datetime] = now) -> None:
        self.database = Database(None if path is None else Path(path))
        self.clock = clock

    def close(self) -> None:
        self.database.close()

    def batch(self) -> AbstractContextManager[None]:
        """Run several operations in one transaction: all or nothing, with no write in between."""
        return self.database.write()

    def add_user(self, name: str, email: str = "", token: str | None = None) -> UserRow:
        """Add a user, who can use the APIs with a token. An existing user stays unchanged."""
        with self.batch():
            changes.add_user(self.database, name, email, token)
        return next(user for user in self.users() if user.name == name)

    def users(self) -> tuple[UserRow, ...]:
        return queries.users(self.database)

    def page(self, page_id: str) -> PageRow:
        """Return a page or blog post in any status, even a restricted one.

        Raise `Missing` without one.
        """
        return queries.page(self.database, page_id)

    def _at(self) -> str:
        moment = self.clock().astimezone(UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _set(self, page_id: str, sql: str, value: object) -> None:
        with self.batch():
            self.database.execute(sql, (value, int(self.page(page_id).id)))

    def _rewrite(self, page: PageRow, body: str) -> None:
        """Change the body of a page's current version, as the markers of comments do."""
        self.database.execute(
            "UPDATE versions SET body = ? WHERE content_id = ? AND number = ?",
            (body, int(page.id), page.version),
        )
