"""The style of blocks: what attributes say about how a reader sees them. Pure.

Ids say nothing about that. What a report shows by itself, such as the target of a link, does not
count either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

# Name and value, such as ("color", "red"). An element that only looks different has no value.
Style = tuple[str, str]

COLUMNS = ("col", "colgroup")
# Elements whose blocks begin and end at once: their style belongs to that very block.
ALONE = ("hr", "ac:layout-section")
# Elements that look different, though their text stands in the same block as without them.
LOOKS = frozenset(
    (
        *("thead", "tfoot", "ins", "font", "big", "small", "q", "center", "figure", "figcaption"),
        *("abbr", "label", "dd", "dt", "caption", "ac:caption"),
    )
)
_IDS = frozenset(
    (
        *("id", "xml:id", "local-id", "ac:local-id", "data-local-id", "ac:macro-id", "ac:id"),
        *("ac:schema-version", "ac:ref"),
    )
)
_SHOWN = frozenset(
    (
        *("href", "src", "datetime", "ac:anchor", "ac:name", "ac:type", "type", "key"),
        *("ac:emoji-shortname", "ac:emoji-id", "ac:emoji-fallback"),
    )
)
_PREFIX = re.compile(r"^(?:ac:|data-)+")
_SPACE = re.compile(r"\s+")


def styles_of(name: str, attributes: Mapping[str, str]) -> Iterator[Style]:
    """Yield the styles of an element, one for each attribute and for each CSS declaration."""
    if name.startswith("ri:"):
        return  # a report shows what is referred to
    if name in LOOKS:
        yield name.removeprefix("ac:"), ""
    for key, value in attributes.items():
        if key == "style":
            yield from _declarations(value)
        elif key not in _IDS and key not in _SHOWN and not key.startswith("xmlns"):
            yield _PREFIX.sub("", key), value


def _declarations(text: str) -> Iterator[Style]:
    """Yield property and value of each declaration."""
    for part in text.split(";"):
        name, _, value = part.partition(":")
        if name.strip():
            yield name.strip().lower(), _SPACE.sub(" ", value).strip().lower()


def changed(old: Iterable[Style], new: Iterable[Style]) -> tuple[str, ...]:
    """Return the names of the styles in which two blocks differ."""
    before, after = _by_name(old), _by_name(new)
    names = dict.fromkeys((*before, *after))
    return tuple(name for name in names if before.get(name) != after.get(name))


def _by_name(styles: Iterable[Style]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in styles:
        found.setdefault(name, []).append(value)
    return found
