"""Content properties: JSON values that apps store with a page, each with its own version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import Invalid, Missing, Stale
from .queries import number
from .rows import PropertyRow
from .state import State

WIDTH = "content-appearance-published"
FIXED = "fixed-width"
_SELECT = "SELECT id, content_id, key, value, version, author, created_at FROM properties"


def _row(row: tuple[Any, ...]) -> PropertyRow:
    return PropertyRow(str(row[0]), str(row[1]), row[2], json.loads(row[3]), *row[4:])


class Properties(State):
    """The properties of a store.

    `width_resets` are the pages whose width an update of `metadata.properties` has reset.
    """

    width_resets: list[str]

    def properties(self, content_id: str, key: str | None = None) -> tuple[PropertyRow, ...]:
        """Return the properties of a page or an attachment, or the one with this key."""
        rows = self.database.all(
            f"{_SELECT} WHERE content_id = ? AND (? IS NULL OR key = ?) ORDER BY id",
            (_content(content_id), key, key),
        )
        return tuple(_row(row) for row in rows)

    def property(self, content_id: str, key_or_id: str) -> PropertyRow:
        """Return one property, by its key or its id."""
        for row in self.properties(content_id):
            if key_or_id in (row.key, row.id):
                return row
        raise Missing("property", key_or_id)

    def add_property(self, content_id: str, key: str, value: object, author: str) -> PropertyRow:
        """Add a property. Raise `Invalid` if it exists."""
        with self.batch():
            if self.properties(content_id, key):
                raise Invalid(f"The content already has a property with the key '{key}'.")
            given = (self.database.new_id(), _content(content_id), key, json.dumps(value))
            self.database.execute(
                "INSERT INTO properties VALUES (?, ?, ?, ?, 1, ?, ?)",
                (*given, self._at(), author),
            )
            return self.property(content_id, key)

    def set_property(
        self, content_id: str, key_or_id: str, value: object, version: int, author: str
    ) -> PropertyRow:
        """Add a version of a property.

        Raise `Stale` unless `version` is the current one plus one.
        """
        with self.batch():
            old = self.property(content_id, key_or_id)
            if version != old.version + 1:
                raise Stale(old.version, version)
            self.database.execute(
                "UPDATE properties SET value = ?, version = ?, author = ?, created_at = ?"
                " WHERE id = ?",
                (json.dumps(value), version, author, self._at(), int(old.id)),
            )
            return self.property(content_id, key_or_id)

    def remove_property(self, content_id: str, key_or_id: str) -> None:
        with self.batch():
            found = self.property(content_id, key_or_id)
            self.database.execute("DELETE FROM properties WHERE id = ?", (int(found.id),))

    def set_setting(self, page_id: str, key: str, value: object, author: str) -> None:
        """Set a property whatever its version is, as a browser does. None removes it."""
        with self.batch():
            found = self.properties(page_id, key)
            if found and value is None:
                self.remove_property(page_id, key)
            elif found:
                self.set_property(page_id, key, value, found[0].version + 1, author)
            elif value is not None:
                self.add_property(page_id, key, value, author)

    def put_metadata(self, page_id: str, given: Mapping[str, object], author: str) -> None:
        """Set the `metadata.properties` of an update, which also resets the page's width.

        The width returns to the default unless the update sets it. `width_resets` records that,
        except for a new page.
        """
        with self.batch():
            if self.page(page_id).version > 1:
                self.width_resets.append(page_id)
            for key, value in {WIDTH: FIXED, **given}.items():
                found = self.properties(page_id, key)
                if found:
                    self.set_property(page_id, key, value, found[0].version + 1, author)
                else:
                    self.add_property(page_id, key, value, author)


def _content(content_id: str) -> int:
    return number(content_id.removeprefix("att"))
