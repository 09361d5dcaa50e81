"""The state of documents' settings, here and on the server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from confsync.mirror.committed.newest_stamps import NewestStamps
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.outcome import Outcome, PageResult
from confsync.sync.settings.beside import CONFLICTS, changed, sides_of, way_out
from confsync.sync.settings.compare import Decision, decide

if TYPE_CHECKING:
    from confsync.sync.settings.hints import Properties

# A change of a setting says more than these outcomes.
_OUTDONE = (Outcome.CLEAN, Outcome.MODIFIED, Outcome.MOVED)


def with_settings(
    mirror: Mirror,
    entry: Entry,
    page: PageResult,
    infos: Properties | None,
    known: NewestStamps,
) -> PageResult:
    """Return the page's state, with the changes of its settings if the text alone says less."""
    found, chosen = entry.document, mirror.config.settings
    if not chosen or page.outcome not in _OUTDONE or found is None or found.stamp is None:
        return page
    listed = infos if isinstance(infos, tuple) else None
    every = sides_of(found, chosen, listed or (), known.properties.get(found.stamp.id, {}))
    put_back = (Decision.RESTORED,) if listed is not None else tuple(Decision)
    newer = [side for side in every if side.seems_restored and decide(side) in put_back]
    if newer:
        told = ", ".join(f"git has v{s.newer.version} of {s.name}" for s in newer if s.newer)
        return replace(
            page, outcome=Outcome.RESTORED, error=f"settings: {told}", hint=way_out(page.base)
        )
    decisions = {side.name: decide(side) for side in every} if listed is not None else {}
    if both := [name for name, what in decisions.items() if what in CONFLICTS]:
        why = f"settings: both sides changed {', '.join(both)}"
        return replace(page, outcome=Outcome.DIVERGED, error=why, hint=way_out(page.remote))
    here = (Decision.FETCH, Decision.STAMP)
    if theirs := [name for name, what in decisions.items() if what in here]:
        return replace(page, outcome=Outcome.BEHIND, error=f"settings: {', '.join(theirs)}")
    if page.outcome is Outcome.CLEAN and (mine := changed(found, chosen)):
        return replace(page, outcome=Outcome.MODIFIED, error=f"settings: {', '.join(mine)}")
    return page
