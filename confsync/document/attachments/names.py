"""Attachments: what one is called here, where it stands, and which ones a body shows. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from confsync.document.markup import Kind, tags
from confsync.document.paths import MAX_BYTES, SUFFIX, WINDOWS, folded
from confsync.model.filenames import ATTACHMENTS
from confsync.model.stamp import DIGEST_LENGTH

DIRECTORY = ATTACHMENTS
# How a body refers to an attachment.
_ELEMENT = "ri:attachment"

_UNSAFE = r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]'


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


def is_ambiguous(name: str) -> bool:
    """Return whether a server may read a name that travels in a form as another name.

    Forms have no other way to write a quote or a line end than ``%22``, ``%0D`` and ``%0A`` (RFC
    7578); what has one of these itself is written the same.
    """
    return re.search("%(?:22|0[ad])", name, re.IGNORECASE) is not None


def is_safe(name: str) -> bool:
    """Whether a file can have this name on Windows, macOS and Linux, and hides nowhere."""
    stem = name.partition(".")[0].strip().casefold()
    return (
        bool(name)
        and unicodedata.normalize("NFC", name) == name
        and not re.search(_UNSAFE, name)
        and not name.startswith((".", " "))
        and not name.endswith((".", " "))
        and stem not in WINDOWS
        and len(_bytes(name)) <= MAX_BYTES
    )


def _safe(name: str) -> str:
    if is_safe(name):
        return name
    kept = re.sub(_UNSAFE, "-", unicodedata.normalize("NFC", name)).strip(" .-")
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
    """Yield where from `start` on a text shows one of its own attachments, and which.

    An attachment of another page holds the reference to that page, and is not yielded.
    """
    if text.find(f"<{_ELEMENT}", start) < 0:
        return
    opened: tuple[int, str] | None = None
    for tag in tags(text, start, named="ri:"):
        if tag.kind is Kind.CLOSE:
            if opened and tag.name == _ELEMENT:
                yield opened
            opened = None
            continue
        name = tag.get("ri:filename") if tag.name == _ELEMENT else None
        opened = (tag.start, name) if name is not None else None
        if opened and tag.kind is Kind.EMPTY:
            yield opened
            opened = None
