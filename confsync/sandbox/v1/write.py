"""v1: creating, updating, restoring and deleting content."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask
from werkzeug.exceptions import UnsupportedMediaType

from .. import parameters
from ..bodies import formats
from ..errors import Invalid, Missing
from ..parameters import version
from ..site import site, store
from ..store.options import NewPage
from ..store.rows import POST, ROOT, PageRow, Parent
from ..store.rows import WRITTEN as KINDS
from .blueprint import both, classic
from .lists import expand
from .pages import single
from .shapes import Expand
from .talk.comments import create_comment, delete_comment, find_comment, update_comment

NO_VERSION = "Must supply an incremented version when updating Content. No version supplied."
WRITTEN = "body.storage,version,ancestors,space,history,container,metadata.labels"


def document() -> dict[str, Any]:
    """Return the request's JSON object, declared as JSON."""
    if flask.request.mimetype != "application/json":
        raise UnsupportedMediaType
    return parameters.document()


def _written(row: PageRow) -> dict[str, Any]:
    return single(row, Expand.of(WRITTEN, *expand().names))


def _page(given: dict[str, Any], kinds: tuple[str, ...] = KINDS) -> str:
    """Return the title of content of one of these kinds. Refuse drafts."""
    kind = given.get("type")
    if kind not in kinds:
        raise Invalid(f"The type must be one of {', '.join(kinds)}, not {kind!r}.")
    if given.get("status", "current") != "current":
        raise Invalid(f"The sandbox has no drafts: status is {given['status']!r}.")
    return parameters.text(given, "title", required=True) or ""


def _parent(given: dict[str, Any]) -> str | None:
    """Return the wanted parent, which is the last of the ancestors."""
    above = given.get("ancestors")
    if not above:
        return None
    if not isinstance(above, list) or not isinstance(above[-1], dict) or "id" not in above[-1]:
        raise Invalid("ancestors must be a list of objects with an id.")
    return str(above[-1]["id"])


def _space_key(given: dict[str, Any]) -> str | None:
    space = given.get("space")
    return str(space["key"]) if isinstance(space, dict) and "key" in space else None


def _value(given: object) -> object:
    return given.get("value") if isinstance(given, dict) else given


def _keep_metadata(page_id: str, given: dict[str, Any]) -> None:
    """Replace the labels by the given ones, set the properties, and reset the width."""
    metadata = given.get("metadata")
    if not isinstance(metadata, dict):
        return
    if isinstance(metadata.get("properties"), dict):
        given = {key: _value(one) for key, one in metadata["properties"].items()}
        store().put_metadata(page_id, given, flask.g.user.name)
    labels = metadata.get("labels")
    if isinstance(labels, list):
        names = [str(one["name"]) for one in labels if isinstance(one, dict) and one.get("name")]
        for old in store().labels(page_id):
            store().remove_label(page_id, old.name)
        store().add_labels(page_id, names)


@classic.post("/content")
def create_content() -> dict[str, Any]:
    given = document()
    if given.get("type") == "comment":
        return create_comment(given)
    title, key = _page(given), _space_key(given)
    if key is None:
        raise Invalid("A space key must be given to create content.")
    above = _parent(given)
    parent: Parent = ROOT if above is None else above
    message = "" if site().faults.drop_message_on_create else version(given)[1]
    body = formats.sent(given, required=False)
    about: NewPage = {"author": flask.g.user.name, "message": message, "hidden": False}
    with store().batch():
        key = store().space(key).key
        if given["type"] == POST:
            if above is not None:
                raise Invalid("A blog post has no ancestors.")
            row = store().create_post(key, title, body, **about)
        else:
            row = store().create_page(key, title, body, parent, **about)
        _keep_metadata(row.id, given)
    return _written(row)


@classic.put("/content/<page_id>")
def update_content(page_id: str) -> dict[str, Any]:
    """Update with compare-and-swap.

    Without a body the old one stays. A restore changes nothing else.
    """
    given = document()
    said = find_comment(page_id)
    if said is not None:
        return update_comment(said, given)
    with store().batch():
        row = store().editable(page_id)
        number, message = version(given)
        if number is None:
            raise Invalid(NO_VERSION)
        if str(given.get("id", page_id)) != page_id:
            raise Invalid("The id in the body does not match the id in the path.")
        if row.status == "trashed":
            title = row.title
            if given.get("status") != "current":
                raise Missing("page", page_id)
        else:
            title = _page(given, (row.type,))
        if (_space_key(given) or row.space_key).lower() != row.space_key.lower():
            raise Invalid("Moving a page to a different space is not supported.")
        body = formats.sent(given, required=True) if given.get("body") else row.body
        faults = site().faults
        updated = store().update(
            page_id,
            number=number,
            title=title,
            body=body,
            parent=_parent(given),
            author=flask.g.user.name,
            message="" if faults.drop_message else message,
            minor=parameters.is_minor(given),
            skip_identical=faults.no_version_for_identical,
        )
        _keep_metadata(page_id, given)
    return _written(updated)


@classic.delete("/content/<page_id>")
def delete_content(page_id: str) -> tuple[str, int]:
    """Move content to the trash; with `status=trashed`, delete it from the trash for good."""
    with store().batch():
        if page_id.startswith("att"):
            store().editable(store().attachment(page_id).page_id)
            store().remove_attachment(page_id)
            return "", HTTPStatus.NO_CONTENT
        said = find_comment(page_id)
        if said is not None:
            return delete_comment(said)
        row = store().editable(page_id)
        purge = flask.request.args.get("status") == "trashed"
        if purge and row.status != "trashed":
            raise Invalid(f"Unable to purge content with id: ContentId{{id={page_id}}}")
        if purge:
            store().purge(page_id)
        elif row.status == "trashed":
            raise Missing("page", page_id)
        else:
            store().trash(page_id)
    return "", HTTPStatus.NO_CONTENT


@both.delete("/content/<page_id>/version/<int:number>")
def delete_version(page_id: str, number: int) -> tuple[str, int]:
    """Delete an old version. Later ones get the next lower number."""
    store().delete_version(store().editable(page_id).id, number)
    return "", HTTPStatus.NO_CONTENT
