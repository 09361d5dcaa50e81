"""Cloud v2: pages and their parts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask
from werkzeug.exceptions import HTTPException

from .. import parameters
from ..bodies import formats
from ..errors import Forbidden, Invalid, Missing, Refusal, Stale, v2_envelope
from ..parameters import After
from ..site import AuthenticationError, base, current_user, site, store
from ..store import queries
from ..store.actions.drafts import DRAFT, Draft
from ..store.permissions import check_create, operations
from ..store.queries import Selection
from ..store.rows import PAGE, POST, ROOT, NodeRow, PageRow, Parent, SpaceRow
from ..v1.views.addresses import shown
from . import shapes as v2_shapes
from .orders import both_ways, list_pages

api = flask.Blueprint("v2", __name__, url_prefix="/api/v2")

LISTED = ("current", "archived", "deleted", "trashed")
# Pages and blog posts, as routes name them
KINDS = {"pages": PAGE, "blogposts": POST}
EITHER = "<any(pages, blogposts):kind>"
SHOWN = (*LISTED, "historical", "draft")


@api.before_request
def authenticate() -> None:
    flask.g.user = current_user()
    formats.check_characters()


@api.errorhandler(AuthenticationError)
def hide(_: AuthenticationError) -> tuple[dict[str, Any], int]:
    """Answer bad credentials as v2 does: like missing content."""
    return v2_envelope(404, Missing.code, "Not Found"), 404


@api.errorhandler(Forbidden)
def deny(error: Forbidden) -> tuple[dict[str, Any], int]:
    """Answer a forbidden change like missing content, too."""
    return refuse(error.hidden_as)


@api.errorhandler(Refusal)
def refuse(refusal: Refusal) -> tuple[dict[str, Any], int]:
    return v2_envelope(refusal.status, refusal.code, str(refusal)), refusal.status


@api.errorhandler(HTTPException)
def fail(error: HTTPException) -> tuple[dict[str, Any], int]:
    status = error.code or 500
    return v2_envelope(status, error.name.upper().replace(" ", "_"), error.name), status


def visible(page_id: str, kind: str = "pages") -> PageRow:
    """Return a page or blog post that the API's user may see.

    Each is found under its own kind only.
    """
    return queries.page(store().database, page_id, hidden=False, types=(KINDS[kind],))


def editable(page_id: str, kind: str = "pages") -> PageRow:
    """Return a page or blog post that the API's user may also change."""
    return store().editable(visible(page_id, kind).id)


def statuses() -> tuple[str, ...]:
    return parameters.values("status", choices=LISTED) or queries.LIVE


@api.get("/pages")
def get_pages() -> flask.Response:
    return list_pages(
        {
            "ids": parameters.ids("id", 250),
            "space_ids": parameters.ids("space-id", 100),
            "statuses": statuses(),
            "title": flask.request.args.get("title"),
            "subtype": next(iter(parameters.values("subtype", choices=("live", "page"))), None),
        }
    )


@api.post("/pages", strict_slashes=False)
def create_page() -> dict[str, Any]:
    given = parameters.document()
    space_id = parameters.text(given, "spaceId", required=True)
    new = wants_draft(given)
    title = parameters.text(given, "title", required=not new) or ""
    parent: Parent = parameters.text(given, "parentId")
    if parameters.flag("root-level"):
        if parent is not None:
            raise Invalid("A parentId may not be supplied when root-level is true.")
        parent = ROOT
    subtype = parameters.text(given, "subtype")
    if subtype not in (None, "live"):
        raise Invalid("The only subtype that may be given is 'live'.")
    key, body = space_of(space_id).key, formats.sent(given, required=False)
    if new:
        draft = Draft(title, body, flask.g.user.name, parent)
        return single(store().create_draft(PAGE, key, draft), bodies=True)
    row = store().create_page(
        key,
        title,
        body,
        parent,
        author=flask.g.user.name,
        message="" if site().faults.drop_message_on_create else parameters.version(given)[1],
        subtype=subtype,
        hidden=False,
    )
    return single(row, bodies=True)


def space_of(space_id: str | None) -> SpaceRow:
    """Return the space in which content is to be created."""
    for space in store().spaces():
        if space.id == space_id:
            return space
    raise Missing("space", str(space_id))


