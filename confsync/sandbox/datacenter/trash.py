"""Data Center's v1: the trash of a space, old versions of files, and files that move."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from ..errors import Missing
from ..site import store
from ..store import queries
from ..store.queries import Selection
from ..store.rows import WRITTEN, AttachmentRow, PageRow
from ..v1.contents import contents
from ..v1.lists import expand, scan
from .api import api
from .space_parts import editable

TRASH = "/space/<key>/trash"
FILE = "/content/<page_id>/child/attachment/<attachment_id>"


def _trashed(key: str, *, after: int = 0, limit: int | None = None) -> list[PageRow]:
    space = store().space(key)
    select = Selection(space_ids=(space.id,), statuses=("trashed",), types=WRITTEN, bodies=True)
    rows = [row for row in queries.pages(store().database, select) if int(row.id) > after]
    return sorted(rows, key=lambda row: int(row.id))[:limit]


@api.get(TRASH)
def get_trash(key: str) -> dict[str, Any]:
    asked = expand()
    return scan(
        lambda after, size: _trashed(key, after=after, limit=size),
        lambda rows: contents(rows, asked),
        lambda row: row.id,
        asked,
    )


@api.delete(TRASH)
def empty_trash(key: str) -> tuple[str, int]:
    with store().batch():
        space = editable(key)
        for row in _trashed(space.key):
            store().purge(store().editable(row.id).id)
    return "", HTTPStatus.NO_CONTENT


def _file(page_id: str, attachment_id: str) -> AttachmentRow:
    """Return a file of a page that the API may change."""
    row = store().attachment(attachment_id)
    if row.page_id != store().editable(page_id).id:
        raise Missing("attachment", attachment_id)
    return row


@api.delete(f"{FILE}/version/<int:number>")
def delete_file_version(page_id: str, attachment_id: str, number: int) -> tuple[str, int]:
    with store().batch():
        store().remove_attachment_version(_file(page_id, attachment_id).id, number)
    return "", HTTPStatus.NO_CONTENT


@api.post(f"{FILE}/move")
def move_file(page_id: str, attachment_id: str) -> tuple[str, int]:
    """Give a file another name, another page, or both."""
    given = flask.request.args
    with store().batch():
        row = _file(page_id, attachment_id)
        target = store().editable(given.get("newContentId", page_id))
        store().move_attachment(row.id, target.id, given.get("newName", row.title))
    return "", HTTPStatus.NO_CONTENT
