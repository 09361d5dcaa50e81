"""Content that is only a place in the tree: folders, whiteboards, databases and embeds."""

from __future__ import annotations

from .. import changes, queries
from ..changes import Node
from ..rows import FolderRow, Parent
from ..spaces import Spaces

UNTITLED = "Untitled"


class OtherContent(Spaces):
    """The content of a store that has no body and no versions."""

    def create_other(
        self, kind: str, space_key: str, title: str | None, parent: str | None, author: str
    ) -> FolderRow:
        """Create content of this kind under `parent`, by default the home page."""
        space = self.space(space_key)
        with self.batch():
            under = changes.parent_id(self.database, space.id, parent, hidden=False)
            node = Node(kind, space.id, title or UNTITLED, under, author, self._at())
            return queries.folder(self.database, changes.insert(self.database, node, None))

    def remove_other(self, kind: str, content_id: str) -> None:
        """Delete content of this kind for good. Its children move up."""
        with self.batch():
            changes.remove(self.database, queries.folder(self.database, content_id, kind))

    def change_folder(
        self, folder_id: str, title: str | None = None, parent: Parent = None
    ) -> FolderRow:
        """Change the name of a folder, or its place in its space."""
        with self.batch():
            row = queries.folder(self.database, folder_id)
            if title is not None:
                changes.retitle(self.database, row.id, title)
            if parent is not None:
                under = changes.parent_id(self.database, row.space_id, parent)
                changes.place(self.database, row.id, under)
            return queries.folder(self.database, row.id)

    def remove_folder(self, folder_id: str) -> None:
        """Delete a folder for good. Its children move up."""
        with self.batch():
            changes.remove(self.database, queries.folder(self.database, folder_id))
