"""The labels of a whole space by its labels: a listing of them, and of the pages of each."""

from __future__ import annotations

from itertools import chain

from confsync.remote import rows
from confsync.remote.client import Client
from confsync.remote.cloud.pagination import by_cursor
from confsync.workers import Workers

_API = "api/v2"


def labels_by_page(
    client: Client, workers: Workers, space_id: str, kind: str, *, limit: int
) -> dict[str, list[str]]:
    """Return the global labels of each page of a space. `kind` is `pages` or `blogposts`."""
    wanted = {"prefix": "global", "limit": limit}
    found = chain.from_iterable(
        by_cursor(client, f"{_API}/spaces/{space_id}/content/labels", wanted)
    )
    names = {rows.id_of(row): rows.text_of(row, "name") for row in found}

    def pages(label: str) -> list[str]:
        params = {"space-id": space_id, "limit": limit}
        some = chain.from_iterable(by_cursor(client, f"{_API}/labels/{label}/{kind}", params))
        return [rows.id_of(row) for row in some]

    known: dict[str, list[str]] = {}
    for label, page_ids in zip(names, workers.each(pages, names), strict=True):
        for page_id in page_ids:
            known.setdefault(page_id, []).append(names[label])
    return known
