"""The documents that git has and the work tree lacks: which of them a person deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from confsync.errors import Exit
from confsync.mirror.committed.deleted import doubtful_entries, unknown_removals
from confsync.mirror.committed.whereabouts import Whereabouts
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import Entry, SpaceScan, ids_in, paths_of
from confsync.mirror.selection import Selection
from confsync.model.filenames import REMOVED
from confsync.model.outcome import Outcome, PageResult
from confsync.push.delete import Deleting
from confsync.sync import scope
from confsync.sync.refusals import delete_by_id, deletion_refusal, local_result


class Missing(NamedTuple):
    """What one push knows of them. `entries` are by page id, as git has the documents."""

    mirror: Mirror
    scans: tuple[SpaceScan, ...]
    entries: Mapping[str, Entry]
    asked: Deleting
    selection: Selection

    @property
    def unnamed(self) -> dict[str, Entry]:
        """Those that are to be deleted by the word of git alone."""
        return {i: one for i, one in self.entries.items() if i not in self.asked.named}

    def whereabouts(self) -> Whereabouts:
        """Return what looks for the unnamed ones, before anything is sent and at each deletion."""
        entries = [entry for scan in self.scans for entry in scan.entries]
        spaces = self.mirror.config.spaces
        return Whereabouts(self.mirror.root, spaces, entries, self.unnamed, self.asked.since)


def truly_deleted(
    missing: Missing, sight: Whereabouts, pages: list[PageResult]
) -> dict[str, Entry]:
    """Return the documents that a person deleted; add the refusals of the others to `pages`.

    Refused are pages whose documents were moved, or may be what stands elsewhere and cannot be
    read; and pages of which it cannot be told whether a pull removed their documents. A page that
    is named by its id is none of these. Raises UsageError, FileError.
    """
    refused: dict[str, PageResult] = {}
    if missing.unnamed and (problem := unknown_removals(missing.mirror.root)):
        why = f"confsync cannot tell whether a pull removed its document: {problem}"
        back = f"'git checkout HEAD -- {REMOVED}' brings the file back as it was committed"
        refused = {
            i: replace(local_result(entry), error=why, hint=f"{back}; {delete_by_id(entry)}")
            for i, entry in missing.unnamed.items()
        }
    for page_id, trace in sight.look().items():
        entry = missing.entries[page_id]
        why, hint = deletion_refusal(trace, entry, outside=sight.is_outside(trace.path))
        refused[page_id] = replace(local_result(entry), error=why, hint=hint)
    for page_id, entry in _doubtful(missing).items():
        why = f"{REMOVED} says that a pull removed its document, and git has the document since"
        refused[page_id] = replace(local_result(entry), error=why, hint=delete_by_id(entry))
    pages += [
        replace(told, outcome=Outcome.REJECTED, exit=Exit.REFUSED)
        for told in refused.values()
        if missing.selection.has(told.path)
    ]
    return {i: entry for i, entry in missing.entries.items() if i not in refused}


def _doubtful(missing: Missing) -> dict[str, Entry]:
    """The documents that both a person and a pull may have removed, of pages that are not named."""
    mirror, scans, asked = missing.mirror, missing.scans, missing.asked
    found = doubtful_entries(mirror.root, mirror.config.spaces, asked.since, paths_of(scans))
    present = ids_in(scans) | asked.named.keys()
    left = {i: entry for i, entry in found.items() if i not in present}
    return scope.not_excluded(scans, left)
