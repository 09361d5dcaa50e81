"""Cloud's v1: moves, the archive, restored versions, and whole trees."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from ... import parameters
from ...errors import Invalid, Missing
from ...site import store
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
    return started(store().finish("com.atlassian.confluence.archive")), HTTPStatus.ACCEPTED


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
