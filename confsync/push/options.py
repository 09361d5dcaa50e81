"""What was asked of a push, what its run has, and what it has of one space."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.mirror.selection import Selection
from confsync.model.outcome import PageResult
from confsync.progress import Progress, silent
from confsync.push.extras import Extras
from confsync.remote import Remote
from confsync.sync.fetch import Reader
from confsync.sync.report import Report

# Returns the refusal of a document that must not be sent as it is, None for any other.
Unfit = Callable[[Entry], PageResult | None]


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """What a person asked to delete.

    These are the selected documents that `since` has and the work tree lacks, and the pages `named`
    by id, each with the version that the person saw or None.
    """

    named: Mapping[str, int | None] = field(default_factory=dict)
    since: str = "HEAD"


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What was asked of a push.

    With `delete` a push also deletes pages. `since` is a commit: only what changed since is meant.
    `staged` means only what git's index has. `commit` commits the documents after the push.
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


@dataclass(frozen=True, slots=True)
class PushRun:
    """What one push has: both sides, its report, its progress and its clock, in seconds."""

    mirror: Mirror
    remote: Remote
    report: Report
    progress: Progress = silent
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class SpacePush:
    """The push of one space: the run and its options, and both sides of the space."""

    run: PushRun
    options: PushOptions
    scan: SpaceScan
    reader: Reader
    extras: Extras
    unfit: Unfit
