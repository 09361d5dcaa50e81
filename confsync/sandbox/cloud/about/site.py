"""Cloud's v1: the site itself, its people as apps ask for them, and what has a label."""

from __future__ import annotations

from typing import Any

import flask

from ... import parameters
from ...errors import Missing
from ...site import CLOUD_ID, base, store
from ...store import queries
from ...store.labels import every_label
from ...store.queries import Selection
from ...store.rows import WRITTEN, UserRow
from ...v1 import shapes as v1_shapes
from ...v1.lists import expand, sliced
from ...v1.people import named
from ..v1 import api

KINDS = ("page", "blogpost", "attachment", "page_template")


@api.get("/settings/systemInfo")
def get_site() -> dict[str, Any]:
    return {
        "cloudId": CLOUD_ID,
        "commitHash": "",
        "baseUrl": base(),
        "edition": "standard",
        "siteTitle": "Confluence",
        "defaultLocale": "en_GB",
        "defaultTimeZone": "UTC",
    }


def _asked() -> list[UserRow]:
    ids = flask.request.args.getlist("accountId")
    return [named({"accountId": one}) for one in ids]


def _looked_up(row: UserRow) -> dict[str, Any]:
    more = {"email": row.email if row.token else "", "profilePicture": v1_shapes.PICTURE}
    links = {"self": f"{base()}/rest/api/user?accountId={row.account_id}"}
    return {**v1_shapes.person(row.name), **more, "_links": links, "_expandable": {}}


@api.get("/user/bulk")
def get_users() -> dict[str, Any]:
    return sliced(_asked(), _looked_up, expand())


def _email(row: UserRow) -> dict[str, str]:
    return {"accountId": row.account_id, "email": row.email}


@api.get("/user/email")
def get_email() -> dict[str, str]:
    return _email(named(flask.request.args))


@api.get("/user/email/bulk")
def get_emails() -> flask.Response:
    return flask.jsonify([_email(row) for row in _asked()])


@api.get("/label")
def get_labelled() -> dict[str, Any]:
    """Return a label with the content that has it."""
    name = flask.request.args.get("name", "").lower()
    kind = next(iter(parameters.values("type", choices=KINDS)), None)
    label = every_label(store().database, name)
    if label is None:
        raise Missing("label", name)
    select = Selection(label_id=label.id, types=WRITTEN, statuses=("current",))
    rows = [(row.type, row.id, row.title) for row in queries.pages(store().database, select)]
    files = [store().attachment(one) for one in store().labelled_files(label.id)]
    rows += [("attachment", row.id.removeprefix("att"), row.title) for row in files]
    listed = sliced(
        [row for row in rows if kind in (None, row[0])],
        lambda row: {"contentType": row[0], "contentId": int(row[1]), "title": row[2]},
        expand(),
    )
    return {"label": v1_shapes.label(label), "associatedContents": listed}
