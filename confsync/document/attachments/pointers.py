"""Files that only stand for others, as Git LFS, git-annex and git-crypt leave them. Pure.

A checkout without these tools has a few lines of text, or encrypted bytes, under the name of the
real file; one without symbolic links has the target of a link. Such a file must never be sent in
the place of the real one.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

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
_TARGET = re.compile(rb"[^\0\r\n]+")


class Pointer(NamedTuple):
    """What such a file is, in words, and the command that brings the real file."""

    what: str
    command: str

    def hint(self, path: str) -> str:
        """Return what to do about the file at a path, as it is typed in the mirror's directory."""
        import shlex

        return f"'{self.command.format(path=shlex.quote(path))}' brings the real file"


_OF_LFS = Pointer("is a Git LFS pointer, not the real file", "git lfs pull")
_OF_ANNEX = Pointer("is a git-annex pointer, not the real file", "git annex get {path}")
_OF_CRYPT = Pointer("is encrypted by git-crypt", "git-crypt unlock")
_LINKED = Pointer(
    "is a link into git-annex's store, and confsync follows no links",
    "git annex get {path} && git annex unlock {path}",
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


def pointer_in(head: bytes) -> Pointer | None:
    """Return what a file is that begins with `head`, its first `HEAD` bytes or all that it has.

    None for a file that stands for itself.
    """
    if head.startswith(_CRYPT):
        return _OF_CRYPT
    if len(head) < HEAD and _LFS.match(head):
        return _OF_LFS
    return _OF_ANNEX if len(head) < HEAD and _ANNEX.match(head) else None


def pointer_to(target: str) -> Pointer | None:
    """Return what a symbolic link is that leads to `target`; None for any other link."""
    return _LINKED if _ANNEX_LINK.search(target.replace("\\", "/")) else None


def error_of(path: str, raw: bytes) -> PointerError | None:
    """Return the error of a document that only stands for another file; None for any other."""
    pointer = pointer_in(raw[:HEAD])
    return PointerError(path, 1, pointer.what, hint=pointer.hint(path)) if pointer else None
