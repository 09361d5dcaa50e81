"""The sides of one setting, and the decision on it. Pure.

A property has its own version, and the server compares it at each change. It compares nothing when
a property is added or removed. Then confsync looks before and after.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from confsync.document.settings.names import OF_PAGE, READ_ONLY, key_of
from confsync.document.settings.values import INVALID, digest
from confsync.model.page import PropertyInfo
from confsync.model.stamp import Property


class Decision(Enum):
    """The decision on one setting; the table is in `decide`."""

    NOTHING = "nothing"
    FETCH = "fetch"
    STAMP = "stamp"
    SEND = "send"
    REMOVE = "remove"
    DIVERGED = "both sides changed it"
    RESTORED = "git put back an older value"


@dataclass(frozen=True, slots=True)
class Sides:
    """One setting from all sides.

    `line` is the file's value, as canonical JSON, and None without a line. Such a document does not
    manage the setting. `newer` is the newest stamp that git knows.
    """

    name: str
    base: Property | None
    line: str | None
    remote: PropertyInfo | None
    newer: Property | None = None

    @property
    def local(self) -> str | None:
        """Return the digest of the file's value, None if the file says that there is none."""
        return digest(self.name, self.line)

    @property
    def theirs(self) -> str | None:
        """Return the digest of the server's value, None if it has none."""
        return digest(self.name, self.remote.value) if self.remote else None

    @property
    def was(self) -> str | None:
        """Return the digest of the base's value, None if it had none."""
        return self.base.digest if self.base else None

    @property
    def modified(self) -> bool:
        """Return whether the file's value changed since the base."""
        return self.line is not None and self.local != self.was

    @property
    def is_invalid(self) -> bool:
        """Return whether no push can give a server the file's value.

        It is no JSON, or no owner any more, or an edit of what confsync only reads.
        """
        if self.modified and key_of(self.name) in READ_ONLY:
            return True
        return self.local == INVALID or (self._is_of_page and self.modified and self.local is None)

    @property
    def _is_of_page(self) -> bool:
        return key_of(self.name) in OF_PAGE

    @property
    def seems_restored(self) -> bool:
        """Return whether git knows a newer stamp than the file's. Only the server confirms it."""
        if self.base is None or self.newer is None or self.line is None:
            return False
        known = (self.base.digest, self.local)
        return self.newer.version > self.base.version and self.newer.digest not in known


def decide(sides: Sides) -> Decision:
    """Return the decision on one setting: the first row that holds."""
    if sides.line is None:
        first = sides.base is None and sides.theirs is not None
        return Decision.FETCH if first else Decision.NOTHING
    if _is_put_back(sides):
        return Decision.RESTORED
    if not sides.modified:
        if sides.theirs != sides.was:
            return Decision.FETCH
        return Decision.NOTHING if _is_at_base(sides) else Decision.STAMP
    if sides.local == sides.theirs:
        return Decision.STAMP  # an earlier push sent it, or another person had the same idea
    if sides.theirs != sides.was:
        return Decision.DIVERGED
    return Decision.REMOVE if sides.local is None else Decision.SEND


def _is_at_base(sides: Sides) -> bool:
    """Return whether the server has exactly the base's version, or neither has any value."""
    if sides.base is None or sides.remote is None or sides.theirs is None:
        return sides.base is None and sides.theirs is None
    return sides.remote.version.number == sides.base.version


def _is_put_back(sides: Sides) -> bool:
    """Return whether git put an older value back, and the server has something else.

    The server confirms the newer stamp if it has that version's value. If the server has a later
    version, the newer stamp counts as confirmed: refuse rather than guess.
    """
    remote, newer = sides.remote, sides.newer
    if not sides.seems_restored or remote is None or newer is None:
        return False
    number = remote.version.number
    if number < newer.version or sides.local == sides.theirs:
        return False
    return number > newer.version or sides.theirs == newer.digest
