"""The witnesses of documents that git put back: git's history and the audit trail.

If neither can tell, a pull warns before it replaces the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from confsync.document.attachments.names import directory_of
from confsync.document.settings.names import KEYS, UNCOUNTED
from confsync.document.stamp_reader import is_text, stamp_in
from confsync.errors import Exit
from confsync.mirror.committed import newest_stamps
from confsync.mirror.committed.newest_stamps import NewestStamps
from confsync.mirror.committed.sequence import Past, Question
from confsync.mirror.git import repository as gitrepo
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import refuted
from confsync.mirror.state.base_cache import STATE
from confsync.model.event import Event
from confsync.model.hint import marked, mentioned
from confsync.model.outcome import Outcome
from confsync.model.result import Problem
from confsync.model.stamp import Stamp, says_the_same
from confsync.pull.attachments import AttachmentChanges
from confsync.pull.options import PullOptions
from confsync.pull.plan import Step
from confsync.sync import merge_base
from confsync.sync.attachments.compare import Decision, decide
from confsync.sync.compare import Content
from confsync.sync.fetch import Reader

_REPLACED = (Content.BEHIND.value, Content.LANDED.value)
_BACK = "git put back an older version of"
# The settings that a push changes although no server counts versions of them.
_UNCOUNTED = {name: key for name, key in KEYS.items() if key in UNCOUNTED}
# So many documents have a warning each; more are named in one.
_MOST_NAMED = 5
_ANYWAY = "'confsync pull --commit --allow-shallow' replaces them anyway"


class Doubt(NamedTuple):
    """The reason why confsync cannot tell whether git put a file back, and the remedy."""

    code: str
    why: str
    remedy: str

    def about(self, names: Sequence[str]) -> str:
        """Return the sentence about some files."""
        named = ", ".join(map(mentioned, names[:3]))
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return f"{self.why}, so confsync cannot tell whether {_BACK} {named}{more}"


class _Again(NamedTuple):
    """The change that a pull brings to a document, and the way back if git had reverted it."""

    path: str
    what: str
    remedy: str
    question: Question


class Witnesses:
    """The knowledge of git and the audit trail about the documents of a mirror.

    A pull that commits runs where no person reads warnings. If git cannot tell, as in a shallow
    clone, such a pull replaces no file without permission.
    """

    def __init__(self, mirror: Mirror, options: PullOptions) -> None:
        commits = options.commit and not options.dry_run
        self._mirror = mirror
        self._refuses = commits and not options.allow_shallow
        self.known: NewestStamps = newest_stamps.collect(mirror.root, mirror.config.all_directories)
        self.newest = merge_base.newest_of(mirror, self.known)

    def refusal(self, steps: Iterable[Step]) -> Problem | None:
        """Return why a plan is not carried out because git cannot tell enough, or None."""
        doubt, names = self._doubt(list(steps)) if self._refuses else (None, ())
        if doubt is None:
            return None
        hint = f"{doubt.remedy}; {_ANYWAY}" if doubt.remedy else _ANYWAY
        return Problem(doubt.code, doubt.about(names), hint, Exit.LOCAL)

    def warnings(self, steps: Iterable[Step]) -> Iterator[str]:
        """Yield the warnings about a plan that is carried out."""
        steps = list(steps)
        doubt, names = self._doubt(steps)
        if doubt is not None:
            yield "; ".join(filter(None, (doubt.about(names), doubt.remedy)))
        yield from self._again(steps)
        how = "" if doubt else "no commit of this branch has it, and "
        yield from self._pushed_from_here([step for step in steps if _replaces(step)], how)

    def _doubt(self, steps: list[Step]) -> tuple[Doubt | None, Sequence[str]]:
        """Return why git cannot tell about files that a plan replaces, and the files."""
        replaced = [name for step in steps for name in _replaced(step)]
        if not replaced:
            return None, ()
        if self.known.unasked:
            return Doubt("no-git", "git is not installed here", "install git to be safe"), replaced
        if self.known.shallow or self.known.partial:
            return self._incomplete(), replaced
        documents = [step.result.path for step in steps if _replaced(step)]
        encoded = _encoded_in_head(self._mirror, documents) if self.known.encoded else ()
        return (_encoded(encoded[0]), encoded) if encoded else (None, ())

    def _incomplete(self) -> Doubt:
        """Return the doubt in a clone that lacks a part of its history."""
        mirror = self._mirror
        remedy = newest_stamps.remedy_of(mirror.root, mirror.config.all_directories)
        told = f"'{remedy}' fetches its history" if remedy else ""
        if self.known.shallow:
            return Doubt("shallow", "this clone is shallow", told)
        return Doubt("partial", "this clone lacks files of its history (a partial clone)", told)

    def _again(self, steps: list[Step]) -> Iterator[str]:
        """Yield the warnings for what comes again after git reverted it.

        Labels, places and some settings make no version. So a revert looks like a colleague who
        changes them twice, and a refusal would stop ordinary pulls.
        """
        past = Past(self._mirror.root, self._mirror.config.all_directories)
        found = [one for step in steps for one in self._doubtful(step, past)]
        back = past.went_back([one.question for one in found])
        paths: dict[tuple[str, str], list[str]] = {}
        for one, is_back in zip(found, back, strict=True):
            if is_back:
                paths.setdefault((one.what, one.remedy), []).append(one.path)
        for (what, remedy), names in paths.items():
            if len(names) > _MOST_NAMED:
                names = [f"{', '.join(map(mentioned, names[:3]))} and {len(names) - 3} more"]
            else:
                names = [mentioned(name) for name in names]
            yield from (_told_again(name, what, remedy) for name in names)

    def _doubtful(self, step: Step, past: Past) -> Iterator[_Again]:
        """Yield what a step changes without a version, if git may have had it before."""
        # Few of thousands of steps write anything.
        old = None if step.data is None or step.chosen else _stamp_of(step)
        had = self._other_places_of(old) if old else ()
        chosen = [name for name in self._mirror.config.settings if name in _UNCOUNTED]
        new = _stamp_after(step) if had or (old and chosen) else None
        if old is None or new is None:
            return
        before = step.before or step.result.path
        again = replace(old, parent=new.parent, labels=new.labels)
        if any(says_the_same(one, again) for one in had):
            what, remedy = "the labels", "edit the 'labels:' line"
            if old.parent != new.parent:
                what, remedy = "the place", f"move the file back to {mentioned(step.before or '')}"
            question = past.of_stamps(old, again, {before, step.destination.path})
            yield _Again(step.result.path, what, remedy, question)
        if old.properties == new.properties:
            return
        was, now = ({one.key: one for one in stamp.properties} for stamp in (old, new))
        for name in chosen:
            key = _UNCOUNTED[name]
            if was.get(key) != now.get(key):
                question = past.of_setting(old, (key, now.get(key)), {before})
                remedy = f"edit the '{name}:' line"
                yield _Again(step.result.path, f"the setting '{name}'", remedy, question)

    def _other_places_of(self, stamp: Stamp) -> tuple[Stamp, ...]:
        """Return git's stamps of the same version and text, with another place or other labels."""
        known = self.known.candidates.get(stamp.id, ())
        same = (one for one in known if (one.version, one.digest) == (stamp.version, stamp.digest))
        return tuple(one for one in same if not says_the_same(one, stamp))

    def note(self, readers: Iterable[Reader]) -> None:
        """Remember the newer stamps that the server does not have, after a full pull."""
        found = [stamp for reader in readers for stamp in reader.refuted]
        refuted.note(self._mirror.root / STATE, found)

    def _pushed_from_here(self, replaced: list[Step], how: str) -> Iterator[str]:
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
                f"{mentioned(step.result.path)}: v{version} was pushed from here; {how}the file is "
                f"at v{step.result.base}; this pull brings v{step.result.remote}"
            )


