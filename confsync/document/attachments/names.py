"""Attachments: their names, their files, and which of them a body shows. Pure."""

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
# The element by which a body refers to an attachment.
_ELEMENT = "ri:attachment"

_UNSAFE = r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]'


def digest_of(hashed: hashlib._Hash) -> str:
    """Return the digest of a file from its SHA-256: the first 32 hex digits."""
    return hashed.hexdigest()[:DIGEST_LENGTH]


def directory_of(path: str) -> str:
    """Return the directory of a document's attachments."""
    return path.removesuffix(SUFFIX) + DIRECTORY


def document_of(path: str) -> str | None:
    """Return the document of an attachments directory or a file in it, else None."""
    head, found, rest = path.rpartition(f"{DIRECTORY}/")
    if not found and path.endswith(DIRECTORY):
        head, rest = path.removesuffix(DIRECTORY), ""
    elif not found or "/" in rest:
        return None
    return head + SUFFIX


def managed(name: str, patterns: Iterable[str]) -> bool:
    """Return whether the configured patterns match the name, and the name is valid Unicode."""
    writable = name.isascii() or all(unicodedata.category(each) != "Cs" for each in name)
    return writable and any(fnmatchcase(name, pattern) for pattern in patterns)


def file_names(names: Iterable[str], held: Mapping[str, str]) -> dict[str, str]:
    """Return a file name for each attachment: safe on every system and distinct without case.

    An attachment's file has the attachment's own name if that is possible. `held` maps attachments
    to files that they already have and keep.
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
    """Return the file name for an attachment that cannot have its own name."""
    file = _safe(name)
    return file if file != name else _suffixed(file, name)


def is_ambiguous(name: str) -> bool:
    """Return whether a server may read this name differently after a form upload.

    A form writes a quote or a line end as ``%22``, ``%0D`` or ``%0A`` (RFC 7578). A name that
    contains one of these texts itself looks the same in the form.
    """
    return re.search("%(?:22|0[ad])", name, re.IGNORECASE) is not None


def is_safe(name: str) -> bool:
    """Return whether a file can have this name on Windows, macOS and Linux and is not hidden."""
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
    """Return a unique file name: it carries a hash of the attachment's whole name."""
    mark = hashlib.sha256(_bytes(name)).hexdigest()[:8]
    stem, dot, suffix = file.rpartition(".")
    if not stem or len(_bytes(suffix)) > 16:
        stem, dot, suffix = file, "", ""
    room = MAX_BYTES - len(mark) - len(_bytes(dot + suffix)) - 1
    stem = _bytes(stem)[:room].decode(errors="ignore")
    stem = "".join(c for c in stem if unicodedata.category(c) not in ("Cs", "Cn", "Co"))
    stem = stem.strip(" .")  # the removal above can expose new ones
    return f"{stem or 'file'}-{mark}{dot}{suffix}".removesuffix(" ")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def shown(body: str) -> frozenset[str]:
    """Return the names of the page's own attachments that its body shows."""
    return frozenset(name for _, name in places(body))


def places(text: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """Yield the offset and the name of each own attachment that a text shows, from `start` on.

    An element with a reference to another page inside names an attachment of that page and is
    skipped.
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
