"""The restrictions of pages over v1: each name comes and goes by a request of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from confsync.document.settings.restrictions import (
    GROUP,
    OPERATIONS,
    USER,
    Change,
    Names,
    changes,
    named,
)
from confsync.errors import WriteRefusedError
from confsync.model.page import Space, User
from confsync.remote import base, rows, v1_rows
from confsync.remote.base import restriction_answer
from confsync.remote.cloud import search
from confsync.remote.cloud.properties import WithProperties
from confsync.remote.rows import Row

_PICKED = 200


class WithRestrictions(base.WithRestrictions, WithProperties):
    """The part of `Remote` for content properties and restrictions."""

    _user_key = "accountId"

    def _user_of(self, row: Row) -> str:
        return v1_rows.account_id(row)

    def _listed_restrictions(self, space: Space) -> Mapping[str, Names] | None:
        kind = self._kind.removesuffix("s")
        answers = self._search(space, kind, v1_rows.RESTRICTIONS_OF_PAGES)
        return search.restrictions_in(answers, self._user_of)

    def _change_all(self, page_id: str, before: str | None, after: str | None) -> None:
        every = changes(named(before), named(after), self.my_names())
        self._check_users(change.name for change in every if change.adds)
        # All names are known before the first request, so that none is refused half-way.
        paths = [self._path_of_change(page_id, change) for change in every]
        for change, path in zip(every, paths, strict=True):
            if change.adds:
                self._client.put(path)
            else:
                self._client.delete(path)

    def _check_users(self, names: Iterable[str]) -> None:
        """Raise WriteRefusedError for a user whom the server does not know."""
        pairs = (name.partition(":") for name in sorted(names) if name not in self.my_names())
        wanted = [name for kind, _, name in pairs if kind == USER]
        known = self.people(wanted) if wanted else {}
        for name in wanted:
            if name not in known:
                raise WriteRefusedError(f"the server knows no user '{name}'")

    def people(self, account_ids: Iterable[str]) -> Mapping[str, User]:
        raise NotImplementedError

    def _path_of_change(self, page_id: str, change: Change) -> str:
        kind, _, name = change.name.partition(":")
        path = f"rest/api/content/{page_id}/restriction/byOperation/{change.operation}"
        if kind == GROUP:
            return f"{path}/byGroupId/{quote(self._group_id(page_id, name), safe='')}"
        return f"{path}/user?accountId={quote(name, safe='')}"

    def _group_id(self, page_id: str, name: str) -> str:
        """Return the id of a group. A request names a group by its id alone.

        Of a group that was deleted, only the pages that name it still tell the id.
        """
        path = "rest/api/group/picker"
        found = rows.results_of(self._client.get(path, {"query": name, "limit": _PICKED}), path)
        if not any(row.get("name") == name for row in found):
            answer = restriction_answer(self._client, page_id)
            for operation in OPERATIONS:
                inner = rows.part_of(rows.part_of(answer, operation), "restrictions")
                found += rows.results_of(rows.part_of(inner, GROUP), "restrictions")
        for row in found:
            if row.get("name") == name:
                return rows.text_of(row, "id")
        raise WriteRefusedError(f"the server has no group '{name}'")
