"""Why a path that a person named means no document, and what helps."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import PurePosixPath

from confsync.document.attachments.names import document_of
from confsync.errors import UsageError
from confsync.mirror.entry import read
from confsync.mirror.git import trees
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.model.filenames import SUFFIX
from confsync.model.hint import marked, mentioned


def check_named(mirror: Mirror, selection: Selection, paths: Iterable[str]) -> None:
    """Raise UsageError if a selected name means no document; `paths` are those of documents."""
    for name in selection.unknown_names(paths):
        why, hint = why_no_document(mirror, name)
        raise UsageError(f"{mentioned(name)}: {why}", hint=hint)


def why_no_document(mirror: Mirror, name: str) -> tuple[str, str]:
    """Return why a path means no document, and the next command."""
    below = ", ".join(f"{mentioned(directory)}/" for directory in mirror.config.directories)
    if not os.path.lexists(mirror.root / name):
        return _missing(mirror, name, below)
    stands_below = f"documents stand below {below}"
    if (mirror.root / name).is_dir():
        return "no document is in this directory", stands_below
    if document_of(name):
        return "its document is missing", stands_below
    inside = any(space.holds(name) for space in mirror.config.spaces)
    if name.endswith(SUFFIX):
        if inside:
            return "not a document: its name or a directory's is hidden", stands_below
        if read(mirror.root, name).document is None:
            return "not a document of confsync", stands_below
        place = mirror.config.spaces[0].path
        hint = f"{stands_below}; 'mv {marked(name)} {marked(place)}/' moves it"
        return "no document there: it is outside every space's directory", hint
    better = str(PurePosixPath(name).with_suffix(SUFFIX))
    if name.casefold().endswith(SUFFIX):
        why = f"not a document: {SUFFIX} is not in small letters"
        return why, f"'mv {marked(name)} {marked(better)}' makes it one"
    return f"not a document: its name does not end with {SUFFIX}", stands_below


def _missing(mirror: Mirror, name: str, below: str) -> tuple[str, str]:
    """Return what happened to a document that does not stand here."""
    if name.endswith(SUFFIX) and trees.is_in_head(mirror.root, name):
        delete = f"'confsync push --delete {marked(name)}' deletes its page"
        return "was deleted here", f"{delete}; 'git checkout HEAD -- {marked(name)}' brings it back"
    if name.endswith(SUFFIX):
        return (
            "no document there",
            f"'confsync pull' brings new pages; documents stand below {below}",
        )
    return "no document there", f"documents stand below {below}"
