"""The state that the steps of a pull share: the run and its report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from confsync.mirror.committed.deleted_files import DeletedFiles
from confsync.mirror.committed.other_spaces import pages_elsewhere
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.stamp import Attached, Property
from confsync.progress import Progress, silent
from confsync.pull.options import PullOptions
from confsync.pull.plan import Step
from confsync.remote import Remote
from confsync.sync.comments import Notice
from confsync.sync.report import Report


class PullReport(Report):
    """The report of a pull, with the documents of excluded pages and the conflicts."""

    def __init__(self, *, dry_run: bool) -> None:
        super().__init__("pull", dry_run=dry_run)
        self._left: list[Entry] = []
        self._conflicts: list[Step] = []

    def leave(self, *entries: Entry) -> None:
        """Add documents of excluded pages that stay here."""
        self._left += entries

    def conflict(self, *steps: Step) -> None:
        """Add the steps of documents that were written with conflict markers."""
        self._conflicts += steps

    @property
    def left(self) -> tuple[Entry, ...]:
        """Return the documents of excluded pages that stay here."""
        return tuple(self._left)

    @property
    def conflicts(self) -> tuple[Step, ...]:
        """Return the steps of documents that were written with conflict markers."""
        return tuple(self._conflicts)


@dataclass(frozen=True, slots=True)
class PullRun:
    """One pull: both sides, the options, git's knowledge, and the report.

    A `full` run also creates and moves documents. `deleted` maps the ids of pages whose documents
    were deleted here on purpose to paths. `deleted_files` are attachments that were deleted the
    same way. `newest_files` are the newest stamps of attachments in git, by page id and name.
    `newest_properties` are those of content properties, by page id and key.
    `former` maps documents without a stamp to the pages that they belonged to. `notice` is for new
    comments, if the run looks for them. `elsewhere` returns the pages of the spaces that a run of
    some spaces leaves alone, with their paths.
    """

    mirror: Mirror
    remote: Remote
    options: PullOptions
    report: PullReport
    progress: Progress = silent
    full: bool = False
    deleted: Mapping[str, str] = field(default_factory=dict)
    deleted_files: DeletedFiles = field(default_factory=DeletedFiles)
    newest_files: Mapping[str, Mapping[str, Attached]] = field(default_factory=dict)
    newest_properties: Mapping[str, Mapping[str, Property]] = field(default_factory=dict)
    former: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notice: Notice | None = None
    elsewhere: Callable[[], Mapping[str, str]] = dict

    @classmethod
    def of(
        cls, mirror: Mirror, remote: Remote, options: PullOptions, progress: Progress
    ) -> PullRun:
        """Return a run without git's knowledge."""
        report, full = PullReport(dry_run=options.dry_run), options.selection.everything
        elsewhere = cache(lambda: pages_elsewhere(mirror.root, mirror.config))
        return cls(mirror, remote, options, report, progress, full, elsewhere=elsewhere)
