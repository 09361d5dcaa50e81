"""new: a document without a stamp; `push` creates its page."""

from __future__ import annotations

from pathlib import Path

from confsync import frontmatter, mirror, paths
from confsync.errors import UsageError
from confsync.mirror import Mirror
from confsync.result import Outcome, PageResult, Result


def new(root: Mirror, name: str, title: str) -> Result:
    """Write a document at `name`, relative to the mirror. Raises UsageError, FileError."""
    inside = any(name.startswith(f"{space.path}/") for space in root.config.spaces)
    if not inside or not name.endswith(paths.SUFFIX):
        spaces = ", ".join(f"{space.path}/" for space in root.config.spaces)
        raise UsageError(f"{name}: a document ends in {paths.SUFFIX} and stands below {spaces}")
    if not title.strip() or "\n" in title:
        raise UsageError("a title is one line of text")
    path = Path(root.root, name)
    mirror.write_new(path, f"---\ntitle: {frontmatter.scalar(title)}\n---\n<p />\n")
    page = PageResult(name, Outcome.CREATED, title=title)
    return Result("new", (page,), notes=("'confsync push' creates the page",))
