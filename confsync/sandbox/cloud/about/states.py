"""Cloud's v1: the states of content."""

from __future__ import annotations

from typing import Any

import flask

from ... import parameters
from ...errors import Invalid
from ...site import store
from ...store import queries
from ...store.actions.content_states import SUGGESTED, ContentState
from ...store.queries import Selection
from ...store.rows import WRITTEN, PageRow
from ...v1.contents import contents
from ...v1.lists import expand, listing
from ...v1.lookup import visible
from ..v1 import api

STATE = "/content/<page_id>/state"
NEWEST = 3  # so many of a user's own states are offered


def _shown(state: ContentState) -> dict[str, Any]:
    return {"id": state.id, "name": state.name, "color": state.color}


def _answer(page_id: str) -> dict[str, Any]:
    state, at = store().content_state(page_id)
    return {"contentState": state and _shown(state), "lastUpdated": at}


@api.get(STATE)
def get_state(page_id: str) -> dict[str, Any]:
    return _answer(visible(page_id, ()).id)


@api.put(STATE)
def set_state(page_id: str) -> dict[str, Any]:
    """Set a state by its id, or by a name and a color."""
    row, given = _changed(page_id), parameters.document()
    with store().batch():
        if isinstance(given.get("id"), int):
            state = _known(given["id"])
        else:
            name, color = (parameters.text(given, one, required=True) for one in ("name", "color"))
            state = store().own_state(name or "", color or "", flask.g.user.name)
        store().put_state(row.id, state, flask.g.user.name)
    return _answer(row.id)


@api.delete(STATE)
def remove_state(page_id: str) -> dict[str, Any]:
    row = _changed(page_id)
    store().put_state(row.id, None, flask.g.user.name)
    return _answer(row.id)


def _changed(page_id: str) -> PageRow:
    if parameters.choice("status", ("current", "draft", "archived"), "current") != "current":
        raise Invalid("The sandbox has states of current content only.")
    return visible(store().editable(page_id).id)


def _known(state_id: int) -> ContentState:
    for one in (*SUGGESTED, *store().own_states(flask.g.user.name)):
        if one.id == state_id:
            return one
    raise Invalid(f"There is no content state with id {state_id}.")


@api.get(f"{STATE}/available")
def get_available_states(page_id: str) -> dict[str, Any]:
    store().editable(page_id)
    own = store().own_states(flask.g.user.name)[:NEWEST]
    return {
        "spaceContentStates": [_shown(one) for one in SUGGESTED],
        "customContentStates": [_shown(one) for one in own],
    }


@api.get("/content-states")
def get_own_states() -> flask.Response:
    return flask.jsonify([_shown(one) for one in store().own_states(flask.g.user.name)])


@api.get("/space/<key>/state")
def get_suggested_states(key: str) -> flask.Response:
    store().space(key)
    return flask.jsonify([_shown(one) for one in SUGGESTED])


@api.get("/space/<key>/state/settings")
def get_settings(key: str) -> dict[str, Any]:
    store().space(key)
    return {
        "contentStatesAllowed": True,
        "customContentStatesAllowed": True,
        "spaceContentStatesAllowed": True,
        "spaceContentStates": [_shown(one) for one in SUGGESTED],
    }


@api.get("/space/<key>/state/content")
def get_content_in_state(key: str) -> dict[str, Any]:
    wanted, asked = parameters.integer("state-id"), expand()
    if wanted is None:
        raise Invalid("state-id is required.")
    ids = store().pages_in_state(store().space(key).id, wanted)
    select = Selection(ids=ids, types=WRITTEN, bodies=asked.bodies)
    rows = queries.pages(store().database, select) if ids else ()
    return listing(
        lambda start, size: rows[start : start + size], lambda some: contents(some, asked), asked
    )
