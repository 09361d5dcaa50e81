"""The commands of confsync that a person types at a desk, with their options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from confsync.commands.bulk import plans
from confsync.commands.bulk.application import Application
from confsync.commands.bulk.revert import revert
from confsync.commands.bulk.revert_run import RunOptions, revert_run
from confsync.commands.git.history import history
from confsync.commands.pages.pull import pull
from confsync.commands.pages.push import push
from confsync.commands.pages.restore import restore
from confsync.commands.pages.status.status import status
from confsync.history.options import HistoryOptions
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.model.result import Result
from confsync.pull.options import PullOptions
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.push.options import DeleteOptions, PushOptions
from confsync.sync.deletion import Disposal
from tests.store_remote import StoreRemote


def _deletions(delete: bool, archive: bool) -> DeleteOptions | None:
    if not delete:
        return None
    return DeleteOptions(disposal=Disposal.ARCHIVE if archive else Disposal.TRASH)


class Commands:
    """Makes commands that ask `remote`; each is run with a mirror."""

    remote: StoreRemote

    def record(self) -> Callable[[Mirror], Result]:
        return lambda mirror: history(mirror, self.remote, HistoryOptions())

    def pull(
        self,
        *names: str,
        way: Way | None = None,
        at: int | None = None,
        refresh: bool = False,
        commit: bool = False,
    ) -> Callable[[Mirror], Result]:
        options = PullOptions(
            Selection(names),
            resolution=Resolution(way, at) if way else None,
            refresh=refresh,
            commit=commit,
            allow_mass_rollback=True,
        )
        return lambda mirror: pull(mirror, self.remote, options)

    def status(self) -> Callable[[Mirror], Result]:
        return lambda mirror: status(mirror, None)

    def push(
        self,
        *,
        delete: bool = False,
        archive: bool = False,
        commit: bool = False,
        drop_comments: bool = False,
    ) -> Callable[[Mirror], Result]:
        deleting = _deletions(delete, archive)
        options = PushOptions(delete=deleting, commit=commit, drop_comments=drop_comments)
        return lambda mirror: push(mirror, self.remote, options)

    def plan(
        self, file: Path, *, delete: bool, archive: bool = False
    ) -> Callable[[Mirror], Result]:
        options = PushOptions(delete=_deletions(delete, archive))
        return lambda mirror: plans.plan(mirror, self.remote, options, file)

    def apply(self, file: Path, *, whole: bool) -> Callable[[Mirror], Result]:
        applied = Application(file, PushOptions(), all_or_nothing=whole)
        return lambda mirror: applied.run(mirror, self.remote)

    def revert(self, name: str, version: int) -> Callable[[Mirror], Result]:
        return lambda mirror: revert(mirror, self.remote, Selection((name,)), version)

    def restore(self, page_id: str) -> Callable[[Mirror], Result]:
        return lambda mirror: restore(mirror, self.remote, page_id)

    def revert_run(self, run: str, *names: str) -> Callable[[Mirror], Result]:
        options = RunOptions(run, Selection(names))
        return lambda mirror: revert_run(mirror, self.remote, options)
