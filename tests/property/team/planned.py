"""A plan as its reviewer reads it, without any of confsync's code: what an application may do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confsync.sandbox import Store

if TYPE_CHECKING:
    from tests.property.team.oracle import State


# The action that gives a page a status.
_REMOVALS = {"trashed": "delete", "archived": "archive"}


class Planned:
    """The pages of a plan, as the oracle compares them with what is sent."""

    def __init__(self, file: Path, store: Store) -> None:
        self._store = store
        self._pages: list[dict[str, Any]] = json.loads(file.read_text())["pages"]

    def removes(self, page_id: str, version: int, status: str) -> bool:
        """Return whether the plan gives a page that has a version this status."""
        page, action = self._of(page_id), _REMOVALS[status]
        return page is not None and page["action"] == action and page["base"]["version"] == version

    def strange(self, page_id: str, then: State | None, now: State) -> Iterator[str]:
        """Yield what of a change of a page is not in the plan."""
        page = self._of(page_id)
        if page is None or page["action"] in _REMOVALS.values():
            yield "all of it"
            return
        if then is None or (now.row.title, now.row.body) != (then.row.title, then.row.body):
            base = page["base"]["version"] if page["base"] else 0
            if base != (then.row.version if then else 0):
                yield "its version"
            if page["digest"] != _digest(f"{now.row.title}\0{now.row.body}".encode()):
                yield "its text"
        moved = then is None or then.row.parent_id != now.row.parent_id
        if moved and page["parent"] not in (None, now.row.parent_id):
            yield "its place"
        yield from self._labels(page, then, now)
        yield from self._files(page, then, now)

    def _labels(self, page: dict[str, Any], then: State | None, now: State) -> Iterator[str]:
        had, has = {*(then.row.labels if then else ())}, {*now.row.labels}
        planned = page["labels"]
        if had != has and (planned is None or has - had - {*planned} or (had - has) & {*planned}):
            yield "its labels"

    def _files(self, page: dict[str, Any], then: State | None, now: State) -> Iterator[str]:
        had, planned = then.files if then else {}, page["attachments"] or {}
        for name in had.keys() | now.files.keys():
            if had.get(name) == now.files.get(name):
                continue
            data = None
            for one in self._store.attachments(now.row.id, name):
                data = self._store.attachment_data(one.id)
            if planned.get(name) != (None if data is None else _digest(data)):
                yield name

    def _of(self, page_id: str) -> dict[str, Any] | None:
        """Return the plan of a page; a page that the plan creates is known by its first title."""
        first = self._store.versions(page_id)[0].title
        named = (page for page in self._pages if page["id"] == page_id)
        new = (page for page in self._pages if page["id"] is None and page["title"] == first)
        return next(named, None) or next(new, None)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
