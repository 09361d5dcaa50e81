"""v1: spaces, and the content of a space."""

from __future__ import annotations

from typing import Any

import flask

from ..errors import Invalid
from ..site import store
from ..store.rows import WRITTEN
from .blueprint import classic
from .contents import space
from .lists import expand, listing
from .lookup import CURRENT
from .pages import list_pages
from .shapes import links


@classic.get("/space")
def get_spaces() -> dict[str, Any]:
    asked = expand()
    keys = [key.lower() for key in flask.request.args.getlist("spaceKey")]
    found = [row for row in store().spaces() if not keys or row.key.lower() in keys]
    return listing(
        lambda start, size: found[start : start + size],
        lambda rows: [space(row, asked) for row in rows],
        asked,
    )


@classic.get("/space/<key>")
def get_space(key: str) -> dict[str, Any]:
    row = store().space(key)
    found = space(row, expand())
    more = links(f"/rest/api/space/{row.key}", collection="/rest/api/space")
    return {**found, "_links": {**found["_links"], **more}}


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
