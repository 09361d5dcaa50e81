"""The labels of spaces, which are the categories of a site.

They share the table of all labels. There, a prefix other than `global` stands before the name.
"""

from __future__ import annotations

from ...errors import Invalid
from .. import changes
from ..labels import labels_of
from ..queries import number
from ..rows import LabelRow
from ..spaces import Spaces

GLOBAL = "global"
PREFIXES = (GLOBAL, "my", "team")


class SpaceLabels(Spaces):
    """The labels of a store's spaces."""

    def space_labels(self, key: str, prefix: str | None = None) -> tuple[LabelRow, ...]:
        """Return the labels of a space, or those with one prefix, by name."""
        found = labels_of(self.database, self.space(key).id)
        return tuple(row for row in found if prefix in (None, prefix_of(row)))

    def label_space(self, key: str, name: str, prefix: str = GLOBAL) -> None:
        """Add a label to a space. Raise `Invalid` for an unknown prefix or an impossible name."""
        if prefix not in PREFIXES:
            raise Invalid(f"The prefix must be one of {', '.join(PREFIXES)}, not '{prefix}'.")
        with self.batch():
            space_id, had = self.space(key).id, self.space_labels(key, GLOBAL)
            changes.add_label(self.database, space_id, name)  # checks the name
            if prefix != GLOBAL:
                self._add(space_id, f"{prefix}:{name.lower()}")
                if name.lower() not in [row.name for row in had]:
                    changes.remove_label(self.database, space_id, name)

    def unlabel_space(self, key: str, name: str, prefix: str = GLOBAL) -> None:
        """Remove a label from a space. A missing label is no error."""
        stored = name if prefix == GLOBAL else f"{prefix}:{name}"
        with self.batch():
            changes.remove_label(self.database, self.space(key).id, stored)

    def _add(self, space_id: str, stored: str) -> None:
        row = self.database.one("SELECT id FROM labels WHERE name = ?", (stored,))
        label = row[0] if row else self.database.new_id()
        if row is None:
            self.database.execute("INSERT INTO labels VALUES (?, ?)", (label, stored))
        self.database.execute(
            "INSERT OR IGNORE INTO content_labels VALUES (?, ?)", (number(space_id), label)
        )


def prefix_of(row: LabelRow) -> str:
    """Return the prefix of a label."""
    prefix, colon, _ = row.name.partition(":")
    return prefix if colon else GLOBAL


def name_of(row: LabelRow) -> str:
    """Return the name of a label without its prefix."""
    return row.name.rpartition(":")[2]
