"""Cloud's v1: copies of single pages, and of pages with all pages below them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import flask

from ... import parameters
from ...bodies import formats
from ...errors import Invalid, Refusal
from ...site import store
from ...store import queries
from ...store.queries import Selection
from ...store.rows import PageRow
from ...v1.jobs import started
from ...v1.lists import expand
from ...v1.pages import single
from ...v1.rights.restrictions import KINDS, OPERATIONS
from ..pages import visible
from ..v1 import api

CURRENT = ("current",)
TREE = "com.atlassian.confluence.page.hierarchy.copy"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a copy is to stand: a space, and a page in it or None for its home page."""

    key: str
    above: str | None


@api.post("/content/<page_id>/copy")
def copy(page_id: str) -> dict[str, Any]:
    """Copy a page below another one, or into a space, with what the request names."""
    row, given = visible(page_id), parameters.document()
    place = _place(given.get("destination"))
    title = parameters.text(given, "pageTitle") or f"Copy of {row.title}"
    body = formats.sent(given, required=True) if given.get("body") else row.body
    with store().batch():
        made = _copied(row, place, title, body)
        _add_parts(row, made, given)
    return single(made, expand("body.storage,version,space"))


def _place(given: object) -> Place:
    if not isinstance(given, dict) or given.get("type") not in ("parent_page", "space"):
        raise Invalid("The destination must be a parent_page or a space.")
    value = str(given.get("value", ""))
    if given["type"] == "space":
        return Place(store().space(value).key, None)
    above = visible(value)
    return Place(above.space_key, above.id)


def _copied(row: PageRow, place: Place, title: str, body: str) -> PageRow:
    about = {"author": flask.g.user.name, "message": ""}
    return store().create_page(place.key, title, body, place.above, hidden=False, **about)


def _add_parts(row: PageRow, made: PageRow, given: Mapping[str, Any]) -> None:
    """Copy the labels, files, properties and restrictions of a page, if the request names them."""
    author = flask.g.user.name
    if given.get("copyLabels") is True:
        store().add_labels(made.id, row.labels)
    if given.get("copyAttachments") is True:
        for file in store().attachments(row.id):
            data = store().attachment_data(file.id)
            store().attach(made.id, file.title, data, file.media_type, author=author)
    if given.get("copyProperties") is True:
        for one in store().properties(row.id):
            store().add_property(made.id, one.key, one.value, author)
    if given.get("copyPermissions") is True:
        for operation in OPERATIONS:
            for kind in KINDS:
                names = store().allowed(row.id, operation, kind)
                store().restrict_to(made.id, operation, kind, names)


@api.post("/content/<page_id>/pagehierarchy/copy")
def copy_tree(page_id: str) -> tuple[dict[str, Any], int]:
    """Copy a page with all pages below it, as a job. The job fails if a title is taken."""
    row, given = visible(page_id), parameters.document()
    above = visible(str(given.get("destinationPageId")))
    store().editable(above.id)
    deep = given.get("copyDescendants") is not False
    tree, done = _tree(row.id) if deep else {}, True
    try:
        with store().batch():
            _copy_below(row, Place(above.space_key, above.id), tree, given)
    except Refusal:
        done = False
    return started(store().finish(TREE, done)), HTTPStatus.ACCEPTED


def _tree(page_id: str) -> dict[str, tuple[PageRow, ...]]:
    """Return the current child pages of a page and of each page below it."""
    select = Selection(
        parent_id=page_id, statuses=CURRENT, sort="child-position", bodies=True, labels=True
    )
    children = queries.pages(store().database, select)
    found = {page_id: children}
    for one in children:
        found |= _tree(one.id)
    return found


def _copy_below(
    row: PageRow, place: Place, tree: Mapping[str, tuple[PageRow, ...]], given: Mapping[str, Any]
) -> None:
    made = _copied(row, place, _title(row.title, given.get("titleOptions")), row.body)
    _add_parts(row, made, given)
    for child in tree.get(row.id, ()):
        _copy_below(child, Place(place.key, made.id), tree, given)


def _title(title: str, options: object) -> str:
    """Return the title of a copy: with other words in it, and with a prefix."""
    if not isinstance(options, dict):
        return title
    search, replace = (parameters.text(options, one) for one in ("search", "replace"))
    changed = title.replace(search, replace or "") if search else title
    return (parameters.text(options, "prefix") or "") + changed
