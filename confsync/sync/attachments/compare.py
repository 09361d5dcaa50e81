"""One attachment from all sides, and what is decided about it.

Pure. An attachment has its own versions, and no server compares one before it takes the next, so
what is sent is decided right before, as with pages: the base that the stamp holds, the file, and
what the server has now.
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
    """What is to be done about one attachment; the table is that of `decide`."""

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

    `local` is None where no file stands, and then `deleted` says that this was on purpose; `size`
    is the file's, in bytes. `theirs` is that of `remote`, None where nobody has read it. `wanted`
    says whether a new file is to be sent: the page shows it, or a person listed it. `newer` is the
    newest stamp of it that git knows. `given_back` says that git deleted the file once, and has it
    again.
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
        """Return whether git knows a newer stamp than the file's; the server has to confirm it."""
        if self.base is None or self.newer is None or self.local is None:
            return False
        known = (self.base.digest, self.local)
        return self.newer.version > self.base.version and self.newer.digest not in known

    @property
    def modified(self) -> bool:
        """Whether this side changed since the base."""
        return self.local != (self.base.digest if self.base else None)

    @property
    def changed(self) -> bool:
        """Whether the server's side changed since the base."""
        if self.base is None or self.remote is None:
            return (self.base is None) != (self.remote is None)
        if self.remote.version.number != self.base.version:
            return True
        if self.theirs is not None:
            return self.theirs != self.base.digest
        # The same number over other content: deleting an old version renumbers the newer.
        return self.local == self.base.digest and self.remote.size != self.size


def decide(sides: Sides) -> Decision:
    """What to do about one attachment; the first row that holds.

    A file that is missing without word of why is fetched again; only one that git knows to be
    deleted is to be deleted on the server, and only with `push --delete`.
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
        # A server in trouble may have kept the name and not the bytes.
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
    """The mark of one upload: 12 hex digits over all that it rests on."""
    version, digest = (str(base.version), base.digest) if base else ("", "")
    content = "\0".join((name, version, digest, local))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:TOKEN_LENGTH]


def landed(sides: Sides) -> bool:
    """Whether the server's newest version is an upload of exactly this file."""
    if sides.remote is None or sides.local is None:
        return False
    mark = token_in(sides.remote.version.message)
    return mark is not None and mark == token(sides.name, sides.base, sides.local)
