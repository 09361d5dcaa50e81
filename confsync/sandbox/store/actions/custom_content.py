"""Custom content: what apps keep on a page, on a blog post, in a space or below one another."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import Invalid, Missing, Stale
from .. import changes, storage_format
from ..changes import Edit
from ..queries import number
from ..state import State

STORAGE, RAW = "storage", "raw"
CURRENT, TRASHED = "current", "trashed"
_SELECT = (
    "SELECT c.id, c.type, c.space_id, c.place, c.place_id, c.status, c.format, c.version,"
    " c.creator, c.created_at, v.title, v.body, v.author, v.message, v.created_at"
    " FROM custom_content c JOIN versions v ON v.content_id = c.id AND v.number = c.version"
)


@dataclass(frozen=True, slots=True)
class CustomRow:
    """Custom content. `place` is the kind of what it is in, `format` that of its body."""

    id: str
    type: str
    space_id: str
    place: str
    place_id: str
    status: str
    format: str
    version: int
    creator: str
    created_at: str
    title: str
    body: str
    author: str
    message: str
    modified_at: str


@dataclass(frozen=True, slots=True)
class CustomText:
    """The title and the body of a version, its format, author and message."""

    title: str
    body: str
    format: str
    author: str
    message: str = ""


class CustomContent(State):
    """The custom content of a store."""

    def custom_contents(
        self, kind: str | None = None, place_id: str | None = None, space_id: str | None = None
    ) -> tuple[CustomRow, ...]:
        """Return what is current, of a kind, in a place or in a space, by id."""
        place, space = place_id and number(place_id), space_id and number(space_id)
        rows = self.database.all(
            f"{_SELECT} WHERE c.status = 'current' AND (? IS NULL OR c.type = ?)"
            " AND (? IS NULL OR c.place_id = ?) AND (? IS NULL OR c.space_id = ?) ORDER BY c.id",
            (kind, kind, place, place, space, space),
        )
        return tuple(_row(row) for row in rows)

    def custom_content(self, content_id: str) -> CustomRow:
        row = self.database.one(f"{_SELECT} WHERE c.id = ?", (number(content_id),))
        if row is None:
            raise Missing("custom content", content_id)
        return _row(row)

    def add_custom_content(
        self, kind: str, space_id: str, place: tuple[str, str], text: CustomText
    ) -> CustomRow:
        """Add custom content of a kind to a place, which is a kind and an id."""
        at, new = self._at(), 0
        with self.batch():
            changes.add_user(self.database, text.author)
            new = self.database.new_id()
            values = (new, kind, number(space_id), place[0], number(place[1]), text.format)
            self.database.execute(
                "INSERT INTO custom_content VALUES (?, ?, ?, ?, ?, 'current', ?, 1, ?, ?)",
                (*values, text.author, at),
            )
            changes.insert_version(self.database, str(new), 1, _edit(text, at))
            return self.custom_content(str(new))

    def save_custom_content(self, content_id: str, version: int, text: CustomText) -> CustomRow:
        """Add a version. Raise `Stale` unless it is the current one plus one."""
        with self.batch():
            row = self.custom_content(content_id)
            if version != row.version + 1:
                raise Stale(row.version, version)
            changes.add_user(self.database, text.author)
            changes.insert_version(self.database, row.id, version, _edit(text, self._at()))
            self.database.execute(
                "UPDATE custom_content SET version = ?, format = ? WHERE id = ?",
                (version, text.format, number(row.id)),
            )
            return self.custom_content(row.id)

    def trash_custom_content(self, content_id: str) -> None:
        with self.batch():
            row = self.custom_content(content_id)
            self.database.execute(
                "UPDATE custom_content SET status = 'trashed' WHERE id = ?", (number(row.id),)
            )

    def purge_custom_content(self, content_id: str) -> None:
        """Delete trashed custom content for good."""
        with self.batch():
            row = self.custom_content(content_id)
            if row.status != TRASHED:
                raise Invalid("Trashable Content must be trashed before it can be purged")
            for table, key in (("custom_content", "id"), ("versions", "content_id")):
                self.database.execute(f"DELETE FROM {table} WHERE {key} = ?", (number(row.id),))  # noqa: S608 - constants


def _edit(text: CustomText, at: str) -> Edit:
    if not text.title.strip():
        raise Invalid("Title cannot be empty.")
    body = text.body
    if text.format == STORAGE:
        storage_format.check(body)
        body = storage_format.stored(body)
    return Edit(text.title, body, text.author, text.message, at)


def _row(row: tuple[object, ...]) -> CustomRow:
    text = [str(one) for one in row]
    identity, kind, space, place, place_id, status, form, version, *made = text
    creator, created_at, title, body, author, message, at = made
    about = (space, place, place_id, status, form, int(version), creator, created_at)
    return CustomRow(identity, kind, *about, title, body, author, message, at)
