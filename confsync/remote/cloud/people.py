"""The names of people by their accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from confsync.model.page import User
from confsync.remote import rows
from confsync.remote.client import Client
from confsync.workers import batches

PATH = "api/v2/users-bulk"
# A request names at most so many accounts.
AT_ONCE = 250


def by_account(client: Client, account_ids: Iterable[str]) -> Mapping[str, User]:
    """Return people by account id. The result lacks unknown people. Raise APIAccessError."""
    found = (
        User(
            str(row.get("accountId")),
            rows.words_of(row, "displayName", "publicName"),
            rows.words_of(row, "email"),
        )
        for some in batches(sorted({account for account in account_ids if account}), AT_ONCE)
        for row in rows.results_of(client.ask(PATH, {"accountIds": some}), PATH)
    )
    return {user.id: user for user in found}
