"""The owners of pages. A page's creator is its first owner."""

from __future__ import annotations

from ...errors import Invalid
from .. import changes
from ..queries import number
from ..rows import PAGE, PageRow
from ..state import State


class Owners(State):
    """The owners of a store's pages."""

    def set_owner(self, page_id: str, name: str) -> PageRow:
        """Make another user the owner of a page, as in the browser: without a new version."""
        with self.batch():
            page = self.page(page_id)
            if page.type != PAGE:
                raise Invalid("A blog post has no owner.")
            changes.add_user(self.database, name)
            self.database.execute(
                "UPDATE content SET owner = ? WHERE id = ?", (name, number(page.id))
            )
            return self.page(page_id)

    def user_of_account(self, account_id: str) -> str:
        """Return the name of a user. Raise `Invalid` for an unknown account."""
        sql = "SELECT name FROM users WHERE account_id = ?"
        row = self.database.one(sql, (account_id,))
        if row is None:
            raise Invalid(f"There is no user with the account id '{account_id}'.")
        return str(row[0])
