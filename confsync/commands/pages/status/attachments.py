"""The state of documents' attachments, here and on the server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from confsync.commands.pages.status.work_tree import WorkTree
from confsync.document.attachments.names import document_of
from confsync.document.paths import folded
from confsync.errors import Exit, FileError
from confsync.mirror import attachment_files
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.model.hint import mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import AttachmentInfo
from confsync.sync import scope
from confsync.sync.attachments.beside import (
    CONFLICTS,
    HERE,
    Beside,
    are_known_as_stamped,
    beside,
    told_of_stand_ins,
)
from confsync.sync.attachments.compare import decide
from confsync.sync.space_view import Attachments

# A change of an attachment says more than these outcomes.
_OUTDONE = (Outcome.CLEAN, Outcome.MODIFIED, Outcome.MOVED)


def with_attachments(
    mirror: Mirror,
    entry: Entry,
    page: PageResult,
    infos: Attachments | None,
    tree: WorkTree,
) -> PageResult:
    """Return the page's state, with its attachments' changes if the text alone says less."""
    if not mirror.config.attachments or page.outcome not in _OUTDONE or entry.document is None:
        return page
    found, known = entry.document, tree.stamps.attachments
    if not _known(infos) and are_known_as_stamped(mirror, entry.path, found, known):
        return page
    try:
        attached = beside(mirror, entry.path, found, tree.deleted_files, known)
    except FileError as error:
        return replace(page, outcome=Outcome.INVALID, error=error.message, exit=Exit.LOCAL)
    why, hint = told_of_stand_ins(attached)
    if why:
        outcome = Outcome.MODIFIED if page.outcome is Outcome.CLEAN else page.outcome
        return replace(page, outcome=outcome, error=why, hint=hint)
    return _compared(page, attached, infos)


def _compared(page: PageResult, attached: Beside, infos: Attachments | None) -> PageResult:
    """Return the page's state by its attachments here and, if they are known, on the server."""
    if attached.is_as_stamped and not _known(infos):
        return page
    facing = attached.facing(infos).sides(infos) if _known(infos) else ()
    decisions = [decide(side) for side in facing]
    newer = attached.put_back(infos if _known(infos) else None)
    if newer:
        told = ", ".join(f"git has v{one.version} of {one.name}" for one in newer)
        hint = "'confsync push {path}' lists the commands to choose from"
        return replace(page, outcome=Outcome.RESTORED, error=f"attachments: {told}", hint=hint)
    if any(decision in CONFLICTS for decision in decisions):
        return replace(page, outcome=Outcome.DIVERGED, error="attachments: both sides changed them")
    if any(decision in HERE for decision in decisions):
        return replace(page, outcome=Outcome.BEHIND, error="attachments")
    changed = attached.changed()
    if page.outcome is Outcome.CLEAN and changed:
        return replace(page, outcome=Outcome.MODIFIED, error=f"attachments: {scope.few(changed)}")
    return page


def _known(infos: Attachments | None) -> TypeGuard[tuple[AttachmentInfo, ...]]:
    return isinstance(infos, tuple)


def orphans(mirror: Mirror, scan: SpaceScan, scans: tuple[SpaceScan, ...]) -> Iterator[str]:
    """Yield a note of attachments without a document, also below a blog."""
    if mirror.config.attachments:
        documents = frozenset(entry.path for one in scans for entry in one.entries)
        named = frozenset(map(folded, documents))  # 'confsync pull' corrects the case of a name
        found = [
            directory
            for directory in attachment_files.orphans(mirror.root, scan.config.path, documents)
            if folded(document_of(directory) or "") not in named
        ]
        if found:
            yield f"attachments without a document: {scope.few([*map(mentioned, found)])}"
