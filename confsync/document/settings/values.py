"""The values of settings: as a file shows them, and as a server stores them. Pure.

A setting has a name in the file, such as `width` or `properties.reviewed`, and a key on the server.
A value is canonical JSON text, so that equal values are equal texts. None means no value.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from confsync.document.settings import restrictions
from confsync.document.settings.names import KEYS, OF_PAGE, PROPERTIES, RESTRICTIONS, key_of
from confsync.model.stamp import DIGEST_LENGTH, Property, Stamp

if TYPE_CHECKING:
    from confsync.model.page import PropertyInfo

# Values are nested at most so many times.
MOST_NESTED = 40
# The digest of a value that no document can mean: `canonical` refused it.
INVALID = ""

_FULL, _FULL_WIDTH = "full", "full-width"
# Code points as Confluence stores an emoji: 1f680, or 1f468-200d-1f4bb.
_CODE_POINTS = re.compile(r"[0-9a-f]{2,6}(?:-[0-9a-f]{2,6})*")
# A number among siblings, as the stored form of a setting with a line of its own.
_NUMBER = re.compile(r'"(?:0|[1-9][0-9]{0,9})"')
_EMOJI = re.compile(
    "[0-9#*]?[\u00a9\u00ae\u2000-\u2bff\u3030\u303d\u3297\u3299\ufe0e\ufe0f"
    "\U0001f000-\U0001faff\U000e0020-\U000e007f]+"
)


def canonical(value: object) -> str:
    """Return a JSON value as text, equal for equal values.

    Raise ValueError if it is not JSON, or if front matter cannot hold it.
    """
    if not _is_shallow(value, MOST_NESTED):
        raise ValueError(f"it is nested more than {MOST_NESTED} times")
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False
    )
    text.encode()  # half a character is an error, because no file can hold it
    return text


def _is_shallow(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in inner)


def stored(name: str, value: str | None) -> str | None:
    """Return a value as a server stores it, from a file's or a server's form of it.

    Both forms of a value have one stored form, so that neither side seems to differ. Raise
    ValueError for malformed restrictions.
    """
    if value is None or value == "null":
        return None
    if name not in KEYS or not value:
        return value
    if key_of(name) == RESTRICTIONS:
        return restrictions.value_of(restrictions.named(value))
    found = json.loads(value)
    text = found if isinstance(found, str) else value
    if isinstance(found, dict | list):
        return value
    if name == "width" and text == _FULL:
        text = _FULL_WIDTH
    if name == "emoji":
        text = _as_code_points(text)
    return canonical(text)


def shown(name: str, value: str | None) -> str | None:
    """Return a stored value as a file shows it: `full`, an emoji as itself, others unchanged."""
    value = stored(name, value)
    if value is None or name not in KEYS or key_of(name) == RESTRICTIONS:
        return value
    found = json.loads(value)
    if name == "width" and found == _FULL_WIDTH:
        return canonical(_FULL)
    if name == "emoji" and isinstance(found, str):
        return canonical(_as_emoji(found))
    return found if name == "order" and _NUMBER.fullmatch(value) else value


def digest(name: str, value: str | None) -> str | None:
    """Return the digest of a value's stored form, None without a value."""
    if value == INVALID or (key_of(name) == RESTRICTIONS and restrictions.flaw_of(value)):
        return INVALID
    kept = stored(name, value)
    if name == "owner" and kept is not None and not _is_text(kept):
        return INVALID
    if name == "order" and kept is not None and not _NUMBER.fullmatch(kept):
        return INVALID
    if kept is None:
        return None
    return hashlib.sha256(kept.encode()).hexdigest()[:DIGEST_LENGTH]


def stamped(name: str, info: PropertyInfo | None) -> Property | None:
    """Return the base of a setting as the server has it, or None if the server has no value."""
    found = digest(name, info.value) if info else None
    return Property(info.key, info.version.number, found) if info and found else None


def managed(chosen: Iterable[str], stamp: Stamp | None) -> Iterator[str]:
    """Yield the chosen settings that a page of this stamp can have.

    A blog post has none of those that a page itself has.
    """
    is_post = stamp is not None and stamp.posted is not None
    return (name for name in chosen if not (is_post and key_of(name) in OF_PAGE))


def changed(
    settings: Mapping[str, str], stamp: Stamp | None, chosen: Iterable[str]
) -> tuple[str, ...]:
    """Return the chosen settings of a file whose values differ from their bases, by name.

    A setting without a line is not managed.
    """
    bases = {one.key: one.digest for one in stamp.properties} if stamp else {}
    return tuple(
        name
        for name in managed(chosen, stamp)
        if (line := line_of(settings, name)) is not None
        and digest(name, line) != bases.get(key_of(name))
    )


def line_of(settings: Mapping[str, str], name: str) -> str | None:
    """Return the value of a setting in a file, or None without a line.

    If `properties` is no map, each setting in it is `INVALID`.
    """
    if name not in KEYS and PROPERTIES in settings:
        return INVALID
    return settings.get(name)


def sorted_by_key(properties: Iterable[Property]) -> tuple[Property, ...]:
    """Return properties in the order of a stamp."""
    return tuple(sorted(properties, key=lambda one: one.key))


def _is_text(value: str) -> bool:
    found = json.loads(value)
    return isinstance(found, str) and bool(found.strip())


def _as_code_points(text: str) -> str:
    """Return an emoji as Confluence stores it; any other text unchanged."""
    if not _EMOJI.fullmatch(text):
        return text
    return "-".join(f"{ord(character):x}" for character in text)


def _as_emoji(text: str) -> str:
    """Return stored code points as the emoji; any other text unchanged."""
    if not _CODE_POINTS.fullmatch(text):
        return text
    points = [int(part, 16) for part in text.split("-")]
    if any(point > 0x10FFFF or 0xD800 <= point <= 0xDFFF for point in points):
        return text
    emoji = "".join(map(chr, points))
    return emoji if _as_code_points(emoji) == text else text
