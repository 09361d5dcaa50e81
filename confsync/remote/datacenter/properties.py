"""Content properties over v1: each is changed by its key, and has versions of its own.

A page itself tells its number among its siblings. No request of v1 changes that number.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import quote

from confsync.document.settings.names import OF_PAGE, ORDER
from confsync.document.settings.of_page import settings_of
from confsync.errors import ServerError
from confsync.model.page import PropertyInfo, Space
from confsync.remote import v1_rows
from confsync.remote.base import Connection
from confsync.remote.datacenter import nested
from confsync.remote.datacenter.pagination import by_offset
from confsync.remote.failures import version_conflict_of
from confsync.remote.rows import Row

_LIMIT = 200


class WithProperties(Connection):
    """The part of `Remote` for the content properties of pages or blog posts."""

    missing_settings = frozenset({"owner", "state"})

    def properties(self, page_id: str, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
        own = self._own(page_id, keys) if ORDER in keys else ()
        if OF_PAGE.issuperset(keys):
            return own
        params = {"expand": "version", "limit": _LIMIT}
        found = by_offset(self._client, _properties_of(page_id), params)
        held = tuple(v1_rows.content_property(row) for row in found if row.get("key") in keys)
        return (*held, *own)

    def _own(self, page_id: str, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
        """Return the settings that a page itself has."""
        row = self._client.get(f"rest/api/content/{page_id}", {"expand": "version"})
        return settings_of(v1_rows.content(row, ""), keys)

    def put_property(
        self, page_id: str, key: str, value: str, *, base: PropertyInfo | None
    ) -> PropertyInfo:
        content = {"key": key, "value": json.loads(value)}
        if base is None:
            return v1_rows.content_property(self._client.post(_properties_of(page_id), content))
        number = base.version.number
        content["version"] = {"number": number + 1}
        try:
            return v1_rows.content_property(self._client.put(_property_of(page_id, key), content))
        except ServerError as error:
            raise version_conflict_of(error, page_id, number) or error from None

    def remove_property(self, page_id: str, info: PropertyInfo) -> None:
        self._client.delete(_property_of(page_id, info.key))

    def property_hints(
        self, space: Space, keys: Collection[str]
    ) -> Mapping[str, tuple[PropertyInfo, ...]] | None:
        keys = frozenset(keys) - OF_PAGE
        expand = v1_rows.expand_of(keys)
        return nested.properties_in(self._expanded(space, expand), keys) if expand else None

    def _expanded(self, space: Space, expand: str) -> Iterator[Row]:
        """Yield the rows of a listing of a space, with more parts."""
        raise NotImplementedError


def _properties_of(page_id: str) -> str:
    return f"rest/api/content/{page_id}/property"


def _property_of(page_id: str, key: str) -> str:
    return f"{_properties_of(page_id)}/{quote(key, safe='')}"
