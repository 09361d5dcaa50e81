"""Make a file the document of a page that has none here, if a person names the file.

The file is a new document whose title a page has already, such as one that was edited after its
creation lost its answer; or it is a document that cannot be read. What is given up goes to the
trash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from confsync.document import document
from confsync.errors import ConfsyncError, Exit, FileError
from confsync.mirror.scan import Entry
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page, PageInfo
from confsync.model.stamp import Stamp
from confsync.pull.plan import How, Step
from confsync.pull.resolve.merge import check_seen
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.sync.space_view import SpaceView

_GIVEN_UP = {
    Way.THEIRS: "your file is given up; a copy is in .confsync/trash",
    Way.OURS: "the server's text is given up; a copy is in .confsync/trash",
}


def steps(how: How, seen: SpaceView) -> Iterator[Step]:
    """Yield a step for each file that is to become the document of a page that has none here."""
    entries = {entry.path: entry for entry in seen.scan.entries}
    for path, info in seen.waiting.items():
        asked = how.resolution_of(path)
        if asked is not None and asked.way in _GIVEN_UP:
            yield _step(entries[path], info, asked)


def _step(entry: Entry, info: PageInfo, asked: Resolution) -> Step:
    number = info.version.number
    outcome = Outcome.PULLED if asked.way is Way.THEIRS else Outcome.KEPT
    result = PageResult(
        entry.path, outcome, info.id, info.title, "new", remote=number, version=info.version
    )
    result = replace(result, error=_GIVEN_UP[asked.way])
    return Step(entry.path, result, entry, new=info)


def adopted(how: How, step: Step, page: Page, stamp: Stamp, fresh: bytes) -> Step:
    """Return the step with the bytes of the file; `fresh` is the page's document without it."""
    entry = step.entry
    asked = how.resolution_of(entry.path) if entry else None
    if asked is None or entry is None:
        return step
    try:
        data, discarded = _sides(how, entry, asked, page, stamp, fresh)
    except ConfsyncError as error:
        refused = replace(step.result, outcome=Outcome.REJECTED, exit=Exit.REFUSED)
        why = error.message.removeprefix(f"{entry.path}: ")
        return replace(step, result=replace(refused, error=why, hint=error.hint))
    return replace(step, data=data, discarded=discarded, base=(stamp, page))


def _sides(
    how: How, entry: Entry, asked: Resolution, page: Page, stamp: Stamp, fresh: bytes
) -> tuple[bytes, bytes]:
    """Return what the file is to hold, and what is given up. Raises FileError."""
    found = entry.document
    if asked.way is Way.OURS:
        check_seen(how.mirror, entry.path, page, asked.at)
        if found is None:
            raise FileError(
                f"{entry.path}: cannot be read, so its text cannot be kept",
                hint="'confsync pull --theirs {path}' takes the server's text",
            )
        labels = stamp.labels if found.labels is None else found.labels
        return document.update(found, stamp, labels=labels), fresh
    if found is None:
        return fresh, entry.raw
    title, body, layout = page.info.title, page.body, how.mirror.config.layout
    data = document.update(found, stamp, title=title, body=body, labels=stamp.labels, how=layout)
    return data, entry.raw
