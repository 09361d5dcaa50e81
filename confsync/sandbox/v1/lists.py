"""v1's listings: `start` and `limit`, a silently lowered limit, and `scan` by cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import flask

from .. import parameters
from ..bodies.formats import check_expand
from ..errors import Invalid
from ..site import base, site
from .shapes import Expand

WITH_BODIES = 50
EXPANDED = 200
BARE = 1000
_CURSOR = "content:false:"
Row = TypeVar("Row")
Show = Callable[[Sequence[Row]], list[dict[str, Any]]]


def expand(default: str = "") -> Expand:
    """Return the names in the request's `expand`. Raise `Invalid` for bodies in another format."""
    given = flask.request.args.getlist("expand")
    found = Expand.of(*(given or [default]))
    check_expand(found.names)
    return found


def limit(asked: Expand, default: int = parameters.DEFAULT_LIMIT) -> int:
    """Return the number of results: at most the server's limit for such an `expand`.

    Clients ask for 0 results to learn how many there are.
    """
    wanted = parameters.integer("limit")
    wanted = default if wanted is None else wanted
    most = WITH_BODIES if asked.bodies else EXPANDED if asked.names else BARE
    size = min(wanted, most)
    return max(min(size, 1), size // 2) if site().faults.short_pages else size


def listing(
    fetch: Callable[[int, int], Sequence[Row]], show: Show[Row], asked: Expand, **more: object
) -> dict[str, Any]:
    """Return one page of a listing. `fetch` gets the first row's number and the number of rows."""
    size, start = limit(asked), parameters.integer("start") or 0
    rows = fetch(start, size + 1)
    links = outer_links()
    if 0 < size < len(rows):
        links["next"] = again(start=start + size, limit=size)
    if start:
        links["prev"] = again(start=max(0, start - size), limit=size)
    shown = show(rows[:size])
    counts = {"start": start, "limit": size, "size": len(shown)}
    return {"results": shown, **counts, **more, "_links": links}


def sliced(
    rows: Sequence[Row], show: Callable[[Row], dict[str, Any]], asked: Expand
) -> dict[str, Any]:
    """Return a page of a listing of given rows."""
    return listing(
        lambda start, size: rows[start : start + size],
        lambda found: [show(row) for row in found],
        asked,
    )


def scan(
    fetch: Callable[[int, int], Sequence[Row]],
    show: Show[Row],
    place: Callable[[Row], str],
    asked: Expand,
) -> dict[str, Any]:
    """Return one page by cursor.

    `fetch` gets the id before the first row, and the number of rows.
    """
    size, cursor = limit(asked), flask.request.args.get("cursor", f"{_CURSOR}0")
    after = cursor.removeprefix(_CURSOR)
    if not cursor.startswith(_CURSOR) or not after.isdecimal():
        raise Invalid(f"Can't parse cursor: {cursor}")
    rows = fetch(int(after), size + 1)
    links, more = outer_links(), {}
    if 0 < size < len(rows):
        more["nextCursor"] = _CURSOR + place(rows[size - 1])
        links["next"] = again(cursor=more["nextCursor"], limit=size)
    shown = show(rows[:size])
    counts: Mapping[str, Any] = {"cursor": cursor, "limit": size, "size": len(shown)}
    return {"results": shown, **counts, **more, "_links": links}


def _path() -> str:
    return flask.request.path.removeprefix(site().context)


def outer_links() -> dict[str, str]:
    query = flask.request.query_string.decode()
    return {
        "self": f"{base()}{_path()}" + (f"?{query}" if query else ""),
        "base": base(),
        "context": site().context,
    }


def again(**changed: object) -> str:
    """Return the same request with other parameters, relative to the context path."""
    query = [(k, v) for k, v in flask.request.args.items(multi=True) if k not in changed]
    return f"{_path()}?{urlencode([*query, *changed.items()])}"
