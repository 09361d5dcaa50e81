"""Data Center's v1: changes of the people who alone may read or update a page."""

from __future__ import annotations

from typing import Any

import flask

from ..v1.lists import outer_links
from ..v1.lookup import visible
from ..v1.rights import restrictions
from .api import api


@api.put("/content/<page_id>/restriction")
def change(page_id: str) -> dict[str, Any]:
    """Set the named users and groups of each given operation. Others stay as they are."""
    page = visible(page_id)
    restrictions.apply(page.id, restrictions.changes_in(flask.request.get_json(silent=True)))
    rows = [*restrictions.restrictions(page.id).values()]
    counts = {"start": 0, "limit": 100, "size": len(rows)}
    return {"results": rows, **counts, "_links": outer_links()}
