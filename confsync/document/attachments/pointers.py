"""Files that only stand for others, as Git LFS, git-annex, git-crypt and the like leave them. Pure.

A checkout without these tools has a few lines of text, or encrypted bytes, under the name of the
real file; one without symbolic links has the target of a link. Such a file must never be sent in
the place of the real one.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from confsync.document.attachments.media_types import UNKNOWN, guessed
from confsync.errors import PointerError

# A pointer is shorter: Git LFS takes nothing longer for one, and a key of git-annex is a file name.
HEAD = 1024

# The version of today, and the two before the first release.
_LFS = re.compile(
    rb"version https?://(?:git-lfs\.github\.com/spec/v\d+|hawser\.github\.com/spec/v1"
    rb"|git-media\.io/v/2)\r?\n"
)
_KEY = r"[A-Z][A-Z0-9_]*(?:-[a-zA-Z]\d+)*--"
# A pointer of an unlocked file; or a link's target, as text where the file system has no links.
_ANNEX = re.compile(rf"(?:/annex/objects/|(?:\.\./)*\.git/annex/objects/\S*){_KEY}".encode())
_ANNEX_LINK = re.compile(r"(?:^|/)annex/objects/")
_CRYPT = b"\0GITCRYPT\0"
_FAT = re.compile(rb"#\$# git-fat [0-9a-f]{40}(?: +\d+)?\r?\n?")
_MEDIA = re.compile(rb"[0-9a-f]{40}\r?\n?")
_BIGSTORE = re.compile(rb"bigstore\r?\n\w+\r?\n[0-9a-f]{32,128}\r?\n")
# OpenSSL's "Salted__", in the base64 in which transcrypt leaves a file.
_TRANSCRYPT = b"U2FsdGVkX1"
_AGE = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")
_TARGET = re.compile(rb"[^\0\r\n]+")


class Pointer(NamedTuple):
    """What such a file is, in words, and the command that helps; `effect` is what that does."""

    what: str
    command: str
    effect: str = "brings the real file"

    def hint(self, path: str) -> str:
        """Return what to do about the file at a path, as it is typed in the mirror's directory."""
        import shlex

        return f"'{self.command.format(path=shlex.quote(path))}' {self.effect}"


_OF_LFS = Pointer("is a Git LFS pointer, not the real file", "git lfs pull")
_OF_ANNEX = Pointer("is a git-annex pointer, not the real file", "git annex get {path}")
_OF_CRYPT = Pointer("is encrypted by git-crypt", "git-crypt unlock")
_OF_FAT = Pointer("is a git-fat pointer, not the real file", "git fat init && git fat pull")
_OF_MEDIA = Pointer("is a git-media pointer, not the real file", "git media sync")
_OF_BIGSTORE = Pointer(
    "is a git-bigstore pointer, not the real file", "git bigstore init && git bigstore pull"
)
_OF_TRANSCRYPT = Pointer("is encrypted by transcrypt or OpenSSL", "transcrypt")
_OF_AGE = Pointer("is encrypted by age", "git-agecrypt init && rm {path} && git checkout -- {path}")
_LINKED = Pointer(
    "is a link into git-annex's store, and confsync follows no links",
    "git annex get {path} && git annex unlock {path}",
)


_SHORT = (
    (_LFS, _OF_LFS),
    (_ANNEX, _OF_ANNEX),
    (_FAT, _OF_FAT),
    (_BIGSTORE, _OF_BIGSTORE),
)


def may_be_target(head: bytes) -> bool:
    """Return whether a file's bytes, its first `HEAD` at least, may be the target of a link.

    A checkout without symbolic links (`core.symlinks` is false, as on Windows) has the target as
    the file's whole text. Only git's index can tell.
    """
    return len(head) < HEAD and _TARGET.fullmatch(head) is not None


def pointer_of_link(path: str, target: str) -> Pointer:
    """Return what a file is whose text is the target of the symbolic link that git has there."""
    import shlex

    leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    source = shlex.quote(leads_to).replace("{", "{{").replace("}", "}}")
    return Pointer(
        f"is the text of a link to {leads_to}, not the real file", f"cp {source} {{path}}"
    )


def pointer_in(head: bytes, name: str) -> Pointer | None:
    """Return what a file is that begins with `head`, its first `HEAD` bytes or all that it has.

    None for a file that stands for itself. A file's `name` tells whether it may be encrypted, or a
    checksum, by intent: one with an unknown suffix may, such as `key.age` or `tool.sha1`.
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
    """Return what a symbolic link is that leads to `target`; `dangles` says that nothing is there.

    The command for an ordinary link puts a copy of the file, or of the directory, in its place.
    """
    if _ANNEX_LINK.search(target.replace("\\", "/")):
        return _LINKED
    what = "is a link to {}, and confsync follows no links"
    if dangles:
        what = "is a link to {}, where nothing stands"
        return Pointer(what.format(target), "rm {path}", "takes the link away")
    copy = "cp -RL {path} {path}~ && rm {path} && mv {path}~ {path}"
    return Pointer(what.format(target), copy, "puts a copy in its place")


def error_of(path: str, raw: bytes) -> PointerError | None:
    """Return the error of a document that only stands for another file; None for any other."""
    pointer = pointer_in(raw[:HEAD], path)
    return PointerError(path, 1, pointer.what, hint=pointer.hint(path)) if pointer else None
