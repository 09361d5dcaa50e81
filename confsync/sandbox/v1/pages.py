"""v1: reading content, one by one, in listings, by cursor and by query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flask

from ..errors import Invalid, Missing
from ..parameters import integer, values
from ..site import site, store
from ..store import queries
from ..store.queries import Selection
from ..store.rows import WRITTEN, PageRow
from . import shapes as v1_shapes
from .blueprint import both, classic
from .contents import attachment, contents
from .files import list_files
from .lists import expand, listing, scan, sliced
from .lookup import CURRENT, statuses, visible
from .shapes import Expand, links
from .talk.comments import find_comment, get_all_comments, get_comments, single_comment

DEFAULT = "history,space,version"
SCAN = (7, 18)
VERSIONS = (9, 0)
# The document of 9.3.1 has the parameter `ids`, those of 5.5.3 and of 8.x lack it.
IDS = (9, 0)


def single(row: PageRow, asked: Expand) -> dict[str, Any]:
    """Return a page in an answer of its own."""
    (found,) = contents([row], asked)
    more = links(f"/rest/api/content/{row.id}", collection="/rest/api/content")
    return {**found, "_links": {**found["_links"], **more}}


def list_pages(asked: Expand, **select: Any) -> dict[str, Any]:
    """Return a listing of the selected pages."""

    def fetch(start: int, size: int) -> Sequence[PageRow]:
        selection = Selection(offset=start, limit=size, bodies=asked.bodies, **select)
        return queries.pages(store().database, selection)

    return listing(fetch, lambda rows: contents(rows, asked), asked)


def _filters() -> dict[str, Any]:
    """Return the selection by a listing's query."""
    given = flask.request.args
    kind = given.get("type", "page")
    if kind not in ("page", "blogpost", "comment", "attachment"):
        raise Invalid(f"Unsupported content type: {kind}")
    key = given.get("spaceKey")
    return {
        "statuses": statuses(),
        "space_ids": (store().space(key).id,) if key else (),
        "types": (kind,),
        "day": given.get("postingDay"),
        "where": None if kind in WRITTEN else ("0 = ?", (1,)),
    }


@classic.get("/content")
def get_contents() -> dict[str, Any]:
    title = flask.request.args.get("title")
    return list_pages(expand(), title=title, **(_filters() | _by_ids()))


def _by_ids() -> dict[str, Any]:
    """Return the selection by the parameter `ids`, which selects pages and blog posts."""
    ids = values("ids")
    if not ids or site().faults.ignore_ids or not site().at_least(*IDS):
        return {}
    return {"ids": ids} if "type" in flask.request.args else {"ids": ids, "types": WRITTEN}


@classic.get("/content/scan")
def scan_contents() -> dict[str, Any]:
    """List content by cursor. A server before 7.18 takes `scan` for an id."""
    if not site().at_least(*SCAN):
        raise Missing("page", "scan")
    asked, filters = expand(), _filters()

    def fetch(after: int, size: int) -> Sequence[PageRow]:
        selection = Selection(after=(after, after), limit=size, bodies=asked.bodies, **filters)
        return queries.pages(store().database, selection)

    return scan(fetch, lambda rows: contents(rows, asked), lambda row: row.id, asked)


@classic.get("/content/<page_id>")
def get_content(page_id: str) -> dict[str, Any]:
    asked = expand(DEFAULT)
    if page_id.startswith("att"):
        row = store().attachment(page_id)
        visible(row.page_id)
        return attachment(row, asked)
    said = find_comment(page_id)
    if said is not None:
        return single_comment(said, asked)
    wanted, number = statuses(), integer("version")
    if not wanted or "historical" in wanted:
        page = visible(page_id, ())
        if number not in (None, 0, page.version):
            return single(_old(page, number or 0), asked)
        return single(page, asked)
    page = visible(page_id, wanted)
    if number not in (None, 0, page.version):
        raise Missing("page", page_id)
    return single(page, asked)


def _old(page: PageRow, number: int) -> PageRow:
    found = queries.versions(store().database, page.id, only=number)
    if not found:
        raise Missing("page", page.id)
    return v1_shapes.as_of(page, found[0])


@classic.get("/content/<page_id>/history")
def get_history(page_id: str) -> dict[str, Any]:
    asked = Expand.of(
        "lastUpdated,previousVersion,nextVersion", *flask.request.args.getlist("expand")
    )
    return v1_shapes.history(visible(page_id), asked, "")


def list_versions(page_id: str) -> dict[str, Any]:
    """List a page's versions, newest first. `content` of each is the page at that version."""
    page, asked = visible(page_id), expand()
    rows = queries.versions(store().database, page.id, bodies=False)[::-1]
    return sliced(rows, lambda row: v1_shapes.version(page.id, row, latest=row is rows[0]), asked)


def show_version(page_id: str, number: int) -> dict[str, Any]:
    page, asked = visible(page_id), expand()
    found = queries.versions(store().database, page.id, only=number)
    if not found:
        raise Missing("page", page_id)
    shown = v1_shapes.version(page.id, found[0], latest=number == page.version)
    if "content" in asked:
        names = [name.removeprefix("content.") for name in asked.names if name != "content"]
        shown["content"] = single(v1_shapes.as_of(page, found[0]), Expand.of(*names))
    return shown


@classic.get("/content/<page_id>/version")
def get_versions(page_id: str) -> dict[str, Any]:
    if not site().at_least(*VERSIONS):
        raise Missing("path", "version")
    return list_versions(page_id)


@classic.get("/content/<page_id>/version/<int:number>")
def get_version(page_id: str, number: int) -> dict[str, Any]:
    if not site().at_least(*VERSIONS):
        raise Missing("path", "version")
    return show_version(page_id, number)


@classic.get("/content/<page_id>/child")
def get_child(page_id: str) -> dict[str, Any]:
    path = f"/rest/api/content/{visible(page_id).id}/child"
    found: dict[str, Any] = {}
    asked = expand()
    if "page" in asked:
        found["page"] = get_child_pages(page_id)
    if "comment" in asked:
        found["comment"] = get_comments(page_id)
    if "attachment" in asked:
        found["attachment"] = list_files(page_id)
    unseen = {k: f"{path}/{k}" for k in ("page", "attachment", "comment") if k not in found}
    return {**found, "_links": links(path), "_expandable": unseen}


@classic.get("/content/<page_id>/child/page")
def get_child_pages(page_id: str) -> dict[str, Any]:
    page = visible(page_id)
    return list_pages(expand(), parent_id=page.id, statuses=CURRENT, sort="child-position")


@both.get("/content/<page_id>/descendant")
def get_all_descendants(page_id: str) -> dict[str, Any]:
    """Return everything below a page that `expand` names, by kind."""
    path = f"/rest/api/content/{visible(page_id).id}/descendant"
    asked = expand()
    every = {"page": get_descendants, "comment": get_all_comments, "attachment": get_nothing}
    found = {kind: show(page_id) for kind, show in every.items() if kind in asked}
    unseen = {kind: f"{path}/{kind}" for kind in every if kind not in found}
    return {**found, "_links": links(path), "_expandable": unseen}


@both.get("/content/<page_id>/descendant/page")
def get_descendants(page_id: str) -> dict[str, Any]:
    below = queries.descendants(store().database, visible(page_id).id)
    return list_pages(expand(), statuses=CURRENT, ids=below or ("-1",))


@both.get("/content/<page_id>/descendant/attachment")
def get_nothing(page_id: str) -> dict[str, Any]:
    visible(page_id)
    nothing: tuple[dict[str, Any], ...] = ()
    return sliced(nothing, dict, expand())
