"""v1: spaces, and the content of a space."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import flask

from .. import parameters
from ..errors import Invalid
from ..site import store
from ..store.permissions import check_create
from ..store.rows import WRITTEN, SpaceRow
from .blueprint import both, classic
from .contents import space
from .jobs import started
from .lists import expand, listing
from .lookup import CURRENT
from .pages import list_pages
from .shapes import Expand, links
from .write import document

WRITTEN_SPACE = "description,homepage"
_KEY = re.compile(r"~?[A-Za-z0-9]{1,255}")


@classic.get("/space")
def get_spaces() -> dict[str, Any]:
    asked = expand()
    given = flask.request.args
    # servers know the first name, the document of 9.3.1 the other ones
    names = ("spaceKey", "spaceKeys", "spaceKeySingle")
    keys = [key.lower() for name in names for key in given.getlist(name)]
    keys += given.getlist("spaceIds")
    found = [row for row in store().spaces() if not keys or {row.key.lower(), row.id} & {*keys}]
    return listing(
        lambda start, size: found[start : start + size],
        lambda rows: [space(row, asked) for row in rows],
        asked,
    )


@classic.get("/space/<key>")
def get_space(key: str) -> dict[str, Any]:
    return _single(store().space(key), expand())


def _single(row: SpaceRow, asked: Expand) -> dict[str, Any]:
    found = space(row, asked)
    more = links(f"/rest/api/space/{row.key}", collection="/rest/api/space")
    return {**found, "_links": {**found["_links"], **more}}


@both.post("/space")
def create_space() -> dict[str, Any]:
    given = document()
    key, name = (parameters.text(given, one, required=True) or "" for one in ("key", "name"))
    row = store().create_space(check_key(key), name, author=flask.g.user.name)
    return _single(row, Expand.of(WRITTEN_SPACE, *expand().names))


def check_key(key: str) -> str:
    """Return the key of a new space. Raise `Invalid` for an impossible one."""
    if not _KEY.fullmatch(key):
        raise Invalid(f"The space key must have letters and digits only: {key!r}")
    return key


@both.put("/space/<key>")
def update_space(key: str) -> dict[str, Any]:
    row = store().space(key)
    check_create(row)
    name = parameters.text(document(), "name")
    changed = store().rename_space(row.key, name) if name else row
    return _single(changed, Expand.of(WRITTEN_SPACE, *expand().names))


@both.delete("/space/<key>")
def delete_space(key: str) -> tuple[dict[str, Any], int]:
    """Delete a space with everything in it, as a job."""
    row = store().space(key)
    check_create(row)
    store().remove_space(row.key)
    return started(store().finish("com.atlassian.confluence.space.delete")), HTTPStatus.ACCEPTED


@classic.get("/space/<key>/content")
def get_space_content(key: str) -> dict[str, Any]:
    """List all kinds of content, each with its first results."""
    found = {"page": get_space_pages(key, "page"), "blogpost": get_space_pages(key, "blogpost")}
    return {**found, "_links": links(f"/rest/api/space/{key}/content")}


@classic.get("/space/<key>/content/<kind>")
def get_space_pages(key: str, kind: str) -> dict[str, Any]:
    space, root = store().space(key), flask.request.args.get("depth") == "root"
    if kind not in WRITTEN:
        raise Invalid(f"Unsupported content type: {kind}")
    select = {"space_ids": (space.id,), "statuses": CURRENT, "root_only": root}
    return list_pages(expand(), types=(kind,), **select)
