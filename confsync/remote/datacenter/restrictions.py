"""The restrictions of pages over v1: one request sets all names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confsync.document.settings.restrictions import GROUP, OPERATIONS, USER, Names, named
from confsync.model.page import Space
from confsync.remote import base, v1_rows
from confsync.remote.datacenter import nested
from confsync.remote.datacenter.properties import WithProperties
from confsync.remote.rows import Row

_NONE: frozenset[str] = frozenset()


class WithRestrictions(base.WithRestrictions, WithProperties):
    """The part of `Remote` for content properties and restrictions."""

    _user_key = "username"

    def _user_of(self, row: Row) -> str:
        return v1_rows.username(row)

    def _listed_restrictions(self, space: Space) -> Mapping[str, Names] | None:
        listed = self._expanded(space, v1_rows.RESTRICTIONS_OF_PAGES)
        return nested.restrictions_in(listed, self._user_of)

    def _change_all(self, page_id: str, before: str | None, after: str | None) -> None:
        """Set the names of each operation that changes, in one request."""
        old, new = named(before), named(after)
        content = [
            {"operation": one, "restrictions": _rows(new.get(one, _NONE))}
            for one in OPERATIONS
            if old.get(one, _NONE) != new.get(one, _NONE)
        ]
        self._client.put(f"rest/api/content/{page_id}/restriction", content)


def _rows(names: frozenset[str]) -> dict[str, Any]:
    """Return the names of one operation as a request has them."""
    parts = sorted(name.partition(":")[::2] for name in names)
    return {
        USER: [{"type": "known", "username": name} for kind, name in parts if kind == USER],
        GROUP: [{"type": "group", "name": name} for kind, name in parts if kind == GROUP],
    }
