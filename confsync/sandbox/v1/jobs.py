"""v1: the jobs that a site has started."""

from __future__ import annotations

from typing import Any

from ..site import base, store
from ..store.actions.long_tasks import LongTask
from .blueprint import both
from .lists import expand, sliced
from .shapes import links

_FAILED = {"translation": "The job failed.", "args": []}


def started(job: LongTask) -> dict[str, Any]:
    """Return what a request answers that has started a job."""
    return {"id": job.id, "links": {"status": f"/rest/api/longtask/{job.id}"}}


@both.get("/longtask")
def get_jobs() -> dict[str, Any]:
    return sliced([*store().jobs.values()], _job, expand())


@both.get("/longtask/<task_id>")
def get_job(task_id: str) -> dict[str, Any]:
    path = f"/rest/api/longtask/{task_id}"
    return {**_job(store().job(task_id)), "_links": links(path)}


def _job(job: LongTask) -> dict[str, Any]:
    return {
        "id": job.id,
        "name": {"key": job.name, "args": []},
        "elapsedTime": 1,
        "percentageComplete": 100 if job.finished else 50,
        "successful": job.finished and job.successful,
        "finished": job.finished,
        "messages": [] if job.successful or not job.finished else [_FAILED],
        "_links": {"self": f"{base()}/rest/api/longtask/{job.id}"},
    }
