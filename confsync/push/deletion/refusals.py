"""The refusals of pages that must not be deleted in their present state."""

from __future__ import annotations

from dataclasses import replace

from confsync.errors import Exit, UsageError
from confsync.mirror.scan import SpaceScan
from confsync.model.filenames import SUFFIX
from confsync.model.hint import marked, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page
from confsync.model.stamp import Stamp
from confsync.push.options import PushOptions
from confsync.remote import Remote
from confsync.sync.compare import Absent
from confsync.sync.deletion import Disposal, from_archive
from confsync.sync.refusals import MASS
from confsync.sync.scope import few


def rejected(result: PageResult, why: str) -> PageResult:
    """Return the refusal of a page, with the reason."""
    return replace(result, outcome=Outcome.REJECTED, error=why, exit=Exit.REFUSED)


def with_children(
    scan: SpaceScan, result: PageResult, children: list[str], disposal: Disposal
) -> PageResult:
    """Return the refusal of a page whose children stay, with the command that takes them along.

    That command needs the documents of all children, for the versions.
    """
    here = {entry.page_id: entry.path for entry in scan.entries}
    named = [mentioned(here[i]) if i in here else f"page {i}" for i in children]
    told = rejected(
        result, f"it has children that this push does not {disposal.value}: {few(named)}"
    )
    below = _stamps_below(scan, result.path)
    unknown = set(children) - {stamp.id for stamp in below}
    if unknown or len(below) >= MASS or result.base is None:
        first = next((i for i in children if i in unknown), children[0])
        return replace(told, hint=f"'confsync show {first}' shows the first child")
    every = " ".join(f"{stamp.id}@{stamp.version}" for stamp in below)
    own = f"{result.id}@{result.base}"
    hint = f"'confsync push {disposal.options} {every} {own}' {disposal.value}s the children, too"
    return replace(told, hint=hint)


def _stamps_below(scan: SpaceScan, path: str) -> list[Stamp]:
    """Return the stamps of the documents below the page of a document."""
    directory = path.removesuffix(SUFFIX)
    found = (e.document for e in scan.entries if e.path.startswith(f"{directory}/"))
    return [document.stamp for document in found if document and document.stamp]


def look_hint(page_id: str, version: int, disposal: Disposal) -> str:
    """Return the commands that show a page at its present version, and take it away."""
    named = f"{page_id}@{version}"
    away = f"'confsync push {disposal.options} {named}' {disposal.value}s it"
    return f"'confsync show {named}' shows it; {away}"


def archived_already(result: PageResult, *, archives: bool) -> PageResult:
    """Return the refusal to delete an archived page.

    `archives` tells whether the server takes --archive.
    """
    named = f"{result.id}@{result.base}" if result.base else result.id
    leave = f"'confsync push --delete --archive {named}' leaves it there; " if archives else ""
    told = rejected(result, "the page is archived")
    return replace(told, hint=f"{leave}{from_archive(result.id or '')}")


def not_archived(result: PageResult, found: Page | Absent) -> PageResult:
    """Return the refusal of a blog post, which no server archives."""
    version = found.info.version.number if isinstance(found, Page) else result.base
    named = f"{result.id}@{version}" if version else result.id
    told = rejected(result, "no server archives blog posts")
    return replace(told, hint=f"'confsync push --delete {named}' puts it into the trash instead")


def refuse_archiving(remote: Remote, options: PushOptions) -> None:
    """Raise UsageError if pages are to be archived, and the server archives no pages."""
    asked = options.delete
    if asked is None or not asked.archives or remote.archives:
        return
    named = [f"{i}@{version}" if version else i for i, version in asked.named.items()]
    words = " ".join(("--delete", *named, *map(marked, options.selection.names)))
    raise UsageError(
        "--archive: this server archives no single pages; a Data Center archives whole spaces only",
        hint=f"'confsync push {words}' puts the pages into the trash instead",
    )
