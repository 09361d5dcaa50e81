"""The spaces of a site."""

from __future__ import annotations

from typing import Any

from ..errors import Missing
from .database import Database
from .rows import SpaceRow
from .state import State


class Spaces(State):
    """The spaces of a store."""

    def spaces(self) -> tuple[SpaceRow, ...]:
        return all_spaces(self.database)

    def space(self, key: str) -> SpaceRow:
        """Return the space with this key, in upper or lower case."""
        for space in self.spaces():
            if space.key.lower() == key.lower():
                return space
        raise Missing("space", key)

    # New content


def all_spaces(database: Database) -> tuple[SpaceRow, ...]:
    """Return all spaces by id."""
    rows: list[tuple[Any, ...]] = database.all(
        "SELECT id, key, name, homepage_id, creator, created_at, read_only FROM spaces ORDER BY id"
    )
    return tuple(
        SpaceRow(str(row[0]), row[1], row[2], str(row[3]), row[4], row[5], bool(row[6]))
        for row in rows
    )
