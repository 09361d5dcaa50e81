"""A document that git gave back is an edit: the oracle's rule for row 2d of the decisions.

It is smaller than the rule itself. It says nothing of place and labels, of attachments, of versions
that got a comment afterwards, and of a text that some later version has, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from confsync.document.document import Document
from confsync.model.result import Result
from confsync.model.stamp import Stamp, digest
from confsync.sandbox import PageRow, VersionRow
from tests.property.team.journal import Sight

# The stamps of a page's files. A pull brings files also to a page whose text it refuses.
_FILES = re.compile(rb"^  attachments:\n(?: {4}.*\n)+", re.MULTILINE)


def is_held(
    entry: Document, newer: Stamp, row: PageRow | None, versions: Iterable[VersionRow]
) -> bool:
    """Return whether a document is an edit by git, which neither pull nor push may pass over.

    `newer` is a stamp that HEAD's history has. The server has to confirm it.
    """
    if row is None or entry.stamp is None:
        return False
    texts = {version.number: digest(version.title, version.body) for version in versions}
    later = {text for number, text in texts.items() if number > entry.stamp.version}
    return (
        newer.version > entry.stamp.version
        and newer.digest != entry.stamp.digest
        and row.version >= newer.version
        and texts.get(newer.version) == newer.digest
        and entry.digest not in later
    )


def given_back(before: Sight, after: Sight) -> dict[str, Stamp]:
    """Return the stamps of documents whose stamp is an older one now, by page id."""
    found = {}
    for page_id in before.keys() & after.keys():
        then, now = before[page_id].stamp, after[page_id].stamp
        if then and now and then.version > now.version:
            found[page_id] = then
    return found


def is_same(before: bytes, after: bytes) -> bool:
    """Return whether two documents are equal, but for the stamps of their files."""
    return _FILES.sub(b"", before) == _FILES.sub(b"", after)


def passed_over(held: Mapping[str, bytes], told: Result) -> set[str]:
    """Return the held documents about which a command said nothing."""
    if told.errors:
        return set()
    # A page that is not visible is told without an exit code: its file is kept.
    return held.keys() - {page.id for page in told.pages if page.exit or page.error}
