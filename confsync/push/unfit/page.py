"""The refusal of a page that is only pulled, and of a text that drops an open comment.

A comment whose marker the text lacks loses its words. No server refuses such a text. So a push
lists the comments of the page before it sends the text, but only if the text drops a marker.
"""

from __future__ import annotations

from dataclasses import replace

from confsync.errors import Exit
from confsync.model.outcome import PageResult
from confsync.push.options import SpacePush
from confsync.push.write_page import writable
from confsync.sync.fetch import Case
from confsync.sync.people import names_of
from confsync.sync.refusals import read_only
from confsync.sync.threads import dropped


def refused(space: SpacePush, case: Case, result: PageResult, *, sends: bool) -> PageResult | None:
    """Return the refusal of a document, or None. Raise APIAccessError.

    If it `sends` anything, its page must not be one that is only pulled.
    """
    if why := read_only(case.page) if sends else "":
        return replace(result, error=why, exit=Exit.REFUSED)
    return _dropped(space, case, result)


def _dropped(space: SpacePush, case: Case, result: PageResult) -> PageResult | None:
    """Return the refusal of a text that drops an open comment, or None. Raise APIAccessError."""
    if space.options.drop_comments or case.page is None or not writable(case):
        return None
    remote = space.reader.remote
    found = dropped.open_there(remote, case.page, case.local.body)
    if not found:
        return None
    names = names_of(space.run.mirror, remote, (one.version.author for one, _ in found))
    named = [(names.get(one.version.author, ""), words) for one, words in found]
    return replace(result, error=dropped.refusal(named), hint=dropped.HINT, exit=Exit.REFUSED)
