"""The settings of a page in a pull: the server's values come, and conflicts are refused.

Each setting is decided by itself. A person's choice for a page also decides its settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from confsync.document import document
from confsync.document.document import Document, Fields
from confsync.document.settings.names import key_of
from confsync.document.settings.values import digest, shown, sorted_by_key, stamped
from confsync.errors import APIAccessError, DocumentError, Exit, worst
from confsync.model.outcome import Outcome
from confsync.model.stamp import Stamp
from confsync.pull.context import PullRun
from confsync.pull.plan import Step
from confsync.pull.resolve.resolution import Way
from confsync.sync.compare import Content
from confsync.sync.refusals import failed
from confsync.sync.settings.beside import (
    CONFLICTS,
    NOTHING_NEWER,
    THERE,
    sides_of,
    value_of,
    way_out,
    who_and_what,
    words_of,
)
from confsync.sync.settings.compare import Decision, Sides, decide
from confsync.sync.space_view import SpaceView

_HERE = (Decision.FETCH, Decision.STAMP)


def with_settings(run: PullRun, step: Step, seen: SpaceView) -> Step:
    """Return the step with the settings of its page. A refused choice changes none."""
    infos = seen.properties.get(step.result.id or "")
    entry = step.entry
    if infos is None or step.remove or entry is None or entry.document is None:
        return step
    if isinstance(infos, APIAccessError):
        return step if step.result.error else replace(step, result=failed(step.result, infos))
    put_back = step.result.decision == Content.RESTORED.value and not step.chosen
    if put_back or (step.chosen and step.result.outcome is Outcome.REJECTED):
        return step
    newest = run.newest_properties.get(step.result.id or "", NOTHING_NEWER)
    every = sides_of(entry.document, run.mirror.config.settings, infos, newest)
    asked = run.options.resolution_of(entry.path)
    way = asked.way if asked and step.chosen else None
    done = [(_resolved(sides, way), sides) for sides in every]
    step = _changed(run, step, [(what, sides) for what, sides in done if what in _HERE])
    if way is not None:
        step = _given_up(step, way, every)
    return _with_conflicts(run, step, [sides for what, sides in done if what in CONFLICTS])


def _resolved(sides: Sides, way: Way | None) -> Decision:
    """Return the decision on a setting after a person's choice."""
    what = decide(sides)
    if way is Way.THEIRS and what in (*THERE, *CONFLICTS):
        return Decision.FETCH
    if way is Way.OURS and sides.line is not None and what in (Decision.FETCH, *CONFLICTS):
        return Decision.STAMP
    return what


def _changed(run: PullRun, step: Step, done: Sequence[tuple[Decision, Sides]]) -> Step:
    """Return the step with new values and new stamps of settings. Raise DocumentError."""
    if not done or step.entry is None:
        return step
    entry = run.mirror.whole(step.entry)
    after = document.parse(step.data, step.result.path) if step.data else entry.document
    if after is None or after.stamp is None:
        return step
    values = {
        sides.name: shown(sides.name, value_of(sides))
        for what, sides in done
        if what is Decision.FETCH
    }
    stamp = _stamp_with(after.stamp, [sides for _, sides in done])
    data = _written(after, stamp, values)
    result = replace(step.result, note=", ".join(filter(None, (step.result.note, *values))))
    if result.outcome is Outcome.CLEAN:
        result = replace(result, outcome=Outcome.REFRESHED if values else Outcome.RESTAMPED)
    return replace(step, entry=entry, data=data, result=result)


def _stamp_with(stamp: Stamp, settled: Iterable[Sides]) -> Stamp:
    """Return a stamp with the server's state of some settings as their base."""
    held = {one.key: one for one in stamp.properties}
    for sides in settled:
        held.pop(key_of(sides.name), None)
        if made := stamped(sides.name, sides.remote):
            held[made.key] = made
    return replace(stamp, properties=sorted_by_key(held.values()))


def _written(found: Document, stamp: Stamp, values: Mapping[str, str | None]) -> bytes:
    """Return a document with new settings. Raise DocumentError if it cannot hold a value."""
    data = document.update(found, stamp, Fields(settings=values))
    read = document.parse(data, "").settings
    for name, value in values.items():
        if digest(name, read.get(name)) != digest(name, value):
            raise DocumentError("", 1, f"front matter cannot hold the value of {name}")
    return data


def _given_up(step: Step, way: Way, every: Iterable[Sides]) -> Step:
    """Return the step with a note of the values that a person gave up.

    A copy of the file goes to the trash. The server keeps no earlier value of a property.
    """
    theirs = way is Way.THEIRS
    told = [
        f"your {one.name} {words_of(one.name, one.line)} is given up"
        if theirs
        else f"the server's {one.name} {words_of(one.name, value_of(one))} is given up"
        for one in every
        if decide(one) in ((*THERE, *CONFLICTS) if theirs else CONFLICTS)
        and one.local != one.theirs
    ]
    if not told or way is Way.MERGE or step.entry is None:
        return step
    note = "; ".join(filter(None, (step.result.note, *told)))
    kept = step.entry.raw if theirs and step.discarded is None else step.discarded
    return replace(step, discarded=kept, result=replace(step.result, note=note))


def _with_conflicts(run: PullRun, step: Step, conflicts: Sequence[Sides]) -> Step:
    """Return the step with the refusal of settings that both sides changed."""
    if not conflicts:
        return step
    result = step.result
    told = (who_and_what(run.mirror, run.remote, sides) for sides in conflicts)
    why = "; ".join(part for part in (result.error, *told) if part)
    hint = result.hint or way_out(result.remote)
    result = replace(result, outcome=Outcome.REJECTED, error=why, hint=hint)
    return replace(step, result=replace(result, exit=worst(result.exit, Exit.REFUSED)))


# -- new pages -------------------------------------------------------------------------------------


def with_new_settings(step: Step, seen: SpaceView) -> Step:
    """Return the step of a new page with the page's properties."""
    infos = seen.properties.get(step.result.id or "", ())
    if isinstance(infos, APIAccessError):
        return replace(step, result=failed(step.result, infos))
    return replace(step, properties=infos)


def with_first(chosen: Sequence[str], data: bytes, step: Step) -> bytes:
    """Return a page's first document with its settings. Raise DocumentError."""
    found = document.parse(data, step.result.path)
    if not step.properties or found.stamp is None:
        return data
    every = [one for one in sides_of(found, chosen, step.properties) if one.theirs is not None]
    values = {one.name: shown(one.name, value_of(one)) for one in every}
    return _written(found, _stamp_with(found.stamp, every), values)
