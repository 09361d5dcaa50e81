"""The planner of a pull: it makes the complete plan for one space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from confsync.document import document
from confsync.document.document import Fields
from confsync.errors import ConfsyncError
from confsync.mirror.committed.given_back import given_back
from confsync.mirror.entry import Entry
from confsync.model.hint import TRASH
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import PageInfo
from confsync.model.stamp import Stamp
from confsync.pull import placement
from confsync.pull.context import PullRun
from confsync.pull.new_documents import deleted_steps, new_steps
from confsync.pull.placement import FileNames
from confsync.pull.plan import Plan, Step
from confsync.pull.resolve import adoption
from confsync.pull.resolve.choice import (
    EXCLUDED,
    chosen,
    given_up,
    left_alone,
    stamp_of,
    unasked,
    without_page,
)
from confsync.pull.resolve.merge import REFUSED
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.pull.step_details import (
    alone,
    has_own_files,
    with_attachments,
    with_files_given_back,
    with_move,
    with_old_name,
    with_place,
    with_rest,
)
from confsync.sync import merge_base
from confsync.sync.compare import Absent, Content, Parent
from confsync.sync.fetch import Case
from confsync.sync.labels import changed
from confsync.sync.preflight.text import conflicted, gather_bases, marker_in
from confsync.sync.refusals import (
    AFTER_IGNORED,
    MOVE_IGNORED,
    compared_result,
    conflict_event,
    failed,
    local_result,
    lost_stamp,
    refusal,
    unusable_row,
    ways_from_gone,
)
from confsync.sync.renames import outdated, own_names
from confsync.sync.settings import beside as settings
from confsync.sync.space_view import SpaceView

_TAKEN = (
    "page {id} has the title '{title}' already; 'confsync push' finds out whether it is yours; "
    "if not, change the title of this file"
)


def make_plan(run: PullRun, seen: SpaceView) -> Plan:
    """Plan the step of every page of a space."""
    _gather_bases(run, seen)
    steps = [
        _guarded(run, entry, seen.cases[entry.page_id])
        for entry in seen.scan.entries
        if entry.page_id is not None and entry.page_id in seen.cases
    ]
    steps = _without_wanted(run, seen, steps)
    steps = [alone(step, lambda one: with_rest(run, one, seen)) for step in steps]
    entries = {entry.page_id: entry for entry in seen.scan.entries if entry.page_id}
    outdated = outdated_after(run, entries, seen.cases)
    steps = with_files_given_back(run, [with_attachments(run, step, seen) for step in steps])
    steps += adoption.untouched(run, seen)
    steps += [
        Step(path, failed(PageResult(path, Outcome.FAILED), error))
        for path, error in seen.failed.items()
    ]
    steps += _choices_without_effect(run, seen) if not run.options.prune else ()
    if run.options.prune:
        steps += [_left_out(run, entry) for entry in seen.left]
    if not run.full:
        steps = [_named(run, step) if step.result.id in outdated else step for step in steps]
        steps += adoption.adoptions(run, seen)
        return Plan(seen.scan, tuple(steps), {}, None, seen)
    removed = frozenset(step.before for step in steps if step.remove and step.before)
    names = FileNames(outdated, own_names(run.mirror, entries, seen.cases))
    placed = placement.arrange(seen, removed, run.deleted, names)
    steps += new_steps(run, seen, placed)
    steps += [_waiting(path, info, seen) for path, info in seen.waiting.items()]
    steps += deleted_steps(run, seen)
    steps += [Step(None, unusable_row(seen.scan.config.path, info)) for info in seen.flawed]
    steps = [alone(step, lambda one: with_place(run, one, placed)) for step in steps]
    steps = [with_move(step, placed.moves) for step in steps]
    return Plan(seen.scan, tuple(steps), placed.moves, placed, seen)


def _waiting(path: str, info: PageInfo, seen: SpaceView) -> Step:
    """Return the step of a document without a stamp whose title a new page has."""
    why = _TAKEN.format(id=info.id, title=info.title)
    result = PageResult(path, Outcome.SKIPPED, info.id, info.title, error=why)
    return Step(path, lost_stamp(result, info) if path in seen.former else result)


def _named(run: PullRun, step: Step) -> Step:
    return alone(step, lambda one: with_old_name(run, one))


def _gather_bases(run: PullRun, seen: SpaceView) -> None:
    """Look up the bases of all pages to merge, in one pass."""
    cases = ((entry.path, seen.cases.get(entry.page_id or "")) for entry in seen.scan.entries)
    merged = [
        case.stamp
        for path, case in cases
        if case and case.decisions.content in REFUSED
        if (asked := run.options.resolution_of(path)) and asked.way is Way.MERGE
    ]
    if merged:
        merge_base.gather(run.mirror, merged)
    gather_bases(run.mirror, (entry.document for entry in seen.scan.entries))


def _choices_without_effect(run: PullRun, seen: SpaceView) -> Iterator[Step]:
    """Return the refusals of a choice for documents that have no page."""
    new = (e for e in seen.scan.entries if e.page_id is None and e.path not in seen.waiting)
    found = [unasked(run, entry) for entry in new]
    found += [given_up(run, entry) or left_alone(run, entry, EXCLUDED) for entry in seen.left]
    return (step for step in found if step is not None)


def _guarded(run: PullRun, entry: Entry, case: Case) -> Step:
    """Return the step, or the failure of this page alone."""
    try:
        return _step(run, entry, case)
    except ConfsyncError as error:
        result = replace(local_result(entry), decision=case.decisions.content.value)
        return Step(entry.path, failed(result, error), entry)


def _step(run: PullRun, entry: Entry, case: Case) -> Step:
    result = replace(compared_result(entry, case), outcome=Outcome.CLEAN)
    if case.move_ignored:
        result = replace(result, error=MOVE_IGNORED, hint=AFTER_IGNORED)
    step = Step(entry.path, result, entry)
    asked = run.options.resolution_of(entry.path)
    if case.page is None:
        return _absent(run, step, case, asked)
    if asked and asked.way is not Way.MERGE:
        return chosen(run, step, case, asked)
    content = case.decisions.content
    if content in (Content.AHEAD, *REFUSED) and (line := _conflict_line(run, entry)):
        return replace(step, result=conflicted(result, line))
    if content is Content.RESTORED:
        return chosen(run, step, case, asked) if asked else _refused(run, step, case)
    if case.decisions.parent is Parent.DIVERGED and case.landed is None:
        return _refused(run, step, case)
    match content:
        case Content.UP_TO_DATE:
            return _restamp(run, step, case, case.stamp)
        case Content.AHEAD:
            kept = replace(step, result=replace(result, outcome=Outcome.KEPT))
            return _restamp(run, kept, case, case.stamp)
        case Content.BEHIND | Content.LANDED:
            return _replace(run, step, case)
        case Content.EQUAL | Content.RESTAMPED:
            restamped = replace(step, result=replace(result, outcome=Outcome.RESTAMPED))
            return _restamp(run, restamped, case, stamp_of(case.page, case))
        case content if content in REFUSED and asked:
            return chosen(run, step, case, asked)
        case _:
            return _restamp(run, _refused(run, step, case), case, case.stamp)


def _conflict_line(run: PullRun, entry: Entry) -> int:
    """Return the line of a conflict marker that a merge left in a document, or 0."""
    found = run.mirror.whole(entry).document
    marker = marker_in(run.mirror, found) if found else None
    return marker.line if marker and not marker.lacking else 0


def _refused(run: PullRun, step: Step, case: Case) -> Step:
    event = conflict_event(step.result.path, case, run.remote.who)
    seen = (stamp_of(case.page, case), case.page) if case.page else None
    return replace(step, result=refusal(step.result, case), event=event, seen=seen)


def _day(run: PullRun, case: Case) -> str | None:
    """Return the day for a blog post's stamp. The day changes only if documents may move."""
    now = case.page.info.posted if case.page and run.full else None
    return now or case.stamp.posted


