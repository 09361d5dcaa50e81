"""Documents whose pages were moved in the browser between mirrored subtrees, or between spaces."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from confsync.errors import EVERYBODYS, ConfsyncError, MassChangeError
from confsync.mirror import moves
from confsync.mirror.entry import Entry
from confsync.mirror.index import outlines
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan, claimed_elsewhere
from confsync.model.config import SpaceConfig
from confsync.model.hint import mentioned
from confsync.model.outcome import Outcome
from confsync.model.result import Problem
from confsync.pull.context import PullRun
from confsync.remote import Remote
from confsync.sync import scope
from confsync.sync.refusals import local_result, too_many
from confsync.sync.space_pages import folders_of
from confsync.sync.space_view import SpaceView, reader_of


@dataclass(frozen=True, slots=True)
class Subtrees:
    """The documents of each subtree after the hand-over.

    `waiting` are ids of pages whose documents need permission. `foretold` are ids of documents that
    a dry run would hand over; the scans do not have them.
    """

    scans: tuple[SpaceScan, ...]
    waiting: frozenset[str] = frozenset()
    foretold: frozenset[str] = frozenset()

    def claimed_beside(self, scan: SpaceScan) -> frozenset[str]:
        """Return the ids of documents beside those of one scan."""
        return claimed_elsewhere(self.scans, scan) | self.foretold


@dataclass(frozen=True, slots=True)
class _Move:
    """A document, the subtree that its page belongs to now, and the parent in its stamp."""

    entry: Entry
    space: SpaceConfig
    parent: str | None


def hand_over(run: PullRun, scans: tuple[SpaceScan, ...]) -> Subtrees:
    """Bring each document to the subtree of its page. Many such moves need permission."""
    found = _find(run.remote, scans)
    total = sum(1 for scan in scans for entry in scan.entries if entry.page_id)
    if too_many(len(found), total) and not run.options.allow_mass_delete:
        run.report.refuse(_mass_change(len(found), total))
        return Subtrees(scans, waiting=frozenset(move.entry.page_id or "" for move in found))
    if run.options.dry_run:
        return _foretell(run, scans, found)
    for move in found:
        try:
            moves.hand_over(run.mirror, move.entry.path, move.space, move.parent)
        except ConfsyncError as error:
            run.report.refuse(Problem.of(error))
    return Subtrees(rescanned(run.mirror) if found else scans)


def rescanned(mirror: Mirror) -> tuple[SpaceScan, ...]:
    """Return the scans after documents or attachments moved, without the texts."""
    return mirror.scan(outlines(mirror.root, files=bool(mirror.config.attachments)))


def _mass_change(count: int, total: int) -> Problem:
    what = f"this pull would move {count} of the {total} pages to other subtrees"
    hint = (
        "'confsync pull --dry-run --allow-mass-delete' lists them; "
        "'confsync pull --allow-mass-delete' permits it"
    )
    return Problem.of(MassChangeError(f"{what}; these wait", hint=hint))


def _foretell(run: PullRun, scans: tuple[SpaceScan, ...], found: list[_Move]) -> Subtrees:
    """Report the documents that would be handed over, and remove them from the scans."""
    for move in found:
        why = f"its page belongs to {mentioned(move.space.path)}/ now"
        run.report.add(replace(local_result(move.entry), outcome=Outcome.MOVED, note=why))
    gone = {move.entry.path for move in found}
    rest = (
        replace(scan, entries=tuple(e for e in scan.entries if e.path not in gone))
        for scan in scans
    )
    ids = frozenset(move.entry.page_id for move in found if move.entry.page_id)
    return Subtrees(tuple(rest) if found else scans, foretold=ids)


def _find(remote: Remote, scans: Iterable[SpaceScan]) -> list[_Move]:
    """Return the moves of a mirror. Each space with several subtrees costs a listing.

    A page that was moved here too is not included: its own subtree reports both moves.
    """
    by_key: dict[str, list[SpaceScan]] = {}
    for scan in scans:
        if scan.config.posts:
            continue  # pages and posts do not mix
        by_key.setdefault(scan.config.key.casefold(), []).append(scan)
    found: list[_Move] = []
    for group in by_key.values():
        try:
            found += _within(remote, group) if len(group) > 1 else ()
        except EVERYBODYS:
            raise
        except ConfsyncError:
            continue  # reported with the space
    return found


def _within(remote: Remote, group: list[SpaceScan]) -> Iterator[_Move]:
    """Yield the moves between the subtrees of one space."""
    reader = reader_of(remote, group[0])
    archived = any(scan.config.archived for scan in group)
    listed = {info.id: info for info in remote.listing(reader.space, archived=archived)}
    if any(info.flaw for info in listed.values()):
        return  # the parents of a page are not known for certain
    folders = folders_of(reader, listed).found
    owner: dict[str, SpaceConfig] = {}
    for scan in group:
        home = scan.config.root or reader.space.home
        infos, _ = scope.belonging(scan, home, listed, folders)
        owner |= dict.fromkeys(infos, scan.config)
    for scan in group:
        for entry in scan.entries:
            stamp = entry.document.stamp if entry.document else None
            space = owner.get(stamp.id) if stamp else None
            if stamp and space and space != scan.config and not scan.moves(entry):
                yield _Move(entry, space, stamp.parent)


def left_in_others(run: PullRun, seen: SpaceView) -> Iterator[str]:
    """Yield the note about documents that another space has, in a pull of some spaces."""
    ids = seen.infos.keys() - seen.cases.keys() - seen.new.keys()
    known = run.elsewhere() if ids and run.mirror.config.every else {}
    paths = sorted(known[i] for i in ids & known.keys())
    stand = [mentioned(path) for path in paths if os.path.lexists(run.mirror.root / path)]
    if stand:
        space = seen.scan.config
        yield (
            f"left unchanged, because the pages are in space {space.key} now: "
            f"{scope.few(stand)}; to have them there, move them below {mentioned(space.path)}/"
        )
