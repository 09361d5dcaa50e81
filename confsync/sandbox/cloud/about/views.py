"""Cloud's v1: the views of content. The sandbox counts none."""

from __future__ import annotations

from ...v1.lookup import visible
from ..v1 import api


@api.get("/analytics/content/<page_id>/<any(views, viewers):what>")
def count_views(page_id: str, what: str) -> dict[str, int]:
    return {"id": int(visible(page_id).id), "count": 0}