def _absent(run: PullRun, step: Step, case: Case, asked: Resolution | None) -> Step:
    own_files = has_own_files(run, step.entry)
    modified = case.local.digest != case.stamp.digest or own_files or _resets(run, step.entry)
    gone = case.decisions.content is Content.GONE
    given_up = asked is not None and asked.way is Way.THEIRS
    if asked and (asked.way is Way.OURS or (given_up and (own_files or not gone))):
        return without_page(step, case, asked)
    if (gone and (given_up or not modified)) or (run.options.prune and not modified):
        return replace(step, remove=True, result=replace(step.result, outcome=Outcome.DELETED))
    hint = ""
    if gone:
        why = "the page is gone from the server; your changes are kept"
        hint = ways_from_gone(case)
    elif case.remote is Absent.MOVED_OUT:
        why = (
            "the page is in another space now; the file is kept: move it to that space's directory"
        )
    else:
        why = "the page is not visible (deleted, restricted, or no permission); the file is kept"
    return replace(step, result=replace(step.result, outcome=Outcome.KEPT, error=why, hint=hint))


def _without_wanted(run: PullRun, seen: SpaceView, steps: list[Step]) -> list[Step]:
    """Return the steps without removals of documents that git brought back after a deletion."""
    gone = {
        step.before: step.result.id
        for step in steps
        if step.remove and step.before and step.result.id and _is_trashed(run, seen, step)
    }
    if not gone:
        return steps
    kept = given_back(run.mirror.root, gone, run.mirror.config.all_directories)
    return [_kept_back(step) if step.before in kept else step for step in steps]


