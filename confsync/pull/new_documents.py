"""The documents of new pages: their steps, and their texts as they arrive.

Pages whose documents were deleted here on purpose get none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from confsync.document import document
from confsync.document.document import Laid
from confsync.document.paths import Destination
from confsync.errors import APIAccessError, ConfsyncError
from confsync.mirror.committed.deleted import deleted_entries
from confsync.mirror.committed.whereabouts import Whereabouts
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page, PageInfo
from confsync.model.stamp import Stamp
from confsync.pull.context import PullRun
from confsync.pull.placement import Placement
from confsync.pull.plan import Step, Text
from confsync.pull.resolve import adoption
from confsync.pull.resolve.settings import with_first, with_new_settings
from confsync.pull.step_details import with_new_attachments
from confsync.sync.compare import Absent
from confsync.sync.deletion import deletion_refusal
from confsync.sync.fetch import Found
from confsync.sync.refusals import failed
from confsync.sync.space_view import SpaceView


def new_steps(run: PullRun, seen: SpaceView, placed: Placement) -> list[Step]:
    """Return the steps of the new pages that have a place."""
    new = [
        _new(info, placed.new[info.id], top=info.id in placed.tops)
        for info in seen.new.values()
        if info.id in placed.new
    ]
    new = [with_new_attachments(run, step, seen, placed) for step in new]
    return [with_new_settings(step, seen) for step in new] if run.mirror.config.settings else new


def _new(info: PageInfo, place: Destination, *, top: bool) -> Step:
    """Return the step of a new page. Its text is fetched later, to keep memory small."""
    number = info.version.number
    result = PageResult(
        place.path, Outcome.CREATED, info.id, info.title, "new", remote=number, version=info.version
    )
    return Step(None, result, new=info, top=top, after=place)


def arrived(run: PullRun, step: Step, answer: Found, laid: Laid | None = None) -> Step:
    """Return the step of a new page with its text, which may be `laid` out already.

    The stamp has the parent of the listing, because that parent decided the place. If the page was
    moved or retitled meanwhile, the next pull follows.
    """
    listed = step.new
    if listed is None:
        return step
    # A page's attachments have no place without its document.
    alone = replace(step, changes=None)
    if isinstance(answer, APIAccessError):
        return replace(alone, result=failed(step.result, answer))
    if isinstance(answer, Absent):
        why = f"the page vanished while it was read; it is {answer.words} now"
        return replace(alone, result=replace(step.result, outcome=Outcome.SKIPPED, error=why))
    stamp = first_stamp(listed, answer.info, answer.digest, top=step.top)
    result = _as_read(step.result, answer.info)
    try:
        data = text_of(run, answer, stamp, laid)
        if step.properties:
            data = with_first(run.mirror.config.settings, data, step)
            stamp = document.parse(data, step.result.path).stamp or stamp
    except ConfsyncError as error:
        return replace(alone, result=failed(result, error))
    if step.entry is not None:
        return adoption.adopted(run, replace(step, result=result), answer, stamp, data)
    return replace(step, result=result, data=data, base=(stamp, answer))


def named(step: Step, text: Text | None) -> Step | None:
    """Return the step of a page whose text is already written, or None if the stamp differs.

    The stamp contains the place, which was unknown when the text was written.
    """
    listed = step.new
    if listed is None or text is None:
        return None
    if text.stamp != first_stamp(listed, text.info, text.stamp.digest, top=step.top):
        return None
    return replace(step, result=_as_read(step.result, text.info), ready=text)


def first_stamp(listed: PageInfo, info: PageInfo, digest: str, *, top: bool) -> Stamp:
    """Return the stamp of a page's first document.

    `listed` decided the place. `info` came with the text that has the digest.
    """
    return Stamp(
        info.id,
        info.version.number,
        digest,
        parent=listed.parent,
        labels=listed.labels,
        top=top,
        renamed=info.title != listed.title,
        posted=listed.posted,
    )


def text_of(run: PullRun, page: Page, stamp: Stamp, laid: Laid | None) -> bytes:
    """Return a page's first document. Raise NotUnicodeError."""
    title, labels = page.info.title, stamp.labels
    if laid is not None and laid.digest == stamp.digest:
        return document.render_laid(title, laid, stamp, labels=labels)
    return document.render(title, page.body, stamp, labels=labels, how=run.mirror.config.layout)


def _as_read(result: PageResult, info: PageInfo) -> PageResult:
    """Return the result of a new page with the title and the version of its text."""
    if (result.title, result.version) == (info.title, info.version):
        return result  # nothing changed since the listing
    return replace(result, title=info.title, remote=info.version.number, version=info.version)


def deleted_steps(run: PullRun, seen: SpaceView) -> Iterator[Step]:
    """Yield the steps of pages whose documents were deleted here or moved elsewhere."""
    ids = {i for i in run.deleted if i in seen.infos and i not in seen.cases}
    root, config = run.mirror.root, run.mirror.config
    gone = deleted_entries(root, config.spaces) if ids else {}
    known = {i: one for i, one in gone.items() if i in ids}
    sight = Whereabouts(root, config.all_spaces, (), known)
    traces = sight.look()
    for page_id in (i for i in run.deleted if i in ids):
        path, trace = run.deleted[page_id], traces.get(page_id)
        why = "deleted here on purpose"
        if trace:
            outside = sight.is_outside(trace.path)
            why, _ = deletion_refusal(trace, gone[page_id], outside=outside)
        yield Step(path, PageResult(path, Outcome.SKIPPED, page_id, error=why))
