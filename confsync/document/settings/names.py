"""The names of settings in a file, and their keys on a server. Pure."""

from __future__ import annotations

# What a page itself has, and its restrictions, have keys that no content property has.
OWNER = "@owner"
ORDER = "@order"
RESTRICTIONS = "@restrictions"
# So has a state. Its change publishes a version, so confsync only reads it.
STATE = "@state"
# The settings with a line of their own, and the keys of their properties.
KEYS = {
    "width": "content-appearance-published",
    "emoji": "emoji-title-published",
    "cover": "cover-picture-id-published",
    "owner": OWNER,
    "order": ORDER,
    "restrictions": RESTRICTIONS,
    "state": STATE,
}
# The keys of what a page itself has, and its listing tells.
OF_PAGE = frozenset({OWNER, ORDER})
# The keys of settings that no server counts versions of. Their number is 0 in a stamp.
UNCOUNTED = OF_PAGE | {RESTRICTIONS, STATE}
# The keys of settings that confsync reads and never changes.
READ_ONLY = frozenset({STATE})
# The map of all other settings.
PROPERTIES = "properties"
_PREFIX = f"{PROPERTIES}."
KEY_LENGTH = 255


def name_of(key: str) -> str:
    """Return the name of a property in the map `properties` of a file."""
    return f"{_PREFIX}{key}"


def key_of(name: str) -> str:
    """Return the server's key of a setting."""
    return KEYS.get(name) or name.removeprefix(_PREFIX)