def editable_space(space: SpaceRow) -> SpaceRow:
    """Return a space in which the API may change something. Raise `Forbidden` for another one."""
    check_create(space)
    return space


@api.get(f"/{EITHER}/<page_id>")
def get_page(kind: str, page_id: str) -> dict[str, Any]:
    row = visible(page_id, kind)
    view = formats.view_asked()
    found = _wanted(row, bodies=view is not None or formats.asked())
    if view is not None:
        value = shown(found["body"]["storage"]["value"], row.id, row.space_key)
        found["body"] = {view: {"representation": view, "value": value}}
    return found


def _wanted(row: PageRow, *, bodies: bool) -> dict[str, Any]:
    """Return a page in the status and version of the query."""
    wanted = parameters.values("status", choices=SHOWN)
    if parameters.flag("get-draft") or wanted == (DRAFT,):
        row = store().draft_of(row.id) or row
    number = parameters.integer("version")
    if row.status == DRAFT and DRAFT not in wanted and not parameters.flag("get-draft"):
        raise Missing(row.type, row.id)
    if number is not None and number != row.version:
        (old,) = _old(row, number)
        return {**v2_shapes.old_page(row, old, bodies=bodies), "_links": _links(row)}
    if wanted and row.status not in wanted:
        raise Missing(row.type, row.id)
    return single(row, bodies=bodies)


@api.put(f"/{EITHER}/<page_id>")
def update_page(kind: str, page_id: str) -> dict[str, Any]:
    row = visible(page_id, kind)
    given = parameters.document()
    if parameters.text(given, "id", required=True) != page_id:
        raise Invalid("The id in the body does not match the id in the path.")
    parameters.text(given, "status", required=True)
    new = wants_draft(given)
    title = parameters.text(given, "title", required=True) or ""
    body = formats.sent(given, required=True)
    number, message = parameters.version(given)
    if number is None:
        raise Invalid("Required field 'version.number' is missing or is not an integer.")
    if str(given.get("spaceId") or row.space_id) != row.space_id:
        raise Invalid("Moving a page to a different space is not supported.")
    faults = site().faults
    parent = given.get("parentId") if row.type == PAGE else None
    if DRAFT in (row.status, given.get("status")):
        draft = Draft(title, body, flask.g.user.name, parent and str(parent), message)
        return single(_change_draft(row, draft, number, publish=not new), bodies=True)
    updated = store().update(
        page_id,
        number=number,
        title=title,
        body=body,
        parent=None if parent is None else str(parent),
        owner=_owner(given, row),
        author=flask.g.user.name,
        message="" if faults.drop_message else message,
        minor=parameters.is_minor(given) and not faults.ignore_minor,
        skip_identical=faults.no_version_for_identical,
    )
    return single(updated, bodies=True)


def _owner(given: dict[str, Any], row: PageRow) -> str | None:
    """Return the name of the owner that an update gives a page, or None."""
    account = parameters.text(given, "ownerId") if row.type == PAGE else None
    return None if account is None else store().user_of_account(account)


def _change_draft(row: PageRow, draft: Draft, number: int, *, publish: bool) -> PageRow:
    """Change or publish a draft of new content, or keep one of published content.

    A draft's version is 1, and that of new content still is when it is published.
    """
    if number != 1:
        raise Stale(0, number)
    if row.status not in (DRAFT, "current"):
        raise Invalid(f"Content that is {row.status} gets no draft.")
    if row.status != DRAFT:
        return store().keep_draft(row.id, draft)
    change = store().publish if publish else store().save_draft
    return change(row.id, draft)


@api.delete(f"/{EITHER}/<page_id>")
def delete_page(kind: str, page_id: str) -> tuple[str, int]:
    """Move a page to the trash; with `purge`, delete it from the trash for good."""
    with store().batch():
        row = editable(page_id, kind)
        purge = parameters.flag("purge")
        if parameters.flag("draft") and row.status != DRAFT:
            store().drop_draft(page_id)
            return "", HTTPStatus.NO_CONTENT
        if row.status == DRAFT and not parameters.flag("draft"):
            raise Missing(row.type, page_id)
        if purge and row.status not in ("trashed", DRAFT):
            raise Invalid("Trashable Content must be trashed before it can be purged")
        if row.status == DRAFT:
            store().discard(page_id)
        elif purge:
            store().purge(page_id)
        elif row.status == "trashed":
            raise Missing(row.type, page_id)
        else:
            store().trash(page_id)
    return "", HTTPStatus.NO_CONTENT


