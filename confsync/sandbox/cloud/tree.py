"""Cloud v2: descendants and ancestors, titles, tasks, and the kinds of content."""

from __future__ import annotations

from typing import Any

import flask

from .. import parameters
from ..bodies import formats
from ..errors import Invalid, Missing
from ..site import store
from ..store import queries
from ..store.actions.tasks import COMPLETE, TaskRow
from ..store.rows import POST, account_id
from . import shapes as v2_shapes
from .pages import api, editable, single, visible

STATUSES = (COMPLETE, "incomplete")
DEPTHS = range(1, 11)
MAX_IDS = 100


@api.get("/pages/<page_id>/descendants")
def get_descendants(page_id: str) -> flask.Response:
    return list_below(visible(page_id).id)


def list_below(content_id: str) -> flask.Response:
    """List what is below content, down to a depth. What is deeper is left out silently."""
    depth = parameters.integer("depth")
    depth = 2 if depth is None else depth
    if depth not in DEPTHS:
        raise Invalid(f"Provided value {{{depth}}} for 'depth' must be between 1 and 10")
    found = queries.below(store().database, content_id, depth)
    return parameters.sliced(found, v2_shapes.descendant)


@api.put("/pages/<page_id>/title")
def set_title(page_id: str) -> dict[str, Any]:
    """Give a page another title in a new version. There is no check of the version."""
    given = parameters.document()
    if parameters.text(given, "status", required=True) != "current":
        raise Invalid("The title of a draft is changed with the draft: status must be 'current'.")
    title = parameters.text(given, "title", required=True) or ""
    with store().batch():
        row = editable(page_id)
        if row.status != "current":
            raise Missing(row.type, page_id)
        number, body = row.version + 1, row.body
        author = flask.g.user.name
        row = store().update(page_id, number=number, title=title, body=body, author=author)
    return single(row, bodies=True)


@api.post("/content/convert-ids-to-types")
def convert_ids() -> dict[str, Any]:
    wanted = parameters.document().get("contentIds")
    if not isinstance(wanted, list) or len(wanted) > MAX_IDS:
        raise Invalid(f"Field 'contentIds' must be a list of at most {MAX_IDS} ids.")
    found = {str(one): _type(str(one)) for one in wanted}
    return {"results": {one: kind for one, kind in found.items() if kind is not None}}


def _type(content_id: str) -> str | None:
    row = store().database.one(
        "SELECT type FROM content WHERE id = ?1 AND restricted = 0 UNION ALL"
        " SELECT kind || '-comment' FROM comments WHERE id = ?1 UNION ALL"
        " SELECT 'attachment' FROM attachments WHERE id = ?1",
        (queries.number(content_id.removeprefix("att")),),
    )
    return str(row[0]) if row else None


def _task(row: TaskRow, *, bodies: bool) -> dict[str, Any]:
    page = row.page
    found: dict[str, Any] = {
        "id": row.id,
        "localId": row.local_id,
        "spaceId": page.space_id,
        "blogPostId" if page.type == POST else "pageId": page.id,
        "status": row.status,
        "body": v2_shapes.body(row.body) if bodies else {},
        "createdBy": account_id(page.creator),
        "createdAt": page.created_at,
        "updatedAt": page.modified_at,
    }
    if row.person is not None:
        found["assignedTo"] = row.person
    if row.due is not None:
        found["dueAt"] = f"{row.due}T00:00:00.000Z"
    return found


@api.get("/tasks")
def get_tasks() -> flask.Response:
    status, bodies = parameters.values("status", choices=STATUSES), formats.asked()
    spaces, ids = parameters.ids("space-id", 250), parameters.ids("task-id", 250)
    pages = parameters.ids("page-id", 250) + parameters.ids("blogpost-id", 250)
    people = parameters.values("assigned-to", 250)
    rows = [
        row
        for row in store().tasks()
        if (not status or row.status in status)
        and (not spaces or row.page.space_id in spaces)
        and (not pages or row.page.id in pages)
        and (not ids or row.id in ids)
        and (not people or row.person in people)
    ]
    return parameters.sliced(rows, lambda row: _task(row, bodies=bodies))


@api.get("/tasks/<task_id>")
def get_task(task_id: str) -> dict[str, Any]:
    return _task(store().task(task_id), bodies=formats.asked())


@api.put("/tasks/<task_id>")
def set_task(task_id: str) -> dict[str, Any]:
    status, bodies = (
        parameters.text(parameters.document(), "status", required=True),
        formats.asked(),
    )
    if status not in STATUSES:
        raise Invalid("Field 'status' must be 'complete' or 'incomplete'.")
    editable_of(store().task(task_id))
    return _task(store().check_task(task_id, status), bodies=bodies)


def editable_of(row: TaskRow) -> None:
    """Raise a refusal unless the page of a task may be changed."""
    store().editable(row.page.id)
