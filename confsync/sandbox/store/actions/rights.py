"""The rights of single users in spaces, and the site as one of them may see and change it."""

from __future__ import annotations

from .. import changes, queries
from ..permissions import Permissions
from ..queries import number
from ..rows import SpaceRow
from ..spaces import Spaces
from .groups import Groups

NONE, READ, EDIT = LEVELS = ("none", "read", "edit")
EVERY = "*"
Steps = tuple[tuple[str, tuple[object, ...]], ...]
_HIDDEN = (
    "DELETE FROM content WHERE space_id = ?",
    "DELETE FROM content_labels WHERE content_id = ?",
    "DELETE FROM properties WHERE content_id = ?",
    "DELETE FROM templates WHERE space_id = ?",
    "DELETE FROM spaces WHERE id = ?",
)
_UNSEEN = (
    "UPDATE content SET restricted = 1 WHERE id = ?",
    "DELETE FROM attachments WHERE content_id = ?",
    "DELETE FROM comments WHERE content_id = ?",
)
# What would still be found by its own id
_LEFT = (
    "DELETE FROM attachments WHERE content_id NOT IN (SELECT id FROM content)",
    "DELETE FROM comments WHERE content_id NOT IN (SELECT id FROM content)",
)


class Rights(Permissions, Spaces, Groups):
    """The users of a store with rights of their own.

    `rights` has a level for each of them by the key of a space, `*` for all other spaces.
    """

    rights: dict[str, dict[str, str]]

    def load_rights(self) -> None:
        self.rights = {}
        for name, space, level in self.database.all("SELECT name, space, level FROM rights"):
            self.rights.setdefault(str(name), {})[str(space)] = str(level)

    def add_login(self, name: str, email: str, token: str) -> None:
        """Let a user, new or known, use the APIs. They may edit everything unless limited."""
        with self.batch():
            changes.add_user(self.database, name, email, token)
            self.database.execute(
                "UPDATE users SET email = ?, token = ? WHERE name = ?", (email, token, name)
            )
        if name not in self.rights:
            self.set_right(name, EVERY, EDIT)

    def set_right(self, name: str, space: str, level: str) -> None:
        """Set what a user may do in a space, or in all spaces that are not named (`*`)."""
        with self.batch():
            self.database.execute(
                "INSERT OR REPLACE INTO rights VALUES (?, ?, ?)", (name, space.upper(), level)
            )
        self.load_rights()

    def right(self, name: str, space: str) -> str:
        """Return what a user may do in a space."""
        levels = self.rights.get(name, {})
        return levels.get(space.upper(), levels.get(EVERY, EDIT))

    def limits(self, name: str, *, restricted: bool = True) -> Steps:
        """Return the changes that make the site what a user may see and change.

        With `restricted`, the restrictions of pages count too.
        """
        levels = [(space, self.right(name, space.key)) for space in self.spaces()]
        hidden = [space for space, level in levels if level == NONE]
        steps = [step for space in hidden for step in _without(space)]
        steps += [(sql, ()) for sql in _LEFT if hidden]
        steps += [
            ("UPDATE spaces SET read_only = 1 WHERE id = ?", (number(space.id),))
            for space, level in levels
            if level == READ
        ]
        return (*steps, *(self._restricted(name) if restricted else ()))

    def _restricted(self, name: str) -> Steps:
        """Return the steps that hide pages, and make pages read-only, by their restrictions."""
        steps: list[tuple[str, tuple[object, ...]]] = []
        mine = {*self.groups_of(name)}
        rows = self.database.all("SELECT DISTINCT content_id, operation FROM restrictions")
        for page_id, operation in ((str(one), str(of)) for one, of in rows):
            users, groups = (self.allowed(page_id, operation, one) for one in ("user", "group"))
            if name in users or mine.intersection(groups):
                continue
            if operation == READ:
                below = (page_id, *queries.descendants(self.database, page_id))
                steps += [(sql, (number(one),)) for one in below for sql in _UNSEEN]
            else:
                steps.append(("UPDATE content SET read_only = 1 WHERE id = ?", (number(page_id),)))
        return tuple(steps)


def _without(space: SpaceRow) -> Steps:
    return tuple((sql, (number(space.id),)) for sql in _HIDDEN)
