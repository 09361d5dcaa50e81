"""The browser pages: read pages, edit them as a colleague, comment, see the versions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlsplit

import flask
import jinja2
from markupsafe import Markup
from werkzeug.wrappers import Response

from ..errors import Missing, Refusal
from ..renderer import to_html
from ..short_link import page_id_of
from ..site import site, store
from ..store import queries
from ..store.queries import Selection
from ..store.rows import WRITTEN, PageRow, VersionRow
from ..store.store import ME
from . import templates

pages = flask.Blueprint("web", __name__)
DEFAULT_AUTHOR = "Ana"
NOT_SAVED = (
    "Not saved: {who} saved version {now} after you opened version {then}. Your text is still "
    "below. Copy what you need, open the page again and edit it there."
)
CHANGED = (
    "Not saved: the page changed after you opened it, without a new version (an inline comment "
    "does that). Your text is still below. Open the page again and edit it there."
)
_jinja = jinja2.Environment(
    loader=jinja2.DictLoader(templates.ALL),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)


@dataclass(frozen=True, slots=True)
class _Node:
    title: str
    type: str
    status: str
    url: str | None
    children: list[_Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Opened:
    """The state of the page when an edit form was opened."""

    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Typed:
    """The content of an edit form."""

    title: str
    body: str


def _show(template: str, status: int = 200, **values: object) -> flask.Response:
    answer = flask.make_response(
        _jinja.get_template(template).render(context=site().context, **values), status
    )
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.before_request
def same_origin() -> flask.Response | None:
    """Refuse forms of other sites."""
    origin = flask.request.headers.get("Origin")
    if flask.request.method != "POST" or origin is None:
        return None
    own = urlsplit(origin).netloc == flask.request.host
    return None if own else _show("problem", 403, problem="This form came from another site.")


@pages.errorhandler(Missing)
def missing(error: Missing) -> flask.Response:
    return _show("problem", 404, problem=str(error))


def _url(space_key: str, page_id: str, title: str) -> str:
    return f"{site().context}/spaces/{space_key}/pages/{page_id}/{quote_plus(title, safe='')}"


def _page_url(page: PageRow) -> str:
    return _url(page.space_key, page.id, page.title)


def _digest(page: PageRow) -> str:
    return hashlib.sha256(page.body.encode()).hexdigest()


def _authors() -> dict[str, object]:
    """Return the people for a form: colleagues first, then the API's user."""
    names = sorted(store().users(), key=lambda user: user.name == ME)
    if not any(user.name != ME for user in names):
        names = [store().add_user(DEFAULT_AUTHOR), *names]
    given = flask.request.values.get("author", DEFAULT_AUTHOR)
    return {"users": names, "chosen": given}


@pages.get("/")
def list_spaces() -> flask.Response:
    return _show("spaces", spaces=store().spaces())


@pages.get("/spaces/<key>")
@pages.get("/spaces/<key>/overview")
def show_space(key: str) -> flask.Response:
    """Show the tree of a space. Content below something invisible stands at the top."""
    space = store().space(key)
    select = Selection(space_ids=(space.id,), types=(), hidden=True, sort="child-position")
    found = queries.nodes(store().database, select)
    nodes = {
        row.id: _Node(
            row.title,
            row.type,
            row.status,
            _url(space.key, row.id, row.title) if row.type in WRITTEN else None,
        )
        for row in found
    }
    parents = queries.parents(store().database, space.id)
    tree: list[_Node] = []
    for row in found:
        above = nodes.get(parents.get(row.id) or "")
        (tree if above is None else above.children).append(nodes[row.id])
    return _show("space", space=space, tree=tree)


@pages.get("/x/<code>")
def short_link(code: str) -> Response:
    try:
        page = store().page(page_id_of(code))
    except ValueError:
        raise Missing("page", code) from None
    return flask.redirect(_page_url(page))


@pages.get("/display/<key>")
def open_space(key: str) -> Response:
    """Redirect from a space's address on Data Center."""
    return flask.redirect(f"{site().context}/spaces/{store().space(key).key}")


@pages.get("/display/<key>/<path:title>")
def open_by_title(key: str, title: str) -> Response:
    """Redirect from a page's Data Center address, where plus signs stand for blanks."""
    space = store().space(key)
    for wanted in (title.replace("+", " "), title):
        select = Selection(space_ids=(space.id,), title=wanted, hidden=True)
        for page in queries.pages(store().database, select):
            return flask.redirect(_page_url(page))
    raise Missing("page", title)


