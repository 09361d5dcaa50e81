"""The values that documents speak in: stamp, digest, token. `page` has those of servers.

Pure: standard library only. All values are frozen; dictionaries live only where YAML and JSON
are read and written.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum

DIGEST_LENGTH = 32
TOKEN_LENGTH = 12
# One rule for both sides: an id and a version that a server may answer, and a stamp may say.
ID = r"[1-9][0-9]{0,19}"
VERSION = r"[1-9][0-9]{0,8}"

_TOKEN = rf"\[confsync ([0-9a-f]{{{TOKEN_LENGTH}}})\]"


def digest(title: str, body: str) -> str:
    """The identity of a page's content: 32 hex digits of SHA-256 over title, NUL, body.

    CRLF counts as LF, so that a checkout with other line ends is the same content.
    """
    content = f"{title}\0{body}"
    if "\r" in content:  # one character is looked for in a tenth of the time
        content = content.replace("\r\n", "\n")
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


class Layout(Enum):
    """How a document's body is written: in lines, or exactly as the server holds it."""

    LINES = "lines"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Attached:
    """The base of one attachment: its version, the digest of its bytes, and its file's name."""

    name: str
    version: int
    digest: str
    file: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The base of a document: the page as it was when content and stamp were last written.

    `labels` is None where labels are not managed. `top` says that confsync put the document at the
    space's top because its parent has no place in the mirror: standing there, it wants that parent
    still, also should the parent's document turn up some other way. `attachments` are by name.
    `renamed` says that the file is called after an earlier title, until a pull renames it.
    `posted` is the day of a blog post, `YYYY-MM-DD`, and None for a page: the two are asked for at
    different places, and neither becomes the other.
    """

    id: str
    version: int
    digest: str
    parent: str | None = None
    labels: tuple[str, ...] | None = None
    top: bool = False
    attachments: tuple[Attached, ...] = ()
    renamed: bool = False
    posted: str | None = None


def is_newer(newer: Stamp, stamp: Stamp) -> bool:
    """Return whether a stamp is of a later version than another, and says something else.

    A version without a change says nothing else; a move changes the parent alone.
    """
    if newer.version <= stamp.version:
        return False
    said = (newer.digest, newer.parent, folded(newer.labels))
    return said != (stamp.digest, stamp.parent, folded(stamp.labels))


def says_the_same(one: Stamp, other: Stamp) -> bool:
    """Return whether two stamps of a page name the same version, content, place and labels."""
    told = [(s.version, s.digest, s.parent, folded(s.labels)) for s in (one, other)]
    return told[0] == told[1]


def folded(labels: tuple[str, ...] | None) -> frozenset[str] | None:
    """Return labels as a server compares them; None where they are not managed."""
    return None if labels is None else frozenset(label.lower() for label in labels)


@dataclass(frozen=True, slots=True)
class Local:
    """What a document wants its page to be. `wanted` is the parent that its place means."""

    title: str
    body: str
    digest: str
    wanted: str | None
    labels: tuple[str, ...] | None = None


def token(stamp: Stamp | None, local: Local) -> str:
    """The mark of one push: 12 hex digits over everything that the push rests on.

    Looks only at what the file itself holds, so that a push repeated after a lost answer
    recognises its own version on the server, and nobody else's.
    """
    parts = (
        stamp.id if stamp else "",
        str(stamp.version) if stamp else "",
        stamp.digest if stamp else "",
        local.wanted or "",
        local.title,
        local.body.replace("\r\n", "\n"),
    )
    content = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:TOKEN_LENGTH]


def message_with_token(mark: str, message: str) -> str:
    """The version message that carries a token; the token stands first, so no limit cuts it."""
    return f"[confsync {mark}] {message}".rstrip()


def token_in(message: str) -> str | None:
    """The token of a version message, or None when confsync did not write it."""
    found = re.match(_TOKEN, message)
    return found[1] if found else None


def message_without_token(message: str) -> str:
    """A version message as a person wants to read it."""
    return re.sub(_TOKEN, "", message, count=1).strip() if token_in(message) else message
