"""The command `push`: send edited pages back, each only over the version of its stamp."""

from __future__ import annotations

import time
from collections.abc import Callable

from confsync.mirror.mirror import Mirror
from confsync.model.result import Result
from confsync.progress import Progress, silent
from confsync.push.options import PushOptions, PushRun
from confsync.push.run import push_mirror
from confsync.remote import Remote
from confsync.sync.report import Report


def push(
    mirror: Mirror,
    remote: Remote,
    options: PushOptions,
    progress: Progress = silent,
    clock: Callable[[], float] = time.monotonic,
) -> Result:
    """Push every edited document of the mirror, or the selected documents.

    Raise UsageError, FileError.
    """
    report = Report("push", dry_run=options.dry_run)
    return push_mirror(PushRun(mirror, remote, report, progress, clock), options)
