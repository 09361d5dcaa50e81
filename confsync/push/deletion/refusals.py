"""The refusals of pages that must not be deleted in their present state."""

from __future__ import annotations

from dataclasses import replace

from confsync.errors import Exit
from confsync.mirror.scan import SpaceScan
from confsync.model.filenames import SUFFIX
from confsync.model.hint import mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.stamp import Stamp
from confsync.sync.refusals import MASS
from confsync.sync.scope import few


def rejected(result: PageResult, why: str) -> PageResult:
    """Return the refusal of a page, with the reason."""
    return replace(result, outcome=Outcome.REJECTED, error=why, exit=Exit.REFUSED)


def with_children(scan: SpaceScan, result: PageResult, children: list[str]) -> PageResult:
    """Return the refusal of a page whose children stay, with the command that deletes them, too.

    That command needs the documents of all children, for the versions.
    """
    here = {entry.page_id: entry.path for entry in scan.entries}
    named = [mentioned(here[i]) if i in here else f"page {i}" for i in children]
    told = rejected(result, f"it has children that this push does not delete: {few(named)}")
    below = _stamps_below(scan, result.path)
    unknown = set(children) - {stamp.id for stamp in below}
    if unknown or len(below) >= MASS or result.base is None:
        first = next((i for i in children if i in unknown), children[0])
        return replace(told, hint=f"'confsync show {first}' shows the first child")
    every = " ".join(f"{stamp.id}@{stamp.version}" for stamp in below)
    own = f"{result.id}@{result.base}"
    return replace(told, hint=f"'confsync push --delete {every} {own}' deletes the children, too")


def _stamps_below(scan: SpaceScan, path: str) -> list[Stamp]:
    """Return the stamps of the documents below the page of a document."""
    directory = path.removesuffix(SUFFIX)
    found = (e.document for e in scan.entries if e.path.startswith(f"{directory}/"))
    return [document.stamp for document in found if document and document.stamp]


def look_hint(page_id: str, version: int) -> str:
    """Return the commands that show a page at its present version, and delete it."""
    named = f"{page_id}@{version}"
    return f"'confsync show {named}' shows it; 'confsync push --delete {named}' deletes it"
