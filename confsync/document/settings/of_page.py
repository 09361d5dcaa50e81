"""The settings that a page itself has, beside its content properties. Pure.

No server counts versions of them. So their number is 0, and only their values are compared.
"""

from __future__ import annotations

from collections.abc import Collection

from confsync.document.settings.names import ORDER, OWNER
from confsync.document.settings.values import canonical
from confsync.model.page import PageInfo, PropertyInfo, Version

_NO_VERSION = Version(0)


def settings_of(info: PageInfo, keys: Collection[str]) -> tuple[PropertyInfo, ...]:
    """Return those of a page's own settings that have one of the keys."""
    told = ((OWNER, info.owner or None), (ORDER, info.position))
    return tuple(
        PropertyInfo(info.id, key, _NO_VERSION, canonical(value))
        for key, value in told
        if key in keys and value is not None
    )
