"""The former bytes of attachments, from git's history."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from confsync.document.attachments.names import digest_of
from confsync.mirror.git import history, repository

# Bytes. A larger file is not looked for.
_MOST = 256 * 1024 * 1024


def old_file(root: Path, paths: Iterable[str], digest: str) -> bytes | None:
    """Return the bytes with a digest that HEAD's history has at one of some paths, or None.

    Raise FileError.
    """
    if not repository.holds(root):
        return None
    commit = history.commit_of_head(root)
    named = history.named_at(root, commit, sorted(set(paths))) if commit else ()
    blobs = list(dict.fromkeys(one.id for one in named))
    found: bytes | None = None
    for _, content in history.contents_of(root, blobs, _MOST):
        if found is None and digest_of(hashlib.sha256(content)) == digest:
            found = content
    return found
