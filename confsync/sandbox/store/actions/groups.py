"""The groups of a site and their members. A restriction of a page may name a group."""

from __future__ import annotations

from collections.abc import Iterable

from .. import changes
from ..rows import UserRow
from ..state import State

# The group of all users, and the group of those with a token
EVERYONE = "confluence-users"
ADMINISTRATORS = "confluence-administrators"


class Groups(State):
    """The groups of a store: two that every site has, and those that were added."""

    def add_group(self, name: str, members: Iterable[str] = ()) -> None:
        """Add a group, or members to a group."""
        with self.batch():
            self.database.execute("INSERT OR IGNORE INTO groups VALUES (?)", (name,))
            for member in members:
                changes.add_user(self.database, member)
                self.database.execute("INSERT OR IGNORE INTO members VALUES (?, ?)", (name, member))

    def remove_member(self, name: str, member: str) -> None:
        with self.batch():
            self.database.execute(
                "DELETE FROM members WHERE group_name = ? AND name = ?", (name, member)
            )

    def groups(self) -> tuple[str, ...]:
        """Return the names of all groups, sorted."""
        added = (str(row[0]) for row in self.database.all("SELECT name FROM groups"))
        return tuple(sorted({ADMINISTRATORS, EVERYONE, *added}))

    def members(self, name: str) -> tuple[UserRow, ...]:
        """Return the members of a group, by name."""
        if name == EVERYONE:
            return self.users()
        if name == ADMINISTRATORS:
            return tuple(user for user in self.users() if user.token)
        rows = self.database.all("SELECT name FROM members WHERE group_name = ?", (name,))
        named = {str(row[0]) for row in rows}
        return tuple(user for user in self.users() if user.name in named)

    def groups_of(self, user: str) -> tuple[str, ...]:
        """Return the names of a user's groups, sorted."""
        return tuple(
            name for name in self.groups() if user in [one.name for one in self.members(name)]
        )
