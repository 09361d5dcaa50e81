"""The options of `push` about plans."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from confsync.errors import UsageError

if TYPE_CHECKING:
    from confsync.mirror.mirror import Mirror
    from confsync.model.result import Result
    from confsync.progress import Progress
    from confsync.push.options import PushOptions
    from confsync.remote import Remote


def check_archive(archive: bool, delete: bool, given: Iterable[str]) -> None:
    """Raise UsageError for --archive without --delete. `given` are the words of the user."""
    if not archive or delete:
        return
    from confsync.model.shell import quoted

    words = " ".join(("--delete --archive --dry-run", *map(quoted, given)))
    hint = f"'confsync push {words}' lists the pages; without --dry-run it archives them"
    raise UsageError("--archive needs --delete", hint=hint)


class PlanOptions(NamedTuple):
    """The file to write a plan to, the plan to apply, and whether a part of it is enough."""

    written: str | None
    applied: str | None
    all_or_nothing: bool

    def check(self, *, selects: bool) -> None:
        """Raise UsageError for options that exclude each other.

        `selects` tells whether the command line selects documents.
        """
        if self.written is not None and self.applied is not None:
            raise UsageError("--plan and --apply exclude each other")
        if self.applied is not None and selects:
            raise UsageError("--apply takes the pages from the plan: name no others")
        if self.all_or_nothing and self.applied is None:
            raise UsageError("--all-or-nothing needs --apply")

    def push(
        self,
        start: Path,
        mirror: Mirror,
        remote: Remote,
        options: PushOptions,
        progress: Progress,
    ) -> Result:
        """Push, or plan a push, or apply a plan. Files are named as in the directory `start`."""
        if self.written is not None:
            from confsync.commands.bulk.plans import plan

            return plan(mirror, remote, options, start / self.written, progress)
        if self.applied is not None:
            from confsync.commands.bulk.application import Application

            application = Application(start / self.applied, options, self.all_or_nothing)
            return application.run(mirror, remote, progress)
        from confsync.commands.pages.push import push

        return push(mirror, remote, options, progress)
