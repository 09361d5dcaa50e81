"""What goes on while a pull's removals and moves wait for permission.

A plan that would empty or turn over a space is carried out as far as it does neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from confsync.document import paths
from confsync.pull import placement
from confsync.pull.new_documents import new_steps
from confsync.pull.plan import How, Plan, Step
from confsync.sync.compare import Parent


def moves_apart(plan: Plan) -> list[str]:
    """The moves that no other one explains, by their paths now.

    What stands below a page or folder that moves goes along with it: that is one move.
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
    """Whether a place changes only since that of the directory around it does."""
    around, _, name = old.rpartition("/")
    around_now, _, name_now = new.rpartition("/")
    return name == name_now and places.get(around) == around_now


def unconcerned(
    how: How, plan: Plan, deleted: Mapping[str, str], strays: Set[str] = frozenset()
) -> Plan:
    """The part of a plan that removes nothing and moves nothing: all that is here stays.

    A page that would go, move or get another parent waits with all its news, and so do `strays`,
    by their ids. A new page has its place beside what stands here now.
    """
    placed = placement.in_place(plan.view, deleted) if plan.placement else None
    steps: list[Step] = []
    for step in plan.steps:
        if step.new is not None:
            continue
        if not _waits(step, plan) and step.result.id not in strays:
            steps.append(step)
        elif step.before is not None and step.result.exit:
            steps.append(Step(step.before, replace(step.result, path=step.before)))
    steps += new_steps(how, plan.view, placed) if placed else ()
    return replace(plan, steps=tuple(steps), moves={}, placement=placed)


def _waits(step: Step, plan: Plan) -> bool:
    case = plan.view.cases.get(step.result.id or "")
    stays = case is None or case.decisions.parent in (Parent.SAME, Parent.MOVE, Parent.DONE)
    removes = step.remove or (step.bringing is not None and step.bringing.removals > 0)
    return removes or step.after is not None or not stays
