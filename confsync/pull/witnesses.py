"""Who can tell whether a document was put back by git: git's own history and the audit trail.

Where neither can tell, a pull says so before it replaces the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from confsync.errors import Exit
from confsync.mirror.committed import newest_stamps
from confsync.mirror.committed.newest_stamps import NewestStamps
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import refuted
from confsync.mirror.state.base_cache import STATE
from confsync.model.event import Event
from confsync.model.outcome import Outcome
from confsync.model.result import Problem
from confsync.model.stamp import Stamp
from confsync.pull.options import PullOptions
from confsync.pull.plan import Step
from confsync.sync import merge_base
from confsync.sync.compare import Content
from confsync.sync.fetch import Reader

_REPLACED = (Content.BEHIND.value, Content.LANDED.value)
_WRITTEN = ("updated", "landed earlier")
_UNSHALLOW = "'git fetch --unshallow' brings its history; --allow-shallow replaces all the same"
_SHALLOW = "this clone is shallow, so git cannot tell whether it put back an older text of"


class Witnesses:
    """What git and the audit trail know of the documents of a mirror.

    A pull that commits runs where no person reads warnings. In a shallow clone it replaces no
    document, unless that is allowed.
    """

    def __init__(self, mirror: Mirror, options: PullOptions) -> None:
        commits = options.commit and not options.dry_run
        self._mirror = mirror
        self._refuses = commits and not options.allow_shallow
        self.known: NewestStamps = newest_stamps.collect(mirror.root, mirror.config.directories)
        self.newest = merge_base.newest_of(mirror, self.known)

    def refusal(self, steps: Iterable[Step]) -> Problem | None:
        """Return why a plan is not carried out in a shallow clone, or None."""
        replaced = [step for step in steps if _replaces(step)] if self._refuses else []
        if replaced and self.known.shallow:
            return Problem("shallow", f"{_SHALLOW} {_some(replaced)}", _UNSHALLOW, Exit.LOCAL)
        return None

    def warnings(self, steps: Iterable[Step]) -> Iterator[str]:
        """Yield what a person should know of a plan that is carried out."""
        replaced = [step for step in steps if _replaces(step)]
        if replaced and self.known.shallow:
            yield f"{_SHALLOW} {_some(replaced)}; 'git fetch --unshallow' brings its history"
        yield from self._pushed_from_here(replaced)

    def note(self, readers: Iterable[Reader]) -> None:
        """Remember the newer stamps that the server does not have, after a pull of everything."""
        found = [stamp for reader in readers for stamp in reader.refuted]
        refuted.note(self._mirror.root / STATE, found)

    def _pushed_from_here(self, replaced: list[Step]) -> Iterator[str]:
        """Yield a warning for each document that is older than a version that this mirror wrote."""
        steps = {step.result.id: step for step in replaced if not _is_edited(step)}
        pushed: dict[str, int] = {}
        for event in self._mirror.audit.read() if steps else ():
            stamp = _stamp_of(steps.get(event.page))
            if stamp and _is_later(event, stamp):
                pushed[event.page] = max(event.version or 0, pushed.get(event.page, 0))
        for page_id, version in pushed.items():
            step = steps[page_id]
            yield (
                f"{step.result.path}: v{version} was pushed from here, and the file went back to "
                f"v{step.result.base} without a commit (git stash, git checkout); "
                f"this pull brings v{step.result.remote}"
            )


def _replaces(step: Step) -> bool:
    """Return whether a step replaces text or place of an unmodified document."""
    if step.entry is None or step.chosen or step.remove:
        return False
    moved = step.result.outcome is Outcome.MOVED
    return moved or (step.data is not None and step.result.decision in _REPLACED)


def _is_edited(step: Step) -> bool:
    document = step.entry.document if step.entry else None
    return document is not None and document.modified


def _is_later(event: Event, stamp: Stamp) -> bool:
    """Return whether a line of the audit trail tells of a text that is newer than the stamp's."""
    written = event.what in _WRITTEN and event.after != stamp.digest
    return written and event.version is not None and event.version > stamp.version


def _stamp_of(step: Step | None) -> Stamp | None:
    document = step.entry.document if step and step.entry else None
    return document.stamp if document else None


def _some(steps: list[Step]) -> str:
    named = ", ".join(step.result.path for step in steps[:3])
    return f"{named} and {len(steps) - 3} more" if len(steps) > 3 else named
