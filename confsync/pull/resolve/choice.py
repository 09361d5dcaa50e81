"""The step of a page whose side a person chose: --ours, --theirs, or a merge.

confsync carries out the whole choice, or refuses it with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from confsync.document import paths
from confsync.errors import Exit, FileError
from confsync.mirror.entry import Entry
from confsync.model.config import FILE_NAME
from confsync.model.hint import TRASH, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page
from confsync.model.stamp import Stamp
from confsync.pull.context import PullRun
from confsync.pull.plan import Step
from confsync.pull.resolve.merge import Resolved, ThreeWay, resolve, with_author
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.sync import compare
from confsync.sync.compare import Labelled, Parent
from confsync.sync.fetch import Case
from confsync.sync.people import names_of
from confsync.sync.preflight.text import RESOLVE
from confsync.sync.refusals import local_result, reason

_PLACED = "'confsync pull' without a path brings the server's place"
EXCLUDED = f"excluded by {FILE_NAME}"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The place and the labels after a choice. If `labels` is None, the file's labels stay."""

    parent: str | None
    stamped: Labelled
    labels: Labelled = None


def unasked(run: PullRun, entry: Entry) -> Step | None:
    """Return the refusal of a choice for a document that has no page yet, or None."""
    asked = run.options.resolution_of(entry.path)
    named = entry.path in run.options.selection.names
    if asked is None or asked.way is Way.MERGE or not named or entry.document is None:
        return None
    why = "has no page on the server yet, so there is no other side"
    return Step(
        entry.path, _refused(local_result(entry), why, "'confsync push {path}' creates the page")
    )


def left_alone(run: PullRun, entry: Entry, why: str) -> Step | None:
    """Return the refusal of a choice for a document that the pull does not change, or None."""
    asked = run.options.resolution_of(entry.path)
    if asked is None or asked.way is Way.MERGE or entry.path not in run.options.selection.names:
        return None
    return Step(entry.path, _refused(local_result(entry), why))


def given_up(run: PullRun, entry: Entry) -> Step | None:
    """Return the removal of an excluded document whose text a person gave up, or None."""
    asked, named = run.options.resolution_of(entry.path), run.options.selection.names
    if asked is None or asked.way is not Way.THEIRS or entry.path not in named:
        return None
    note = f"{EXCLUDED}; a copy is in {TRASH}"
    result = replace(local_result(entry), outcome=Outcome.DELETED, note=note)
    return Step(entry.path, result, entry, remove=True)


def without_page(step: Step, case: Case, asked: Resolution) -> Step:
    """Return the refusal of a choice for a page that the server does not show. The file is kept."""
    side = f"no v{asked.at} to give up" if asked.way is Way.OURS else "no text to take"
    return replace(step, result=_refused(step.result, f"{reason(case)}; there is {side}"))


def chosen(run: PullRun, step: Step, case: Case, asked: Resolution) -> Step:
    """Return the step of a page that is resolved the way that a person chose."""
    if step.entry is None or step.entry.document is None or case.page is None:
        raise ValueError(f"{step.result.path}: there is nothing to resolve")
    step = replace(step, entry=run.mirror.whole(step.entry), chosen=True)
    what = _place_and_labels(run, case, asked.way)
    if isinstance(what, str):
        return replace(step, result=_refused(step.result, what))
    day = (case.page.info.posted if run.full else None) or case.stamp.posted
    stamp = replace(stamp_of(case.page, case), parent=what.parent, labels=what.stamped, posted=day)
    base = case.newer or case.stamp
    page = _with_name(run, case.page)
    try:
        sides = _three_way(step, base, page, stamp, what.labels)
        made = resolve(run.mirror, run.remote, sides, asked)
    except FileError as error:
        why = error.message.removeprefix(f"{mentioned(step.result.path)}: ")
        return replace(step, result=_refused(step.result, why, error.hint))
    return _step(step, case, asked, replace(sides, stamp=stamp), made)


def _three_way(step: Step, base: Stamp, page: Page, stamp: Stamp, labels: Labelled) -> ThreeWay:
    if step.entry is None or step.entry.document is None:
        raise ValueError(f"{step.result.path}: there is nothing to resolve")
    return ThreeWay(step.entry, step.entry.document, base, page, stamp, labels)


