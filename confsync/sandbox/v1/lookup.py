"""v1: the page that an address names, and the statuses that a query wants."""

from __future__ import annotations

from ..errors import Missing
from ..parameters import values
from ..site import store
from ..store import queries
from ..store.rows import PageRow

CURRENT = ("current",)
STATUSES = ("current", "trashed", "archived", "historical", "draft", "any")


def statuses() -> tuple[str, ...]:
    """Return the requested statuses; empty for `any`."""
    found = values("status", choices=STATUSES) or CURRENT
    return () if "any" in found else found


def visible(page_id: str, wanted: tuple[str, ...] = CURRENT) -> PageRow:
    """Return a page that the API's user may see, in one of these statuses (none: any)."""
    row = queries.page(store().database, page_id, hidden=False)
    if wanted and row.status not in wanted:
        raise Missing("page", page_id)
    return row
