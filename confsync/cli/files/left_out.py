"""The files that a push leaves out, as git shows untracked files: by reason, one below another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from confsync.cli.escape import safe
from confsync.model.left_out import LeftOut, Reason

if TYPE_CHECKING:
    from confsync.model.result import Result

# Of one reason, so many files are listed, and the rest is counted.
LISTED = 10

_HEADINGS = {
    Reason.NO_DOCUMENT: "not sent, because the name does not end with .xhtml:",
    Reason.SUFFIX: "not sent, because the name does not end with .xhtml in small letters:",
    Reason.OUTSIDE: "not sent, because it is outside every space's directory:",
    Reason.NOT_SHOWN: "not sent, because no page shows it:",
    Reason.NOT_MIRRORED: "not sent, because this mirror has no attachments:",
    Reason.NO_PATTERN: "not sent, because no pattern of 'attachments' fits its name:",
    Reason.DELETED: "deleted here; 'confsync push --delete' deletes it on the server, too:",
    Reason.DELETED_UNKNOWN: "deleted here, and not in git; 'confsync pull' brings it back:",
    Reason.UNCOMMITTED: "not committed, although other clones need it:",
}


def lines(result: Result, shown: Callable[[str], str], *, verbose: bool) -> Iterator[str]:
    """Yield a heading for each reason, and the files below it."""
    order = list(Reason)
    found = sorted(result.left_out, key=lambda one: (order.index(one.reason), one.path))
    for reason, group in groupby(found, key=_reason):
        yield _HEADINGS[reason]
        files = list(group)
        some = files if verbose else files[:LISTED]
        yield from (f"   {safe(_typed(shown, one.path))}" for one in some)
        if len(files) > len(some):
            yield f"   … and {len(files) - len(some)} more (-v lists them all)"


def _reason(one: LeftOut) -> Reason:
    return one.reason


def _typed(shown: Callable[[str], str], path: str) -> str:
    """Return a path as typed; that of a directory ends with ``/``."""
    return shown(path) + ("/" if path.endswith("/") else "")
