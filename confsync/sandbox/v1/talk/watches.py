"""v1: the content, spaces and labels that people watch."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from ...site import CLOUD, site, store
from ...store.rows import UserRow
from ...store.talk.watches import CONTENT, LABEL, SPACE
from ..blueprint import both
from ..contents import attachment, comments, contents, space
from ..lists import expand, sliced
from ..lookup import visible
from ..people import named
from ..shapes import PICTURE, Expand, person
from .comments import find_comment

Answer = dict[str, Any] | tuple[str, int]
# The parts of a watcher that a sandbox has no value for
UNKNOWN = {
    "profilePicture": PICTURE,
    "operations": None,
    "isExternalCollaborator": False,
    "externalCollaborator": False,
    "isGuest": False,
    "email": "",
    "personalSpace": None,
}


def _user() -> UserRow:
    """Return the user that a query names, by default the one who asks."""
    given = flask.request.args
    if any(name in given for name in ("accountId", "key", "username")):
        return named(given)
    return next(row for row in store().users() if row.name == flask.g.user.name)


def _watch(kind: str, key: str, shown: dict[str, Any]) -> Answer:
    """Answer whether a user watches something, or begin or end that."""
    user, method = _user().name, flask.request.method
    if method == "GET":
        return {"watching": user in store().watchers(kind, key)}
    store().watch(kind, key, user, method == "POST")
    if method == "POST" and site().flavor != CLOUD:
        return {"watcher": person(user), **shown}
    return "", HTTPStatus.NO_CONTENT


METHODS = ["GET", "POST", "DELETE"]


@both.route("/user/watch/content/<content_id>", methods=METHODS)
def watch_content(content_id: str) -> Answer:
    shown = _content(content_id)
    return _watch(CONTENT, shown["id"], {"contentId": shown["id"], "content": shown})


def _content(content_id: str) -> dict[str, Any]:
    """Return a page, a post, a comment or a file, if the API's user may see it."""
    if content_id.startswith("att"):
        file = store().attachment(content_id)
        visible(file.page_id)
        return attachment(file, Expand.of())
    said = find_comment(content_id)
    if said is not None:
        return comments([said], Expand.of())[0]
    return contents([visible(content_id)], Expand.of())[0]


@both.route("/user/watch/space/<key>", methods=METHODS)
def watch_space(key: str) -> Answer:
    row = store().space(key)
    return _watch(SPACE, row.id, {"space": space(row, Expand.of()), "contentTypes": []})


def watch_label(name: str) -> Answer:
    return _watch(LABEL, name.lower(), {})


def watchers_of_content(content_id: str) -> dict[str, Any]:
    """List the watchers of content, of a Cloud with what they watch."""
    row = visible(content_id)
    return sliced(
        store().watchers(CONTENT, row.id),
        lambda who: _watcher(who, contentId=int(row.id)),
        expand(),
    )


def watchers_of_space(key: str) -> dict[str, Any]:
    row = store().space(key)
    return sliced(
        store().watchers(SPACE, row.id), lambda who: _watcher(who, spaceKey=row.key), expand()
    )


def watchers_of_spaces_content(content_id: str) -> dict[str, Any]:
    """List the watchers of the space of content."""
    return watchers_of_space(visible(content_id).space_key)


def _watcher(name: str, **what: object) -> dict[str, Any]:
    if site().flavor != CLOUD:
        return person(name)
    kind = "space" if "spaceKey" in what else "page"
    return {"type": kind, "watcher": {**person(name), **UNKNOWN}, **what}
