"""Cloud v2: the orders of listings of pages, also those that no client asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import flask

from .. import parameters
from ..bodies import formats
from ..errors import Invalid
from ..parameters import After
from ..site import site, store
from ..store import queries
from ..store.queries import Selection
from ..store.rows import PageRow
from . import shapes

PAGE_SORTS = ("id", "created-date", "modified-date", "title")


def both_ways(sorts: tuple[str, ...]) -> tuple[str, ...]:
    return (*sorts, *(f"-{one}" for one in sorts))


def list_pages(select: dict[str, Any], sorts: tuple[str, ...] = PAGE_SORTS) -> flask.Response:
    """List pages by the given filters, and by those that all listings of pages have.

    They come in the order that the request names, or in the order of a fault.
    """
    sort, faults = parameters.choice("sort", both_ways(sorts), "id"), site().faults
    if faults.order == "refused" and "sort" in flask.request.args:
        raise Invalid("Sorting is not supported.")
    if faults.lose_cursor == flask.request.args.get("sort") and "cursor" in flask.request.args:
        raise Invalid("The provided cursor is not valid.")
    match faults.order:
        case "text" | "answers":
            return _list_unsorted(select, sort)
        case "id" | "title":
            sort = faults.order
    bodies = formats.asked()

    def fetch(size: int, after: After | None) -> Sequence[PageRow]:
        selection = Selection(sort=sort, after=after, limit=size, bodies=bodies, **select)
        return _selected(selection)

    return parameters.listing(
        fetch,
        lambda row: queries.sort_value(sort, row),
        lambda row: shapes.content(row, bodies=bodies),
    )


def _selected(selection: Selection) -> Sequence[PageRow]:
    """Return the selected pages.

    An index has the pages of one status in descending order. SQLite would sort those of several
    statuses for each answer: of 10,000 pages, it takes four times as long as in ascending order.
    """
    database = store().database
    if selection.sort != "-id" or len(selection.statuses) < 2:
        return queries.pages(database, selection)
    with database.lock:
        several = [replace(selection, statuses=(status,)) for status in selection.statuses]
        found = [row for one in several for row in queries.pages(database, one)]
    return sorted(found, key=lambda row: -int(row.id))[: selection.limit]


def _list_unsorted(select: dict[str, Any], sort: str) -> flask.Response:
    """List pages in an order that the store does not know. Cursors are numbers of rows."""
    bodies, down = formats.asked(), sort.startswith("-")
    rows = list(queries.pages(store().database, Selection(sort="title", bodies=bodies, **select)))
    if site().faults.order == "text":
        rows.sort(key=lambda row: row.id, reverse=down)

    def fetch(size: int, after: After | None) -> Sequence[tuple[int, PageRow]]:
        first = after[1] if after else 0
        some = rows[first : first + size]
        if site().faults.order == "answers":
            some[: size - 1] = sorted(some[: size - 1], key=lambda r: int(r.id), reverse=down)
        return list(enumerate(some, first + 1))

    return parameters.listing(
        fetch,
        lambda row: (row[0], row[0]),
        lambda row: shapes.content(row[1], bodies=bodies),
    )
