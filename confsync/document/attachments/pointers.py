"""Pointer files, as Git LFS, git-annex, git-crypt and similar tools leave them. Pure.

A checkout without these tools has a few lines of text, or encrypted bytes, instead of the real
file. A checkout without symbolic links has the target of the link as text. confsync must never send
such a file instead of the real one.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from confsync.document.attachments.media_types import UNKNOWN, guessed
from confsync.errors import PointerError
from confsync.model.hint import marked, mentioned

# Bytes. Git LFS reads no longer pointer, and a git-annex key is a file name.
HEAD = 1024

# The current format, and the two formats before the first release.
_LFS = re.compile(
    rb"version https?://(?:git-lfs\.github\.com/spec/v\d+|hawser\.github\.com/spec/v1"
    rb"|git-media\.io/v/2)\r?\n"
)
_KEY = r"[A-Z][A-Z0-9_]*(?:-[a-zA-Z]\d+)*--"
# The pointer of an unlocked file, or the target of a link where the file system has no links.
_ANNEX = re.compile(rf"(?:/annex/objects/|(?:\.\./)*\.git/annex/objects/\S*){_KEY}".encode())
_ANNEX_LINK = re.compile(r"(?:^|/)annex/objects/")
_CRYPT = b"\0GITCRYPT\0"
_FAT = re.compile(rb"#\$# git-fat [0-9a-f]{40}(?: +\d+)?\r?\n?")
_MEDIA = re.compile(rb"[0-9a-f]{40}\r?\n?")
_BIGSTORE = re.compile(rb"bigstore\r?\n\w+\r?\n[0-9a-f]{32,128}\r?\n")
# "Salted__" of OpenSSL in base64, as transcrypt writes it.
_TRANSCRYPT = b"U2FsdGVkX1"
_AGE = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")
_TARGET = re.compile(rb"[^\0\r\n]+")


class Pointer(NamedTuple):
    """The kind of a pointer file, and the command that `helps`, with `{path}` for the file."""

    what: str
    helps: str

    def hint(self, path: str) -> str:
        """Return the hint for the file at `path`."""
        return self.helps.format(path=marked(path))


_OF_LFS = Pointer("is a Git LFS pointer, not the real file", "'git lfs pull' brings the real file")
_OF_ANNEX = Pointer(
    "is a git-annex pointer, not the real file", "'git annex get {path}' brings the real file"
)
_OF_CRYPT = Pointer("is encrypted by git-crypt", "'git crypt unlock' brings the real file")
_OF_FAT = Pointer(
    "is a git-fat pointer, not the real file",
    "'git fat init && git fat pull' brings the real file",
)
_OF_MEDIA = Pointer(
    "is a git-media pointer, not the real file", "'git media sync' brings the real file"
)
_OF_BIGSTORE = Pointer(
    "is a git-bigstore pointer, not the real file",
    "'git bigstore init && git bigstore pull' brings the real file",
)
_OF_TRANSCRYPT = Pointer(
    "is encrypted by transcrypt or OpenSSL", "'transcrypt' brings the real file"
)
_OF_AGE = Pointer(
    "is encrypted by age",
    "'git agecrypt init && rm {path} && git checkout -- {path}' brings the real file",
)
_LINKED = Pointer(
    "is a link into git-annex's store, and confsync follows no links",
    "'git annex get {path} && git annex unlock {path}' brings the real file",
)


_SHORT = (
    (_LFS, _OF_LFS),
    (_ANNEX, _OF_ANNEX),
    (_FAT, _OF_FAT),
    (_BIGSTORE, _OF_BIGSTORE),
)


def may_be_target(head: bytes) -> bool:
    """Return whether the first `HEAD` bytes of a file may be the target of a symbolic link.

    A checkout with `core.symlinks` false (as on Windows) has the target as the file's whole text.
    Only git's index can tell whether this is one.
    """
    return len(head) < HEAD and _TARGET.fullmatch(head) is not None


def pointer_of_link(path: str, target: str) -> Pointer:
    """Return the pointer for a file whose text is the `target` of a link in git."""
    leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    source = marked(leads_to).replace("{", "{{").replace("}", "}}")
    return Pointer(
        f"is the text of a link to {mentioned(leads_to)}, not the real file",
        f"'cp {source} {{path}}' brings the real file",
    )


def pointer_in(head: bytes, name: str) -> Pointer | None:
    """Return the pointer kind of a file, or None for an ordinary file.

    `head` is the file's first `HEAD` bytes, or all of them if the file is shorter. A file with an
    unknown suffix, such as `key.age` or `tool.sha1`, may be encrypted or a checksum on purpose.
    """
    if head.startswith(_CRYPT):
        return _OF_CRYPT
    if len(head) < HEAD:
        for known, pointer in _SHORT:
            if known.match(head):
                return pointer
    kind = guessed(name)
    if kind == UNKNOWN:
        return None
    if head.startswith(_TRANSCRYPT):
        return _OF_TRANSCRYPT
    if head.startswith(_AGE):
        return _OF_AGE
    is_sum = not kind.startswith("text/") and _MEDIA.fullmatch(head)
    return _OF_MEDIA if is_sum else None


def pointer_to(target: str, *, dangles: bool = False) -> Pointer:
    """Return the pointer for a symbolic link to `target`; if `dangles`, the target is missing.

    The command for an ordinary link replaces the link with a copy of its file or directory.
    """
    if _ANNEX_LINK.search(target.replace("\\", "/")):
        return _LINKED
    what = "is a link to {}, and confsync follows no links"
    if dangles:
        what = "is a link to {}, which does not exist"
        return Pointer(what.format(target), "'rm {path}' removes the link")
    copy = "'cp -RL {path} {path}~ && rm {path} && mv {path}~ {path}' replaces the link with a copy"
    return Pointer(what.format(target), copy)


def error_of(path: str, raw: bytes) -> PointerError | None:
    """Return the error for a document that is a pointer file, or None for any other document."""
    pointer = pointer_in(raw[:HEAD], path)
    return PointerError(path, 1, pointer.what, hint=pointer.hint(path)) if pointer else None
