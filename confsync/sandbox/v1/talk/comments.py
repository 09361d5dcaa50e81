"""v1: comments as content of their own type."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import flask

from ... import parameters
from ...bodies import formats
from ...errors import Invalid
from ...parameters import values
from ...site import store
from ...store.permissions import check_create
from ...store.rows import CommentRow
from ...store.talk.comments import INLINE, RESOLVED, Selection, comments_of
from ..blueprint import both, classic
from ..contents import comments
from ..lists import expand, listing
from ..lookup import visible
from ..shapes import Expand, links

LOCATIONS = ("inline", "footer", "resolved")
WRITTEN = "body.storage,version,history,container,ancestors"


def find_comment(content_id: str) -> CommentRow | None:
    """Return a comment, or None for the id of other content."""
    found = comments_of(store().database, ids=(content_id,))
    return found[0] if found else None


def single_comment(row: CommentRow, asked: Expand) -> dict[str, Any]:
    (found,) = comments([row], asked)
    more = links(f"/rest/api/content/{row.id}", collection="/rest/api/content")
    return {**found, "_links": {**found["_links"], **more}}


def _listed(rows: Sequence[CommentRow]) -> dict[str, Any]:
    asked = expand()
    wanted = values("location", choices=LOCATIONS)
    found = [row for row in rows if not wanted or _location(row) in wanted]
    return listing(
        lambda start, size: found[start : start + size],
        lambda some: comments(some, asked),
        asked,
    )


def _location(row: CommentRow) -> str:
    return RESOLVED if row.resolution == RESOLVED else row.kind


@classic.get("/content/<page_id>/child/comment")
def get_comments(page_id: str) -> dict[str, Any]:
    """List the comments on a page, or the replies to a comment; with `depth=all` those of both."""
    above = find_comment(page_id)
    if above is not None:
        return _listed(comments_of(store().database, parent=above.id))
    whole = flask.request.args.get("depth") == "all"
    rows = store().comments(visible(page_id).id)
    return _listed([row for row in rows if whole or row.parent_id is None])


@both.get("/content/<page_id>/descendant/comment")
def get_all_comments(page_id: str) -> dict[str, Any]:
    return _listed(store().comments(visible(page_id).id))


def create_comment(given: dict[str, Any]) -> dict[str, Any]:
    container = given.get("container")
    if not isinstance(container, dict) or "id" not in container:
        raise Invalid("A comment must have a container.")
    page = visible(str(container["id"]))
    check_create(store().space(page.space_key))
    body, author = formats.sent(given, required=True), flask.g.user.name
    above = given.get("ancestors")
    about = given.get("extensions")
    about = about if isinstance(about, dict) else {}
    if isinstance(above, list) and above:
        row = store().reply(str(above[-1].get("id", "")), body, author)
    elif about.get("location") == INLINE:
        inline = about.get("inlineProperties")
        inline = inline if isinstance(inline, dict) else {}
        text = Selection(str(inline.get("originalSelection", "")))
        row = store().add_inline(page.id, body, text, author)
    else:
        row = store().add_comment(page.id, body, author)
    return single_comment(row, Expand.of(WRITTEN, *expand().names))


def update_comment(row: CommentRow, given: dict[str, Any]) -> dict[str, Any]:
    """Add a version of a comment. An inline one can be resolved and reopened with it."""
    number, message = parameters.version(given)
    if number is None:
        raise Invalid("Must supply an incremented version when updating Content.")
    author = flask.g.user.name
    check_create(store().space(row.space_key))
    with store().batch():
        body = formats.sent(given, required=True) if given.get("body") else row.body
        row = store().edit_comment(row.id, body, number, author, message)
        extensions = given.get("extensions")
        state = extensions.get("resolution") if isinstance(extensions, dict) else None
        if isinstance(state, dict):
            row = store().resolve(row.id, state.get("status") == RESOLVED, author)
    return single_comment(row, Expand.of(WRITTEN, *expand().names))


def delete_comment(row: CommentRow) -> tuple[str, int]:
    check_create(store().space(row.space_key))
    store().remove_comment(row.id)
    return "", HTTPStatus.NO_CONTENT
