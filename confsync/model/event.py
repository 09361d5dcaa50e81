"""A line of the audit trail, as a value."""

from __future__ import annotations

from typing import NamedTuple


class Event(NamedTuple):
    """A line of the audit trail: a write to the server, or a conflict.

    `what` is an outcome, or "conflict: " and the decision. `base` and `version` are numbers: what
    the document was based on, and what the server has now. `before` and `after` are digests: of the
    base, and of what was written or, in a conflict, of what the server has.
    """

    what: str
    page: str
    path: str
    base: int | None
    version: int | None
    before: str | None
    after: str | None
    user: str
    time: str = ""