def _encoded(path: str) -> Doubt:
    """Return the doubt about documents that git stores through a filter."""
    why = "git stores documents here through a filter, such as git-crypt"
    return Doubt("encoded", why, f"'confsync diff --remote {marked(path)}' shows the new text")


def _encoded_in_head(mirror: Mirror, paths: Iterable[str]) -> list[str]:
    """Return the documents that are not text in HEAD."""
    every = dict.fromkeys(paths, b"")
    found = gitrepo.committed(mirror.root, mirror.config.all_directories, every)
    return sorted(path for path, raw in found.items() if not is_text(raw))


def _replaces(step: Step) -> bool:
    """Return whether a step replaces text or place of an unmodified document."""
    if step.entry is None or step.chosen or step.remove:
        return False
    moved = step.result.outcome in (Outcome.MOVED, Outcome.RENAMED)
    return moved or (step.data is not None and step.result.decision in _REPLACED)


def _replaced(step: Step) -> list[str]:
    """Return the unmodified files that a step replaces: the document and its attachments."""
    files = [] if step.changes is None else _files_replaced(step.changes, step.before or "")
    return [step.result.path, *files] if _replaces(step) else files


def _files_replaced(changes: AttachmentChanges, path: str) -> list[str]:
    """Return the files of attachments that the server's replace."""
    return [
        f"{directory_of(path)}/{changes.file(side.name)}"
        for side in changes.sides
        if decide(side) is Decision.FETCH and side.local is not None and side.base is not None
    ]


def _stamp_after(step: Step) -> Stamp | None:
    """Return the stamp that a step writes into an existing document, or None."""
    if step.entry is None or step.data is None:
        return None
    return stamp_in(step.data)


def _told_again(name: str, what: str, remedy: str) -> str:
    """Return the warning about what git had and reverted."""
    return (
        f"{name}: this pull brings {what} again that git had reverted "
        f"(or a colleague changed twice); if it was a revert, {remedy} and push"
    )


def _is_edited(step: Step) -> bool:
    document = step.entry.document if step.entry else None
    return document is not None and document.modified


def _is_later(event: Event, stamp: Stamp) -> bool:
    """Return whether an audit event has a newer text than the stamp."""
    written = event.is_text and event.after != stamp.digest
    return written and event.version is not None and event.version > stamp.version


def _stamp_of(step: Step | None) -> Stamp | None:
    document = step.entry.document if step and step.entry else None
    return document.stamp if document else None