def _with_name(run: PullRun, page: Page) -> Page:
    """Return the page with the name of the person who made its version."""
    account = page.info.version.author
    return with_author(page, names_of(run.mirror, run.remote, [account]).get(account, ""))


def _step(step: Step, case: Case, asked: Resolution, sides: ThreeWay, made: Resolved) -> Step:
    """Return the step with the resolved document and its result."""
    page = sides.page
    changed = made.data != sides.entry.raw
    result = replace(step.result, title=page.info.title, outcome=_outcome(case, asked.way, changed))
    if made.conflicted:
        hint = f"{RESOLVE}; 'confsync pull --abort {{path}}' takes the merge back"
        where = "the same or neighbouring lines" if made.neighbours else "the same place"
        why = f"both sides changed {where}; resolve the markers, then push"
        result = replace(
            result, outcome=Outcome.CONFLICTED, error=why, hint=hint, exit=Exit.REFUSED
        )
    elif made.flaw:
        why = f"merged, but no longer well-formed: {made.flaw}"
        result = replace(result, error=why, exit=Exit.REFUSED)
    else:
        whose = "your text" if asked.way is Way.THEIRS else "the server's text"
        given_up = f"{whose} is given up; a copy is in {TRASH}"
        waits = asked.way is Way.THEIRS and sides.stamp.parent != page.info.parent
        told = [given_up] * (made.discarded is not None) + [_PLACED] * waits
        result = replace(result, note="; ".join(told))
    return replace(
        step,
        data=made.data if changed else None,
        base=(sides.stamp, case.page) if case.page else None,
        result=result,
        discarded=made.discarded,
        shown=made.shown,
        sides=made.sides,
    )


def _outcome(case: Case, way: Way, changed: bool) -> Outcome:
    match way:
        case Way.MERGE:
            return Outcome.MERGED
        case Way.OURS:
            return Outcome.KEPT
        case Way.THEIRS if not changed:
            return Outcome.CLEAN
        case Way.THEIRS:
            same = case.page is not None and case.page.digest == case.local.digest
            number = case.page.info.version.number if case.page else 0
            restamped = same and number == case.stamp.version
            return Outcome.REFRESHED if restamped else Outcome.PULLED


def _place_and_labels(run: PullRun, case: Case, way: Way) -> _Chosen | str:
    """Return place and labels after the choice, or the reason why it cannot be made.

    --ours keeps both for the next push: the stamp gets the server's. --theirs takes both. A pull
    with paths moves no file, so the stamp gets the parent of the file's place. The next full pull
    follows the server. A merge combines both sides' changes to the base.
    """
    info = case.page.info if case.page else None
    if info is None:
        return "there is no page"
    theirs, wanted = info.labels, case.local.wanted
    # If the document lost its labels line, the labels stay unmanaged. If it never had one, they
    # come.
    never = case.local.labels is None and case.stamp.labels is None
    managed = theirs is not None and (never or case.local.labels is not None)
    stamped = theirs if managed else case.stamp.labels
    if way is Way.OURS:
        return _Chosen(info.parent, stamped)
    if way is Way.THEIRS:
        if wanted is not None and wanted != info.parent and paths.is_unborn(wanted):
            return "stands below a document that has no page yet: move the file, then try again"
        return _Chosen(wanted, stamped, stamped if managed else None)
    base = case.newer or case.stamp
    combined = compare.labels(base.labels, case.local.labels, theirs).result
    labels = (theirs if never else combined) if managed else None
    match compare.parent(wanted, base.parent, info.parent):
        case Parent.DIVERGED:
            return "the page was moved here and, to another place, on the server"
        case Parent.DONE:
            return _Chosen(info.parent, stamped, labels)
        case Parent.FOLLOW if run.full and case.newer is None:
            return _Chosen(info.parent, stamped, labels)
        case _:
            return _Chosen(base.parent, stamped, labels)


def stamp_of(page: Page, case: Case) -> Stamp:
    """Return the document's stamp with the version and the digest of a page."""
    return replace(case.stamp, version=page.info.version.number, digest=page.digest)


def _refused(result: PageResult, why: str, hint: str = "") -> PageResult:
    return replace(result, outcome=Outcome.REJECTED, error=why, hint=hint, exit=Exit.REFUSED)
