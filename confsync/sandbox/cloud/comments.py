"""Cloud v2: comments at the end of pages and inline, and the people who like content."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import flask

from .. import parameters
from ..bodies import formats
from ..errors import Invalid, Missing
from ..site import base, store
from ..store import queries
from ..store.rows import POST, CommentRow, account_id
from ..store.talk.comments import FOOTER, INLINE, RESOLVED, Selection, comments_of
from . import shapes as v2_shapes
from .orders import both_ways
from .pages import EITHER, api, editable_space, visible

KIND = "<any('footer-comments', 'inline-comments'):kind>"
RESOLUTIONS = (RESOLVED, "open", "dangling", "reopened")
SHOWN = ("current", "archived", "trashed", "deleted", "historical", "draft")


def comment(row: CommentRow, *, bodies: bool, inside: str | None = None) -> dict[str, Any]:
    """Return a comment; `inside` is the one id of its place that a listing shows."""
    place = {"blogPostId" if row.page_type == POST else "pageId": row.page_id}
    if row.parent_id is not None:
        place["parentCommentId"] = row.parent_id
    web = f"/spaces/{row.space_key}/pages/{row.page_id}?focusedCommentId={row.id}"
    found: dict[str, Any] = {
        "id": row.id,
        "status": row.status,
        "title": row.title,
        **(place if inside is None else {inside: place[inside]}),
        "version": v2_shapes.stamp(row.version, row.author, row.message, row.modified_at),
        "body": v2_shapes.body(row.body) if bodies else {},
        "_links": {"webui": web},
    }
    return {**found, **_inline(row)} if row.kind == INLINE else found


def _inline(row: CommentRow) -> dict[str, Any]:
    found: dict[str, Any] = {"resolutionStatus": row.resolution}
    if row.resolver is not None:
        found["resolutionLastModifierId"] = account_id(row.resolver)
        found["resolutionLastModifiedAt"] = row.modified_at
    if row.ref is not None:
        found["properties"] = {
            "inlineMarkerRef": row.ref,
            "inlineOriginalSelection": row.selection,
        }
    return found


def _kind(kind: str) -> str:
    return INLINE if kind == "inline-comments" else FOOTER


def _one(kind: str, comment_id: str) -> CommentRow:
    row = store().commentary(comment_id)
    if row.kind != _kind(kind):
        raise Missing("comment", comment_id)
    return row


def _editable(row: CommentRow) -> CommentRow:
    editable_space(store().space(row.space_key))
    return row


def _listed(rows: Sequence[CommentRow], inside: str | None = None) -> flask.Response:
    sort = parameters.choice("sort", both_ways(("created-date", "modified-date")), "created-date")
    column = "modified_at" if sort.endswith("modified-date") else "created_at"
    found = sorted(rows, key=lambda row: (getattr(row, column), int(row.id)))
    bodies = formats.asked()
    return parameters.sliced(
        found[::-1] if sort.startswith("-") else found,
        lambda row: comment(row, bodies=bodies, inside=inside),
    )


def _single(row: CommentRow, *, bodies: bool) -> dict[str, Any]:
    found = comment(row, bodies=bodies)
    return {**found, "_links": {**found["_links"], "base": base()}}


@api.get(f"/{KIND}")
def get_comments(kind: str) -> flask.Response:
    return _listed(comments_of(store().database, kind=_kind(kind)))


@api.get(f"/{EITHER}/<page_id>/{KIND.replace('kind', 'comments')}")
def get_page_comments(kind: str, page_id: str, comments: str) -> flask.Response:
    """List the comments on a page that are no replies."""
    page = visible(page_id, kind)
    wanted = parameters.values("resolution-status", choices=RESOLUTIONS)
    parameters.values("status", choices=SHOWN)
    rows = [
        row
        for row in store().comments(page.id, _kind(comments))
        if row.parent_id is None and (not wanted or row.resolution in wanted)
    ]
    return _listed(rows, "blogPostId" if page.type == POST else "pageId")


@api.post(f"/{KIND}")
def create_comment(kind: str) -> tuple[dict[str, Any], int]:
    given = parameters.document()
    body, author = formats.sent(given, required=True), flask.g.user.name
    above = parameters.text(given, "parentCommentId")
    if above is not None:
        row = store().reply(_editable(_one(kind, above)).id, body, author)
    else:
        page = _target(given)
        editable_space(store().space(store().page(page).space_key))
        if kind == "inline-comments":
            row = store().add_inline(page, body, _selection(given), author)
        else:
            row = store().add_comment(page, body, author)
    return _single(row, bodies=True), HTTPStatus.CREATED


def _target(given: dict[str, Any]) -> str:
    """Return the id of the page or blog post that a new comment is about."""
    page, post = parameters.text(given, "pageId"), parameters.text(given, "blogPostId")
    if (page is None) == (post is None):
        raise Invalid("Exactly one of 'pageId', 'blogPostId' or 'parentCommentId' must be given.")
    return visible(page or "").id if post is None else visible(post, "blogposts").id


def _selection(given: dict[str, Any]) -> Selection:
    about = given.get("inlineCommentProperties")
    if not isinstance(about, dict):
        raise Invalid("Required field 'inlineCommentProperties' is missing or is not an object.")
    text = parameters.text(about, "textSelection", required=True) or ""
    index, count = about.get("textSelectionMatchIndex", 0), about.get("textSelectionMatchCount", 1)
    if not isinstance(index, int) or not isinstance(count, int) or not 0 <= index < count:
        raise Invalid("'textSelectionMatchIndex' must be less than 'textSelectionMatchCount'.")
    return Selection(text, index)


@api.get(f"/{KIND}/<comment_id>")
def get_comment(kind: str, comment_id: str) -> dict[str, Any]:
    return _single(_one(kind, comment_id), bodies=formats.asked())


@api.put(f"/{KIND}/<comment_id>")
def update_comment(kind: str, comment_id: str) -> dict[str, Any]:
    """Add a version of a comment, resolve it, or both."""
    given = parameters.document()
    row, author = _editable(_one(kind, comment_id)), flask.g.user.name
    with store().batch():
        if "body" in given or "version" in given:
            number, message = parameters.version(given)
            if number is None:
                raise Invalid("Required field 'version.number' is missing or is not an integer.")
            new = formats.sent(given, required=False) if given.get("body") else row.body
            row = store().edit_comment(row.id, new, number, author, message)
        resolved = given.get("resolved")
        if kind == "inline-comments" and isinstance(resolved, bool):
            row = store().resolve(row.id, resolved, author)
    return _single(row, bodies=True)


@api.delete(f"/{KIND}/<comment_id>")
def delete_comment(kind: str, comment_id: str) -> tuple[str, int]:
    store().remove_comment(_editable(_one(kind, comment_id)).id)
    return "", HTTPStatus.NO_CONTENT


@api.get(f"/{KIND}/<comment_id>/children")
def get_replies(kind: str, comment_id: str) -> flask.Response:
    rows = comments_of(store().database, parent=_one(kind, comment_id).id)
    return _listed(rows, "parentCommentId")


@api.get(f"/{KIND}/<comment_id>/operations")
def get_comment_operations(kind: str, comment_id: str) -> dict[str, Any]:
    _one(kind, comment_id)
    allowed = ("read", "update", "delete")
    return {"operations": [{"operation": one, "targetType": "comment"} for one in allowed]}


@api.get(f"/{KIND}/<comment_id>/versions")
def get_comment_versions(kind: str, comment_id: str) -> flask.Response:
    row, bodies = _one(kind, comment_id), formats.asked()
    sort = parameters.choice("sort", both_ways(("modified-date",)), "-modified-date")
    rows = queries.versions(store().database, row.id)
    return parameters.sliced(
        rows[::-1] if sort.startswith("-") else rows,
        lambda one: v2_shapes.entity_version(one, row.id, "comment", bodies=bodies),
    )


@api.get(f"/{KIND}/<comment_id>/versions/<int:number>")
def get_comment_version(kind: str, comment_id: str, number: int) -> dict[str, Any]:
    row = _one(kind, comment_id)
    found = queries.versions(store().database, row.id, only=number)
    if not found:
        raise Missing("version", str(number))
    return v2_shapes.detailed_version(found[0], row.version)


def _liked(kind: str, content_id: str) -> tuple[str, ...]:
    find = visible if kind in ("pages", "blogposts") else lambda one, of: _one(of, one)
    return store().likes(find(content_id, kind).id)


LIKED = "<any(pages, blogposts, 'footer-comments', 'inline-comments'):kind>"


@api.get(f"/{LIKED}/<content_id>/likes/count")
def count_likes(kind: str, content_id: str) -> dict[str, Any]:
    return {"count": len(_liked(kind, content_id))}


@api.get(f"/{LIKED}/<content_id>/likes/users")
def get_likes(kind: str, content_id: str) -> flask.Response:
    shown = [{"accountId": account_id(name)} for name in _liked(kind, content_id)]
    return parameters.sliced(shown, dict)
