"""Cloud v2: the routes of blog posts that differ from those of pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import flask

from .. import parameters
from ..bodies import formats
from ..errors import Invalid
from ..site import site, store
from ..store.actions.drafts import Draft
from ..store.rows import POST
from .orders import list_pages
from .pages import api, single, space_of, wants_draft

SORTS = ("id", "created-date", "modified-date")
STATUSES = ("current", "deleted", "trashed")


def _list(select: dict[str, Any]) -> flask.Response:
    return list_pages({"types": (POST,), **select}, SORTS)


def _filters() -> dict[str, Any]:
    return {
        "statuses": parameters.values("status", choices=STATUSES) or ("current",),
        "title": flask.request.args.get("title"),
    }


@api.get("/blogposts")
def get_posts() -> flask.Response:
    ids, spaces = parameters.ids("id", 250), parameters.ids("space-id", 100)
    return _list({"ids": ids, "space_ids": spaces, **_filters()})


@api.get("/spaces/<space_id>/blogposts")
def get_space_posts(space_id: str) -> flask.Response:
    return _list({"space_ids": (space_of(space_id).id,), **_filters()})


@api.get("/labels/<label_id>/blogposts")
def get_label_posts(label_id: str) -> flask.Response:
    return _list({"label_id": label_id, "space_ids": parameters.ids("space-id", 100)})


@api.post("/blogposts")
def create_post() -> dict[str, Any]:
    given = parameters.document()
    space = space_of(parameters.text(given, "spaceId", required=True))
    new, body = wants_draft(given), formats.sent(given, required=False)
    title = parameters.text(given, "title", required=not new) or ""
    if new:
        draft = Draft(title, body, flask.g.user.name)
        return single(store().create_draft(POST, space.key, draft), bodies=True)
    row = store().create_post(
        space.key,
        title,
        body,
        author=flask.g.user.name,
        message="" if site().faults.drop_message_on_create else parameters.version(given)[1],
        at=_date(given),
        hidden=False,
    )
    return single(row, bodies=True)


def _date(given: dict[str, Any]) -> str | None:
    """Return the day on which a blog post is to stand, as the store writes times."""
    wanted = parameters.text(given, "createdAt")
    if wanted is None:
        return None
    try:
        moment = datetime.fromisoformat(wanted).astimezone(UTC)
    except ValueError:
        raise Invalid("Field 'createdAt' is not a date-time.") from None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
