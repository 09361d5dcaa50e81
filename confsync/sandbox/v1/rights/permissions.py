"""The permissions of each user in a space, in the words of both servers."""

from __future__ import annotations

import flask

from ...site import store
from ...store.actions.rights import EDIT, NONE, READ
from ...store.rows import WRITTEN, SpaceRow, UserRow

Permission = tuple[str, str]
SEE: Permission = ("read", "space")


def permissions(space: SpaceRow, user: UserRow) -> list[Permission]:
    """Return what a user may do, as pairs of an operation and its target."""
    level = store().right(user.name, space.key)
    if level == NONE:
        return []
    # a limited user sees the space as read-only, which says nothing of others
    asks = flask.g.user.name
    closed = space.read_only and (user.name == asks or store().right(asks, space.key) != READ)
    written = [(key, kind) for kind in WRITTEN for key in ("create", "delete")]
    return [SEE, *(written if level == EDIT and not closed else ())]
