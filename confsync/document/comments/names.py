"""The name of the file with the comments of a document."""

from __future__ import annotations

from confsync.model.filenames import COMMENTS, SUFFIX


def file_of(document: str) -> str:
    """Return the path of the comments of a document."""
    return document.removesuffix(SUFFIX) + COMMENTS


def document_of(path: str) -> str | None:
    """Return the document of a path that is a file of comments by its name, else None."""
    return path.removesuffix(COMMENTS) + SUFFIX if path.endswith(COMMENTS) else None
