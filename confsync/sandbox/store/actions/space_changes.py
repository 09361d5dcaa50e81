"""Changes of whole spaces."""

from __future__ import annotations

from .. import changes, queries
from ..queries import Selection, number
from ..rows import WRITTEN, SpaceRow
from ..spaces import Spaces


class SpaceChanges(Spaces):
    """The changes of a store's spaces."""

    def rename_space(self, key: str, name: str) -> SpaceRow:
        """Give a space another name. Its home page keeps its title."""
        with self.batch():
            space = self.space(key)
            self.database.execute(
                "UPDATE spaces SET name = ? WHERE id = ?", (name, number(space.id))
            )
            return self.space(key)

    def remove_space(self, key: str) -> None:
        """Delete a space for good, with everything in it."""
        with self.batch():
            space = self.space(key)
            every = Selection(space_ids=(space.id,), statuses=(), types=WRITTEN, hidden=True)
            for row in queries.pages(self.database, every):
                if row.status != "trashed":
                    changes.trash(self.database, row)
                changes.purge(self.database, row.id)
            for sql in (
                "DELETE FROM content WHERE space_id = ?",
                "DELETE FROM content_labels WHERE content_id = ?",
                "DELETE FROM properties WHERE content_id = ?",
                "DELETE FROM templates WHERE space_id = ?",
                "DELETE FROM spaces WHERE id = ?",
            ):
                self.database.execute(sql, (number(space.id),))
