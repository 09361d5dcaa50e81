"""Changes of the people who alone may read or update a page."""

from __future__ import annotations

from collections.abc import Iterable

from ..permissions import Permissions
from ..queries import number


class Restrictions(Permissions):
    """The restrictions of a store's pages. A restriction makes no version."""

    def restrict_to(self, page_id: str, operation: str, kind: str, names: Iterable[str]) -> None:
        """Name the users or groups (`kind`) that alone have a permission, instead of earlier ones.

        Without names, the permission is not restricted to that kind.
        """
        given = {f"{kind}s": tuple(names)}
        with self.batch():
            self.database.execute(
                "DELETE FROM restrictions WHERE content_id = ? AND operation = ? AND kind = ?",
                (number(self.page(page_id).id), operation, kind),
            )
            self.allow_only(page_id, operation, **given)

    def disallow(self, page_id: str, operation: str, kind: str, name: str) -> None:
        """Take one user or group out of a restriction."""
        kept = [one for one in self.allowed(page_id, operation, kind) if one != name]
        self.restrict_to(page_id, operation, kind, kept)
