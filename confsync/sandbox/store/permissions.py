"""Permissions to see and to change content, and the refusals of both."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import NO_EDIT, Forbidden, Missing
from . import changes, queries
from .rows import PageRow, SpaceRow
from .spaces import all_spaces
from .state import State

NO_CREATE = "Could not create content with type page"


class Permissions(State):
    """The permissions of a store. All users of the API have the same ones."""

    def restrict(self, page_id: str) -> None:
        """Hide a page from every user of the API."""
        self._set(page_id, "UPDATE content SET restricted = ? WHERE id = ?", 1)

    def unrestrict(self, page_id: str) -> None:
        self._set(page_id, "UPDATE content SET restricted = ? WHERE id = ?", 0)

    def read_only_page(self, page_id: str, on: bool = True) -> None:
        """Make a page read-only for every user of the API. `on` False undoes that."""
        self._set(page_id, "UPDATE content SET read_only = ? WHERE id = ?", int(on))

    def allow_only(
        self, page_id: str, operation: str, *, users: Iterable[str] = (), groups: Iterable[str] = ()
    ) -> None:
        """Name the people who may "read" or "update" a page.

        The API's users are always among them.
        """
        rows = [("user", name) for name in users] + [("group", name) for name in groups]
        with self.batch():
            for kind, name in rows:
                if kind == "user":
                    changes.add_user(self.database, name)
                self.database.execute(
                    "INSERT OR IGNORE INTO restrictions VALUES (?, ?, ?, ?)",
                    (int(self.page(page_id).id), operation, kind, name),
                )

    def allowed(self, page_id: str, operation: str, kind: str) -> tuple[str, ...]:
        """Return the names of the users or groups that alone have a permission, by name."""
        found = self.database.all(
            "SELECT name FROM restrictions WHERE content_id = ? AND operation = ? AND kind = ?"
            " ORDER BY name",
            (int(page_id), operation, kind),
        )
        return tuple(str(row[0]) for row in found)

    def read_only_space(self, key: str, on: bool = True) -> None:
        """Make a space read-only: no content in it can be created or changed."""
        with self.batch():
            self.database.execute(
                "UPDATE spaces SET read_only = ? WHERE key = ? COLLATE NOCASE", (int(on), key)
            )

    def editable(self, page_id: str) -> PageRow:
        """Return a page that the API may change. Raise `Missing` or `Forbidden` for any other."""
        page = queries.page(self.database, page_id, hidden=False)
        spaces = {space.id: space for space in all_spaces(self.database)}
        if page.read_only or spaces[page.space_id].read_only:
            raise Forbidden(NO_EDIT.format(page_id), Missing(page.type, page_id))
        return page


def operations(state: Permissions, page_id: str) -> list[dict[str, str]]:
    """Return what the API may do with a visible page, in the form of both APIs."""
    allowed = ["read"]
    kind = state.page(page_id).type
    try:
        state.editable(page_id)
        allowed += ["update", "delete"]
    except Forbidden:
        pass
    return [{"operation": one, "targetType": kind} for one in allowed]


def check_create(space: SpaceRow) -> None:
    """Raise `Forbidden` if the API may not create pages in `space`."""
    if space.read_only:
        raise Forbidden(NO_CREATE, Missing("space", space.id))
