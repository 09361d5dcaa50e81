"""Jobs that take a while on a real server. Here each is done before its answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from ...errors import Missing
from ..state import State


@dataclass(frozen=True, slots=True)
class LongTask:
    """A job that is done. `name` is the key of its text."""

    id: str
    name: str
    successful: bool


class LongTasks(State):
    """The jobs of a store since it was opened."""

    jobs: dict[str, LongTask]

    def finish(self, name: str, successful: bool = True) -> LongTask:
        """Note a job that is done."""
        job = LongTask(str(uuid.uuid4()), name, successful)
        self.jobs[job.id] = job
        return job

    def job(self, task_id: str) -> LongTask:
        if task_id not in self.jobs:
            raise Missing("long task", task_id)
        return self.jobs[task_id]
