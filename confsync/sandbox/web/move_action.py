"""The action by which browsers move a page. Clients send it, because no older API moves pages."""

from __future__ import annotations

from typing import Any

import flask
from werkzeug.exceptions import Forbidden

from ..errors import Invalid, Missing, Refusal, dc_text, v1_envelope
from ..site import CLOUD, AuthenticationError, current_user, site, store, unauthorized
from ..store import queries
from ..store.queries import Selection
from ..store.rows import ROOT
from ..v1.files import NO_CHECK

pages = flask.Blueprint("move_action", __name__)
POSITIONS = {"append": "append", "above": "before", "below": "after"}
TOP = "topLevel"


@pages.errorhandler(AuthenticationError)
def refuse_stranger(_: AuthenticationError) -> flask.Response:
    return unauthorized()


@pages.errorhandler(Refusal)
def refuse(refusal: Refusal) -> tuple[dict[str, Any], int]:
    said = str(refusal) if site().flavor == CLOUD else dc_text(refusal)
    return v1_envelope(refusal.status, said), refusal.status


@pages.route("/pages/movepage.action", methods=["GET", "POST"])
def move() -> dict[str, Any]:
    """Move a page below, before or after another one, or to the top of its space.

    The answer's form is the sandbox's own: Atlassian's documents lack this action.
    """
    who = current_user().name
    if not NO_CHECK.fullmatch(flask.request.headers.get("X-Atlassian-Token", "")):
        raise Forbidden("XSRF check failed")
    given = flask.request.values
    position = given.get("position", "append")
    with store().batch():
        page = store().editable(given.get("pageId", ""))
        if position == TOP:
            moved = store().edit(page.id, parent=ROOT, author=who)
        elif position in POSITIONS:
            moved = store().move(page.id, POSITIONS[position], _target())
        else:
            raise Invalid(f"The position must be one of {', '.join((*POSITIONS, TOP))}.")
    return {"page": {"id": moved.id, "title": moved.title, "spaceKey": moved.space_key}}


def _target() -> str:
    """Return the id of the page to move to, which is given by id or by space and title."""
    given = flask.request.values
    if "targetId" in given:
        return given["targetId"]
    space, title = store().space(given.get("spaceKey", "")), given.get("targetTitle", "")
    for row in queries.pages(store().database, Selection(space_ids=(space.id,), title=title)):
        return row.id
    raise Missing("page", title)
