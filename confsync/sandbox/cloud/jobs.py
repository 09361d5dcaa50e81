"""Cloud's v1: moves, copies, the archive, and the jobs that these start."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from .. import body_formats, parameters
from ..errors import Invalid
from ..site import base, site, store
from ..store.actions.long_tasks import LongTask
from ..store.rows import PAGE
from ..v1.lists import expand
from ..v1.pages import single
from .pages import visible
from .v1 import api

MAX_PAGES = 300


@api.put("/content/<page_id>/move/<any(before, after, append):position>/<target_id>")
def move(page_id: str, position: str, target_id: str) -> dict[str, Any]:
    return {"pageId": store().move(visible(page_id).id, position, visible(target_id).id).id}


@api.post("/content/archive")
def archive() -> tuple[dict[str, Any], int]:
    """Archive pages. All of them must be current."""
    given = parameters.document().get("pages")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_PAGES:
        raise Invalid(f"1 to {MAX_PAGES} pages must be given.")
    with store().batch():
        for one in given:
            row = store().editable(str(one.get("id") if isinstance(one, dict) else ""))
            if row.type != PAGE or row.status != "current":
                raise Invalid(f"The content with id {row.id} is no current page.")
            store().archive(row.id)
    return _started(store().finish("com.atlassian.confluence.archive")), HTTPStatus.ACCEPTED


def _started(job: LongTask) -> dict[str, Any]:
    return {"id": job.id, "links": {"status": f"/rest/api/longtask/{job.id}"}}


@api.post("/content/<page_id>/copy")
def copy(page_id: str) -> dict[str, Any]:
    """Copy a page below another one, or into a space, with what the request names."""
    row, given = visible(page_id), parameters.document()
    place = given.get("destination")
    if not isinstance(place, dict) or place.get("type") not in ("parent_page", "space"):
        raise Invalid("The destination must be a parent_page or a space.")
    value = str(place.get("value", ""))
    above = visible(value) if place["type"] == "parent_page" else None
    key = store().space(value).key if above is None else above.space_key
    title = parameters.text(given, "pageTitle") or f"Copy of {row.title}"
    body = body_formats.sent(given, required=True) if given.get("body") else row.body
    author, who = flask.g.user.name, given.get("copyLabels") is True
    with store().batch():
        made = store().create_page(
            key,
            title,
            body,
            above.id if above else None,
            author=author,
            labels=row.labels if who else (),
        )
        if given.get("copyAttachments") is True:
            for file in store().attachments(row.id):
                data = store().attachment_data(file.id)
                store().attach(made.id, file.title, data, file.media_type, author=author)
    return single(made, expand("body.storage,version,space"))


@api.get("/longtask")
def get_jobs() -> dict[str, Any]:
    found = [_job(job) for job in store().jobs.values()]
    links = {"base": base(), "context": site().context}
    counts = {"start": 0, "limit": 100, "size": len(found)}
    return {"results": found, **counts, "_links": links}


@api.get("/longtask/<task_id>")
def get_job(task_id: str) -> dict[str, Any]:
    return _job(store().job(task_id))


def _job(job: LongTask) -> dict[str, Any]:
    path = f"{base()}/rest/api/longtask/{job.id}"
    return {
        "id": job.id,
        "name": {"key": job.name, "args": []},
        "elapsedTime": 1,
        "percentageComplete": 100,
        "successful": job.successful,
        "finished": True,
        "messages": [],
        "_links": {"self": path, "base": base(), "context": site().context},
    }
