"""The mass guards of a pull: changes that need permission, and the part that needs none.

If a plan would empty or rearrange a space, confsync carries out the harmless part. If a plan would
replace many pages by older versions, confsync does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from confsync.document import paths
from confsync.errors import Exit
from confsync.model.hint import TRASH, mentioned
from confsync.model.result import Problem
from confsync.pull import placement
from confsync.pull.context import PullRun
from confsync.pull.new_documents import new_steps
from confsync.pull.plan import Plan, Step
from confsync.pull.step_details import goes_back
from confsync.sync.compare import Parent
from confsync.sync.refusals import too_many


def mass_change(plan: Plan) -> Problem | None:
    """Return the refusal of a plan that empties or rearranges a space, or None."""
    stamped = [entry for entry in plan.scan.entries if entry.page_id]
    removed = [step.result.path for step in plan.steps if step.remove]
    waiting = {entry.path for entry in plan.scan.entries if entry.waits}
    moved = [path for path in _separate_moves(plan) if path not in waiting]
    files = sum(len(step.changes.removed) for step in plan.steps if step.changes)
    empty = bool(stamped) and _lists_nothing(plan)
    if not empty and not too_many(max(len(removed), len(moved), files), len(stamped)):
        return None
    what = f"remove {len(removed)} and move {len(moved)} of the {len(stamped)} pages"
    what += f" and remove {files} attachments" if files else ""
    message = f"{plan.scan.config.key}: this pull would {what}; these wait, the rest is done"
    if empty:
        message = f"{plan.scan.config.key}: the server lists no page at all"
    named = ", ".join(map(mentioned, (removed or moved)[:3]))
    more = f" (such as {named})" if named else ""
    hint = "'confsync pull --dry-run' lists them; 'confsync pull --allow-mass-delete' permits it"
    return Problem("mass-change", f"{message}{more}", hint, Exit.REFUSED)


def _lists_nothing(plan: Plan) -> bool:
    """Return whether a space lists no page.

    A space has at least its home page; a blog may be empty.
    """
    seen = plan.view
    listed = seen.infos or seen.excluded or seen.flawed or seen.failed
    return not (listed or plan.scan.config.posts)


def _separate_moves(plan: Plan) -> list[str]:
    """Return the moves that no other move explains, by present path.

    All pages below a moved page or folder move with it; together they count as one move.
    """
    places = {
        path.removesuffix(paths.SUFFIX): new.path.removesuffix(paths.SUFFIX)
        for path, new in plan.moves.items()
    }
    folders = plan.placement.folders if plan.placement else {}
    for directory, folder in plan.scan.folders.items():
        old, new = plan.scan.outer(directory), folders.get(folder.id)
        if new is not None and new.path != old:
            places[old] = new.path
    apart = [old for old, now in places.items() if not _goes_along(old, now, places)]
    documents = (f"{old}{paths.SUFFIX}" for old in apart)
    return [path if path in plan.moves else old for old, path in zip(apart, documents, strict=True)]


def _goes_along(old: str, new: str, places: Mapping[str, str]) -> bool:
    """Return whether a place changes only because its parent directory moves."""
    parent, _, name = old.rpartition("/")
    parent_now, _, name_now = new.rpartition("/")
    return name == name_now and places.get(parent) == parent_now


def mass_rollback(plan: Plan) -> Problem | None:
    """Return the refusal of a plan that replaces many pages by older versions, or None.

    A server that was restored from a backup causes such a plan. Replaced texts go to the trash in
    any case.
    """
    stamped = [entry for entry in plan.scan.entries if entry.page_id]
    pages = [step.result.path for step in plan.steps if goes_back(step)]
    files = sum(step.changes.rollbacks for step in plan.steps if step.changes)
    if not too_many(max(len(pages), files), len(stamped)):
        return None
    what = f"replace {len(pages)} of the {len(stamped)} pages"
    what += f" and {files} attachments" if files else ""
    named = f" (such as {', '.join(map(mentioned, pages[:3]))})" if pages else ""
    return Problem(
        "mass-change",
        f"{plan.scan.config.key}: the server has older versions: this pull would {what} by older "
        f"versions{named}",
        "'confsync pull --dry-run' lists them; 'confsync pull --allow-mass-rollback' permits it "
        f"and keeps copies in {TRASH}",
        Exit.REFUSED,
    )


def harmless_part(run: PullRun, plan: Plan, waiting: Set[str] = frozenset()) -> Plan:
    """Return the part of a plan that removes nothing and moves nothing.

    If a page would be removed, moved or get another parent, all its changes wait. The pages with
    the ids in `waiting` wait too. All documents keep their places, and new pages get free ones.
    """
    placed = placement.arrange_new(plan.view, run.deleted) if plan.placement else None
    steps: list[Step] = []
    for step in plan.steps:
        if step.new is not None:
            continue
        if not _waits(step, plan) and step.result.id not in waiting:
            steps.append(step)
        elif step.before is not None and step.result.exit:
            steps.append(
                Step(step.before, replace(step.result, path=step.before, old_path="", note=""))
            )
    steps += new_steps(run, plan.view, placed) if placed else ()
    return replace(plan, steps=tuple(steps), moves={}, placement=placed)


def _waits(step: Step, plan: Plan) -> bool:
    case = plan.view.cases.get(step.result.id or "")
    stays = case is None or case.decisions.parent in (Parent.SAME, Parent.MOVE, Parent.DONE)
    removes = step.remove or (step.changes is not None and bool(step.changes.removed))
    return removes or step.after is not None or not stays
