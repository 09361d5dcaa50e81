"""The places of pages: before, after or below another one, and copies."""

from __future__ import annotations

from ...errors import Invalid
from .. import changes, queries
from ..permissions import Permissions
from ..queries import Selection, number
from ..rows import PAGE, PageRow

POSITIONS = ("before", "after", "append")


class Places(Permissions):
    """The moves of a store's pages. A move makes no version."""

    def move(self, page_id: str, position: str, target_id: str) -> PageRow:
        """Put a page before or after a sibling, or as the last child of a page (append).

        Raise `Invalid` for a move under itself, `Missing` for an unknown page.
        """
        with self.batch():
            page, target = self.editable(page_id), self.editable(target_id)
            if PAGE not in (page.type, target.type) or page.id == target.id:
                raise Invalid("A page can be moved next to another page only.")
            if target.space_id != page.space_id:
                changes.move_branch(self.database, page, target.space_id)
            if position == "append":
                changes.place(self.database, page.id, target.id)
                return self.page(page.id)
            changes.place(self.database, page.id, target.parent_id)
            siblings = self._siblings(target)
            siblings.remove(page.id)
            siblings.insert(siblings.index(target.id) + (position == "after"), page.id)
            for place, one in enumerate(siblings, 1):
                self.database.execute(
                    "UPDATE content SET position = ? WHERE id = ?", (place, number(one))
                )
            return self.page(page.id)

    def sort_children(self, parent_id: str) -> None:
        """Put the children of a page in the order of their titles. Then they have no numbers.

        The store keeps negative numbers for such an order, and the next move numbers all of them.
        """
        with self.batch():
            self.database.execute(
                "UPDATE content SET position = (SELECT -count(*) FROM content s WHERE"
                " s.parent_id = content.parent_id AND (s.title_key, s.id) >="
                " (content.title_key, content.id)) WHERE parent_id = ?",
                (number(self.page(parent_id).id),),
            )

    def _siblings(self, page: PageRow) -> list[str]:
        """Return the ids of the children of a page's parent, in their order."""
        rows = queries.nodes(
            self.database,
            Selection(
                space_ids=(page.space_id,),
                parent_id=page.parent_id,
                root_only=page.parent_id is None,
                types=(),
                statuses=("current",),
                hidden=True,
                sort="child-position",
            ),
        )
        return [row.id for row in rows]
