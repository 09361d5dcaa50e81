"""The options of a push, the state of its run, and its state for one space."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace

from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.model.outcome import PageResult
from confsync.progress import Progress, silent
from confsync.push.extras import Extras
from confsync.remote import Remote
from confsync.sync.deletion import Disposal
from confsync.sync.fetch import Reader
from confsync.sync.report import Report

# Returns the refusal of a document that must not be sent, or None.
Unfit = Callable[[Entry], PageResult | None]


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """The deletions that a person asked for.

    These are the selected documents that `since` has and the work tree lacks. Pages that are
    `named` by id come with the version that the person saw, or None. If the deletions are
    `planned`, a plan names all of them. Then a named page stays if its document may be somewhere,
    except for the pages in `with_documents`: the plan says that their documents are here. Pages go
    to the place `disposal`, and those of `archived` into the archive.
    """

    named: Mapping[str, int | None] = field(default_factory=dict)
    since: str = "HEAD"
    planned: bool = False
    with_documents: frozenset[str] = frozenset()
    disposal: Disposal = Disposal.TRASH
    archived: Set[str] = frozenset()

    @property
    def archives(self) -> bool:
        """Return whether pages go into the archive."""
        return self.disposal is Disposal.ARCHIVE or bool(self.archived)

    def archiving(self) -> DeleteOptions:
        """Return the same deletions, but into the archive."""
        return replace(self, disposal=Disposal.ARCHIVE)

    def disposal_of(self, page_id: str) -> Disposal:
        """Return where a page goes."""
        return Disposal.ARCHIVE if page_id in self.archived else self.disposal

    def is_by_id(self, page_id: str) -> bool:
        """Return whether a person named a page, so that its document may be anywhere."""
        known = not self.planned or page_id in self.with_documents
        return page_id in self.named and known

    def means(self, page_id: str, *, selected: bool) -> bool:
        """Return whether to delete a page whose document was deleted here."""
        return page_id in self.named or (selected and not self.planned)


@dataclass(frozen=True, slots=True)
class PushOptions:
    """The options of a push.

    With `delete`, a push also deletes pages. `since` is a commit: only later changes are pushed.
    `staged` pushes only documents in git's index. `commit` commits the documents after the push.
    With `minor`, edits are minor ones, about which watchers get no mail. With `drop_comments`, a
    text may drop open comments. `planned` refuses pages that were moved on the server; other pushes
    send their text, labels and attachments.
    """

    selection: Selection = field(default_factory=Selection)
    message: str = ""
    dry_run: bool = False
    allow_mass_move: bool = False
    delete: DeleteOptions | None = None
    allow_mass_delete: bool = False
    allow_mass_upload: bool = False
    since: str | None = None
    staged: bool = False
    commit: bool = False
    minor: bool = False
    drop_comments: bool = False
    planned: bool = False


@dataclass(frozen=True, slots=True)
class PushRun:
    """The state of one push: both sides, report, progress, and clock in seconds."""

    mirror: Mirror
    remote: Remote
    report: Report
    progress: Progress = silent
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class SpacePush:
    """The push of one space: run, options, and both sides of the space."""

    run: PushRun
    options: PushOptions
    scan: SpaceScan
    reader: Reader
    extras: Extras
    unfit: Unfit
