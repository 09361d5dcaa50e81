"""The labels of pages. A label makes no version."""

from __future__ import annotations

from collections.abc import Iterable

from . import changes
from .database import Database
from .queries import number
from .rows import LabelRow
from .state import State


class Labels(State):
    """The labels of a store."""

    def labels(self, page_id: str) -> tuple[LabelRow, ...]:
        return labels_of(self.database, page_id)

    def add_labels(self, page_id: str, names: Iterable[str]) -> None:
        """Add labels to a page, without a new version."""
        with self.batch():
            for name in names:
                changes.add_label(self.database, self.page(page_id).id, name)

    def remove_label(self, page_id: str, name: str) -> None:
        with self.batch():
            changes.remove_label(self.database, self.page(page_id).id, name)

    def label_file(self, attachment_id: str, name: str, on: bool = True) -> None:
        """Add a label to a file. `on` False removes it."""
        change = changes.add_label if on else changes.remove_label
        with self.batch():
            change(self.database, attachment_id.removeprefix("att"), name)

    def labelled_files(self, label_id: str) -> tuple[str, ...]:
        """Return the ids of the files of current content that have a label."""
        rows = self.database.all(
            "SELECT a.id FROM attachments a JOIN content_labels cl ON cl.content_id = a.id"
            " JOIN content c ON c.id = a.content_id"
            " WHERE cl.label_id = ? AND c.restricted = 0 AND c.status = 'current' ORDER BY a.id",
            (number(label_id),),
        )
        return tuple(f"att{row[0]}" for row in rows)


def labels_of(database: Database, page_id: str) -> tuple[LabelRow, ...]:
    """Return a page's labels by name."""
    rows = database.all(
        "SELECT l.id, l.name FROM content_labels cl JOIN labels l ON l.id = cl.label_id"
        " WHERE cl.content_id = ? ORDER BY l.name",
        (number(page_id.removeprefix("att")),),
    )
    return tuple(LabelRow(str(row[0]), str(row[1])) for row in rows)


def every_label(database: Database, name: str) -> LabelRow | None:
    """Return the label of this name, in use or not."""
    row = database.one("SELECT id, name FROM labels WHERE name = ?", (name,))
    return LabelRow(str(row[0]), str(row[1])) if row else None


def all_labels(database: Database, space_id: str | None = None) -> tuple[LabelRow, ...]:
    """Return all labels in use, or those of one space, by id."""
    rows = database.all(
        "SELECT DISTINCT l.id, l.name FROM labels l JOIN content_labels cl ON cl.label_id = l.id"
        " JOIN content c ON c.id = cl.content_id"
        " WHERE c.restricted = 0 AND (? IS NULL OR c.space_id = ?) ORDER BY l.id",
        (space_id, space_id),
    )
    return tuple(LabelRow(str(row[0]), str(row[1])) for row in rows)
