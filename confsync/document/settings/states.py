"""The state of a page as a setting that confsync only reads. Pure."""

from __future__ import annotations

from confsync.document.settings.names import STATE
from confsync.document.settings.values import canonical
from confsync.model.page import PropertyInfo, Version


def as_setting(page_id: str, name: str) -> tuple[PropertyInfo, ...]:
    """Return a state by its name as a setting; nothing for an empty name.

    No server counts versions of a state alone.
    """
    return (PropertyInfo(page_id, STATE, Version(0), canonical(name)),) if name else ()
