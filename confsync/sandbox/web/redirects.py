"""The other addresses of pages and spaces. Each leads to the page that shows them."""

from __future__ import annotations

import flask
from werkzeug.wrappers import Response

from ..errors import Missing
from ..short_link import page_id_of
from ..site import site, store
from ..store import queries
from ..store.queries import Selection
from .answers import blueprint, page_url, space_url

pages = blueprint("redirects")


@pages.get("/x/<code>")
def short_link(code: str) -> Response:
    try:
        page = store().page(page_id_of(code))
    except ValueError:
        raise Missing("page", code) from None
    return flask.redirect(page_url(page))


@pages.get("/display/<key>")
def open_space(key: str) -> Response:
    """Redirect from a space's address on Data Center."""
    return flask.redirect(space_url(store().space(key).key))


@pages.get("/display/<key>/<path:title>")
def open_by_title(key: str, title: str) -> Response:
    """Redirect from a page's Data Center address, where plus signs stand for blanks."""
    space = store().space(key)
    for wanted in (title.replace("+", " "), title):
        select = Selection(space_ids=(space.id,), title=wanted, hidden=True)
        for page in queries.pages(store().database, select):
            return flask.redirect(page_url(page))
    raise Missing("page", title)


@pages.get("/pages/viewpage.action")
def open_by_id() -> Response:
    """Redirect from the address that a page of any title has on Data Center."""
    return flask.redirect(page_url(store().page(flask.request.args.get("pageId", ""))))


@pages.get("/pages/resumedraft.action")
def open_draft() -> Response:
    """Redirect from the API's edit link."""
    page = store().page(flask.request.args.get("draftId", ""))
    return flask.redirect(f"{site().context}/spaces/{page.space_key}/pages/edit-v2/{page.id}")
