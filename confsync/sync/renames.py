"""When the name of a file is of an earlier title of its page, so that a pull is to rename it.

A title that was changed here is on the server with the next push, and the file is renamed with the
pull after it; the stamp says so meanwhile, wherever the file goes. A name of a person's own stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from confsync import paths
from confsync.compare import Content
from confsync.mirror import Mirror
from confsync.model import Stamp
from confsync.plan import How
from confsync.reading import Case
from confsync.resolution import Way
from confsync.resolve import REFUSED
from confsync.scan import Entry


def outdated(mirror: Mirror, path: str, stamp: Stamp, title: str, old: str | None = None) -> bool:
    """Whether a document that has, or gets, a title is still called after that of its base.

    `old` is the base's title, where it is known already; one that is not in the cache changes no
    name: looking through git's history for each of hundreds would take minutes.
    """
    name = path.rpartition("/")[2].removesuffix(paths.SUFFIX)
    if stamp.renamed or paths.named_after(name, title, stamp.id):
        return stamp.renamed
    if old is None:
        found = mirror.bases.get(stamp)
        old = found[0] if found else title
    return paths.named_after(name, old, stamp.id)


def outdated_after(how: How, entries: Mapping[str, Entry], cases: Mapping[str, Case]) -> set[str]:
    """The ids of pages whose documents a pull settles with a title that their base did not have."""
    found = set()
    for page_id, case in cases.items():
        entry = entries[page_id]
        if case.page is None or not _settles(how, case, entry.path):
            continue
        if outdated(how.mirror, entry.path, case.stamp, case.page.info.title):
            found.add(page_id)
    return found


def _settles(how: How, case: Case, path: str) -> bool:
    """Whether the server's title becomes the base's, beside text of this side."""
    content = case.decisions.content
    if case.stamp.renamed or content in (Content.LANDED, Content.EQUAL):
        return True
    asked = how.resolution_of(path)
    return content in REFUSED and asked is not None and asked.way is not Way.OURS