@api.get(f"/{EITHER}/<page_id>/versions")
def get_versions(kind: str, page_id: str) -> flask.Response:
    row = visible(page_id, kind)
    sort = parameters.choice("sort", both_ways(("modified-date",)), "-modified-date")
    bodies = formats.asked()
    found = queries.versions(store().database, row.id, bodies=bodies)
    ordered = found[::-1] if sort.startswith("-") else found
    return parameters.sliced(ordered, lambda one: v2_shapes.version(one, row, bodies=bodies))


@api.get(f"/{EITHER}/<page_id>/versions/<int:number>")
def get_version(kind: str, page_id: str, number: int) -> dict[str, Any]:
    row = visible(page_id, kind)
    (found,) = _old(row, number)
    return v2_shapes.detailed_version(found, row.version)


@api.get(f"/{EITHER}/<page_id>/labels")
def get_page_labels(kind: str, page_id: str) -> flask.Response:
    prefix = parameters.values("prefix", choices=("my", "team", "global", "system"))
    found = store().labels(visible(page_id, kind).id) if not prefix or "global" in prefix else ()
    return parameters.sliced(found, v2_shapes.label)


@api.get(f"/{EITHER}/<page_id>/operations")
def get_operations(kind: str, page_id: str) -> dict[str, Any]:
    return {"operations": operations(store(), visible(page_id, kind).id)}


@api.get("/pages/<page_id>/ancestors")
def get_ancestors(page_id: str) -> flask.Response:
    found = queries.ancestors(store().database, visible(page_id).id)
    return parameters.sliced(found, lambda one: {"id": one[0], "type": one[1]})


@api.get("/pages/<page_id>/children")
def get_children(page_id: str) -> flask.Response:
    """List child pages. Folders and their content stay invisible here."""
    return list_children(visible(page_id).id, any_type=False)


@api.get("/pages/<page_id>/direct-children")
def get_direct_children(page_id: str) -> flask.Response:
    return list_children(visible(page_id).id, any_type=True)


def list_children(parent_id: str, *, any_type: bool) -> flask.Response:
    choices = ("created-date", "id", "child-position", "modified-date")
    sort = parameters.choice("sort", both_ways(choices), "child-position")
    if sort.removeprefix("-").endswith("-date"):
        # a node's row has no dates, but ids follow the order of creation
        sort = ("-" if sort.startswith("-") else "") + "id"

    def fetch(size: int, after: After | None) -> tuple[NodeRow, ...]:
        types = () if any_type else (PAGE,)
        selection = Selection(parent_id=parent_id, types=types, sort=sort, after=after, limit=size)
        return queries.nodes(store().database, selection)

    return parameters.listing(
        fetch,
        lambda row: queries.sort_value(sort, row),
        lambda row: v2_shapes.child(row, kind=any_type),
    )


def _links(row: PageRow) -> dict[str, Any]:
    links: dict[str, Any] = v2_shapes.content(row, bodies=False)["_links"]
    return {**links, "base": base()}


def single(row: PageRow, *, bodies: bool) -> dict[str, Any]:
    """Return a page in an answer of its own."""
    return {**v2_shapes.content(row, bodies=bodies), "_links": _links(row)}


def _old(row: PageRow, number: int) -> tuple[Any, ...]:
    found = queries.versions(store().database, row.id, only=number)
    if not found:
        raise Missing("version", str(number))
    return found


def wants_draft(given: dict[str, Any]) -> bool:
    """Return whether a request's status is draft. Raise `Invalid` for one that is not current."""
    status = given.get("status", "current")
    if status not in ("current", DRAFT):
        raise Invalid(f"status must be 'current' or 'draft', not '{status}'.")
    return bool(status == DRAFT)