def _is_trashed(run: PullRun, seen: SpaceView, step: Step) -> bool:
    """Return whether a page is in the trash and the options do not choose its side."""
    asked = run.options.resolution_of(step.result.path)
    case = seen.cases.get(step.result.id or "")
    return asked is None and case is not None and case.remote is Absent.TRASHED


def _kept_back(step: Step) -> Step:
    why = "the page is in the trash, but git brought the document back; the file is kept"
    hint = f"'confsync restore {step.result.id}' brings the page back; "
    hint += "'confsync pull --theirs {path}' removes the file"
    result = replace(step.result, outcome=Outcome.KEPT, error=why, hint=hint)
    return replace(step, remove=False, result=result)


def _resets(run: PullRun, entry: Entry | None) -> bool:
    """Return whether a document changes settings of its page."""
    found = entry.document if entry else None
    return found is not None and bool(settings.changed(found, run.mirror.config.settings))


def _left_out(run: PullRun, entry: Entry) -> Step:
    """Return the step of an excluded page. Only an unmodified document is removed."""
    found = entry.document
    result = replace(local_result(entry), outcome=Outcome.DELETED, note=EXCLUDED)
    if found is None or found.modified or changed(found) or _resets(run, entry):
        why = f"{EXCLUDED}; your changes are kept"
        hint = f"'confsync pull --theirs {{path}}' removes the file, with a copy in {TRASH}"
        result = replace(result, outcome=Outcome.KEPT, note="", error=why, hint=hint)
        return Step(entry.path, result, entry)
    return Step(entry.path, result, entry, remove=True)


def _stamped_parent(run: PullRun, case: Case) -> str | None:
    """Return the stamp's new parent. A remote move waits for a pull that moves files."""
    if case.page is None:
        return case.stamp.parent
    match case.decisions.parent:
        case Parent.SAME:
            return case.stamp.parent
        case Parent.MOVE if case.move_ignored:
            return case.stamp.parent
        case _ if case.landed is not None:
            return case.local.wanted
        case Parent.DONE:
            return case.page.info.parent
        case Parent.FOLLOW if run.full:
            return case.page.info.parent
        case _:
            return case.stamp.parent


def _restamp(run: PullRun, step: Step, case: Case, stamp: Stamp) -> Step:
    """Return the step with the new stamp and the same text, if the stamp changes."""
    if step.entry is None or step.entry.document is None:
        return step
    parent, day = _stamped_parent(run, case), _day(run, case)
    stamp = replace(stamp, parent=parent, posted=day)
    if stamp == case.stamp:
        return step
    entry = run.mirror.whole(step.entry)
    found = entry.document or step.entry.document
    read = case.page is not None and case.page.known is None
    base = (stamp, case.page) if case.page and read and case.page.digest == stamp.digest else None
    if step.result.outcome is Outcome.CLEAN:
        step = replace(step, result=replace(step.result, outcome=Outcome.RESTAMPED))
    return replace(step, entry=entry, data=document.update(found, stamp), base=base)


def _replace(run: PullRun, step: Step, case: Case) -> Step:
    """Return the step with the server's text instead of an unmodified or landed text."""
    page = case.page
    if page is None or step.entry is None or step.entry.document is None:
        raise ValueError(f"{step.result.path}: there is nothing to replace it with")
    parent, day = _stamped_parent(run, case), _day(run, case)
    stamp = replace(stamp_of(page, case), parent=parent, posted=day)
    fields = Fields(page.info.title, page.body)
    data = document.update(step.entry.document, stamp, fields, run.mirror.config.layout)
    same = page.info.version.number == case.stamp.version
    outcome = Outcome.REFRESHED if same else Outcome.PULLED
    result = replace(step.result, outcome=outcome, title=page.info.title)
    return replace(step, data=data, base=(stamp, page), result=result)


def outdated_after(
    run: PullRun, entries: Mapping[str, Entry], cases: Mapping[str, Case]
) -> set[str]:
    """Return the ids of pages whose documents get a title that their base did not have."""
    found = set()
    for page_id, case in cases.items():
        entry = entries[page_id]
        if case.page is None or not _settles(run, case, entry.path):
            continue
        behind = case.decisions.content is Content.BEHIND
        old = case.local.title if behind else None
        if outdated(run.mirror, entry.path, case.stamp, case.page.info.title, old):
            found.add(page_id)
    return found


def _settles(run: PullRun, case: Case, path: str) -> bool:
    """Return whether the server's title becomes the base's while the file keeps its name."""
    content, asked = case.decisions.content, run.options.resolution_of(path)
    if content is Content.RESTORED and asked is None:
        return False
    if case.stamp.renamed or content in (Content.LANDED, Content.EQUAL):
        return True
    if content is Content.BEHIND and not run.full:
        return True  # only a pull that moves files renames it
    return content in REFUSED and asked is not None and asked.way is not Way.OURS
