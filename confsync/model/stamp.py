"""The values of documents: stamp, digest, token. `page` has the values of servers.

Pure: standard library only. All values are frozen. Only code that reads or writes YAML or JSON uses
dictionaries.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

DIGEST_LENGTH = 32
TOKEN_LENGTH = 12
# The same rule on both sides: ids and versions that a server may answer and a stamp may hold.
ID = r"[1-9][0-9]{0,19}"
VERSION = r"[1-9][0-9]{0,8}"
ATTACHMENT_ID = r"(?:att)?[0-9]{1,20}"

_RUN = rf" \[run ([0-9a-f]{{{TOKEN_LENGTH}}})\](?= |\Z)"
_TOKEN = rf"\[confsync ([0-9a-f]{{{TOKEN_LENGTH}}})\]"


def digest(title: str, body: str) -> str:
    """Return the identity of a page's content: 32 hex digits of SHA-256 over title, NUL, body.

    CRLF counts as LF, so that a checkout with other line ends has the same digest.
    """
    content = f"{title}\0{body}"
    if "\r" in content:  # a search for one character takes a tenth of the time
        content = content.replace("\r\n", "\n")
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


class Layout(Enum):
    """The form of a document's body: in lines, or exactly as the server holds it."""

    LINES = "lines"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Attached:
    """The base of one attachment: its version, the digest of its bytes, and its file's name.

    `id` is empty in a stamp of an earlier confsync. It tells an attachment from one that was
    removed and attached anew, because both begin with version 1.
    """

    name: str
    version: int
    digest: str
    file: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """The base of one content property: its version, and the digest of its value."""

    key: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The base of a document: the page as it was when content and stamp were last written.

    `labels` is None if labels are not managed. `top` says that confsync put the document at the
    space's top, because its parent has no place in the mirror. The document still wants that
    parent, even if the parent's document appears later. `attachments` stand by name. `renamed` says
    that the file is named after an earlier title until a pull renames it. `posted` is the day of a
    blog post, `YYYY-MM-DD`, and None for a page. Pages and posts have different addresses, and
    neither becomes the other. `properties` are the managed content properties, by key.
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
    properties: tuple[Property, ...] = ()


def is_newer(newer: Stamp, stamp: Stamp) -> bool:
    """Return whether a stamp has a later version than another, and says something else.

    A version without a change says nothing else. A move changes only the parent.
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
    """Return labels as a server compares them; None if labels are not managed."""
    return None if labels is None else frozenset(label.lower() for label in labels)


def merged_labels(
    base: frozenset[str], ours: frozenset[str], theirs: frozenset[str]
) -> frozenset[str]:
    """Return the labels after a merge: what either side added, and nothing that either removed."""
    return (ours & theirs) | (ours - base) | (theirs - base)


def words_of(labels: Iterable[str]) -> str:
    """Return labels as the audit trail has them, separated by blanks."""
    return " ".join(sorted(labels))


@dataclass(frozen=True, slots=True)
class Local:
    """The wanted state of a page, by its document.

    `wanted` is the parent that the file's place means.
    """

    title: str
    body: str
    digest: str
    wanted: str | None
    labels: tuple[str, ...] | None = None


def token(stamp: Stamp | None, local: Local) -> str:
    """Return the mark of one push: 12 hex digits over everything that the push rests on.

    The mark depends only on the file. So a push that is repeated after a lost answer recognises its
    own version on the server.
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


def message_of_run(run: str, message: str) -> str:
    """Return the message of all versions of a push; `message_with_token` puts a token before it."""
    return f"[run {run}] {message}".rstrip()


def run_in(message: str) -> str | None:
    """Return the id of the push that wrote a version message, or None if none stands there."""
    found = re.match(_TOKEN + _RUN, message)
    return found[2] if found else None


def message_with_token(mark: str, message: str) -> str:
    """Return a version message with a token. The token stands first, so no length limit cuts it."""
    return f"[confsync {mark}] {message}".rstrip()


def token_in(message: str) -> str | None:
    """Return the token of a version message, or None if confsync did not write the message."""
    found = re.match(_TOKEN, message)
    return found[1] if found else None


def message_without_token(message: str) -> str:
    """Return a version message without its token and its run."""
    own = re.match(f"{_TOKEN}(?:{_RUN})?", message)
    return message[own.end() :].strip() if own else message
