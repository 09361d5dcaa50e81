"""Attachments: what is decided about one, what it is called here, and which ones a body shows.

Pure. An attachment has its own versions, and no server compares one before it takes the next, so
what is sent is decided right before, as with pages: the base that the stamp holds, the file, and
what the server has now.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase

from confsync.model import DIGEST_LENGTH, TOKEN_LENGTH, Attached, AttachmentInfo, token_in
from confsync.paths import MAX_BYTES, SUFFIX, WINDOWS, folded

# `guide.xhtml` has its files in `guide.attachments/`; no page's own directory has a dot.
DIRECTORY = ".attachments"

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]')
_SHOWN = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r'|<ri:attachment\b[^<>]*?\bri:filename="(?P<name>[^"]*)"[^<>]*?(?:/>|>\s*(?P<close></ri:))',
    re.DOTALL,
)


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
    LOST = "gone from the server, changed here"
    DIVERGED = "both sides changed it"


@dataclass(frozen=True, slots=True)
class Sides:
    """One attachment from all sides. `local` and `theirs` are digests.

    `local` is None where no file stands, and then `deleted` says that this was on purpose; `size`
    is the file's, in bytes. `theirs` is that of `remote`, None where nobody has read it. `wanted`
    says whether a new file is to be sent: the page shows it, or a person listed it.
    """

    name: str
    base: Attached | None
    local: str | None
    remote: AttachmentInfo | None
    theirs: str | None = None
    size: int | None = None
    deleted: bool = False
    wanted: bool = True

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
        return Decision.LOST if sides.modified else Decision.REMOVE
    if sides.local is None:
        if not sides.deleted:
            return Decision.FETCH
        return Decision.DIVERGED if sides.changed else Decision.DELETE
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


def digest_of(hashed: hashlib._Hash) -> str:
    """The digest of a file from the SHA-256 over its bytes: the first 32 hex digits."""
    return hashed.hexdigest()[:DIGEST_LENGTH]


def directory_of(path: str) -> str:
    """Where the attachments of a document stand."""
    return path.removesuffix(SUFFIX) + DIRECTORY


def document_of(path: str) -> str | None:
    """The document whose attachments' directory a path is, or is in; None for any other."""
    head, found, rest = path.rpartition(f"{DIRECTORY}/")
    if not found and path.endswith(DIRECTORY):
        head, rest = path.removesuffix(DIRECTORY), ""
    elif not found or "/" in rest:
        return None
    return head + SUFFIX


def managed(name: str, patterns: Iterable[str]) -> bool:
    """Whether the configuration wants an attachment of this name, if it can be written down."""
    writable = not any(unicodedata.category(character) == "Cs" for character in name)
    return writable and any(fnmatchcase(name, pattern) for pattern in patterns)


def file_names(names: Iterable[str], held: Mapping[str, str]) -> dict[str, str]:
    """The file of each attachment: safe everywhere, and distinct without case.

    Its own name, where that can be. `held` are the files that some have already, and keep.
    """
    wanted = sorted(set(names))
    given = {name: held[name] for name in wanted if name in held}
    taken = {folded(file) for file in given.values()}
    for name in wanted:
        if name in given:
            continue
        file = _safe(name)
        if folded(file) in taken:
            file = _suffixed(file, name)
        given[name] = file
        taken.add(folded(file))
    return given


def renamed(name: str) -> str:
    """The file of an attachment that could not have its own name: it belongs to no other."""
    file = _safe(name)
    return file if file != name else _suffixed(file, name)


def is_safe(name: str) -> bool:
    """Whether a file can have this name on Windows, macOS and Linux, and hides nowhere."""
    stem = name.partition(".")[0].strip().casefold()
    return (
        bool(name)
        and unicodedata.normalize("NFC", name) == name
        and not _UNSAFE.search(name)
        and not name.startswith((".", " "))
        and not name.endswith((".", " "))
        and stem not in WINDOWS
        and len(_bytes(name)) <= MAX_BYTES
    )


def _safe(name: str) -> str:
    if is_safe(name):
        return name
    kept = _UNSAFE.sub("-", unicodedata.normalize("NFC", name)).strip(" .-")
    return _suffixed(kept, name)


def _suffixed(file: str, name: str) -> str:
    """A name that no other attachment has: the mark is over its whole own name."""
    mark = hashlib.sha256(_bytes(name)).hexdigest()[:8]
    stem, dot, suffix = file.rpartition(".")
    if not stem or len(_bytes(suffix)) > 16:
        stem, dot, suffix = file, "", ""
    room = MAX_BYTES - len(mark) - len(_bytes(dot + suffix)) - 1
    stem = _bytes(stem)[:room].decode(errors="ignore")
    stem = "".join(c for c in stem if unicodedata.category(c) not in ("Cs", "Cn", "Co"))
    stem = stem.strip(" .")  # what stood before them stands first now
    return f"{stem or 'file'}-{mark}{dot}{suffix}".removesuffix(" ")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def shown(body: str) -> frozenset[str]:
    """The names of a page's own attachments that its body shows; those of other pages are not."""
    return frozenset(name for _, name in places(body))


def places(text: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """Where from `start` on a text shows one of its own attachments, and which."""
    from html import unescape

    for found in _SHOWN.finditer(text, start):
        if found["name"] is not None:
            yield found.start(), unescape(found["name"])
