"""The base of a stamp: from the cache, the mirror's git history, or the server.

The digest decides whether a text is the base.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from confsync.errors import EVERYBODYS, APIAccessError, FileError
from confsync.mirror.committed.bases import committed_bases, key_of
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import in_doubt
from confsync.mirror.state.base_cache import STATE
from confsync.model.stamp import Stamp, digest

if TYPE_CHECKING:
    from confsync.mirror.committed.newest_stamps import NewestStamps
    from confsync.remote import Remote
    from confsync.sync.fetch import Newest

# A base is still found after so many older versions were deleted.
_RENUMBERED = 20


def find(
    mirror: Mirror, remote: Remote, stamp: Stamp, body: str, hint: str = ""
) -> tuple[str, str]:
    """Return title and body of a stamp's base.

    `body` is the local one, whose inline comments are known. Raise FileError with the hint if the
    base is not found, APIAccessError if the server cannot be asked.
    """
    found = find_here(mirror, stamp)
    if found is None:
        found = _from_server(remote, stamp, body)
        if found is None:
            raise FileError(
                f"page {stamp.id}: cache, git and server do not have the base v{stamp.version}",
                hint=hint,
            )
        mirror.bases.put(stamp, *found)
    return found


def find_here(mirror: Mirror, stamp: Stamp) -> tuple[str, str] | None:
    """Return title and body of a stamp's base without the server, or None."""
    found = mirror.bases.get(stamp)
    if found is None:
        _look_in_git(mirror, [stamp])
        found = mirror.committed[key_of(stamp)]
    return found


def gather(mirror: Mirror, stamps: Iterable[Stamp]) -> None:
    """Look up the bases of many stamps with one git process."""
    _look_in_git(mirror, [stamp for stamp in stamps if not mirror.bases.has(stamp)])


def _look_in_git(mirror: Mirror, stamps: Iterable[Stamp]) -> None:
    unknown = [stamp for stamp in stamps if key_of(stamp) not in mirror.committed]
    if unknown:
        found = committed_bases(mirror.root, mirror.config.all_directories, unknown)
        mirror.committed |= {key_of(stamp): found.get(key_of(stamp)) for stamp in unknown}


def newest_of(mirror: Mirror, git: NewestStamps) -> Newest:
    """Return what a reader needs of the stamps that git knows."""
    from confsync.mirror.committed import newest_stamps
    from confsync.sync.fetch import Newest  # loaded late: `check` does not need it

    likely = newest_stamps.likely(mirror.root, git)
    sent = in_doubt.sent(mirror.root / STATE)
    return Newest(git.newer_than, partial(find_here, mirror), likely, git.is_merged, sent)


def _from_server(remote: Remote, stamp: Stamp, body: str) -> tuple[str, str] | None:
    """Return the base as the server has it, without inline comments that were added since, or None.

    If an older version was deleted, the base has a lower number now.
    """
    from confsync.sync import compare  # loaded late: `check` does not need it

    for number in range(stamp.version, max(0, stamp.version - _RENUMBERED), -1):
        try:
            page = remote.old_page(stamp.id, number)
        except EVERYBODYS:
            raise
        except APIAccessError:
            continue
        title = page.info.title
        stripped = compare.without_new_markers(page.body, compare.marker_refs(body))
        for text in (page.body, stripped):
            if digest(title, text) == stamp.digest:
                return title, text
    return None
