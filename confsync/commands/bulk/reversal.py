"""The reversal of what a run changed in one document: text, title and labels.

Where the page changed since, it is a three-way merge from the run's version back to the version
before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from confsync.bulk.runs import WrittenPage
from confsync.diff.three_way import MergedText, ThreeTexts, merge_bodies, merge_titles
from confsync.document import document, layout, storage_format
from confsync.document.document import Document, Fields
from confsync.mirror.mirror import Mirror
from confsync.model.stamp import Layout, Stamp, folded, run_in
from confsync.remote import Remote
from confsync.sync import merge_base

LOG = "'confsync log {path}' lists the versions of the page"


class Refusal(NamedTuple):
    """The reason why a document stays as it is, and the command that helps."""

    why: str
    hint: str = ""


class Text(NamedTuple):
    """The title and the body of a page's version."""

    title: str
    body: str


class Reverted(NamedTuple):
    """The document without a run's changes. `conflicted` says that it has conflict markers.

    `flaw` says why the merged body is not well-formed.
    """

    data: bytes
    conflicted: bool = False
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of the pages that a run wrote, from the mirror or from the server."""

    mirror: Mirror
    remote: Remote
    run: str

    def before(self, page: WrittenPage, found: Document) -> Text:
        """Return the text before the run. Raise ConfsyncError."""
        known = page.text.before if page.text else None
        number = page.base or 0
        if known is None:
            info = self.remote.old_page(page.page, number)
            return Text(info.info.title, info.body)
        stamp = Stamp(page.page, number, known)
        return Text(*merge_base.find(self.mirror, self.remote, stamp, found.body))

    def after(self, page: WrittenPage, found: Document) -> Text | Refusal:
        """Return the text that the run wrote. Raise ConfsyncError."""
        stamp, number = found.stamp, page.version or 0
        if stamp is not None and stamp.version == number:
            return self.of_stamp(found, stamp)
        old = self.remote.old_page(page.page, number)
        known = page.text.after if page.text else None
        if run_in(old.info.version.message) != self.run and old.digest != known:
            return Refusal(
                f"v{number} is not what the run wrote: older versions were deleted",
                LOG,
            )
        return Text(old.info.title, old.body)

    def of_stamp(self, found: Document, stamp: Stamp) -> Text:
        """Return the text that a document is based on. Raise ConfsyncError."""
        if not found.modified:
            return Text(found.title, found.body)
        return Text(*merge_base.find(self.mirror, self.remote, stamp, found.body))


def reverted(
    versions: Versions, page: WrittenPage, found: Document, stamp: Stamp
) -> Reverted | Refusal:
    """Return a document without the text, title and labels of a run. Raise ConfsyncError."""
    labels = _labels(page, stamp) if page.labels and found.labels is not None else None
    if page.text is None:
        return Reverted(document.update(found, stamp, Fields(labels=labels)))
    after = versions.after(page, found)
    if isinstance(after, Refusal):
        return after
    before, now = versions.before(page, found), versions.of_stamp(found, stamp)
    title = merge_titles(ThreeTexts(after.title, now.title, before.title))
    if title is None:
        return Refusal(
            f"the run changed the title to '{after.title}', and it is '{now.title}' since",
            "'confsync show {path}' shows the page; write the title that you want",
        )
    fields = Fields(title, labels=labels)
    if now.body == after.body or after.body == before.body:
        body = before.body if now.body == after.body else now.body
        return Reverted(document.update(found, stamp, fields._replace(body=body), found.layout))
    return _merged(found, stamp, fields, (after, now, before))


def _merged(
    found: Document,
    stamp: Stamp,
    fields: Fields,
    texts: tuple[Text, Text, Text],
) -> Reverted:
    """Return a document whose page changed since the run."""
    sides = ThreeTexts(*(layout.lay(text.body) for text in texts))
    names = (f"the page, v{stamp.version}", "the page before the run")
    merged: MergedText = merge_bodies(sides, names)
    flaw = None if merged.conflicted else storage_format.check(merged.text)
    problem = flaw.message if flaw else ""
    if not merged.conflicted and found.layout is Layout.RAW:
        whole = fields._replace(body=layout.unlay(merged.text))
        return Reverted(document.update(found, stamp, whole, found.layout), flaw=problem)
    data = document.update_laid(found, stamp, merged.text, fields)
    return Reverted(data, merged.conflicted, problem)


def _labels(page: WrittenPage, stamp: Stamp) -> tuple[str, ...]:
    """Return the labels of a stamp without those that a run added, and with those it removed."""
    before, after = (frozenset((words or "").split()) for words in page.labels or ("", ""))
    now = folded(stamp.labels) or frozenset()
    return tuple(sorted((now - (after - before)) | (before - after)))
