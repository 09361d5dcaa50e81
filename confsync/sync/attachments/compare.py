"""The sides of one attachment, and the decision on it. Pure.

An attachment has its own versions, and no server compares versions before an upload. Therefore
confsync decides directly before it sends, from the stamp's base, the file and the server's state.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from confsync.model.stamp import TOKEN_LENGTH, Attached, token_in

if TYPE_CHECKING:
    from confsync.model.page import AttachmentInfo


class Decision(Enum):
    """The decision on one attachment; the table is in `decide`."""

    NOTHING = "nothing"
    UNKNOWN = "the server's content has to be read to decide"
    FETCH = "fetch"
    STAMP = "stamp"
    UPLOAD = "upload"
    REMOVE = "remove"
    DELETE = "delete"
    FORGET = "forget"
    LOST = "gone from the server, changed or given back by git here"
    DIVERGED = "both sides changed it"
    RESTORED = "git put back an older file"


@dataclass(frozen=True, slots=True)
class Sides:
    """One attachment from all sides. `local` and `theirs` are digests.

    `local` is None if there is no file; then `deleted` is set if the deletion was on purpose.
    `size` is the file's, in bytes. `theirs` is the digest of `remote`, or None if its bytes were
    not read. `wanted` is set if confsync sends a new file: the page shows it, or the user listed
    it. `newer` is the newest stamp that git knows. `given_back` is set if git
    deleted the file in an earlier commit and has it again.
    """

    name: str
    base: Attached | None
    local: str | None
    remote: AttachmentInfo | None
    theirs: str | None = None
    size: int | None = None
    deleted: bool = False
    wanted: bool = True
    newer: Attached | None = None
    given_back: bool = False

    @property
    def seems_restored(self) -> bool:
        """Return whether git knows a newer stamp than the file's.

        Only the server can confirm it.
        """
        if self.base is None or self.newer is None or self.local is None:
            return False
        known = (self.base.digest, self.local)
        return self.newer.version > self.base.version and self.newer.digest not in known

    @property
    def modified(self) -> bool:
        """Return whether the file changed since the base."""
        return self.local != (self.base.digest if self.base else None)

    @property
    def attached_anew(self) -> bool:
        """Return whether the server's attachment is another one than the base, with its name."""
        if self.base is None or self.remote is None:
            return False
        return self.base.id not in ("", self.remote.id)

    @property
    def changed(self) -> bool:
        """Return whether the server's attachment changed since the base."""
        if self.base is None or self.remote is None:
            return (self.base is None) != (self.remote is None)
        if self.remote.version.number != self.base.version:
            return True
        if self.attached_anew:
            return True
        if self.theirs is not None:
            return self.theirs != self.base.digest
        # Equal numbers do not prove equal content: deleting an old version renumbers newer ones.
        return self.local == self.base.digest and self.remote.size != self.size


def decide(sides: Sides) -> Decision:
    """Return the decision on one attachment: the first row that holds.

    A missing file is fetched again, unless git says that it was deleted. A deletion is sent only
    with `push --delete`.
    """
    base, remote = sides.base, sides.remote
    if remote is None:
        if base is None:
            new = sides.local is not None and sides.wanted
            return Decision.UPLOAD if new else Decision.NOTHING
        if sides.local is None:
            return Decision.FORGET
        return Decision.LOST if sides.modified or sides.given_back else Decision.REMOVE
    if sides.local is None:
        if not sides.deleted:
            return Decision.FETCH
        return Decision.DIVERGED if sides.changed else Decision.DELETE
    if (put_back := _put_back(sides)) is not None:
        return put_back
    if not sides.changed:
        return Decision.UPLOAD if sides.modified else Decision.NOTHING
    if landed(sides):
        # A failing server may have stored the name and not the bytes.
        whole = sides.remote is not None and sides.remote.size == sides.size
        return Decision.STAMP if whole else Decision.UPLOAD
    if sides.local == sides.theirs:
        return Decision.STAMP
    if not sides.modified:
        return Decision.FETCH
    return Decision.UNKNOWN if sides.theirs is None else Decision.DIVERGED


def _put_back(sides: Sides) -> Decision | None:
    """Return the decision on a file that git put back, and None for any other file.

    The server confirms the newer stamp if it has that version's bytes. If the server has a later
    version, the newer stamp counts as confirmed: refuse rather than guess.
    """
    remote, newer = sides.remote, sides.newer
    if not sides.seems_restored or remote is None or newer is None:
        return None
    number = remote.version.number
    if number < newer.version or sides.local == sides.theirs:
        return None
    if number > newer.version:
        return Decision.RESTORED
    if landed(sides):
        return None
    if sides.theirs is None:
        return Decision.UNKNOWN
    return Decision.RESTORED if sides.theirs == newer.digest else None


def token(name: str, base: Attached | None, local: str) -> str:
    """Return the token of one upload: 12 hex digits over name, base and content."""
    version, digest = (str(base.version), base.digest) if base else ("", "")
    content = "\0".join((name, version, digest, local))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:TOKEN_LENGTH]


def landed(sides: Sides) -> bool:
    """Return whether the server's newest version is an upload of exactly this file."""
    if sides.remote is None or sides.local is None:
        return False
    mark = token_in(sides.remote.version.message)
    return mark is not None and mark == token(sides.name, sides.base, sides.local)
