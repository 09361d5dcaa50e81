"""The choices for pages that both sides changed: merge, theirs or ours. Pure."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import NamedTuple

from confsync.document.attachments.names import DIRECTORY, document_of
from confsync.errors import UsageError
from confsync.model.filenames import SUFFIX
from confsync.model.hint import mentioned


class Way(Enum):
    """The side whose text a person wants."""

    MERGE = "merge"
    THEIRS = "theirs"
    OURS = "ours"


class Resolution(NamedTuple):
    """The chosen way. `at` is the version that --ours gives up."""

    way: Way
    at: int | None = None


def asked_for(ways: Collection[str], at: int | None, named: tuple[str, ...]) -> Resolution | None:
    """Return the resolution that the options in `ways` ask for; None without one, or to abort.

    Giving up a side needs the pages by name. Raise UsageError.
    """
    if len(ways) > 1:
        raise UsageError("--merge, --abort, --theirs and --ours exclude each other")
    theirs, ours = Way.THEIRS.value in ways, Way.OURS.value in ways
    if (at is not None) != ours:
        raise UsageError(
            "--ours and --at N go together: N is the server's version that you give up",
            hint="'confsync status --remote' shows which version the server has",
        )
    if ours and not (len(named) == 1 and _is_one(named[0])):
        raise UsageError("--ours needs one path: the document whose text you keep")
    if theirs and not named:
        raise UsageError("--theirs needs paths: the documents whose text you give up")
    directories = [name for name in named if name.endswith(DIRECTORY)]
    if (ours or theirs) and directories:
        raise UsageError(f"{mentioned(directories[0])} is a directory: name each attachment")
    return next((Resolution(way, at) for way in Way if way.value in ways), None)


def _is_one(name: str) -> bool:
    """Return whether a path is a document's or an attachment file's."""
    return name.endswith(SUFFIX) or document_of(name) is not None
