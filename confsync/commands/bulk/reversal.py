"""The reversal of what a run changed in one document: text, title, labels and settings.

Where the page changed since, it is a three-way merge from the run's version back to the version
before it.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from typing import NamedTuple

from confsync.bulk.runs import WrittenPage
from confsync.diff.line_merge import Markers
from confsync.diff.three_way import ThreeTexts, flaw_of, merge_bodies, merge_titles, with_body
from confsync.document import document, layout
from confsync.document.document import Document, Fields
from confsync.document.settings import values
from confsync.document.settings.values import canonical, shown
from confsync.errors import Exit
from confsync.merge.documents import Text
from confsync.mirror.mirror import Mirror
from confsync.model.outcome import PageResult
from confsync.model.stamp import Stamp, digest, folded, merged_labels, run_in
from confsync.remote import Remote
from confsync.sync import merge_base
from confsync.sync.compare import marker_refs, without_new_markers
from confsync.sync.preflight.text import marker_size

LOG = "'confsync log {path}' lists the versions of the page"


class Refusal(NamedTuple):
    """The reason why a document stays as it is, and the command that helps."""

    why: str
    hint: str = ""

    def of(self, result: PageResult) -> PageResult:
        """Return the result of a page that is refused."""
        return replace(result, error=self.why, hint=self.hint, exit=Exit.REFUSED)


EDITED = Refusal(
    "it has edits that are not pushed",
    "'confsync diff {path}' shows them; 'confsync pull --theirs {path}' discards them",
)


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
            old = self.remote.old_page(page.page, number)
            return Text(old.info.title, old.body)
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
            why = f"v{number} is not what that push wrote: older versions were deleted"
            return Refusal(why, LOG)
        return Text(old.info.title, old.body)

    def of_stamp(self, found: Document, stamp: Stamp) -> Text:
        """Return the text that a document is based on. Raise ConfsyncError."""
        if not found.modified:
            return Text(found.title, found.body)
        return Text(*merge_base.find(self.mirror, self.remote, stamp, found.body))


def reverted(
    versions: Versions, page: WrittenPage, found: Document, stamp: Stamp
) -> Reverted | Refusal:
    """Return a document without what a run wrote in it. Raise ConfsyncError."""
    labels = _labels(page, stamp) if page.labels and found.labels is not None else None
    settings = _settings(page, found)
    if page.text is None:
        return Reverted(document.update(found, stamp, Fields(labels=labels, settings=settings)))
    after = versions.after(page, found)
    if isinstance(after, Refusal):
        return after
    before, now = versions.before(page, found), versions.of_stamp(found, stamp)
    title = merge_titles(ThreeTexts(after.title, now.title, before.title))
    if title is None:
        return Refusal(
            f"that push changed the title to '{after.title}', and now it is '{now.title}'",
            "'confsync show {path}' shows the page; write the title that you want",
        )
    fields = Fields(title, labels=labels, settings=settings)
    texts = ThreeTexts(after.body, now.body, before.body)
    if digest(*after) != (page.text.after or ""):
        texts = without_later_comments(texts)
    if texts.base in (texts.ours, texts.theirs):
        body = texts.theirs if texts.base == texts.ours else texts.ours
        return Reverted(document.update(found, stamp, fields._replace(body=body), found.layout))
    size = marker_size(versions.mirror)
    names = Markers(f"the page, v{stamp.version}", "the page before that push", size)
    merged = merge_bodies(ThreeTexts(*map(layout.lay, texts)), names)
    data = with_body(found, stamp, fields, merged, found.layout)
    return Reverted(data, merged.conflicted, flaw_of(merged))


def without_later_comments(texts: ThreeTexts) -> ThreeTexts:
    """Return the texts of a reversal, the first one without the later inline comments.

    A comment gives a page no new version, so a version may have comments that are newer than the
    edit. A merge keeps the comments that only the second text has.
    """
    return texts._replace(base=without_new_markers(texts.base, marker_refs(texts.theirs)))


def _settings(page: WrittenPage, found: Document) -> dict[str, str | None]:
    """Return the values before a run, of the settings that still have the run's values."""
    if page.settings is None:
        return {}
    before, after = (_values(text) for text in page.settings)
    return {
        name: shown(name, value)
        for name, value in before.items()
        if name in found.settings
        and values.digest(name, found.settings[name]) == values.digest(name, after.get(name))
    }


def settings_left(page: WrittenPage, found: Document) -> Refusal | None:
    """Return why settings of a run stay as they are in a document, or None."""
    if page.settings is None:
        return None
    before, _ = (_values(text) for text in page.settings)
    if not before:
        return Refusal("its settings stay: only the clone that pushed has the values before")
    back = _settings(page, found)
    left = [
        name
        for name, value in before.items()
        if name not in back
        and values.digest(name, found.settings.get(name)) != values.digest(name, value)
    ]
    if not left:
        return None
    return Refusal(f"changed again after that push, and stays: {', '.join(sorted(left))}")


def _values(text: str | None) -> dict[str, str | None]:
    """Return the settings of a line of the audit trail; nothing if it is not confsync's."""
    with contextlib.suppress(ValueError, AttributeError):
        told = json.loads(text or "{}").items()
        return {name: None if value is None else canonical(value) for name, value in told}
    return {}


def _labels(page: WrittenPage, stamp: Stamp) -> tuple[str, ...]:
    """Return the labels of a stamp without those that a run added, and with those it removed."""
    before, after = (frozenset((words or "").split()) for words in page.labels or ("", ""))
    now = folded(stamp.labels) or frozenset()
    return tuple(sorted(merged_labels(after, now, before)))
