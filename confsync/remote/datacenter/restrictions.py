"""The restrictions of pages over v1: one request sets all names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from confsync.document.settings.names import RESTRICTIONS
from confsync.document.settings.restrictions import GROUP, OPERATIONS, USER, named
from confsync.model.page import PropertyInfo, Space, User, Version
from confsync.remote import v1_rows
from confsync.remote.base import names_of, restrictions_of, with_restrictions
from confsync.remote.datacenter import nested
from confsync.remote.datacenter.properties import WithProperties

_NONE: frozenset[str] = frozenset()


class WithRestrictions(WithProperties):
    """The part of `Remote` for content properties and restrictions."""

    _mine: frozenset[str] | None = None

    def whoami(self) -> User:
        raise NotImplementedError

    def my_names(self) -> frozenset[str]:
        if self._mine is None:
            me = self.whoami()
            self._mine = names_of(self._client, me, {"username": me.id})
        return self._mine

    def properties(self, page_id: str, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
        others = frozenset(keys) - {RESTRICTIONS}
        held = super().properties(page_id, others) if others else ()
        if RESTRICTIONS not in keys:
            return held
        return (*held, *restrictions_of(self._client, page_id, v1_rows.username))

    def property_hints(
        self, space: Space, keys: Collection[str]
    ) -> Mapping[str, tuple[PropertyInfo, ...]] | None:
        if RESTRICTIONS not in keys:
            return super().property_hints(space, keys)
        listed = self._expanded(space, v1_rows.RESTRICTIONS_OF_PAGES)
        found = nested.restrictions_in(listed, v1_rows.username)
        others = frozenset(keys) - {RESTRICTIONS}
        bare: Mapping[str, tuple[PropertyInfo, ...]] = dict.fromkeys(found or (), ())
        return with_restrictions(super().property_hints(space, others) if others else bare, found)

    def put_property(
        self, page_id: str, key: str, value: str, *, base: PropertyInfo | None
    ) -> PropertyInfo:
        if key != RESTRICTIONS:
            return super().put_property(page_id, key, value, base=base)
        self._change_all(page_id, base.value if base else None, value)
        return PropertyInfo(page_id, RESTRICTIONS, Version(0), value)

    def remove_property(self, page_id: str, info: PropertyInfo) -> None:
        if info.key != RESTRICTIONS:
            super().remove_property(page_id, info)
        else:
            self._change_all(page_id, info.value, None)

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
