"""The states of content, such as "In progress". Each change of a page's state makes a version."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...errors import Invalid
from .. import changes
from ..changes import Edit
from ..queries import number
from ..rows import PageRow
from ..state import State

MAX_NAME = 20
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


class ContentState(NamedTuple):
    """A state. The ids 0, 1 and 2 are those that each space suggests."""

    id: int
    name: str
    color: str


SUGGESTED = (
    ContentState(0, "Rough draft", "#ffc400"),
    ContentState(1, "In progress", "#2684ff"),
    ContentState(2, "Ready for review", "#57d9a3"),
)


def _state(row: tuple[object, ...]) -> ContentState:
    return ContentState(int(str(row[0])), str(row[1]), str(row[2]))


class ContentStates(State):
    """The states of a store's pages, and the states that its users have made."""

    def content_state(self, page_id: str) -> tuple[ContentState | None, str]:
        """Return the state of a page, and the time of its last change."""
        row = self.database.one(
            "SELECT state_id, name, color, at FROM content_states WHERE content_id = ?",
            (number(page_id),),
        )
        if row is None:
            return None, self.page(page_id).created_at
        return (None if row[0] is None else _state(row[:3])), str(row[3])

    def own_states(self, creator: str) -> tuple[ContentState, ...]:
        """Return the states that a user has made, the newest first."""
        rows = self.database.all(
            "SELECT id, name, color FROM own_states WHERE creator = ? ORDER BY id DESC", (creator,)
        )
        return tuple(_state(row) for row in rows)

    def own_state(self, name: str, color: str, creator: str) -> ContentState:
        """Return a user's state of this name and color. Make it if there is none."""
        if not 0 < len(name) <= MAX_NAME or not _COLOR.fullmatch(color):
            raise Invalid(f"A state has a name of up to {MAX_NAME} characters and a hex color.")
        with self.batch():
            for one in self.own_states(creator):
                if (one.name, one.color.lower()) == (name, color.lower()):
                    return one
            made = ContentState(self.database.new_id(), name, color)
            self.database.execute("INSERT INTO own_states VALUES (?, ?, ?, ?)", (*made, creator))
            return made

    def put_state(self, page_id: str, state: ContentState | None, author: str) -> PageRow:
        """Give a page a state, or take it away: a new version with the same title and body."""
        with self.batch():
            page, at = self.page(page_id), self._at()
            edit = Edit(page.title, page.body, author, "", at)
            changes.save(self.database, page, edit, page.parent_id)
            shown = (None, None, None) if state is None else tuple(state)
            self.database.execute(
                "INSERT OR REPLACE INTO content_states VALUES (?, ?, ?, ?, ?)",
                (number(page.id), *shown, at),
            )
            return self.page(page_id)

    def pages_in_state(self, space_id: str, state_id: int) -> tuple[str, ...]:
        """Return the ids of a space's current pages in a state."""
        rows = self.database.all(
            "SELECT c.id FROM content c JOIN content_states s ON s.content_id = c.id"
            " WHERE c.space_id = ? AND s.state_id = ? AND c.status = 'current'"
            " AND c.restricted = 0 ORDER BY c.id",
            (number(space_id), state_id),
        )
        return tuple(str(row[0]) for row in rows)
