"""The colleague's actions in the browser. Each action is a form that ends at the changed page."""

from __future__ import annotations

import flask
from werkzeug.wrappers import Response

from ..errors import Invalid, Refusal
from ..site import store
from ..store.properties import WIDTH
from ..store.rows import POST, ROOT, PageRow, Parent, SpaceRow
from .answers import author, blueprint, page_url, people, show, space_url
from .browser import file_of, places, read
from .edits import typed_body

pages = blueprint("actions")
EMOJI = "emoji-title-published"
SETTINGS = (WIDTH, EMOJI)
FOLDER = "folder"
TOP = "top"  # the value of a form for "below no page"


def _done(page_id: str, what: str) -> Response:
    """Redirect to a page that says what was done, in the words of `browser.DONE`."""
    return flask.redirect(f"{page_url(store().page(page_id))}?done={what}", 303)


def _field(name: str) -> str:
    return flask.request.form.get(name, "").strip()


def _parent() -> Parent:
    return ROOT if _field("parent") == TOP else _field("parent") or None


# Something new


@pages.post("/spaces")
def create_space() -> Response:
    key = _field("key")
    if not key.isalnum() or not key.isascii():
        raise Invalid("A space's key has letters and digits only.")
    space = store().create_space(key, _field("name") or key, author=author())
    return flask.redirect(space_url(space.key), 303)


@pages.get("/spaces/<key>/new")
def open_new(key: str) -> flask.Response:
    return _new_form(store().space(key))


@pages.post("/spaces/<key>/new")
def create(key: str) -> Response:
    """Create a page, a blog post or a folder. Keep what was typed if the store refuses it."""
    space = store().space(key)
    try:
        return _created(space)
    except Refusal as refusal:
        return _new_form(space, f"Not created: {refusal}", refusal.status)


def _created(space: SpaceRow) -> Response:
    title, who = _field("title"), author()
    if _field("kind") == FOLDER:
        store().create_folder(space.key, title, _parent(), who)
        return flask.redirect(space_url(space.key), 303)
    if _field("kind") == POST:
        page = store().create_post(space.key, title, typed_body(), author=who)
    else:
        page = store().create_page(space.key, title, typed_body(), _parent(), author=who)
    return _done(page.id, "created")


def _new_form(space: SpaceRow, problem: str = "", status: int = 200) -> flask.Response:
    given = flask.request.values
    return show(
        "new",
        status,
        space=space,
        problem=problem,
        kind=given.get("kind", "page"),
        title=given.get("title", ""),
        body=given.get("body", ""),
        parent=given.get("parent", space.homepage_id),
        places=places(space.id),
        **people(),
    )


# Place, title, status


@pages.post("/pages/<page_id>/move")
def move(page_id: str) -> Response:
    """Move a page below another one, or with all pages below it into another space."""
    if _field("space"):
        store().move_to_space(page_id, _field("space"))
    else:
        store().edit(page_id, parent=_parent(), author=author())
    return _done(page_id, "moved")


@pages.post("/pages/<page_id>/place")
def place(page_id: str) -> Response:
    """Place a page before or after a sibling."""
    if _field("where") not in ("before", "after"):
        raise Invalid("A page stands before or after another one.")
    store().move(_current(page_id).id, _field("where"), _field("target"))
    return _done(page_id, "moved")


@pages.post("/pages/<page_id>/sort")
def sort_children(page_id: str) -> Response:
    """Put the pages below a page in the order of their titles."""
    store().sort_children(_current(page_id).id)
    return _done(page_id, "sorted")


@pages.post("/pages/<page_id>/rename")
def rename(page_id: str) -> Response:
    store().edit(page_id, title=_field("title"), author=author())
    return _done(page_id, "renamed")


@pages.post("/pages/<page_id>/delete")
def delete(page_id: str) -> Response:
    """Move a page to the trash of its space."""
    page = _current(page_id)
    store().trash(page_id)
    return flask.redirect(f"{space_url(page.space_key)}#trash", 303)


@pages.post("/pages/<page_id>/restore")
def restore(page_id: str) -> Response:
    store().restore(page_id)
    return _done(page_id, "restored")


def _current(page_id: str) -> PageRow:
    page = store().page(page_id)
    if page.status != "current":
        raise Invalid(f"The page is {page.status}.")
    return page


# Comments, labels, files


@pages.post("/pages/<page_id>/comment")
def add_comment(page_id: str) -> Response:
    page = _current(page_id)
    try:
        store().comment(page_id, flask.request.form.get("text", ""), author())
    except Refusal as refusal:
        return read(page, note=str(refusal), status=refusal.status)
    return _done(page_id, "commented")


@pages.post("/pages/<page_id>/labels")
def add_labels(page_id: str) -> Response:
    """Add one label or more, with blanks between them."""
    store().add_labels(_current(page_id).id, _field("labels").split())
    return _done(page_id, "labelled")


@pages.post("/pages/<page_id>/labels/remove")
def remove_label(page_id: str) -> Response:
    store().remove_label(_current(page_id).id, _field("label"))
    return _done(page_id, "unlabelled")


@pages.post("/pages/<page_id>/settings")
def set_setting(page_id: str) -> Response:
    """Set the width or the emoji, or remove it if the field is empty. Neither makes a version."""
    page, key, value = _current(page_id), _field("setting"), _field("value")
    if key not in SETTINGS:
        raise Invalid("A page has a width and an emoji.")
    if value and key == EMOJI and not value.isascii():
        value = "-".join(f"{ord(character):x}" for character in value)
    with store().batch():
        store().set_setting(page.id, key, value or None, author())
    return _done(page_id, "set")


@pages.post("/pages/<page_id>/owner")
def set_owner(page_id: str) -> Response:
    """Make another user the owner of a page. It makes no version."""
    store().set_owner(_current(page_id).id, author())
    return _done(page_id, "owned")


@pages.post("/pages/<page_id>/restrictions")
def restrict(page_id: str) -> Response:
    """Name the users that alone may read or update a page; without any, everyone may."""
    operation, names = _field("operation"), flask.request.form.getlist("user")
    if operation not in ("read", "update"):
        raise Invalid("A page is restricted to users who may read or update it.")
    known = {user.name for user in store().users()}
    for name in names:
        if name not in known:
            raise Invalid(f"There is no user '{name}'.")
    store().restrict_to(_current(page_id).id, operation, "user", names)
    return _done(page_id, "restricted")


@pages.post("/pages/<page_id>/files")
def attach(page_id: str) -> Response:
    """Attach a file. A file of the same name becomes its next version."""
    page = _current(page_id)
    sent = flask.request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid("Choose a file first.")
    data, comment = sent.read(), _field("comment")
    with store().batch():
        known = store().attachments(page.id, sent.filename)
        if known:
            store().replace_attachment(known[0].id, data, author(), comment)
        else:
            new = (page.id, sent.filename, data, sent.mimetype or None)
            store().attach(*new, author=author(), comment=comment)
    return _done(page_id, "attached")


@pages.post("/pages/<page_id>/files/<file_id>/delete")
def delete_file(page_id: str, file_id: str) -> Response:
    store().remove_attachment(file_of(_current(page_id), file_id).id)
    return _done(page_id, "detached")
