"""Content properties over v2, and the settings that a page itself has.

Each property is changed by its id, and has versions of its own. A page's own settings are part of
its row, and change with the page.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from confsync.document.settings.names import OF_PAGE, STATE
from confsync.document.settings.of_page import settings_of
from confsync.document.settings.states import as_setting
from confsync.errors import ServerError
from confsync.model.page import PageInfo, PropertyInfo, Space
from confsync.remote import rows, v1_rows
from confsync.remote.base import Connection
from confsync.remote.cloud import search, v2_rows
from confsync.remote.cloud.pagination import by_cursor
from confsync.remote.cloud.places import CloudPlaces, Places
from confsync.remote.cloud.states import CloudStates, States
from confsync.remote.failures import version_conflict_of
from confsync.remote.rows import Row

_LIMIT = 250


class WithProperties(Connection):
    """The part of `Remote` for the content properties of pages or blog posts."""

    _kind: str

    @property
    def places(self) -> Places | None:
        return CloudPlaces(self._client) if self._kind == "pages" else None

    @property
    def states(self) -> States | None:
        return CloudStates(self._client)

    def properties(self, page_id: str, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
        path = self._properties_of(page_id)
        asked = not (OF_PAGE | {STATE}).issuperset(keys)
        found = chain.from_iterable(
            by_cursor(self._client, path, {"limit": _LIMIT}) if asked else ()
        )
        held = tuple(_property(row) for row in found if row.get("key") in keys)
        if STATE in keys:
            held += as_setting(page_id, CloudStates(self._client).state(page_id))
        if OF_PAGE.isdisjoint(keys):
            return held
        return (*held, *settings_of(self._info(self._client.get(self._path_of(page_id))), keys))

    def put_property(
        self, page_id: str, key: str, value: str, *, base: PropertyInfo | None
    ) -> PropertyInfo:
        content = {"key": key, "value": json.loads(value)}
        path = self._properties_of(page_id)
        if base is None:
            return _property(self._client.post(path, content))
        number = base.version.number
        content["version"] = {"number": number + 1}
        try:
            return _property(self._client.put(f"{path}/{base.id}", content))
        except ServerError as error:
            raise version_conflict_of(error, page_id, number) or error from None

    def remove_property(self, page_id: str, info: PropertyInfo) -> None:
        self._client.delete(f"{self._properties_of(page_id)}/{info.id}")

    def property_hints(
        self, space: Space, keys: Collection[str]
    ) -> Mapping[str, tuple[PropertyInfo, ...]] | None:
        # The listing of pages tells those. No search tells states, so there is no hint then.
        keys = frozenset(keys) - OF_PAGE
        expand = v1_rows.expand_of(keys)
        if not expand:
            return None
        return search.properties_in(self._search(space, self._kind.removesuffix("s"), expand), keys)

    def _info(self, row: Row) -> PageInfo:
        """Return a page of a row."""
        raise NotImplementedError

    def _search(self, space: Space, kind: str, expand: str) -> Iterator[Row]:
        """Yield the answers of a search of a space."""
        raise NotImplementedError

    def _properties_of(self, page_id: str) -> str:
        return f"{self._path_of(page_id)}/properties"

    def _path_of(self, page_id: str) -> str:
        return f"api/v2/{self._kind}/{page_id}"


def _property(row: Row) -> PropertyInfo:
    version = v2_rows.version(rows.part_of(row, "version"))
    return rows.property_of(row, rows.text_of(row, "key"), version)
