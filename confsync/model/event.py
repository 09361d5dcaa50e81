"""A line of the audit trail, as a value."""

from __future__ import annotations

from typing import NamedTuple


class Event(NamedTuple):
    """A line of the audit trail: a write to the server, or a conflict.

    `what` is an outcome, or "conflict: " and the decision. `base` is the version number of the
    document's base, `version` that of the server's page. `before` is the base's digest. `after` is
    the digest of the written content or, in a conflict, of the server's content. For "moved", both
    are parents, empty at the top; for "labelled", they are labels, separated by blanks; for "set",
    they are the values of settings by name, as JSON. `minor`
    says that it was sent as a minor edit. `run` is the id of the push; it is empty for other
    commands, and in lines of an earlier confsync.
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
    minor: bool = False
    run: str = ""

    @property
    def is_text(self) -> bool:
        """Return whether the server got a document's text, in this run or in an earlier one."""
        return self.what in ("updated", "landed earlier")

    @property
    def is_removal(self) -> bool:
        """Return whether the page, or an attachment of it, was deleted or archived."""
        return self.what in ("deleted", "archived")

    @property
    def is_write(self) -> bool:
        """Return whether the server got something."""
        return not self.what.startswith("conflict: ")
