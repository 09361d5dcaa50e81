"""New comments on pages: a line for each page, with the names of the authors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from confsync.cli.escape import safe

if TYPE_CHECKING:
    from confsync.model.result import NewComment, Result

# So many pages are listed, and the rest is counted.
LISTED = 10


def lines(result: Result, shown: Callable[[str], str], *, verbose: bool) -> Iterator[str]:
    """Yield a line for each page with new comments."""
    pages: dict[str, list[NewComment]] = {}
    for comment in result.comments:
        pages.setdefault(comment.path, []).append(comment)
    for path, said in islice(pages.items(), len(pages) if verbose else LISTED):
        names = ", ".join(dict.fromkeys(one.author or "unknown user" for one in said))
        yield f"{_counted(len(said))} on {safe(shown(path))}: {safe(names)}"
    if len(pages) > LISTED and not verbose:
        yield f"… and on {len(pages) - LISTED} more pages (-v lists them all)"


def _counted(count: int) -> str:
    return f"{count} new comment{'' if count == 1 else 's'}"
