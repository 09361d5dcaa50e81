"""The settings of one document beside its page's, for the decisions of pull, push and status."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from confsync.document.document import Document
from confsync.document.settings import restrictions, values
from confsync.document.settings.names import (
    ORDER,
    OWNER,
    READ_ONLY,
    RESTRICTIONS,
    UNCOUNTED,
    key_of,
)
from confsync.document.settings.values import shown
from confsync.mirror.mirror import Mirror
from confsync.model.page import PropertyInfo
from confsync.model.stamp import Property
from confsync.remote import Remote
from confsync.sync.people import names_of
from confsync.sync.settings.compare import Decision, Sides, decide

CONFLICTS = (Decision.DIVERGED, Decision.RESTORED)
THERE = (Decision.SEND, Decision.REMOVE)
# The longest value that a message shows whole.
_SHOWN = 48
NOTHING_NEWER: Mapping[str, Property] = MappingProxyType({})


def keys_of(chosen: Iterable[str]) -> frozenset[str]:
    """Return the server's keys of the managed settings."""
    return frozenset(map(key_of, chosen))


def sides_of(
    found: Document,
    chosen: Sequence[str],
    infos: Iterable[PropertyInfo],
    newest: Mapping[str, Property] = NOTHING_NEWER,
) -> tuple[Sides, ...]:
    """Return each managed setting of a document beside the page's."""
    theirs = {info.key: info for info in infos}
    bases = {one.key: one for one in found.stamp.properties} if found.stamp else {}
    return tuple(
        Sides(
            name,
            bases.get(key := key_of(name)),
            values.line_of(found.settings, name),
            theirs.get(key),
            newest.get(key),
        )
        for name in values.managed(chosen, found.stamp)
    )


def changed(found: Document, chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the settings that a document changed since its base, by name."""
    if not chosen or not found.settings:
        return ()
    return values.changed(found.settings, found.stamp, chosen)


def invalid(found: Document, chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the managed settings of a document whose value no push can send, by name."""
    return tuple(sides.name for sides in sides_of(found, chosen, ()) if sides.is_invalid)


def why_invalid(name: str, value: str | None) -> str:
    """Return why no push can send a value."""
    if key_of(name) in READ_ONLY:
        return f"confsync only reads the {name} of a page: set it in Confluence, and pull"
    if key_of(name) == RESTRICTIONS and value and (why := restrictions.flaw_of(value)):
        return f"restrictions: {why}"
    if key_of(name) == OWNER:
        return "an owner is the account id of a user"
    if key_of(name) == ORDER:
        return "an order is a whole number of at most ten digits"
    if value is None:
        return "properties must be 'key: value' lines"
    return f"the value of {name} is not one that JSON has"


def value_of(sides: Sides) -> str | None:
    """Return the server's value, or None if it has none."""
    return sides.remote.value if sides.remote else None


def who_and_what(mirror: Mirror, remote: Remote, sides: Sides) -> str:
    """Return the message about a setting that both sides changed, with the person's name."""
    info, base = sides.remote, sides.base
    if key_of(sides.name) in UNCOUNTED:
        told = f"the server has {words_of(sides.name, value_of(sides))}"
        return f"{sides.name}: the value here was changed, {told}"
    mine = f"is based on v{base.version}" if base else "is new"
    if base and sides.newer and decide(sides) is Decision.RESTORED:
        mine = f"is of v{base.version} again, and git has v{sides.newer.version}"
    if info is None or sides.theirs is None:
        return f"{sides.name}: the value here {mine}, the server has none any more"
    account = info.version.author
    name = names_of(mirror, remote, [account]).get(account, "") if account else ""
    author = f" ({name})" if name else ""
    value = words_of(sides.name, info.value)
    theirs = f"the server has v{info.version.number}{author}: {value}"
    return f"{sides.name}: the value here {mine}, {theirs}"


def way_out(version: int | None) -> str:
    """Return the commands that resolve a conflict of settings; `version` is the page's."""
    ways = ["'confsync pull --theirs {path}' takes the server's values and text"]
    if version:
        ways.append(f"'confsync pull --ours {{path}} --at {version}' keeps yours")
    return "; ".join(ways)


def words_of(name: str, value: str | None) -> str:
    """Return a value in a message: a text in quotes, and cut if it is long."""
    found = shown(name, value)
    if found is None:
        return "none"
    if key_of(name) == RESTRICTIONS:
        return f"'{restrictions.words_of(found)}'"
    plain = json.loads(found)
    text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    return f"'{text if len(text) <= _SHOWN else f'{text[: _SHOWN - 1]}…'}'"


def changed_here(found: Document, chosen: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the settings that a push would send, before and after. The base has no values."""
    names = changed(found, chosen)
    every = sides_of(found, names, ()) if names else ()
    before = tuple(f"{s.name} {_version_words(s)}" for s in every)
    return before, tuple(f"{s.name} {words_of(s.name, s.line)}" for s in every)


def changed_there(
    found: Document, chosen: Sequence[str], infos: Iterable[PropertyInfo]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the settings for which the server differs from the base, before and after."""
    every = [sides for sides in sides_of(found, chosen, infos) if sides.theirs != sides.was]
    before = tuple(f"{s.name} {_base_words(s)}" for s in every)
    return before, tuple(f"{s.name} {words_of(s.name, value_of(s))}" for s in every)


def _base_words(sides: Sides) -> str:
    """Return the base's value if an unmodified file has it, else its version."""
    if sides.line is not None and not sides.modified:
        return words_of(sides.name, sides.line)
    return _version_words(sides)


def _version_words(sides: Sides) -> str:
    """Return the base's version in words. Some settings have none."""
    if sides.base is None:
        return "none"
    return f"v{sides.base.version}" if sides.base.version else "as pulled"
