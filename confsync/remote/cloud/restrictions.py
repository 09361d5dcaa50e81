"""The restrictions of pages over v1: each name comes and goes by a request of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote

from confsync.document.settings.names import RESTRICTIONS
from confsync.document.settings.restrictions import GROUP, OPERATIONS, USER, Change, changes, named
from confsync.errors import WriteRefusedError
from confsync.model.page import PropertyInfo, Space, User, Version
from confsync.remote import rows, v1_rows
from confsync.remote.base import (
    names_of,
    restriction_answer,
    restrictions_of,
    with_restrictions,
)
from confsync.remote.cloud import search
from confsync.remote.cloud.properties import WithProperties

_PICKED = 200


class WithRestrictions(WithProperties):
    """The part of `Remote` for content properties and restrictions."""

    _mine: frozenset[str] | None = None

    def whoami(self) -> User:
        raise NotImplementedError

    def my_names(self) -> frozenset[str]:
        if self._mine is None:
            me = self.whoami()
            self._mine = names_of(self._client, me, {"accountId": me.id})
        return self._mine

    def properties(self, page_id: str, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
        others = frozenset(keys) - {RESTRICTIONS}
        held = super().properties(page_id, others) if others else ()
        if RESTRICTIONS not in keys:
            return held
        return (*held, *restrictions_of(self._client, page_id, v1_rows.account_id))

    def property_hints(
        self, space: Space, keys: Collection[str]
    ) -> Mapping[str, tuple[PropertyInfo, ...]] | None:
        if RESTRICTIONS not in keys:
            return super().property_hints(space, keys)
        kind = self._kind.removesuffix("s")
        answers = self._search(space, kind, v1_rows.RESTRICTIONS_OF_PAGES)
        found = search.restrictions_in(answers, v1_rows.account_id)
        others = frozenset(keys) - {RESTRICTIONS}
        bare: Mapping[str, tuple[PropertyInfo, ...]] = dict.fromkeys(found or (), ())
        return with_restrictions(super().property_hints(space, others) if others else bare, found)

    def put_property(
        self, page_id: str, key: str, value: str, *, base: PropertyInfo | None
    ) -> PropertyInfo:
        """Write a property, or send the changes of restrictions until one has no good answer."""
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
