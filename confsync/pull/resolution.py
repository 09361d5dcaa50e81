"""What a person wants done about pages that both sides changed: merge, theirs, or ours. Pure."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from confsync.errors import UsageError


class Way(Enum):
    """Which side's text a person wants."""

    MERGE = "merge"
    THEIRS = "theirs"
    OURS = "ours"


class Resolution(NamedTuple):
    """What was asked for. `at` is the version whose content --ours gives up."""

    way: Way
    at: int | None = None


def asked_for(
    *, merge: bool, theirs: bool, ours: bool, at: int | None, named: tuple[str, ...]
) -> Resolution | None:
    """The resolution that options ask for. Giving up a side needs the pages by name.

    Raises UsageError.
    """
    if merge + theirs + ours > 1:
        raise UsageError("--merge, --theirs and --ours exclude each other")
    if (at is not None) != ours:
        raise UsageError(
            "--ours and --at N go together: N is the server's version that you give up",
            hint="'confsync status --remote' shows which version the server has",
        )
    if ours and len(named) != 1:
        raise UsageError("--ours takes one document, by its path")
    if theirs and not named:
        raise UsageError("--theirs takes the documents whose text you give up, by their paths")
    way = Way.MERGE if merge else Way.THEIRS if theirs else Way.OURS
    return Resolution(way, at) if merge or theirs or ours else None
