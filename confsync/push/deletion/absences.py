"""The documents that git has and the work tree lacks, and which of them a person deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from confsync.errors import Exit
from confsync.mirror.committed.deleted import (
    deleted_entries,
    doubtful_entries,
    uncommitted_moves,
    unknown_removals,
)
from confsync.mirror.committed.whereabouts import Whereabouts
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan, ids_in, paths_of
from confsync.mirror.selection import Selection
from confsync.model.filenames import REMOVED
from confsync.model.hint import mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.push.options import DeleteOptions, PushOptions
from confsync.sync import scope
from confsync.sync.deletion import by_id, deletion_refusal
from confsync.sync.refusals import local_result
from confsync.sync.report import Report


def deleted_documents(
    mirror: Mirror, scans: tuple[SpaceScan, ...], delete: DeleteOptions | None
) -> dict[str, Entry]:
    """Return the documents that were deleted here on purpose, by page id, if they matter."""
    if delete is None and not any(scan.has_orphans for scan in scans):
        return {}
    present = ids_in(scans)
    since = delete.since if delete else "HEAD"
    here = paths_of(scans)
    found = deleted_entries(mirror.root, mirror.config.spaces, since, here=here)
    return {page_id: entry for page_id, entry in found.items() if page_id not in present}


def standing(
    options: PushOptions, scans: Iterable[SpaceScan], told: Collection[str]
) -> Iterator[PageResult]:
    """Yield the documents that --delete names and that stand here: their pages are not deleted.

    `told` are documents that have a result. With --since, a script may name all changed documents,
    so that this is no error.
    """
    if options.delete is None:
        return
    named = frozenset(options.selection.names) - set(told)
    for scan in scans:
        for entry in scan.entries:
            if entry.path in named and entry.page_id not in options.delete.named:
                yield replace(
                    local_result(entry),
                    outcome=Outcome.SKIPPED,
                    error="the document stands here, so its page stays",
                    hint=_anyway(options.delete, entry) if entry.page_id else "",
                    exit=Exit.DONE if options.since else Exit.REFUSED,
                )


class Missing(NamedTuple):
    """The knowledge of a push about missing documents.

    `entries` are git's documents, by page id.
    """

    mirror: Mirror
    scans: tuple[SpaceScan, ...]
    entries: Mapping[str, Entry]
    asked: DeleteOptions
    selection: Selection

    @property
    def unnamed(self) -> dict[str, Entry]:
        """Return the documents whose deletion only git tells of, as far as they are meant."""
        return {i: one for i, one in self.entries.items() if self.is_unnamed(i)}

    def is_unnamed(self, page_id: str) -> bool:
        """Return whether the deletion of a page depends on what became of its document."""
        asked = self.asked
        return not asked.is_by_id(page_id) and asked.means(page_id, selected=True)

    def anyway(self, entry: Entry) -> str:
        """Return the command that takes the page of a document away by its id."""
        return _anyway(self.asked, entry)

    def whereabouts(self) -> Whereabouts:
        """Return the search for the unnamed documents, for the start and for each deletion."""
        entries = [entry for scan in self.scans for entry in scan.entries]
        spaces = self.mirror.config.spaces
        return Whereabouts(self.mirror.root, spaces, entries, self.unnamed, self.asked.since)


def _anyway(asked: DeleteOptions, entry: Entry) -> str:
    return by_id(entry, asked.disposal_of(entry.page_id or ""))


def truly_deleted(missing: Missing, whereabouts: Whereabouts, report: Report) -> dict[str, Entry]:
    """Return the documents that a person deleted. Report the refusals of the others.

    A page is refused if its document was moved, or may be an unreadable file elsewhere. It is also
    refused if a pull may have removed the document. A page that is named by its id is never refused
    here. Raise UsageError, FileError.
    """
    refused: dict[str, PageResult] = {}
    problem = back = ""
    if missing.unnamed:
        problem, back = unknown_removals(missing.mirror.root, ids_in(missing.scans))
    if problem:
        why = f"confsync cannot tell whether a pull removed its document: {problem}"
        refused = {
            i: replace(local_result(entry), error=why, hint=f"{back}; {missing.anyway(entry)}")
            for i, entry in missing.unnamed.items()
        }
    for page_id, trace in whereabouts.look().items():
        entry = missing.entries[page_id]
        outside, disposal = whereabouts.is_outside(trace.path), missing.asked.disposal_of(page_id)
        why, hint = deletion_refusal(trace, entry, outside=outside, disposal=disposal)
        refused[page_id] = replace(local_result(entry), error=why, hint=hint)
    for page_id, entry in _doubtful(missing).items():
        said = f"{mentioned(REMOVED)} says that a pull removed its document"
        why = f"{said}, but git has had the document since"
        refused[page_id] = replace(local_result(entry), error=why, hint=missing.anyway(entry))
    refused |= _half_committed(missing)
    report.add(
        *(
            replace(told, outcome=Outcome.REJECTED, exit=Exit.REFUSED)
            for told in refused.values()
            if missing.asked.means(told.id or "", selected=missing.selection.has(told.path))
        )
    )
    return {i: entry for i, entry in missing.entries.items() if i not in refused}


def _half_committed(missing: Missing) -> dict[str, PageResult]:
    """Return the refusals of documents that a pull moved, if their new files are missing.

    A commit has the removal of the old file, but not the new file.
    """
    moves = uncommitted_moves(missing.mirror.root, missing.unnamed.values())
    return {
        page_id: replace(
            local_result(missing.entries[page_id]),
            error=f"a pull moved its document to {mentioned(move.path)}, "
            "which is in no commit here",
            hint=f"commit {mentioned(move.path)} too; {missing.anyway(missing.entries[page_id])}",
        )
        for page_id, move in moves.items()
    }


def _doubtful(missing: Missing) -> dict[str, Entry]:
    """Return the documents of unnamed pages that a person or a pull may have removed."""
    mirror, scans, asked = missing.mirror, missing.scans, missing.asked
    found = doubtful_entries(mirror.root, mirror.config.spaces, asked.since, paths_of(scans))
    present = ids_in(scans)
    left = {i: e for i, e in found.items() if i not in present and missing.is_unnamed(i)}
    return scope.not_excluded(scans, left)
