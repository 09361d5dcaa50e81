"""Jobs that take a while on a real server. Here a job is done at once, unless it has to wait."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...errors import Missing
from ..state import State


@dataclass(frozen=True, slots=True)
class LongTask:
    """A job. `name` is the key of its text, `work` what it does at its end.

    It ends before the request that follows `waiting` others. A job that is not `successful` does
    nothing.
    """

    id: str
    name: str
    successful: bool
    work: Callable[[], None] | None = None
    waiting: int = 0
    finished: bool = True


class LongTasks(State):
    """The jobs of a store since it was opened."""

    jobs: dict[str, LongTask]

    def finish(self, name: str, successful: bool = True) -> LongTask:
        """Note a job that is done."""
        return self._noted(LongTask(str(uuid.uuid4()), name, successful))

    def start(
        self, name: str, work: Callable[[], None], *, waiting: int = 0, successful: bool = True
    ) -> LongTask:
        """Note a job and do it now, or before the request that follows `waiting` others."""
        job = LongTask(str(uuid.uuid4()), name, successful, work, waiting, finished=False)
        return self._noted(job if waiting else _done(job))

    def is_running(self, name: str) -> bool:
        """Return whether a job with a name is not done."""
        return any(job.name == name and not job.finished for job in self.jobs.values())

    def advance(self) -> None:
        """Count a request, and do the jobs that waited for it."""
        if all(job.finished for job in self.jobs.values()):
            return
        with self.batch():
            for job in [job for job in self.jobs.values() if not job.finished]:
                late = job.waiting == 0
                self._noted(_done(job) if late else replace(job, waiting=job.waiting - 1))

    def job(self, task_id: str) -> LongTask:
        if task_id not in self.jobs:
            raise Missing("long task", task_id)
        return self.jobs[task_id]

    def _noted(self, job: LongTask) -> LongTask:
        self.jobs[job.id] = job
        return job


def _done(job: LongTask) -> LongTask:
    if job.work is not None and job.successful:
        job.work()
    return replace(job, finished=True)
