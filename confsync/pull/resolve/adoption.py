"""The adoption of a file that a person names as the document of a page without one.

The file is a new document whose title a page has already, or a document that cannot be read. The
given-up text goes to the trash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from confsync.document import document
from confsync.document.document import Fields
from confsync.errors import ConfsyncError, Exit, FileError, UnopenedError
from confsync.mirror.entry import Entry
from confsync.model.hint import TRASH, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page, PageInfo
from confsync.model.stamp import Layout, Stamp
from confsync.pull.context import PullRun
from confsync.pull.plan import Step
from confsync.pull.resolve.merge import check_seen
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.sync.space_view import SpaceView

_GIVEN_UP = {
    Way.THEIRS: f"your file is given up; a copy is in {TRASH}",
    Way.OURS: f"the server's text is given up; a copy is in {TRASH}",
}


def adoptions(run: PullRun, seen: SpaceView) -> Iterator[Step]:
    """Yield a step for each file that becomes the document of a page without one."""
    entries = {entry.path: entry for entry in seen.scan.entries}
    for path, info in {**seen.waiting, **seen.unreadable}.items():
        asked = run.options.resolution_of(path)
        if asked is not None and asked.way in _GIVEN_UP:
            yield _step(entries[path], info, asked)


def untouched(run: PullRun, seen: SpaceView) -> Iterator[Step]:
    """Yield a report for each document that cannot be read. It keeps its page and its place."""
    entries = {entry.path: entry for entry in seen.scan.entries}
    for path, info in seen.unreadable.items():
        asked = run.options.resolution_of(path)
        if not run.options.selection.has(path) or (asked is not None and asked.way in _GIVEN_UP):
            continue
        why = "the document cannot be read; it keeps its page and its place"
        if path in seen.guessed:
            why = "confsync cannot read this file, which is at the page's place, and writes nothing"
        hint = "'confsync pull --theirs {path}' takes the server's text; the file goes to the trash"
        if isinstance(entries[path].error, UnopenedError):  # the trash cannot keep it
            hint = "'ls -l {path}' shows what it is, and its permissions"
        elif b"\n---" in entries[path].raw:  # the file is complete, but invalid
            hint = "'confsync check {path}' says what is wrong with it"
        result = PageResult(path, Outcome.SKIPPED, info.id, info.title, error=why, hint=hint)
        yield Step(path, result)


def _step(entry: Entry, info: PageInfo, asked: Resolution) -> Step:
    number = info.version.number
    outcome = Outcome.PULLED if asked.way is Way.THEIRS else Outcome.KEPT
    result = PageResult(
        entry.path, outcome, info.id, info.title, "new", remote=number, version=info.version
    )
    result = replace(result, error=_GIVEN_UP[asked.way])
    return Step(entry.path, result, entry, new=info)


def adopted(run: PullRun, step: Step, page: Page, stamp: Stamp, fresh: bytes) -> Step:
    """Return the step with the bytes of the file; `fresh` is the page's document without it."""
    entry = step.entry
    asked = run.options.resolution_of(entry.path) if entry else None
    if asked is None or entry is None:
        return step
    try:
        if asked.way is Way.OURS:
            check_seen(run.mirror, entry.path, page, asked.at)
            data, discarded = _own_text(entry, stamp), fresh
        else:
            layout = run.mirror.config.layout
            data, discarded = _server_text(entry, page, stamp, layout) or fresh, entry.raw
    except ConfsyncError as error:
        refused = replace(step.result, outcome=Outcome.REJECTED, exit=Exit.REFUSED)
        why = error.message.removeprefix(f"{mentioned(entry.path)}: ")
        return replace(step, result=replace(refused, error=why, hint=error.hint))
    return replace(step, data=data, discarded=discarded, base=(stamp, page))


def _own_text(entry: Entry, stamp: Stamp) -> bytes:
    """Return the file with the page's stamp. Raise FileError if it cannot be read."""
    found = entry.document
    if found is None:
        raise FileError(
            f"{mentioned(entry.path)}: cannot be read, so its text cannot be kept",
            hint="'confsync pull --theirs {path}' takes the server's text",
        )
    labels = stamp.labels if found.labels is None else found.labels
    return document.update(found, stamp, Fields(labels=labels))


def _server_text(entry: Entry, page: Page, stamp: Stamp, layout: Layout) -> bytes | None:
    """Return the file with the page's text and stamp, or None if it cannot be read."""
    if entry.document is None:
        return None
    fields = Fields(page.info.title, page.body, stamp.labels)
    return document.update(entry.document, stamp, fields, layout)
