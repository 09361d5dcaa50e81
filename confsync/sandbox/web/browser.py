"""The browser pages that show something: spaces, their trees, pages, versions and files."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import flask
from markupsafe import Markup
from werkzeug.wrappers import Response

from ..bodies.html import to_html
from ..errors import Missing
from ..site import CLOUD, site, store
from ..store import queries
from ..store.queries import Selection
from ..store.rows import (
    PAGE,
    POST,
    WRITTEN,
    AttachmentRow,
    NodeRow,
    PageRow,
    SpaceRow,
    VersionRow,
)
from ..v1.views.addresses import names
from .answers import blueprint, page_url, people, show, url_of

pages = blueprint("browser")
# What an action says at the page to which it leads
DONE = {
    "created": "The page was created.",
    "moved": "The page was moved.",
    "sorted": "The pages below this page stand in the order of their titles.",
    "renamed": "The page was renamed.",
    "owned": "The page has its new owner.",
    "restricted": "The restrictions were changed.",
    "restored": "The page was restored.",
    "commented": "The comment was added.",
    "labelled": "The labels were added.",
    "unlabelled": "The label was removed.",
    "set": "The setting was changed.",
    "attached": "The file was attached.",
    "detached": "The file was deleted.",
}


@dataclass(frozen=True, slots=True)
class _Node:
    title: str
    type: str
    status: str
    url: str | None
    children: list[_Node] = field(default_factory=list)


@pages.get("/")
def list_spaces() -> flask.Response:
    return show("spaces", 200, spaces=store().spaces(), **people())


@pages.get("/spaces/<key>")
@pages.get("/spaces/<key>/overview")
def show_space(key: str) -> flask.Response:
    """Show the tree of a space, its blog and its trash."""
    space = store().space(key)
    everything = Selection(space_ids=(space.id,), types=(), hidden=True, sort="child-position")
    found = queries.nodes(store().database, everything)
    posts = Selection(space_ids=(space.id,), types=(POST,), hidden=True, sort="-created-date")
    trash = Selection(
        space_ids=(space.id,), types=WRITTEN, hidden=True, statuses=("trashed",), sort="title"
    )
    return show(
        "space",
        space=space,
        tree=_tree(space, [row for row in found if row.type != POST]),
        posts=[(row, page_url(row)) for row in queries.pages(store().database, posts)],
        trash=[(row, page_url(row)) for row in queries.pages(store().database, trash)],
    )


def _tree(space: SpaceRow, found: list[NodeRow]) -> list[_Node]:
    """Return the topmost nodes. Content below something invisible stands at the top."""
    nodes = {
        row.id: _Node(
            row.title,
            row.type,
            row.status,
            url_of(space.key, row.id, row.title) if row.type in WRITTEN else None,
        )
        for row in found
    }
    parents = queries.parents(store().database, space.id)
    tree: list[_Node] = []
    for row in found:
        above = nodes.get(parents.get(row.id) or "")
        (tree if above is None else above.children).append(nodes[row.id])
    return tree


@pages.get("/spaces/<key>/pages/<page_id>")
@pages.get("/spaces/<key>/pages/<page_id>/<path:title>")
def show_page(key: str, page_id: str, title: str = "") -> flask.Response:
    page = store().page(page_id)
    return read(page, note=DONE.get(flask.request.args.get("done", ""), ""))


def read(
    page: PageRow, old: VersionRow | None = None, *, note: str = "", status: int = 200
) -> flask.Response:
    """Show a page as it is now, with the forms to change it, or one of its old versions."""
    shown = old or VersionRow(
        page.version, page.title, page.body, page.author, page.message, page.modified_at
    )
    above = [
        {"title": row.title, "url": page_url(row)}
        for one, kind in queries.ancestors(store().database, page.id)
        if kind == "page"
        for row in (store().page(one),)
    ]
    return show(
        "page",
        status,
        page=page,
        settings=store().properties(page.id),
        has_owner=site().flavor == CLOUD and page.type == PAGE,
        restricted={one: store().allowed(page.id, one, "user") for one in ("read", "update")},
        above=above,
        note=note,
        old=old is not None,
        url=page_url(page),
        shown=shown,
        rendered=Markup(to_html(shown.body, names())),  # noqa: S704 - `to_html` escapes
        files=store().attachments(page.id),
        places=places(page.space_id),
        siblings=siblings(page),
        spaces=[space for space in store().spaces() if space.id != page.space_id],
        **people(),
    )


def siblings(page: PageRow) -> list[NodeRow]:
    """Return the other pages below the parent of a page, in their order."""
    if page.parent_id is None or page.type == POST:
        return []
    select = Selection(
        parent_id=page.parent_id, hidden=True, statuses=("current",), sort="child-position"
    )
    return [row for row in queries.nodes(store().database, select) if row.id != page.id]


def places(space_id: str) -> list[NodeRow]:
    """Return everything in a space below which a page can stand, by title."""
    select = Selection(
        space_ids=(space_id,), types=(), hidden=True, statuses=("current",), sort="title"
    )
    return [row for row in queries.nodes(store().database, select) if row.type != POST]


@pages.get("/spaces/<key>/pages/<page_id>/versions")
def show_versions(key: str, page_id: str) -> flask.Response:
    page = store().page(page_id)
    found = queries.versions(store().database, page_id, bodies=False)
    return show("versions", page=page, url=page_url(page), versions=found[::-1])


@pages.get("/spaces/<key>/pages/<page_id>/versions/<int:number>")
def show_version(key: str, page_id: str, number: int) -> flask.Response:
    page = store().page(page_id)
    found = queries.versions(store().database, page_id, only=number)
    if not found:
        raise Missing("version", str(number))
    return read(page, found[0])


@pages.get("/pages/<page_id>/files/<file_id>")
def download(page_id: str, file_id: str) -> Response:
    """Answer a file's bytes for saving. The browser shows no file as a page of the sandbox."""
    row = file_of(store().page(page_id), file_id)
    data = io.BytesIO(store().attachment_data(row.id))
    answer = flask.send_file(data, row.media_type, as_attachment=True, download_name=row.title)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def file_of(page: PageRow, file_id: str) -> AttachmentRow:
    """Return a file of this page. Raise `Missing` for a file of another page."""
    row = store().attachment(file_id)
    if row.page_id != page.id:
        raise Missing("attachment", file_id)
    return row