@pages.get("/pages/viewpage.action")
def open_by_id() -> Response:
    """Redirect from the address that a page of any title has on Data Center."""
    return flask.redirect(_page_url(store().page(flask.request.args.get("pageId", ""))))


@pages.get("/pages/resumedraft.action")
def open_draft() -> Response:
    """Redirect from the API's edit link."""
    page = store().page(flask.request.args.get("draftId", ""))
    return flask.redirect(f"{site().context}/spaces/{page.space_key}/pages/edit-v2/{page.id}")


@pages.get("/spaces/<key>/pages/<page_id>")
@pages.get("/spaces/<key>/pages/<page_id>/<path:title>")
def show_page(key: str, page_id: str, title: str = "") -> flask.Response:
    page = store().page(page_id)
    note = "The comment was added." if "commented" in flask.request.args else ""
    now = VersionRow(
        page.version, page.title, page.body, page.author, page.message, page.modified_at
    )
    return _read(page, now, note=note)


def _read(
    page: PageRow,
    shown: VersionRow,
    *,
    note: str = "",
    old: bool = False,
    status: int = 200,
) -> flask.Response:
    above = [
        {"title": row.title, "url": _page_url(row)}
        for one, kind in queries.ancestors(store().database, page.id)
        if kind == "page"
        for row in (store().page(one),)
    ]
    return _show(
        "page",
        status,
        page=page,
        above=above,
        note=note,
        old=old,
        url=_page_url(page),
        title=shown.title,
        version=shown.number,
        author=shown.author,
        message=shown.message,
        at=shown.created_at,
        body=shown.body,
        rendered=Markup(to_html(shown.body)),  # noqa: S704 - `to_html` escapes
        **_authors(),
    )


@pages.get("/spaces/<key>/pages/<page_id>/versions")
def show_versions(key: str, page_id: str) -> flask.Response:
    page = store().page(page_id)
    found = queries.versions(store().database, page_id, bodies=False)
    return _show("versions", page=page, url=_page_url(page), versions=found[::-1])


@pages.get("/spaces/<key>/pages/<page_id>/versions/<int:number>")
def show_version(key: str, page_id: str, number: int) -> flask.Response:
    page = store().page(page_id)
    found = queries.versions(store().database, page_id, only=number)
    if not found:
        raise Missing("version", str(number))
    return _read(page, found[0], old=True)


@pages.post("/pages/<page_id>/comment")
def add_comment(page_id: str) -> Response:
    form = flask.request.form
    page = store().page(page_id)
    try:
        store().comment(page_id, form.get("text", ""), form.get("author", DEFAULT_AUTHOR))
    except Missing:
        raise
    except Refusal as refusal:
        now = VersionRow(
            page.version,
            page.title,
            page.body,
            page.author,
            page.message,
            page.modified_at,
        )
        return _read(page, now, note=str(refusal), status=400)
    return flask.redirect(_page_url(page) + "?commented=1", 303)


@pages.get("/spaces/<key>/pages/edit-v2/<page_id>")
def open_page(key: str, page_id: str) -> flask.Response:
    page = store().page(page_id)
    opened = _Opened(str(page.version), _digest(page))
    return _form(page, opened, _Typed(page.title, page.body))


@pages.post("/spaces/<key>/pages/edit-v2/<page_id>")
def save_page(key: str, page_id: str) -> Response:
    form = flask.request.form
    opened = _Opened(form.get("version", ""), form.get("digest", ""))
    # A form always sends CRLF.
    typed = _Typed(form.get("title", ""), form.get("body", "").replace("\r\n", "\n"))
    author, message = form.get("author") or DEFAULT_AUTHOR, form.get("message", "")
    with store().batch():
        page = store().page(page_id)
        if opened.version != str(page.version):
            problem = NOT_SAVED.format(who=page.author, now=page.version, then=opened.version)
            return _form(page, opened, typed, problem, 409)
        if opened.digest != _digest(page):
            return _form(page, opened, typed, CHANGED, 409)
        try:
            saved = store().edit(page_id, typed.body, typed.title, author=author, message=message)
        except Refusal as refusal:
            return _form(page, opened, typed, f"Not saved: {refusal}", refusal.status)
    return flask.redirect(_page_url(saved), 303)


def _form(
    page: PageRow, opened: _Opened, typed: _Typed, problem: str = "", status: int = 200
) -> flask.Response:
    return _show(
        "edit",
        status,
        page=page,
        opened=opened,
        title=typed.title,
        body=typed.body,
        problem=problem,
        message=flask.request.form.get("message", ""),
        url=_page_url(page),
        **_authors(),
    )
