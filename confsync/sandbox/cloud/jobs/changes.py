"""Cloud's v1: moves, the archive, restored versions, and whole trees."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from ... import parameters
from ...errors import Invalid, Missing
from ...site import site, store
from ...store import queries
from ...store.queries import Selection
from ...store.rows import PAGE
from ...v1 import shapes as v1_shapes
from ...v1.jobs import started
from ...v1.lists import expand
from ...v1.pages import single
from ..pages import visible
from ..v1 import api

MAX_PAGES = 300
ARCHIVE = "com.atlassian.confluence.archive"


@api.put("/content/<page_id>/move/<any(before, after, append):position>/<target_id>")
def move(page_id: str, position: str, target_id: str) -> dict[str, Any]:
    return {"pageId": store().move(visible(page_id).id, position, visible(target_id).id).id}


@api.post("/content/archive")
def archive() -> tuple[dict[str, Any], int]:
    """Archive pages, as a job. All of them must be current. One such job runs at a time."""
    given = parameters.document().get("pages")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_PAGES:
        raise Invalid(f"1 to {MAX_PAGES} pages must be given.")
    with store().batch():
        if store().is_running(ARCHIVE):
            raise Invalid("An archival job is already running.")
        ids = [_to_archive(one) for one in given]
        faults, wiki = site().faults, store()

        def work() -> None:
            for page_id in ids:
                wiki.archive(page_id)

        waiting, successful = faults.task_requests, not faults.task_fails
        job = wiki.start(ARCHIVE, work, waiting=waiting, successful=successful)
        return started(job), HTTPStatus.ACCEPTED


def _to_archive(given: object) -> str:
    """Return the id of a page in a request to archive it. The id is a number there."""
    page_id = given.get("id") if isinstance(given, dict) else None
    if not isinstance(page_id, int) or isinstance(page_id, bool):
        raise Invalid("The id of each page must be a number.")
    row = store().editable(str(page_id))
    if row.type != PAGE or row.status != "current":
        raise Invalid(f"The content with id {row.id} is no current page.")
    return row.id


@api.post("/content/<page_id>/version")
def restore_version(page_id: str) -> dict[str, Any]:
    """Make the text of an old version, and its title if that is wished, the newest version."""
    given = parameters.document()
    about = given.get("params")
    if given.get("operationKey") != "restore" or not isinstance(about, dict):
        raise Invalid("The operationKey must be restore, and params must be given.")
    number, message = about.get("versionNumber"), parameters.text(about, "message") or ""
    with store().batch():
        row = store().editable(page_id)
        found = [one for one in store().versions(row.id) if one.number == number]
        if not found:
            raise Missing("version", str(number))
        title = found[0].title if about.get("restoreTitle") is True else row.title
        new = {"number": row.version + 1, "author": flask.g.user.name, "message": message}
        made = store().update(row.id, title=title, body=found[0].body, **new)
    shown = v1_shapes.version(made.id, v1_shapes.current(made))
    return {**shown, "content": single(made, expand("body.storage,version"))}


@api.delete("/content/<page_id>/pageTree")
def delete_tree(page_id: str) -> tuple[dict[str, Any], int]:
    """Move a page and all pages below it to the trash, as a job."""
    with store().batch():
        row = store().editable(visible(page_id).id)
        ids = (*queries.descendants(store().database, row.id), row.id)
        for one in queries.pages(store().database, Selection(ids=ids)):
            store().trash(store().editable(one.id).id)
    return started(store().finish("com.atlassian.confluence.page.tree")), HTTPStatus.ACCEPTED
